"""`python -m benchmarks soak [--minutes 30]`: a mixed load for so long, and whether memory stays flat.

People make runs, step, change, look back on, compare and delete them, watch them play and leave without a
word, and run programs, some of them bad. Now and then the memory of every process is printed, and the number
of the web process's descriptors.
"""

import argparse
import json
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from socket import SHUT_RDWR
from statistics import mean

import psutil
from websockets import Origin
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from benchmarks.figure import Figure
from benchmarks.server import Client, server

PEOPLE = 6
MUST, AIM = 1.15, 1.05
"""By how much memory may grow from the second quarter to the last; the first is for warming up."""
PROGRAMS = (
    "import torch\nx = torch.ones(3, requires_grad=True)\n(x * 2).sum().backward()\nprint(x.grad)",
    "import torch\nw = torch.randn(50, 50, requires_grad=True)\nfor _ in range(9):\n    w.sum().backward()",
    "import torch\ntorch.ones(3).backward()",
    "while True: pass",
    "x = [0] * 10**9",
    "import os\nos._exit(3)",
)
Memory = dict[str, int]


class Person(threading.Thread):
    """Somebody who does one thing after the other until told to stop. failure: what ended them before."""

    def __init__(self, address: str, number: int, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self._address = address
        self._client = Client(address, f"{number:022}")
        self._random = random.Random(number)
        self._stop_event = stop
        self.done = 0
        self.failure: BaseException | None = None

    def run(self) -> None:
        """Act."""
        acts: list[Callable[[], None]] = [self.train, self.watch, self.compare, self.program]
        try:
            while not self._stop_event.is_set():
                self._random.choice(acts)()
                self.done += 1
        except BaseException as error:
            self.failure = error
        finally:
            self._client.close()

    def _made(self) -> tuple[str, str]:
        run = self._client.post("/api/runs", {"seed": self._random.randrange(1000), "max_steps": 100_000})
        return f"/api/runs/{run['id']}", run["owner_token"]

    def train(self) -> None:
        """A run that is stepped, changed, looked back on and deleted."""
        path, token = self._made()
        self._client.post(f"{path}/steps", {"count": self._random.randrange(1, 300)}, token)
        self._client.request("PATCH", path, {"optimizer": {"lr": self._random.random() / 10}}, token)
        self._client.post(f"{path}/steps", {"count": 20}, token)
        self._client.request("GET", f"{path}/snapshots/10")
        self._client.request("DELETE", path, token=token)

    def watch(self) -> None:
        """A run that plays on after its owner has left without closing anything."""
        path, token = self._made()
        address = f"ws{self._address.removeprefix('http')}{path}/stream"
        with (
            suppress(ConnectionClosed),
            connect(address, origin=Origin(self._address), compression=None) as socket,
        ):
            socket.send(json.dumps({"type": "hello", "owner_token": token, "format": "binary"}))
            socket.send(json.dumps({"type": "play", "steps_per_second": None}))
            for _ in range(3):
                socket.recv(timeout=60)
            socket.socket.shutdown(SHUT_RDWR)  # without a closing message
        self._client.request("DELETE", path, token=token)

    def compare(self) -> None:
        """A comparison that is stepped and deleted."""
        body = {"vary": [{}, {"loop": {"zero_grad": False}}, {"optimizer": {"lr": 0.5}}]}
        made = self._client.post("/api/comparisons", body)
        path = f"/api/runs/{made['runs'][0]['id']}"
        self._client.post(f"{path}/steps", {"count": 30}, made["owner_token"])
        self._client.request("DELETE", f"/api/comparisons/{made['id']}", token=made["owner_token"])

    def program(self) -> None:
        """A program, good or bad."""
        self._client.request("POST", "/api/gradients", {"program": self._random.choice(PROGRAMS)})


def memory_of(web: psutil.Process) -> Memory:
    """Bytes that each of the server's processes holds, shared parts too; of children the mean."""
    found: dict[str, list[int]] = {"web": [web.memory_info().rss]}
    for process in web.children(recursive=True):
        try:
            name = kind_of(process, web)
            found.setdefault(name, []).append(process.memory_info().rss)
        except psutil.Error:
            continue
    return {name: sum(sizes) // len(sizes) for name, sizes in found.items()} | {"descriptors": web.num_fds()}


def kind_of(process: psutil.Process, web: psutil.Process) -> str:
    """What a process is for."""
    if "app.engine" in process.cmdline():
        return "engine"
    depth = len(process.parents()) - len(web.parents())
    return {1: "first of the sandbox", 2: "zygote"}.get(depth, "children")


def measure(minutes: float) -> list[Figure]:
    """Let people act for so many minutes. One figure for each kind of process."""
    looks: list[Memory] = []
    stop = threading.Event()
    with server(PLAYGROUND_RATE_LIMIT="0", PLAYGROUND_OWNER_GRACE="1") as client:
        client.wait_until_ready()
        (web,) = (
            process for process in psutil.Process().children() if process.cmdline()[-2:] == ["-m", "app"]
        )
        people = [Person(f"http://{client.address}", number, stop) for number in range(PEOPLE)]
        for person in people:
            person.start()
        end, every = time.monotonic() + 60 * minutes, min(60.0, 60 * minutes / 12)
        for number in count(1):
            stop.wait(every)
            looks.append(memory_of(web))
            print(number, sum(person.done for person in people), looks[-1], flush=True)
            if time.monotonic() >= end:
                break
        stop.set()
        for person in people:
            person.join()
        for person in people:
            if person.failure is not None:
                raise person.failure
    return [figure(name, looks) for name in looks[-1]]


def figure(name: str, looks: list[Memory]) -> Figure:
    """The growth of one kind of process."""
    scale = 1e6 if name != "descriptors" else 1
    sizes, quarter = [look.get(name, 0) / scale for look in looks], max(1, len(looks) // 4)
    return Figure(
        budget="soak",
        what=f"memory of {name}" if name != "descriptors" else name,
        unit="MB" if name != "descriptors" else "",
        ours=mean(sizes[-quarter:]),
        peer=mean(sizes[quarter : 2 * quarter]),
        peer_is="itself earlier",
        better="lower",
        must=MUST,
        aim=AIM,
        judge="ratio",
    )


def minutes_of(arguments: list[str]) -> float:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    minutes: float = parser.parse_args(arguments).minutes
    return minutes
