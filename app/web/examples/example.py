"""One program on offer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """title, about: marked for translation. beside: a second program, to be compared with the first."""

    title: str
    about: str
    program: str
    beside: str | None = None


@dataclass(frozen=True, slots=True)
class Confusion:
    """A program that stops, or does something else than it seems to.

    title: the confusion in a beginner's words, marked for translation. topic: the key of its explanation in
    `app.protocol.topics`. message: what torch or Python says, character for character.
    """

    title: str
    topic: str
    message: str
    program: str
