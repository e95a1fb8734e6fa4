import json
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

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


def translated(catalogue: Catalog) -> dict[object, object]:
    return {message.id: message.string for message in texts(catalogue) if message.string}


def fields(template: str) -> set[str | None]:
    return {field for _, field, _, _ in string.Formatter().parse(template) if field is not None}


def test_the_source_has_texts_in_python_templates_and_scripts(marked: Catalog) -> None:
    assert len(list(texts(marked))) > 50


def test_no_text_of_a_script_escapes_the_extractor(marked: Catalog) -> None:
    """Babel reads only the simplest expressions inside template literals."""
    scripts = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "static" / "js").rglob("*.js"))
    scripts = re.sub(r"/\*.*?\*/", "", scripts, flags=re.DOTALL)
    written = {json.loads(text) for text in re.findall(r'\bt\(\s*("(?:[^"\\]|\\.)*")', scripts)}
    assert written - {message.id for message in texts(marked)} == set()


def test_every_text_is_translated_and_none_is_a_guess(catalogue: Catalog) -> None:
    assert [message.id for message in texts(catalogue) if not message.string or message.fuzzy] == []


def test_translations_keep_the_fields_to_be_filled_in(catalogue: Catalog) -> None:
    pairs = translated(catalogue).items()
    assert [text for text, other in pairs if fields(str(text)) != fields(str(other))] == []
