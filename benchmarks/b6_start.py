"""B6: how soon after its start the server shows its page and trains, beside the mere import of torch."""

import statistics
import subprocess
import sys
import time

from benchmarks.figure import Figure
from benchmarks.server import server

ROUNDS = 5
AFTER_IMPORT = 0.5
"""Seconds that the first snapshot may come after a bare `import torch` would be done: the aim."""


def measure() -> list[Figure]:
    """Seconds from the process's start to the page, and to the first trained snapshot."""
    started()  # warm: the disk's cache
    pages, snapshots, imports = [], [], []
    for _ in range(ROUNDS):
        page, snapshot = started()
        pages.append(page)
        snapshots.append(snapshot)
        imports.append(torch_imported())
    peer = statistics.median(imports)
    page, snapshot = statistics.median(pages), statistics.median(snapshots)
    return [
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


def torch_imported() -> float:
    """Seconds that a bare Python takes to import torch."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import torch"], check=True)
    return time.perf_counter() - start


def figure(what: str, ours: float, peer: float, *, must: float, aim: float) -> Figure:
    """One of the two times."""
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
