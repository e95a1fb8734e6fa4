"""What of a script no run has."""

from app.protocol.scripts import MAX_REASONS, Reason
from app.protocol.topics.scripts import NOTES, REASONS

MOST_LETTERS = 80


class Reasons:
    """Takes down reasons, each once."""

    def __init__(self) -> None:
        self.found: list[Reason] = []

    def add(self, topic: str, line: int | None = None, **params: str | int | float) -> None:
        """Take one down. topic: its text in REASONS or NOTES. params: the fields of the text."""
        assert topic in REASONS or topic in NOTES
        kept = {
            name: value[:MOST_LETTERS] if isinstance(value, str) else value for name, value in params.items()
        }
        reason = Reason(topic=topic, params=kept, line=line)
        known = [(other.topic, other.params) for other in self.found]
        if (topic, kept) not in known and len(self.found) < MAX_REASONS:
            self.found.append(reason)
