"""Records of the programs on offer."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Example:
    """A program to learn from.

    title, about: marked for translation. beside: a second program, to be compared with the first.
    """

    title: str
    about: str
    program: str
    beside: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A program that fails, or does something else than it seems to do.

    title: the confusion in a beginner's words, marked for translation. topic: the key of its explanation in
    `app.protocol.topics`. message: torch's or Python's text, character for character. fields: the fields of
    the topic's texts, where the message does not give them.
    """

    title: str
    topic: str
    message: str
    program: str
    fields: Mapping[str, str] = field(default_factory=dict)
