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
    """Ends the program. kind: the type a person is told. explanation, remedy: why, and what to change."""

    kind: ClassVar[str]
    explanation: ClassVar[str | None] = None
    remedy: ClassVar[str | None] = None


class LimitReached(Refusal):
    """More than one program may be; the message says how much that is."""

    kind = "LimitReached"


class OutOfMemory(Refusal):
    """Memory ran out."""

    kind = "MemoryError"
    explanation = N_(
        "A program has a share of the server's memory here, so that there is some for everybody."
    )
    remedy = N_("Make the tensors or lists smaller: a few thousand numbers show the same.")


class TookTooLong(Refusal):
    """Time ran out."""

    kind = "Timeout"
    explanation = N_("A program may compute for a moment here, so that everybody gets a turn.")
    remedy = N_("Look for a loop that never ends, or make the computation smaller.")
