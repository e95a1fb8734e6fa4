"""Names: enough of them, none for two, and none that does anything."""

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import PlaygroundError
from app.rooms.names import MAX_NAME, checked, harmless, is_made, look, made
from app.rooms.vocabulary import VOCABULARIES
from app.web.edge.catalogue import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_thousands_of_names_that_all_look_different(language: str) -> None:
    words = VOCABULARIES[language]
    names = [words.name(number) for number in range(words.n_names)]
    assert len({look(name) for name in names}) == len(names) >= 2500
    assert all(is_made(name) and harmless(name) == name for name in names)


def test_when_all_are_taken_a_number_tells_them_apart() -> None:
    chance = random.Random(0)
    words = VOCABULARIES["zh"]
    taken = [words.name(number) for number in range(words.n_names)]
    name = made(taken, "zh", chance)
    assert name.endswith(" 2")
    assert is_made(name)
    assert made([*taken, name], "zh", random.Random(0)).endswith(" 3")


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_harmless_name_or_refused(typed: str) -> None:
    try:
        name = harmless(typed)
    except PlaygroundError:
        return
    assert 1 <= len(name) <= MAX_NAME
    assert name == name.strip() == harmless(name)
    assert not any(unicodedata.category(c)[0] == "C" or c in "<>\u2028\u2029" for c in name)


@pytest.mark.parametrize("other", ["ANN", "a n n", "Аnn", "Ａnn", "Ánn", "Ann.", "ᴬnn"])
def test_two_that_look_alike_are_one(other: str) -> None:
    with pytest.raises(PlaygroundError):
        checked(other, ["Ann"])
    assert checked("Anna", ["Ann"]) == "Anna"
