"""What a program has printed, in memory that the web process sees too: it outlives a killed program.

Four bytes that say how long it is, then the text.
"""

import os
import struct
from mmap import mmap

LENGTH = struct.Struct("<I")
MOST = 64 * 1024
"""Characters."""
SIZE = LENGTH.size + 4 * MOST


def new() -> int:
    """A descriptor of an empty paper."""
    descriptor = os.memfd_create("printed")
    os.truncate(descriptor, SIZE)
    return descriptor


class Paper:
    """The side that writes. descriptor: as `new` gives it; it may be closed then."""

    def __init__(self, descriptor: int) -> None:
        self._memory = mmap(descriptor, SIZE)
        self._end = LENGTH.size

    def write(self, text: str) -> None:
        """Append, as far as there is room."""
        data = text.encode(errors="replace")[: SIZE - self._end]
        self._memory[self._end : self._end + len(data)] = data
        self._end += len(data)
        LENGTH.pack_into(self._memory, 0, self._end - LENGTH.size)


def read(descriptor: int) -> str:
    """What was written. It may be anything, for the program can write there, too."""
    (length,) = LENGTH.unpack(os.pread(descriptor, LENGTH.size, 0))
    return os.pread(descriptor, min(length, SIZE), LENGTH.size).decode(errors="replace")[:MOST]
