"""B3: how late pictures come to viewers of one run at 20 a second, beside a bare broadcast of as many bytes.

Viewers and server share the machine. A picture is as late as it comes after the one that came soonest, both
counted from when their steps were due.
"""

import asyncio
import json
import os
import statistics
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from benchmarks.figure import Figure
from benchmarks.server import Client, server
from benchmarks.viewers import Socket

MUST = 200
TRIES = (100, MUST, 300, 500)
PER_SECOND = 20
SECONDS = 5.0
SETTLED = 10
"""Pictures that every viewer has had before it is measured."""
PATIENCE = 60.0
"""Seconds for that."""
LATE, WHOLE = 150.0, 0.98
"""Milliseconds that may be the 95th percentile, and the part of all pictures that must come."""
SIZE = 868
"""Bytes of a picture of the lesson's run."""
STEP = struct.Struct("<4xI")
LIFTED = {"PLAYGROUND_RATE_LIMIT": "0"}


class Late(NamedTuple):
    """p95: in milliseconds. pictures: the part of all that came."""

    p95: float
    pictures: float


class Follower(Socket):
    """A viewer that notes when each picture came. play: whether it has the run played."""

    def __init__(self, host: str, path: str, token: str) -> None:
        super().__init__(host)
        self.path = path
        self._token = token
        self.came: list[tuple[int, float]] = []

    def opened(self) -> None:
        """Say who this is, and have the owner's run played."""
        self.say(
            {"type": "hello", "format": "binary", **({"owner_token": self._token} if self._token else {})}
        )
        if self._token:
            self.say({"type": "play", "steps_per_second": PER_SECOND})

    def heard(self, payload: bytes, *, is_text: bool) -> None:
        """Note a picture, and acknowledge it at once."""
        if is_text:
            return
        (step,) = STEP.unpack_from(payload)
        self.came.append((step, time.perf_counter()))
        self.say({"type": "ack", "step": step})


def measure() -> list[Figure]:
    """The largest number of viewers that all get every picture in time, and how late those of 200 are."""
    with server(**LIFTED) as client, plain() as address:
        client.wait_until_ready()
        ours = {count: watched(client, count) for count in TRIES}
        peers = {count: late(address, "/", "", count) for count in TRIES}
    return [
        Figure(
            budget="B3",
            what=f"viewers of one run at {PER_SECOND} pictures/s (load average {os.getloadavg()[0]:.1f})",
            unit="viewers",
            ours=most_in_time(ours),
            peer=max(1, most_in_time(peers)),
            peer_is="a bare broadcast",
            better="higher",
            must=200,
            aim=500,
        ),
        Figure(
            budget="B3",
            what=f"p95 late, of the pictures of {MUST} viewers",
            unit="ms",
            ours=ours[MUST].p95,
            peer=peers[MUST].p95,
            peer_is="a bare broadcast",
            better="lower",
            must=LATE,
            aim=LATE / 3,
        ),
    ]


def most_in_time(found: Mapping[int, Late]) -> int:
    """The most of whom no less have missed something."""
    missed = [count for count, late in found.items() if late.p95 >= LATE or late.pictures < WHOLE]
    return max((count for count in found if count < min(missed, default=count + 1)), default=0)


def watched(client: Client, count: int) -> Late:
    """How late our pictures come."""
    run = client.post("/api/runs", {"max_steps": 100_000})
    found = late(client.address, f"/api/runs/{run['id']}/stream", run["owner_token"], count)
    client.request("DELETE", f"/api/runs/{run['id']}", token=run["owner_token"])
    return found


@contextmanager
def plain() -> Iterator[str]:
    """The address of the bare server."""
    command = [sys.executable, "-m", "benchmarks.plain_broadcast", str(PER_SECOND), str(SIZE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield f"127.0.0.1:{process.stdout.readline().strip()}"
        process.terminate()


def late(address: str, path: str, token: str, count: int) -> Late:
    """How late pictures come to viewers in a process of their own."""
    command = [sys.executable, "-m", "benchmarks.b3_viewers", address, path, token, str(count), str(SECONDS)]
    said = Late(*json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    words = f"p95 {said.p95:.0f} ms late, {100 * said.pictures:.0f}% of all pictures"
    print(f"B3: {count} viewers of {'ours' if token else 'the peer'}: {words}", file=sys.stderr, flush=True)
    return said


async def follow(address: str, path: str, token: str, count: int, seconds: float) -> Late:
    """Follow for a while."""
    host, _, port = address.partition(":")
    loop = asyncio.get_running_loop()
    viewers = [Follower(address, path, "" if number else token) for number in range(count)]
    for viewer in viewers:
        await loop.create_connection(lambda viewer=viewer: viewer, host, int(port))  # type: ignore[misc]
    async with asyncio.timeout(PATIENCE):
        while any(len(viewer.came) < SETTLED for viewer in viewers):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    begin = time.perf_counter()
    await asyncio.sleep(seconds)
    places = [at - step / PER_SECOND for viewer in viewers for step, at in viewer.came if at > begin]
    *_, p95 = statistics.quantiles([1000 * (place - min(places)) for place in places], n=20)
    return Late(p95, len(places) / (seconds * PER_SECOND * count))


if __name__ == "__main__":
    where, its_path, its_token, n, lasting = sys.argv[1:]
    print(json.dumps(asyncio.run(follow(where, its_path, its_token, int(n), float(lasting)))))
