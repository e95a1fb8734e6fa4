"""B6: how soon `make run` has nothing to set up, the server shows its page, and trains."""

import statistics
import subprocess
import sys
import time

from benchmarks.figure import Figure
from benchmarks.server import server

ROUNDS = 5
SET_UP = """
from tools import environment, page_files
steps = *environment.steps("run"), environment.packages("assets"), page_files.packages(), *page_files.steps()
print(sum(step.is_done() for step in steps))
"""
"""What `make run` does before it becomes the server, where all is done already."""
AFTER_IMPORT = 0.5
"""Seconds that the first snapshot may come after a bare `import torch` would be done: the aim."""


def measure() -> list[Figure]:
    """Seconds of a second start's set-up, and from there to the page and to the first trained snapshot."""
    started()  # warm: the disk's cache
    set_ups, pages, snapshots, imports = [], [], [], []
    for _ in range(ROUNDS):
        set_ups.append(seconds_of("-S", "-c", SET_UP))
        page, snapshot = started()
        pages.append(page)
        snapshots.append(snapshot)
        imports.append(seconds_of("-c", "import torch"))
    peer = statistics.median(imports)
    page, snapshot = statistics.median(pages), statistics.median(snapshots)
    return [
        figure("set-up of a second start", statistics.median(set_ups), peer, must=1, aim=0.5),
        figure("process start to page served", page, peer, must=1.5, aim=0.7),
        figure("process start to first trained snapshot", snapshot, peer, must=8, aim=peer + AFTER_IMPORT),
    ]


def started() -> tuple[float, float]:
    """Seconds until `GET /` is answered, and until a run has taken its first step."""
    start = time.perf_counter()
    with server() as client:
        status, _ = client.request("GET", "/")
        page = time.perf_counter() - start
        if status != 200:
            raise RuntimeError(f"GET /: {status}")
        run = client.post("/api/runs", {})
        snapshot = client.post(f"/api/runs/{run['id']}/steps", {"count": 1}, run["owner_token"])
        if snapshot["step"] != 1:
            raise RuntimeError(f"not the first step: {snapshot}")
        return page, time.perf_counter() - start


def seconds_of(*arguments: str) -> float:
    """Seconds that a Python takes with these arguments."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def figure(what: str, ours: float, peer: float, *, must: float, aim: float) -> Figure:
    """One of the three times."""
    return Figure(
        budget="B6",
        what=what,
        unit="s",
        ours=ours,
        peer=peer,
        peer_is="python -c 'import torch'",
        better="lower",
        must=must,
        aim=aim,
    )
