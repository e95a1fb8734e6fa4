"""What a zygote tells the web process, and what the web process tells a child.

To the zygote there is one message, FORK: make one more child.
"""

import json
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from app.protocol.record import Record
from app.sandbox.features import Features

FORK = b"fork"
MOST = 4096
"""Bytes in the longest message."""
MAX_OBSTACLE = 1000
"""Characters in which a child says why it cannot be ready."""


def encode(kind: str, text: str) -> bytes:
    """A job, on its way to a child."""
    return json.dumps({"kind": kind, "text": text}).encode()


class Confined(Record):
    """First, before torch is imported: the barriers that hold on this machine."""

    type: Literal["confined"] = "confined"
    features: Features


class Ready(Record):
    """torch is imported and warm; children can be asked for."""

    type: Literal["ready"] = "ready"


class Forked(Record):
    """A child was made. Two descriptors come with it: its socket and its pidfd."""

    type: Literal["forked"] = "forked"
    pid: int


class Ended(Record):
    """A child is gone and reaped."""

    type: Literal["ended"] = "ended"
    pid: int
    signal: int
    """What killed it; 0: it exited."""
    memory: int
    """Bytes it held resident at most beyond what the zygote does."""


Message = Annotated[Confined | Ready | Forked | Ended, Field(discriminator="type")]
MESSAGES: TypeAdapter[Message] = TypeAdapter(Message)
