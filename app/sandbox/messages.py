"""Messages of a zygote to the web process, and the job that the web process sends a child.

The web process sends the zygote a single message, FORK: make one more child.
"""

import json
import struct
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from app.protocol.record import Record
from app.sandbox.features import Features

FORK = b"fork"
ORDER = struct.Struct("<cf")
"""What a child is told while its program runs: one letter and a number, followed by SIGUSR2."""
END = b"\n"
"""What the last frame of a program that is followed begins with: the reply follows."""
MOST = 4096
"""Bytes of the longest message."""
MAX_OBSTACLE = 1000
"""Most characters in which a child says why it cannot be ready."""


def encode(kind: str, text: str) -> bytes:
    """A job as bytes for a child. kind: of the table of `Jobs`. text: what a person typed."""
    return json.dumps({"kind": kind, "text": text}).encode()


class Confined(Record):
    """Sent first, before torch is imported: the barriers that hold on this machine."""

    type: Literal["confined"] = "confined"
    features: Features


class Ready(Record):
    """Sent when torch is imported and warm; children can be asked for from now on."""

    type: Literal["ready"] = "ready"


class Forked(Record):
    """Sent for each new child, together with two descriptors: its socket and its pidfd."""

    type: Literal["forked"] = "forked"
    pid: int


class Ended(Record):
    """Sent when a child has ended and was reaped."""

    type: Literal["ended"] = "ended"
    pid: int
    signal: int
    """The signal that killed it; 0: it exited."""
    memory: int
    """Most bytes that it held resident beyond those of the zygote."""


Message = Annotated[Confined | Ready | Forked | Ended, Field(discriminator="type")]
MESSAGES: TypeAdapter[Message] = TypeAdapter(Message)
