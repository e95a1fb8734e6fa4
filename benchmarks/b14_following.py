"""B14: what it costs to follow a program round by round, and to explain it at its end, in processor time,
beside plain Python, and a notebook's kernel where one is installed: a thousand steps of the lesson's network,
and a million rounds.
"""

import statistics
import subprocess
import sys

from benchmarks.figure import Figure
from benchmarks.kernel import kernel

ROUNDS = 3
TRAINING = """\
import torch
torch.manual_seed(1)
x = torch.unsqueeze(torch.linspace(-1, 1, 64), dim=1)
y = x.pow(2) + 0.2 * torch.rand(x.size())
net = torch.nn.Sequential(torch.nn.Linear(1, 10), torch.nn.ReLU(), torch.nn.Linear(10, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.2)
loss_func = torch.nn.MSELoss()
for t in range(1000):
    prediction = net(x)
    loss = loss_func(prediction, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""
COUNTING = "n = 0\nfor k in range(1_000_000):\n    n += k % 7\n"
MEASURING = """
import sys, time, torch
from app.calculator import warm_up
from app.calculator.explain.recording import Recording
from app.calculator.live.derivation import derive_live
from app.calculator.live.loops import loops_of
from app.calculator.live.rounds import LoopWatch
from app.calculator.live.wire import Wire
from app.calculator.program.read import read
from app.calculator.program.run import Program
torch.set_num_threads(1)
warm_up()
program = sys.argv[1]
code = compile(program, "program", "exec")
def follow():
    script = read(program)
    watch = LoopWatch(loops_of(script.tree))
    watch.watcher = Wire(len)
    assert Program(script, loop=watch.hooks).run(Recording()).failure is None
def explain():
    sent = []
    derivation = derive_live(program, 0, Wire(lambda body: sent.append(len(body))))
    assert derivation.error is None, derivation.error
    return sum(sent)
def seconds(run):
    start = time.process_time()
    run()
    return time.process_time() - start
tries = [[seconds(run) for run in (lambda: exec(code, {}), follow, explain)] for _ in range(3)]
print(*map(min, zip(*tries)), explain())
"""


def measure() -> list[Figure]:
    """Milliseconds of processor time, and the bytes that are sent."""
    figures = []
    for what, program, limits in (
        ("1,000 training steps", TRAINING, ((2.0, 1.5), (6.0, 4.0))),
        ("1,000,000 rounds", COUNTING, ((40.0, 20.0), (40.0, 20.0))),
    ):
        said = [measured(program) for _ in range(ROUNDS)]
        plain, followed, explained, size = (statistics.median(column) for column in zip(*said, strict=True))
        peers = {"plain Python": 1000 * plain}
        with kernel() as peer:
            if peer is not None:
                peers["ipykernel, by the clock"] = min(peer.milliseconds(program) for _ in range(ROUNDS))
        print(f"{what}: {size / 1000:.0f} kB sent", file=sys.stderr)
        figures += [
            Figure(
                budget="B14",
                what=f"{what} {done}",
                unit="ms",
                ours=1000 * ours,
                peer=time,
                peer_is=name,
                better="lower",
                must=must,
                aim=aim,
                judge="ratio",
            )
            for done, ours, (must, aim) in zip(
                ("followed", "followed and explained"), (followed, explained), limits, strict=True
            )
            for name, time in peers.items()
        ]
    return figures


def measured(program: str) -> tuple[float, float, float, float]:
    """Seconds plainly, followed, and explained after that, and the bytes sent."""
    command = [sys.executable, "-c", MEASURING, program]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    plain, followed, explained, size = map(float, said.split())
    return plain, followed, explained, size
