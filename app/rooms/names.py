"""The names of members: made by the server, or made harmless."""

import random
import re
import unicodedata
from collections.abc import Iterable

from app.errors import N_, Conflict, Invalid
from app.rooms.vocabulary import RESERVED, VOCABULARIES

MAX_NAME = 30
MARKS = 2
"""Most combining marks on one character."""


LOOK_ALIKES = str.maketrans(
    "015аеорсухіјѕԁһкмтвнαεορτυνκιβη",
    "oisaeopcyxijsdhkmtbhaeoptuvkibn",
)
"""Characters that are taken for others: digits for letters, and of Cyrillic and Greek those of Latin."""
HARMLESS = str.maketrans({"<": "‹", ">": "›"})


def made(taken: Iterable[str], language: str, chance: random.Random) -> str:
    """A name that nobody has, in a language; with a number where chance finds none."""
    looks = {look(name) for name in taken}
    words = VOCABULARIES[language]
    for _ in range(100):
        name = words.name(chance.randrange(words.n_names))
        if look(name) not in looks:
            return name
    number = 2
    while look(f"{name} {number}") in looks:
        number += 1
    return f"{name} {number}"


def is_made(name: str) -> bool:
    """Whether the server could have made a name."""
    bare = re.sub(r" \d{1,4}$", "", name)
    for words in VOCABULARIES.values():
        for first in words.first:
            start = first + words.between
            if bare.startswith(start) and bare[len(start) :] in words.second:
                return True
    return False


def harmless(name: str) -> str:
    r"""A name without what cannot be seen or does something: NFC, no control, no markup, one line.

    Raises: Invalid: nothing is left, or too much.

    >>> harmless("  a\u202e<b>\n c ")
    'a‹b› c'
    """
    text = "".join(" " if c.isspace() else c for c in unicodedata.normalize("NFC", name))
    kept: list[str] = []
    marks = 0
    for character in text.translate(HARMLESS):
        category = unicodedata.category(character)
        marks = marks + 1 if category[0] == "M" else 0
        if category[0] != "C" and marks <= MARKS:
            kept.append(character)
    found = " ".join("".join(kept).split())
    if not any(c.isalnum() for c in found) and not any(unicodedata.category(c) == "So" for c in found):
        raise Invalid("name", N_("A name needs a letter or a digit."))
    if len(found) > MAX_NAME:
        raise Invalid("name", N_("A name has at most {most} {most:character|characters}."), most=MAX_NAME)
    return found


def look(name: str) -> str:
    """What a name looks like: two names with the same are taken for one another."""
    folded = unicodedata.normalize("NFKD", name).casefold().translate(LOOK_ALIKES).replace("l", "i")
    return "".join(c for c in folded if c.isalnum() or unicodedata.category(c) == "So")


RESERVED_LOOKS = frozenset(map(look, RESERVED))


def checked(name: str, taken: Iterable[str]) -> str:
    """A name that a member may have. Raises: Invalid, Conflict: it is reserved, or like another."""
    found = harmless(name)
    if look(found) in RESERVED_LOOKS:
        raise Conflict(N_("{name} would be taken for somebody else."), name=found)
    if look(found) in set(map(look, taken)):
        raise Conflict(N_("Somebody here is called {name}, or looks like it."), name=found)
    return found
