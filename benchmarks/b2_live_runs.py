"""B2: how many runs can be live at once: ten steps a second each, a picture of every step, to a viewer each.

Viewers and server share the machine. Pictures must come with a 95th percentile of their intervals under
150 ms, one for every step, and with them every loss.
"""

import json
import math
import os
import statistics
import subprocess
import sys
from contextlib import ExitStack

import psutil

from benchmarks.figure import Figure
from benchmarks.server import Client, server
from benchmarks.viewers import STEPS_PER_SECOND

TRIES = (100, 200, 300, 500, 750, 1000)
SECONDS = 4.0
PROCESSES = 2
"""That the viewers are spread over."""
MAX_STEPS = 1000
"""More than a run takes while it is looked at; what its history may grow to counts as its memory."""
LONGEST = 0.150
LIFTED = {
    "PLAYGROUND_RATE_LIMIT": "0",
    "PLAYGROUND_MAX_RUNS": "4000",
    "PLAYGROUND_MAX_RUNS_PER_CLIENT": "4000",
}

PLAIN_LOOPS = f"""
import sys, time, torch
torch.set_num_threads(1)
x = torch.unsqueeze(torch.linspace(-1, 1, 100), dim=1)
y = x.pow(2) + 0.2 * torch.rand(x.size())
net = torch.nn.Sequential(torch.nn.Linear(1, 10), torch.nn.ReLU(), torch.nn.Linear(10, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.2)
loss_func = torch.nn.MSELoss()
def step():
    loss = loss_func(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
for _ in range(200):
    step()
steps, start = 0, time.process_time()
while time.process_time() - start < 2:
    step()
    steps += 1
print(steps / (time.process_time() - start) / {STEPS_PER_SECOND})
"""
"""How many such runs a core would carry if each took its own steps in the plain loop, and nobody watched."""


def measure() -> list[Figure]:
    """The largest number of runs that are all live."""
    most = 0.0
    with server(**LIFTED) as client:
        client.wait_until_ready()
        for count in TRIES:
            if not all_live(client, count):
                break
            most = count
    return [
        Figure(
            budget="B2",
            what=f"live runs at {STEPS_PER_SECOND} pictures/s (load average {os.getloadavg()[0]:.1f})",
            unit="runs",
            ours=most,
            peer=plain_loops(),
            peer_is="plain loops on a core, unwatched",
            better="higher",
            must=300,
            aim=1000,
        )
    ]


def all_live(client: Client, count: int) -> bool:
    """Whether so many are. Prints what was seen, and deletes the runs again."""
    runs = [client.post("/api/runs", {"max_steps": MAX_STEPS, "seed": seed}) for seed in range(count)]
    owned = [(run["id"], run["owner_token"]) for run in runs]
    intervals: list[float] = []
    pictures = skipped = lost = 0
    before = processor_times()
    command = [sys.executable, "-m", "benchmarks.viewers", client.address, str(SECONDS)]
    with ExitStack() as stack:
        viewers = []
        for number in range(PROCESSES):
            process = stack.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            assert process.stdin
            json.dump(owned[number::PROCESSES], process.stdin)
            process.stdin.close()
            viewers.append(process)
        for process in viewers:
            assert process.stdout
            seen = json.loads(process.stdout.read())
            intervals += seen["intervals"]
            pictures += seen["pictures"]
            skipped += seen["skipped"]
            lost += seen["lost"]
    took = {name: after - before[name] for name, after in processor_times().items()}
    for run_id, token in owned:
        client.request("DELETE", f"/api/runs/{run_id}", token=token)
    p95 = statistics.quantiles(intervals, n=20)[-1] if pictures > 1 else math.inf
    print(
        f"B2: {count} runs: {pictures / SECONDS:.0f} pictures/s, p95 interval {1000 * p95:.0f} ms,"
        f" {skipped} steps without a picture, {lost} without their loss; processor time in all: "
        + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in took.items()),
        file=sys.stderr, flush=True,
    )  # fmt: skip
    complete = pictures >= 0.98 * count * STEPS_PER_SECOND * SECONDS
    return p95 < LONGEST and skipped == lost == 0 and complete


def processor_times() -> dict[str, float]:
    """Seconds of processor time that the server's processes have taken."""
    found = {}
    for process in psutil.Process().children(recursive=True):
        if process.status() == psutil.STATUS_ZOMBIE:
            continue
        command = process.cmdline()
        name = "engine" if "app.engine" in command else "web process" if "app" in command else ""
        if name:
            times = process.cpu_times()
            found[name] = times.user + times.system
    return found


def plain_loops() -> float:
    """How many of the plain loop's steps fit in a second of one core, in runs of ten."""
    command = [sys.executable, "-c", PLAIN_LOOPS]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
