"""B15: how long others wait for their answers beside one greedy client, and while there is none.

The others are people in four browsers: each has a run that takes a step now and then, looks at it, and tries
a program of its own. Server, others and greedy client share the machine.
"""

import statistics
import subprocess
import sys
import threading
import time
from contextlib import ExitStack

from benchmarks.figure import Figure
from benchmarks.greed import GREEDS
from benchmarks.server import Client, server

PEOPLE = 4
SECONDS = 10.0
"""Of each measurement."""
PAUSE = 0.2
"""Between two things that a person does: fewer programs a minute than anybody may run."""
PROGRAM = "import torch\nx = torch.tensor(2.0, requires_grad=True)\n(3 * x).backward()\nprint(x.grad)  # {}"


def measure() -> list[Figure]:
    """The others' 95th percentile beside each kind of greed."""
    figures = []
    with server(PLAYGROUND_MAX_RUNS_PER_CLIENT="20") as client, ExitStack() as leaving:
        client.wait_until_ready()
        people = [Person(client.address, number) for number in range(PEOPLE)]
        for person in people:
            leaving.callback(person.leave)
        waits(people)  # warm
        for kind in GREEDS:
            quiet = p95(waits(people))
            command = [
                sys.executable, "-m", "benchmarks.greed", f"http://{client.address}", kind, f"{SECONDS + 2}"
            ]  # fmt: skip
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as greedy:
                assert greedy.stdout
                greedy.stdout.readline()
                busy = p95(waits(people))
            figures.append(
                Figure(
                    budget="B15", what=f"others' answers beside one greedy for {kind}, p95", unit="ms",
                    ours=busy, peer=quiet, peer_is="nobody greedy", better="lower", must=2.0, aim=1.5,
                    judge="ratio",
                )
            )  # fmt: skip
    return figures


class Person:
    """Somebody in a browser of their own, with a run."""

    def __init__(self, address: str, number: int) -> None:
        self._client = Client(f"http://{address}", session=f"{number:022}")
        run = self._client.post("/api/runs", {"max_steps": 100_000, "seed": number})
        self._path, self._token = f"/api/runs/{run['id']}", run["owner_token"]
        self._number, self._n_done = number, 0

    def leave(self) -> None:
        """End the connection."""
        self._client.close()

    def act(self, end: float) -> list[float]:
        """Do one thing after the other until then. Returns how many milliseconds each took."""
        took = []
        while time.perf_counter() < end:
            for act in (self._step, self._look, self._try):
                begin = time.perf_counter()
                act()
                took.append(1000 * (time.perf_counter() - begin))
                time.sleep(PAUSE)
        return took

    def _step(self) -> None:
        self._client.post(f"{self._path}/steps", {"count": 1}, self._token)

    def _look(self) -> None:
        self._client.request("GET", self._path)

    def _try(self) -> None:
        self._n_done += 1
        self._client.post("/api/gradients", {"program": PROGRAM.format((self._number, self._n_done))})


def waits(people: list[Person]) -> list[float]:
    """How many milliseconds all of them waited for each answer, for SECONDS."""
    end = time.perf_counter() + SECONDS
    took: list[list[float]] = []
    threads = [
        threading.Thread(target=lambda person=person: took.append(person.act(end))) for person in people
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [each for of_one in took for each in of_one]


def p95(numbers: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(numbers, n=20)[-1]
