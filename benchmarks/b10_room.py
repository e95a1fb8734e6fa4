"""B10: a room of 200 with everything at once: each member's own run live and the teacher's followed, the wall
open, and all answer in the same second.

Members and server share the machine. An answer has arrived when the room has told its member so.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from benchmarks.b2_live_runs import processor_times
from benchmarks.b3_viewers import plain
from benchmarks.crowd import SPREAD
from benchmarks.figure import Figure
from benchmarks.server import Client, server
from benchmarks.viewers import STEPS_PER_SECOND, Socket

MEMBERS = 200
PROCESSES = 2
SETTLING = 5.0
"""Seconds that all runs have played before all answer."""
POLL = {"text": "Clear?", "about": {"kind": "poll", "choices": ["yes", "no"]}}


@dataclass
class Told:
    """What the crowds tell. arrived: seconds until all were there. waited: until an answer had arrived."""

    arrived: float = 0.0
    waited: list[float] = field(default_factory=list)
    intervals: list[float] = field(default_factory=list)
    lost: int = 0
    answers: int = 0


def measure() -> list[Figure]:
    """How long answers and pictures take, what was lost, and how soon everybody was there."""
    with server() as client:
        client.wait_until_ready()
        told = full_room(client)
    with plain() as address:
        sockets, echoed = asyncio.run(peer(address))
    due = 1000 / STEPS_PER_SECOND
    rows = [
        Row(
            f"answers of {MEMBERS} in a second, p95",
            "ms",
            p95(told.waited),
            echoed,
            "a bare server",
            300,
            150,
        ),
        Row("between pictures meanwhile, p95", "ms", p95(told.intervals), due, "as they are due", 300, 150),
        Row("answers and losses of steps lost", "lost", MEMBERS - told.answers + told.lost, 1, "one", 0, 0),
        Row(
            f"until {MEMBERS} are there who come at once", "s", told.arrived, sockets, "a bare server", 60, 20
        ),
    ]
    return [Figure(budget="B10", better="lower", **row._asdict()) for row in rows]


class Row(NamedTuple):
    """The fields of a figure that are its own."""

    what: str
    unit: str
    ours: float
    peer: float
    peer_is: str
    must: float
    aim: float


def p95(seconds: list[float]) -> float:
    """In milliseconds."""
    return 1000 * statistics.quantiles(seconds, n=20)[-1]


def full_room(client: Client) -> Told:
    """A room in which everything goes on at once."""
    told = Told()
    teacher = client.post("/api/runs", {"max_steps": 100_000})
    room = client.post("/api/rooms", {})
    path, token = f"/api/rooms/{room['id']}", room["owner_token"]
    command = [sys.executable, "-m", "benchmarks.crowd", client.address, room["code"], teacher["id"]]
    with ExitStack() as stack:
        console = stack.enter_context(started([sys.executable, "-m", "benchmarks.b10_room", client.address]))
        say(console, json.dumps([room["id"], token, teacher["id"], teacher["owner_token"]]))
        crowds = [
            stack.enter_context(started([*command, str(MEMBERS // PROCESSES)])) for _ in range(PROCESSES)
        ]
        told.arrived = max(heard(crowd)["arrived"] for crowd in crowds)
        client.request("PATCH", path, {"screen": {"kind": "wall"}}, token)
        client.post(f"{path}/questions", POLL, token)
        before = processor_times()
        for crowd in crowds:
            say(crowd, "play")
        time.sleep(SETTLING)
        for crowd in crowds:
            say(crowd, "answer")
        for crowd in crowds:
            said = heard(crowd)
            told.waited += said["waited"]
            told.intervals += said["intervals"]
            told.lost += said["lost"]
        took = {name: after - before[name] for name, after in processor_times().items()}
        client.request("POST", f"{path}/questions/1/reveal", token=token)
        results = json.loads(client.request("GET", f"{path}/results.json", token=token)[1])
        told.answers = len(results["questions"][0]["rounds"][0])
    print(f"B10: processor time of {SETTLING + SPREAD:.0f} s: {took}", file=sys.stderr, flush=True)
    return told


@contextmanager
def started(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """A process that is told and tells lines."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def say(process: subprocess.Popen[str], line: str) -> None:
    """Tell it a line."""
    assert process.stdin
    print(line, file=process.stdin, flush=True)


def heard(process: subprocess.Popen[str]) -> Any:
    """Its next record."""
    assert process.stdout
    return json.loads(process.stdout.readline())


class Own(Socket):
    """The teacher's connection: one of the room's, which shows the wall, or that of the run, which plays."""

    def __init__(self, host: str, path: str, *said: dict[str, object]) -> None:
        super().__init__(host)
        self.path = path
        self._said = said

    def opened(self) -> None:
        """Say what there is to say."""
        for message in self._said:
            self.say(message)


async def teach(address: str, room: str, token: str, run: str, run_token: str) -> None:
    """Have the teacher's pages open, and the run played, until the process is ended."""
    host, _, port = address.partition(":")
    pages = [
        Own(address, f"/api/rooms/{room}/stream", {"type": "hello", "role": role, "token": token})
        for role in ("console", "projector")
    ]
    play: dict[str, object] = {"type": "play", "steps_per_second": STEPS_PER_SECOND}
    pages.append(Own(address, f"/api/runs/{run}/stream", {"type": "hello", "owner_token": run_token}, play))
    for page in pages:
        await asyncio.get_running_loop().create_connection(lambda page=page: page, host, int(port))  # type: ignore[misc]
    await asyncio.Event().wait()


class Echo(Socket):
    """A client of the bare server."""

    path = "/"

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self.ready, self.answered = asyncio.Event(), asyncio.Event()

    def opened(self) -> None:
        """Note that messages go."""
        self.ready.set()

    def heard(self, payload: bytes, *, is_text: bool) -> None:
        """Note the answer."""
        if is_text:
            self.answered.set()

    async def answer(self, at: float) -> float:
        """Answer at a moment. Seconds until that has arrived."""
        await asyncio.sleep(at)
        began = time.perf_counter()
        self.say({"type": "answer"})
        await self.answered.wait()
        return time.perf_counter() - began


async def peer(address: str) -> tuple[float, float]:
    """Seconds until all sockets are open, and the answers' p95 in ms, of a server that does no more."""
    host, _, port = address.partition(":")
    clients = [Echo(address) for _ in range(MEMBERS)]
    began = time.perf_counter()
    for client in clients:
        await asyncio.get_running_loop().create_connection(lambda client=client: client, host, int(port))  # type: ignore[misc]
    await asyncio.gather(*(client.ready.wait() for client in clients))
    opened = time.perf_counter() - began
    answers = (client.answer(SPREAD * i / MEMBERS) for i, client in enumerate(clients))
    waited = await asyncio.gather(*answers)
    for client in clients:
        client.close()
    await asyncio.sleep(0)
    return opened, p95(waited)


if __name__ == "__main__":
    asyncio.run(teach(sys.argv[1], *json.loads(sys.stdin.readline())))
