"""B4: how long the lesson's chain takes through the calculator, beside plain torch in a warm process.

Asked one at a time with a pause in between, as people do: how many it answers per second is B5's question.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from benchmarks.figure import Figure
from benchmarks.server import Client, server

ROUNDS = 5
REQUESTS = 100
PAUSE = 0.05
"""Seconds between two requests."""

PROGRAM = """\
import torch
from torch.autograd import Variable

tensor = torch.FloatTensor([2])
variable = Variable(tensor, requires_grad=True)
test = Variable(tensor)

v_1 = 3 * variable
v_2 = 4 * v_1

v_2.backward()
print("variable.grad: \\n", variable.grad)
"""

WARM_PROCESS = f"""
import contextlib, io, json, sys, time
code = compile({PROGRAM!r}, "program", "exec")
def run():
    with contextlib.redirect_stdout(io.StringIO()):
        exec(code, {{}})
for _ in range(20):
    run()
times = []
for _ in range({REQUESTS}):
    start = time.perf_counter()
    run()
    times.append(1000 * (time.perf_counter() - start))
print(json.dumps(times))
"""


def measure() -> list[Figure]:
    """Milliseconds from request to answer, one at a time: the median and the 95th percentile."""
    ours: list[list[float]] = []
    plain: list[list[float]] = []
    with server() as client:
        client.wait_until_ready()
        answered(client, 20, -1)  # warm
        for number in range(ROUNDS):
            ours.append(answered(client, REQUESTS, number))
            plain.append(in_plain_torch())
    return [
        figure("p50", statistics.median, ours, plain, must=6, aim=3),
        figure("p95", p95, ours, plain, must=20, aim=8),
    ]


def answered(client: Client, count: int, number: int) -> list[float]:
    """Milliseconds of each request. A comment makes every program its own, so that no cache can answer."""
    times = []
    for request in range(count):
        program = f"{PROGRAM}# {number} {request}\n"
        time.sleep(PAUSE)
        start = time.perf_counter()
        answer = client.post("/api/gradients", {"program": program})
        times.append(1000 * (time.perf_counter() - start))
        if "tensor([12.])" not in answer["printed"]:
            raise RuntimeError(f"not the lesson's answer: {answer}")
    return times


def in_plain_torch() -> list[float]:
    """Milliseconds of each run of the program in one process that has torch imported."""
    command = [sys.executable, "-c", WARM_PROCESS]
    times: list[float] = json.loads(
        subprocess.run(command, capture_output=True, text=True, check=True).stdout
    )
    return times


def p95(times: Sequence[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(times, n=20)[-1]


def figure(
    name: str,
    percentile: Callable[[Sequence[float]], float],
    ours: list[list[float]],
    plain: list[list[float]],
    *,
    must: float,
    aim: float,
) -> Figure:
    """One percentile: the median over the rounds."""
    measured = statistics.median(map(percentile, ours))
    return Figure(
        budget="B4",
        what=f"the lesson's chain over HTTP, {name}",
        unit="ms",
        ours=measured,
        peer=statistics.median(map(percentile, plain)),
        peer_is="exec in a warm process",
        better="lower",
        must=must,
        aim=aim,
    )
