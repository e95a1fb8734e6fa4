"""What the page about the connection is told, and the messages of its socket."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from app.protocol.admin import Digest
from app.protocol.record import Record, Whole

TICKS = 100
"""Messages of one visit."""
INTERVAL = 0.1
"""Seconds between two of them."""


class ConnectionInfo(Record):
    """The answer to `GET /api/connection`."""

    version: str
    time: float
    """The server's clock, in seconds since 1970."""
    client: Digest
    """What the server keeps of the browser's name: an admin who is told it can erase what is stored of it."""


class Tick(Record):
    """One of the messages that come at regular intervals; the socket is closed after the last."""

    type: Literal["tick"] = "tick"
    n: int


class Echo(Record):
    """The answer to a message."""

    type: Literal["echo"] = "echo"
    n: int


class Call(Record):
    """A message that is answered at once."""

    type: Literal["call"]
    n: Annotated[Whole, Field(ge=0, le=1000)]


CALL: TypeAdapter[Call] = TypeAdapter(Call)
