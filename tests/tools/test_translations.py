import json
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from app.errors import filled
from tools import translations
from tools.step import ROOT


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Every text that the source marks for translation."""
    template = tmp_path_factory.mktemp("extracted") / "messages.pot"
    translations.extract(template)
    return read(template)


@pytest.fixture(
    scope="module",
    params=sorted(translations.LOCALES.glob("*/LC_MESSAGES/messages.po")),
    ids=lambda path: str(path.parts[-3]),
)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    path: Path = request.param
    return read(path)


def texts(catalogue: Catalog) -> Iterator[Message]:
    """The messages without the header."""
    return (message for message in catalogue if message.id)


def ids(catalogue: Catalog) -> set[str | tuple[str, ...]]:
    """Each text; of one that counts something, its forms in English."""
    return {forms(message.id) if message.pluralizable else str(message.id) for message in texts(catalogue)}


def forms(text: object) -> tuple[str, ...]:
    """A text, or the forms of one that counts something."""
    return tuple(text) if isinstance(text, list | tuple) else (str(text),)


def translated(catalogue: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {forms(message.id): forms(message.string) for message in texts(catalogue) if message.string}


def fields_in(template: str) -> frozenset[str]:
    return frozenset(field for _, field, _, _ in string.Formatter().parse(template) if field is not None)


def test_the_source_has_texts_in_python_templates_and_scripts(marked: Catalog) -> None:
    assert len(list(texts(marked))) > 50


def test_no_text_of_a_script_escapes_the_extractor(marked: Catalog) -> None:
    """Babel reads only the simplest expressions inside template literals."""
    scripts = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "static" / "js").rglob("*.js"))
    scripts = re.sub(r"/\*.*?\*/", "", scripts, flags=re.DOTALL)
    text = r'("(?:[^"\\]|\\.)*")'
    single = {json.loads(one) for one in re.findall(rf"\bt\(\s*{text}", scripts)}
    counting = [
        (json.loads(one), json.loads(many))
        for one, many in re.findall(rf"\btn\(\s*{text},\s*{text},", scripts)
    ]
    assert len(counting) == len(re.findall(r"\btn\(", scripts)) - 1  # And one that declares it.
    assert single.union(counting) - ids(marked) == set()


def test_every_text_is_translated_and_none_is_a_guess(catalogue: Catalog) -> None:
    whole = [message.id for message in texts(catalogue) if all(forms(message.string)) and not message.fuzzy]
    assert [message.id for message in texts(catalogue) if message.id not in whole] == []


def test_a_text_that_counts_something_has_all_forms_of_the_language(catalogue: Catalog) -> None:
    """And static/js/page/i18n.js knows which form to take: the first for one, else the last."""
    counting = [message for message in texts(catalogue) if message.pluralizable]
    assert counting
    assert {len(forms(message.string)) for message in counting} == {catalogue.num_plurals}
    assert catalogue.num_plurals <= 2


def test_translations_keep_the_fields_to_be_filled_in(catalogue: Catalog) -> None:
    pairs = translated(catalogue).items()
    assert [texts for texts, others in pairs if {*map(fields_in, texts)} != {*map(fields_in, others)}] == []


COUNTED = re.compile(
    r"\{\w+(?::,)?\} (?:× \{\w+\} )?(?:good )?([a-z]+s|(?<!layer\} )(?<!target\} )(?<!most:,\} )are)\b"
)
"""A field before the name of several things, or before their verb."""
VERBS = {
    "adds",
    "arrives",
    "begins",
    "computes",
    "divides",
    "does",
    "gives",
    "goes",
    "has",
    "is",
    "makes",
    "meets",
    "minus",
    "moves",
    "needs",
    "pulls",
    "returns",
    "takes",
    "times",
    "was",
}
"""Words in s that are not the names of things."""
NEVER_ONE = {
    "At least {least} points are needed.": "2",
    "Training {count} runs in step…": "2 to 8",
    "Ready: {count} runs from one seed. Press Play.": "2 to 8",
    "Use the {good} good points": "offered from 2 on",
    "{count} points": "2 to 1,000",
    "{count} points set by hand": "2 to 1,000",
    "{count} gradients are None again.": "the smallest model has 2 parameters",
    "{count} gradients arrived. The largest is {value}, at {name}.": "as above",
    "{count} gradients were added to the old ones. The largest now is {value}, at {name}.": "as above",
    "{prediction} meets {y}: torch repeats the column {n} times across and the row {n} times down. That is "
    "{count} differences, every prediction with every y. Only the diagonal was meant.": "1 is no square",
    "The first {count} of {total} elements.": "some are left out, so there are several",
    "{label} is no class; with {classes} classes they are 0 to {last}": "2 to 6 classes",
    "The formula gives class {label}; with {classes} classes they are 0 to {last}.": "2 to 6 classes",
    "{target} has {counts} classes": "2 to 6 classes",
    "The number of different labels is {n}; from 2 to {most} are allowed.": "6",
    "{count} points of {classes} classes": "2 to 6 classes, each with points",
    "a point with {features} {features:input|inputs} is {wanted} numbers, not {n}": "2 or 3 are wanted",
}
"""Texts whose number is not 1: what it is."""


def is_wrong_with_one(template: str) -> bool:
    """Whether a text would say "1 points"."""
    return any(word not in VERBS for word in COUNTED.findall(template))


def test_each_text_with_a_number_in_it_has_a_form_for_one(marked: Catalog) -> None:
    single = {str(message.id) for message in texts(marked) if not message.pluralizable}
    assert {text for text in single if is_wrong_with_one(text)} == set(NEVER_ONE)


def test_texts_that_say_1_points_are_seen() -> None:
    bad = "{n} points", "{n} values are too few", "the {n} are here", "{size:,} bytes"
    good = "{n} {n:point is|points are} here", "{n} is not allowed", "at step {n} it ends", "{n} arrives"
    assert [*map(is_wrong_with_one, bad + good)] == [True] * 4 + [False] * 4


def test_each_text_can_be_filled_in_with_one_and_with_two(catalogue: Catalog) -> None:
    for template, translation in translated(catalogue).items():
        for text in (*template, *translation):
            for number in (1, 2):
                assert not re.search(r"[{|}]", filled(text, dict.fromkeys(fields_in(text), number))), text
