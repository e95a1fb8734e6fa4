"""B4: how long the lesson's chain takes through the calculator, beside plain torch in a warm process, and a
notebook's kernel where one is installed. And how much of it is interpreting, beside what its process costs.

Asked one at a time with a pause in between, as people do: how many it answers per second is B5's question.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from benchmarks.figure import Figure
from benchmarks.kernel import kernel
from benchmarks.server import Client, server

ROUNDS = 5
REQUESTS = 100
CHILDREN = 30
"""Of which the cheapest counts."""
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


# What a child does before its program, and the program without its explanation, in processor time: the best
# of many, because everything else that a machine does only adds to it.
INTERPRETING = f"""
import gc, os, resource, sys, time
os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
from app.sandbox.zygote import hugepages
from app.sandbox.zygote.work import JOBS
from app.calculator import derive
from contextlib import nullcontext
class Nobody:
    def executed(self, *_): pass
    def called(self, *_): pass
    def backward(self, *_): return nullcontext()
JOBS.warm_up()
gc.collect()
gc.freeze()
hugepages.collapse()
def processor():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime + time.process_time()
children, programs = [], []
for _ in range({CHILDREN}):
    start = processor()
    pid = os.fork()
    if pid == 0:
        JOBS.warm_child()
        os._exit(0)
    os.waitpid(pid, 0)
    children.append(processor() - start)
    start = time.process_time()
    derive({PROGRAM!r}, Nobody())
    programs.append(time.process_time() - start)
print(1000 * min(programs), 1000 * min(children))
"""


def measure() -> list[Figure]:
    """Milliseconds from request to answer, one at a time: the median and the 95th percentile."""
    ours: list[list[float]] = []
    plain: list[list[float]] = []
    notebook: list[list[float]] = []
    with server() as client, kernel() as peer:
        client.wait_until_ready()
        answered(client, 20, -1)  # warm
        for number in range(ROUNDS):
            ours.append(answered(client, REQUESTS, number))
            plain.append(in_plain_torch())
            if peer is not None:
                notebook.append([peer.milliseconds(PROGRAM) for _ in range(REQUESTS)])
    rows = [("exec in a warm process", plain), *([("ipykernel", notebook)] if notebook else [])]
    return [
        figure(name, percentile, ours, peer_is, theirs, must=must, aim=aim)
        for name, percentile, must, aim in (("p50", statistics.median, 6, 3), ("p95", p95, 20, 8))
        for peer_is, theirs in rows
    ] + [interpreting()]


def interpreting() -> Figure:
    """The interpreter's part of the chain, beside what the process that runs it costs in any case."""
    command = [sys.executable, "-c", INTERPRETING]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    program, child = map(float, said.split())
    return Figure(
        budget="B4",
        what="the lesson's chain interpreted, processor time",
        unit="ms",
        ours=program,
        peer=child,
        peer_is="making its child",
        better="lower",
        must=1.0,
        aim=0.5,
        judge="ratio",
    )


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
    peer_is: str,
    theirs: list[list[float]],
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
        peer=statistics.median(map(percentile, theirs)),
        peer_is=peer_is,
        better="lower",
        must=must,
        aim=aim,
    )
