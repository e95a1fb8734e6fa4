"""B11: what following a training listing that draws a figure every 5 steps takes, in processor time, beside
the same listing in plain Python, whose matplotlib draws each of them.
"""

import statistics
import subprocess
import sys

from benchmarks.figure import Figure

ROUNDS = 3
STEPS = 1000
LISTING = """\
import torch
import matplotlib.pyplot as plt

torch.manual_seed(1)
x = torch.unsqueeze(torch.linspace(-1, 1, 100), dim=1)
y = x.pow(2) + 0.2 * torch.rand(x.size())
net = torch.nn.Sequential(torch.nn.Linear(1, 10), torch.nn.ReLU(), torch.nn.Linear(10, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.2)
loss_func = torch.nn.MSELoss()

plt.ion()
for t in range({steps}):
    prediction = net(x)
    loss = loss_func(prediction, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if t % 5 == 0:
        plt.cla()
        plt.scatter(x.numpy(), y.numpy())
        plt.plot(x.numpy(), prediction.detach().numpy(), "r-", lw=5)
        plt.text(0.5, 0, f"Loss={{loss.item():.4f}}", fontdict={{"size": 20, "color": "red"}})
        plt.pause(0.001)
plt.ioff()
plt.show()
"""
PLAIN = """
import sys, time, torch, matplotlib.pyplot
torch.set_num_threads(1)
code = compile(sys.argv[1], "program", "exec")
exec(code, {})  # warm
matplotlib.pyplot.close("all")
start = time.process_time()
exec(code, {})
print(time.process_time() - start)
"""
LIVE = """
import sys, time, torch
from app.calculator import warm_up
from app.calculator.live.derivation import derive_live
from app.calculator.live.wire import Wire
torch.set_num_threads(1)
warm_up()
def follow():
    sent = []
    derivation = derive_live(sys.argv[1], 0, Wire(sent.append))
    assert derivation.error is None, derivation.error
    assert sum(b"figure" in each for each in sent) > 1, "no figure moved"
follow()
start = time.process_time()
follow()
print(time.process_time() - start)
"""


def measure() -> list[Figure]:
    """Milliseconds of both, with the explanation at the end of ours."""
    program = LISTING.format(steps=STEPS)
    pairs = [(seconds(LIVE, program), seconds(PLAIN, program)) for _ in range(ROUNDS)]
    ours, plain = (1000 * statistics.median(column) for column in zip(*pairs, strict=True))
    return [
        Figure(
            budget="B11",
            what=f"{STEPS:,} steps with a figure every 5, followed",
            unit="ms",
            ours=ours,
            peer=plain,
            peer_is="plain Python with Agg",
            better="lower",
            must=0.25,
            aim=0.15,
            judge="ratio",
        )
    ]


def seconds(measuring: str, program: str) -> float:
    """Processor time of the listing in a warm process of its own."""
    command = [sys.executable, "-c", measuring, program]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
