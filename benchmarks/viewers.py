"""Viewers of many runs in one process, as cheap as can be, so that what is measured is the server.

`python -m benchmarks.viewers ADDRESS SECONDS`, with a JSON list of [run id, owner token] on standard input.
Each run is played at ten steps a second to one viewer. Prints the intervals between its pictures once all
play, and what was lost.
"""

import asyncio
import base64
import json
import os
import struct
import sys
import time
from dataclasses import dataclass, field

STEPS_PER_SECOND = 10
HEADER = struct.Struct("<4xI8xI12xI")
"""Where a binary snapshot holds its step, the first step of its losses and their number."""
SETTLED = 5
"""Pictures that every viewer has had before it is measured."""
PATIENCE = 30.0
"""Seconds for that."""


@dataclass
class Seen:
    """What the viewers of a process saw while it was measured."""

    intervals: list[float] = field(default_factory=list)
    pictures: int = 0
    skipped: int = 0
    """Steps of which no picture came."""
    lost: int = 0
    """Steps whose loss did not come."""


class Socket(asyncio.Protocol):
    """One WebSocket (RFC 6455) of a client: what its subclasses hear, and say."""

    path: str

    def __init__(self, host: str) -> None:
        self._host = host
        self._buffer = bytearray()
        self._open = False

    def opened(self) -> None:
        """Called once messages go."""

    def heard(self, payload: bytes, *, is_text: bool) -> None:
        """Called with each message."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a WebSocket."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {self.path} HTTP/1.1\r\nHost: {self._host}\r\n"
            f"Origin: http://{self._host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Take every whole frame."""
        self._buffer += data
        if not self._open:
            head, found, rest = bytes(self._buffer).partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head:
                raise RuntimeError(head.decode())
            self._open = True
            self._buffer = bytearray(rest)
            self.opened()
        while (frame := self._frame()) is not None:
            opcode, payload = frame
            if opcode in (1, 2):
                self.heard(payload, is_text=opcode == 1)
            elif opcode == 9:
                self._send(10, payload)

    def _frame(self) -> tuple[int, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        size, start = buffer[1] & 127, 2
        if size >= 126:
            width = 2 if size == 126 else 8
            size, start = int.from_bytes(buffer[2 : 2 + width], "big"), 2 + width
        if len(buffer) < start + size:
            return None
        opcode, payload = buffer[0] & 15, bytes(buffer[start : start + size])
        del buffer[: start + size]
        return opcode, payload

    def close(self) -> None:
        """End the connection."""
        self._transport.close()

    def say(self, message: dict[str, object]) -> None:
        """Send a message."""
        self._send(1, json.dumps(message).encode())

    def _send(self, opcode: int, payload: bytes) -> None:
        size = len(payload)
        length = bytes([128 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
        # Masked, as a client's frames must be, by zeros.
        self._transport.write(bytes([128 | opcode]) + length + bytes(4) + payload)


class Viewer(Socket):
    """A run's viewer, which acknowledges each picture at once. plays: whether it says play to begin with."""

    def __init__(self, host: str, run_id: str, token: str, seen: Seen, *, plays: bool = True) -> None:
        super().__init__(host)
        self.path = f"/api/runs/{run_id}/stream"
        self._token = token
        self._plays = plays
        self._seen = seen
        self._step: int | None = None
        self._at = 0.0
        self.pictures = 0
        self.measured_from = float("inf")

    def opened(self) -> None:
        """Say who this is."""
        owner: dict[str, object] = {"owner_token": self._token} if self._token else {}
        self.say({"type": "hello", "format": "binary", **owner})
        if self._plays:
            self.play()

    def play(self) -> None:
        """Have the run played, if it is this viewer's."""
        if self._token:
            self.say({"type": "play", "steps_per_second": STEPS_PER_SECOND})

    def heard(self, payload: bytes, *, is_text: bool) -> None:
        """Take a picture."""
        if is_text:
            return
        now = time.perf_counter()
        self.pictures += 1
        step, losses_from, n_losses = HEADER.unpack_from(payload)
        if self._step is not None and now > self.measured_from:
            seen = self._seen
            seen.intervals.append(now - self._at)
            seen.pictures += 1
            seen.skipped += step - self._step - 1
            seen.lost += (losses_from, n_losses) != (self._step + 1, step - self._step)
        self._step, self._at = step, now
        self.say({"type": "ack", "step": step})


async def view(address: str, seconds: float, runs: list[tuple[str, str]]) -> Seen:
    """Follow all of the runs for a while."""
    seen = Seen()
    host, _, port = address.partition(":")
    loop = asyncio.get_running_loop()
    viewers = []
    for run_id, token in runs:
        viewer = Viewer(address, run_id, token, seen)
        await loop.create_connection(lambda viewer=viewer: viewer, host, int(port))  # type: ignore[misc]
        viewers.append(viewer)
    deadline = time.perf_counter() + PATIENCE
    while any(viewer.pictures < SETTLED for viewer in viewers) and time.perf_counter() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    for viewer in viewers:
        viewer.measured_from = time.perf_counter()
    await asyncio.sleep(seconds)
    return seen


def main(address: str, seconds: str) -> None:
    """Follow, and print what was seen."""
    seen = asyncio.run(view(address, float(seconds), json.load(sys.stdin)))
    print(json.dumps(vars(seen)))


if __name__ == "__main__":
    main(*sys.argv[1:])
