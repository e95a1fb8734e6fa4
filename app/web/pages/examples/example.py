"""One program on offer."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Example:
    """title, about: marked for translation. beside: a second program, to be compared with the first."""

    title: str
    about: str
    program: str
    beside: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A program that stops, or does something else than it seems to.

    title: the confusion in a beginner's words, marked for translation. topic: the key of its explanation in
    `app.protocol.topics`. message: what torch or Python says, character for character. fields: of the
    topic's texts, where the message does not name them.
    """

    title: str
    topic: str
    message: str
    program: str
    fields: Mapping[str, str] = field(default_factory=dict)
