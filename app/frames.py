"""Frames on a stream: u32 header length, u32 payload length (little-endian), header, payload."""

import struct

LENGTHS = struct.Struct("<II")
MAX_HEADER = 16 * 1024 * 1024
MAX_PAYLOAD = 64 * 1024 * 1024


class Malformed(Exception):
    """The bytes are not frames: the stream cannot be used any further."""


def frame(header: bytes, payload: bytes = b"") -> bytes:
    """One frame. Raises: Malformed: too long for the other side."""
    _check(len(header), len(payload), MAX_HEADER, MAX_PAYLOAD)
    return b"".join((LENGTHS.pack(len(header), len(payload)), header, payload))


class Deframer:
    """Cuts a stream of bytes into frames, however they arrive; holds at most one unfinished frame.

    max_header, max_payload: bytes that are accepted of a frame.
    """

    def __init__(self, max_header: int = MAX_HEADER, max_payload: int = MAX_PAYLOAD) -> None:
        self._max_header = max_header
        self._max_payload = max_payload
        self._buffer = bytearray()

    @property
    def n_unfinished(self) -> int:
        """Bytes of the frame that has begun to arrive."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[tuple[bytes, bytes]]:
        """The frames that `data` completes, as (header, payload). Raises: Malformed."""
        self._buffer += data
        frames = []
        start = 0
        while len(self._buffer) - start >= LENGTHS.size:
            n_header, n_payload = LENGTHS.unpack_from(self._buffer, start)
            _check(n_header, n_payload, self._max_header, self._max_payload)
            middle = start + LENGTHS.size + n_header
            end = middle + n_payload
            if end > len(self._buffer):
                break
            frames.append(
                (bytes(self._buffer[start + LENGTHS.size : middle]), bytes(self._buffer[middle:end]))
            )
            start = end
        del self._buffer[:start]
        return frames


def _check(n_header: int, n_payload: int, max_header: int, max_payload: int) -> None:
    if n_header > max_header or n_payload > max_payload:
        raise Malformed(f"a frame of {n_header} + {n_payload} bytes is over the limit")
