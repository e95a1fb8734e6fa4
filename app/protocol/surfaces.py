"""The surface of a model that is no curve, as a record (JSON) and as bytes (for the page).

Binary form, little-endian, padded with zeros to a multiple of 4 bytes:

    offset  type      meaning
    0       u16       width: number of cells along x1
    2       u16       height: number of cells along x2; 1 if there is one input
    4       u16       C: number of classes; 0 if y is a number
    6       u16       reserved
    8       f32       low: the value of byte 0
    12      f32       high: the value of byte 255
    16      f32       accuracy; NaN without classes
    20      f32       test accuracy; NaN if no points are held out
    24      u32[C*C]  confusion matrix: for each class a row, how many points the model takes for each class
            u32       Z: number of bytes that follow
            u8[Z]     a zlib stream of the values, row by row from the least x2, and then of the classes
"""

import struct
import zlib
from math import isnan
from typing import Any

from app.protocol.record import Record

HEADER = struct.Struct("<HHHHffff")
SIZE = struct.Struct("<I")


class Surface(Record):
    """The model at the middles of cells that fill the `area` of `started`."""

    width: int
    """Number of cells along x1."""
    height: int
    """Number of cells along x2; 1 if there is one input."""
    values: list[float | None]
    """Row by row, from the least x2: the model's output; with classes how sure it is of the class it would
    give, 0 to 1. Rounded to 255 levels between the least and the greatest. null: none is finite."""
    classes: list[int] | None = None
    """The class of each cell, from 0."""


def pack_surface(
    *,
    width: int,
    height: int,
    low: float,
    high: float,
    planes: bytes,
    accuracy: float,
    test_accuracy: float,
    confusion: bytes,
) -> bytes:
    """The bytes of a surface. planes: one byte for each value, and with classes one for each class.

    confusion: u32 of each of its cells; empty without classes.
    """
    classes = round((len(confusion) // 4) ** 0.5)
    head = HEADER.pack(width, height, classes, 0, low, high, accuracy, test_accuracy)
    squeezed = zlib.compress(planes, 1)
    packed = head + confusion + SIZE.pack(len(squeezed)) + squeezed
    return packed + bytes(-len(packed) % 4)


def unpack_surface(packed: bytes) -> dict[str, Any]:
    """The fields of a `Snapshot` that a surface's bytes hold; none if there are no bytes."""
    if not packed:
        return {}
    width, height, classes, _, low, high, accuracy, test_accuracy = HEADER.unpack_from(packed)
    start = HEADER.size + 4 * classes * classes
    counts = memoryview(packed)[HEADER.size : start].cast("I").tolist()
    (size,) = SIZE.unpack_from(packed, start)
    planes = zlib.decompress(packed[start + SIZE.size :][:size])
    n = width * height
    step = (high - low) / 255
    surface = Surface(
        width=width,
        height=height,
        values=[low + step * byte for byte in planes[:n]],
        classes=[*planes[n:]] if classes else None,
    )
    return {
        "surface": surface,
        "accuracy": None if isnan(accuracy) else accuracy,
        "test_accuracy": None if isnan(test_accuracy) else test_accuracy,
        "confusion": [counts[i : i + classes] for i in range(0, len(counts), classes)] if classes else None,
    }
