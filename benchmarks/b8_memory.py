"""B8: what a run takes of memory, beside a process of its own that has torch."""

import asyncio
import secrets
import subprocess
import sys
from contextlib import AsyncExitStack

import psutil

from app.engine.client.local import LocalEngine
from app.engine.commands import Create, Steps
from app.protocol.runs import RunConfig
from app.settings import Settings
from benchmarks.figure import Figure

RUNS = 300
STEPS = 1000
TOGETHER = 50
"""Runs that train at once."""
KB = 1000

# What a notebook's kernel holds for the same run.
KERNEL = """
import resource, torch
net = torch.nn.Sequential(torch.nn.Linear(1, 10), torch.nn.ReLU(), torch.nn.Linear(10, 1))
net(torch.ones(100, 1)).mean().backward()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def measure() -> list[Figure]:
    """Kilobytes of a run that was made, and of one that is watched and took its steps."""
    idle, live = asyncio.run(grown())
    kernel = subprocess.run([sys.executable, "-c", KERNEL], capture_output=True, text=True, check=True)
    peer = float(kernel.stdout) * 1024 / KB
    return [
        figure("memory of an idle run", idle, peer, must=300, aim=100),
        figure(f"memory of a run watched for {STEPS} steps", live, peer, must=1000, aim=400),
    ]


async def grown() -> tuple[float, float]:
    """By how much a run made, and then trained, lets the engine process and this one, its client, grow."""
    engine = LocalEngine(Settings())
    engine.start()
    try:
        while not engine.ready:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        await trained(engine, await made(engine, TOGETHER))  # warm
        before = resident(engine)
        runs = await made(engine, RUNS)
        idle = resident(engine) - before
        async with AsyncExitStack() as watching:
            for run_id in runs:
                await watching.enter_async_context(engine.watch(run_id, asyncio.Event()))
            await trained(engine, runs)
            live = resident(engine) - before
    finally:
        await engine.close()
    return idle / RUNS / KB, live / RUNS / KB


async def made(engine: LocalEngine, n: int) -> list[str]:
    """New runs of the lesson's settings, each with a seed of its own."""
    ids = [secrets.token_urlsafe(16) for _ in range(n)]
    for seed, run_id in enumerate(ids):
        await engine.ask(Create(run_id=run_id, config=RunConfig(seed=seed)))
    return ids


async def trained(engine: LocalEngine, runs: list[str]) -> None:
    """All of them to the end."""
    for start in range(0, len(runs), TOGETHER):
        await asyncio.gather(
            *(engine.ask(Steps(run_id=run_id, count=STEPS)) for run_id in runs[start : start + TOGETHER])
        )


def resident(engine: LocalEngine) -> int:
    """Bytes that both processes hold."""
    pids = (engine.pid, None)
    return sum(int(psutil.Process(pid).memory_info().rss) for pid in pids)


def figure(what: str, ours: float, peer: float, *, must: float, aim: float) -> Figure:
    """One of the two."""
    return Figure(
        budget="B8",
        what=what,
        unit="kB",
        ours=ours,
        peer=peer,
        peer_is="a Python process with torch",
        better="lower",
        must=must,
        aim=aim,
    )
