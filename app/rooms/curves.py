"""The curves of a wall as bytes; the form is described in `app.protocol.rooms`."""

import math
import struct
from collections.abc import Mapping, Sequence
from typing import NamedTuple, get_args

from app.protocol.runs import Status

VERSION = 2
HEADER = struct.Struct("<BBH")
HEAD = struct.Struct("<II7fBB")
MOST, NOT_FINITE = 254, 255
MOST_POINTS, TOLD_BEFORE = 100, 255
STATUSES: tuple[Status, ...] = get_args(Status)


class Scatter(NamedTuple):
    """The points that a run has, and where they lie. packed: x and y of each, as bytes."""

    left: float
    right: float
    bottom: float
    top: float
    packed: bytes

    @classmethod
    def of(cls, xs: Sequence[float], ys: Sequence[float]) -> "Scatter":
        """Those of all points, of which some are left out where there are many."""
        left, right, bottom, top = min(xs), max(xs), min(ys), max(ys)
        stride = math.ceil(len(xs) / MOST_POINTS)
        packed = bytes(
            byte
            for x, y in zip(xs[::stride], ys[::stride], strict=True)
            for byte in (scaled(x, left, right), scaled(y, bottom, top))
        )
        return cls(left, right, bottom, top, packed)


class Curve(NamedTuple):
    """A member's curve. loss: NaN before the first step. heights: as bytes, from `low` to `high`."""

    step: int
    loss: float
    status: Status
    low: float
    high: float
    heights: bytes
    scatter: Scatter

    @classmethod
    def of(
        cls, step: int, loss: float, status: Status, heights: Sequence[float | None], scatter: Scatter
    ) -> "Curve":
        """A curve, packed once for all who look. heights: None where not finite."""
        finite = [height for height in heights if height is not None]
        low, high = (min(finite), max(finite)) if finite else (0.0, 0.0)
        packed = bytes(scaled(height, low, high) for height in heights)
        return cls(step, loss, status, low, high, packed, scatter)

    def packed(self, member: int, before: "Curve | None") -> bytes:
        """The curve as bytes, without its points where they were told with the one before."""
        *place, points = self.scatter
        told = before is not None and before.scatter == self.scatter
        n_points, points = (TOLD_BEFORE, b"") if told else (len(points) // 2, points)
        status = STATUSES.index(self.status)
        head = HEAD.pack(member, self.step, self.loss, self.low, self.high, *place, status, n_points)
        return head + self.heights + points


def scaled(height: float | None, low: float, high: float) -> int:
    """A height as a byte.

    >>> [scaled(height, -1, 1) for height in (-1.0, 0.0, 1.0, None)]
    [0, 127, 254, 255]
    """
    if height is None or not math.isfinite(height):
        return NOT_FINITE
    return round((height - low) / (high - low) * MOST) if high > low else 0


def frame(curves: Mapping[int, Curve], members: Sequence[int], sent: Mapping[int, Curve]) -> bytes:
    """The message with the curves of some members. sent: those that the viewer has."""
    packed = (curves[one].packed(one, sent.get(one)) for one in members)
    return HEADER.pack(VERSION, 0, len(members)) + b"".join(packed)
