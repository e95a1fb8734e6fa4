"""`python -m tests.web.probe`: what holds the event loop up, when requests are as large as they may be.

It prints every callback that took more than LIMIT seconds of processor time, below the request in which it
ran. A measurement, and no test: other work on the machine makes it longer.
"""

import random
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx

from tests.server import Server, running_server

LIMIT = 0.003
SERVED = f"""
import runpy, sys, time
from asyncio import events

sys.modules["uvloop"] = None  # Its callbacks are out of reach.
run = events.Handle._run

def timed(handle):
    start = time.thread_time()
    run(handle)
    if (taken := time.thread_time() - start) > {LIMIT}:
        print(f"    {{1000 * taken:.1f}} ms", repr(handle)[:150], file=sys.stderr, flush=True)

events.Handle._run = timed
runpy.run_module("app", run_name="__main__")
"""
POINTS = [[random.Random(i).uniform(-1, 1), 0.123456789 * i] for i in range(1000)]
LARGE: dict[str, Any] = {
    "data": {"points": POINTS, "test_fraction": 0.3},
    "model": {"hidden": [64, 64, 64, 64]},
    "max_steps": 100_000,
    "batch_size": 500,
    "optimizer": {"lr": 0.01},
}
LONG: dict[str, Any] = {"max_steps": 100_000, "optimizer": {"lr": 0.01}}
RATES = [{"optimizer": {"lr": 0.001 * i + 0.01}} for i in range(8)]


def probe(server: Server) -> None:
    """Send the requests."""
    with server.client() as client, server.log.open() as log:

        def call(method: str, path: str, **more: Any) -> httpx.Response:
            answer = client.request(method, path, **more)
            sys.stdout.write(f"{method} {path}: {answer.status_code}, {len(answer.content)} bytes\n")
            sys.stdout.write(log.read())
            return answer

        for path in ("/", "/calculator", "/openapi.json", "/api/options", "/api/topics"):
            call("GET", path)
        for config in (LARGE, LONG):
            made = call("POST", "/api/runs", json=config).json()
            run, owned = f"/api/runs/{made['id']}", {"Authorization": f"Bearer {made['owner_token']}"}
            call("POST", f"{run}/steps", json={"count": 5 if config is LARGE else 10_000}, headers=owned)
            call("POST", f"{run}/lines", json={"count": 10}, headers=owned)
            call("PATCH", run, json={"data": {"points": POINTS[:999]}}, headers=owned)
            for path in ("", "/weights", "/script", "/notebook", "/snapshots?count=256", "/losses", "/norms"):
                call("GET", run + path)
            for path in ("/losses.csv", "/figure", "/losses/figure"):
                call("GET", run + path)
        call("POST", "/api/points", json={"csv": "\n".join(f"{x},{y}" for x, y in POINTS)})
        call("POST", "/api/scripts/read", json={"script": "import torch\nx = [" + "1," * 30_000 + "]"})
        call("POST", "/api/comparisons", json={"config": LARGE, "vary": RATES})


def main() -> None:
    """Probe a server of its own."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        with running_server(log, ("-c", SERVED), PLAYGROUND_RATE_LIMIT="0") as server:
            server.wait_until("engine")
            probe(server)


if __name__ == "__main__":
    main()
