"""What the calculator itself says no to. Everything else a program can fail with is Python's or torch's own.

PlaygroundError
├── NotSupported      a construct, name or attribute outside the language (docs/language.md)
└── LimitReached      too long, too large, too deep
    └── TextTooLong   text that is cut short
"""

from typing import ClassVar

from app.errors import PlaygroundError


class Refusal(PlaygroundError):
    """Ends the program; its `except` clauses do not see it. `kind`: the type a person is told."""

    kind: ClassVar[str]


class NotSupported(Refusal):
    """Outside the language, named in the message."""

    kind = "NotSupported"


class LimitReached(Refusal):
    """More than one program may use; the message says how much that is."""

    kind = "LimitReached"


class TextTooLong(LimitReached):
    """Text longer than anyone would read: the output ends before it."""
