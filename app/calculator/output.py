"""What a program prints: kept as text, cut at a limit, without characters that act on the screen."""

import re
from typing import Protocol

from app.calculator.limits import MAX_PRINTED

INVISIBLE = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, save tab and newline
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that turn the direction of writing
    "\u2028\u2029\ufeff"  # separators that break a line where Python does not
    "\ud800-\udfff"  # halves of surrogate pairs, which are not text
    "]"
)


def visible(text: str) -> str:
    r"""`text` with control and direction characters written as escapes.

    >>> visible("a\x1bb")
    'a\\x1bb'
    """
    return INVISIBLE.sub(lambda match: ascii(match[0])[1:-1], text)


NOISE = re.compile(
    r"\s*\(Triggered internally at [^)]*\)"
    r"|\s*Traceback of forward call that caused the error:.*"  # torch's anomaly mode shows our own frames
    r"|(?<![\w/])/[^\s\"':]*/(site-packages|python3\.\d+)(?=/)",
    re.DOTALL,
)
"""What torch writes of the machine it runs on."""


ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def without_addresses(text: str) -> str:
    """`text` with `0x...` where Python shows an address.

    >>> without_addresses("<function f at 0x7fe1c0>")
    '<function f at 0x...>'
    """
    return ADDRESS.sub(" at 0x...", text)


def public(text: str) -> str:
    """A message of torch's or Python's, made visible, without the server's paths and addresses."""
    return visible(without_addresses(NOISE.sub("", text)))


class Paper(Protocol):
    """Where text is kept beside."""

    def write(self, text: str) -> None:
        """Append."""


PAPER: list[Paper] = []
"""For the first program that runs from now on; nothing that runs it once more writes there."""


class Output:
    """The printed text of one program. length: characters of `text` so far."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._paper = PAPER.pop() if PAPER else None
        self._room = MAX_PRINTED
        self.length = 0
        self.truncated = False

    def write(self, text: str) -> None:
        """Append, as far as there is room."""
        if self.truncated:
            return
        if len(text) > self._room:
            text = text[: self._room]
            self.truncated = True
        self._room -= len(text)
        shown = visible(without_addresses(text))
        self._parts.append(shown)
        if self._paper is not None:
            self._paper.write(shown)
        self.length += len(shown)

    @property
    def text(self) -> str:
        """Everything printed so far, made visible."""
        return "".join(self._parts)
