"""The meanings of messages: `GET /api/topics`."""

from app.protocol.record import Many, Record


class Confusion(Record):
    """One topic: the messages that it is about, why they appear and what to change."""

    topic: str
    explanation: str
    """In the reader's language, with fields such as {given} that the patterns' groups of that name fill."""
    remedy: str
    patterns: Many[str]
    """Regular expressions, as JavaScript writes them, searched for in a message; a dot is any character."""


class Confusions(Record):
    """All topics that have patterns, in the order in which a message is to be tried on them."""

    confusions: Many[Confusion]
