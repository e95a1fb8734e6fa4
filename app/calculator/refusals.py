"""The errors with which the calculator itself ends a program. All others are Python's or torch's own.

PlaygroundError
└── Refusal
    ├── LimitReached   too long, too deep
    ├── OutOfMemory    more memory than there is
    └── TookTooLong    more time than there is
"""

from typing import ClassVar

from app.errors import N_, PlaygroundError


class Refusal(PlaygroundError):
    """Ends the program. kind: the type a person is told. remedy: what to change, in English."""

    kind: ClassVar[str]
    remedy: ClassVar[str | None] = None


class LimitReached(Refusal):
    """More than one program may be; the message says how much that is."""

    kind = "LimitReached"


class OutOfMemory(Refusal):
    """Memory ran out."""

    kind = "MemoryError"
    remedy = N_("Make the tensors or lists smaller: a few thousand numbers show the same.")


class TookTooLong(Refusal):
    """Time ran out."""

    kind = "Timeout"
    remedy = N_("Look for a loop that never ends, or make the computation smaller.")
