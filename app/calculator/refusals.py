"""What the calculator itself says no to. Everything else a program can fail with is Python's or torch's own.

PlaygroundError
├── NotSupported    a construct, name or attribute outside the language (docs/language.md)
└── LimitReached    too long, too large, too deep
"""

from app.errors import PlaygroundError


class Refusal(PlaygroundError):
    """Ends the program; its `except` clauses do not see it."""


class NotSupported(Refusal):
    """Outside the language, named in the message."""


class LimitReached(Refusal):
    """More than one program may use; the message says how much that is."""
