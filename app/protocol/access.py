"""What lets somebody in."""

from pydantic import Field

from app.protocol.record import Record


class Phrase(Record):
    """The pass phrase of a server that has one."""

    phrase: str = Field(max_length=1000)
    """As it is typed."""
