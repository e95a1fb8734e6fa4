"""The curves of a wall as bytes; the form is described in `app.protocol.rooms`."""

import math
import struct
from collections.abc import Mapping, Sequence
from typing import NamedTuple

VERSION = 1
HEADER = struct.Struct("<BBH")
HEAD = struct.Struct("<IIfff")
MOST, NOT_FINITE = 254, 255


class Curve(NamedTuple):
    """A member's curve. heights: None where not finite. loss: NaN before the first step."""

    step: int
    loss: float
    heights: tuple[float | None, ...]

    def packed(self, member: int) -> bytes:
        """The curve as bytes."""
        finite = [height for height in self.heights if height is not None]
        low, high = (min(finite), max(finite)) if finite else (0.0, 0.0)
        head = HEAD.pack(member, self.step, self.loss, low, high)
        return head + bytes(scaled(height, low, high) for height in self.heights)


def scaled(height: float | None, low: float, high: float) -> int:
    """A height as a byte.

    >>> [scaled(height, -1, 1) for height in (-1.0, 0.0, 1.0, None)]
    [0, 127, 254, 255]
    """
    if height is None or not math.isfinite(height):
        return NOT_FINITE
    return round((height - low) / (high - low) * MOST) if high > low else 0


def frame(curves: Mapping[int, Curve], members: Sequence[int]) -> bytes:
    """The message with the curves of some members."""
    return HEADER.pack(VERSION, 0, len(members)) + b"".join(curves[one].packed(one) for one in members)
