"""One greedy client: `python -m benchmarks.greed ADDRESS KIND SECONDS`.

It asks for one kind of thing on many connections at once, without a pause, whatever it is answered.
"""

import contextlib
import http.client
import itertools
import json
import os
import sys
import threading
import time
from collections.abc import Callable

from websockets import Origin
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from benchmarks.server import Client

CONNECTIONS = 8
SESSION = "greedy".ljust(22, "0")
LARGE = {"model": {"hidden": [64, 64, 64]}, "data": {"n_samples": 1000}, "max_steps": 100_000}
SCRIPT = "import torch\nx = [" + "1.0, " * 8000 + "]\n"
TABLE = "x,y\n" + "0.25,0.5\n" * 20_000

Greed = Callable[[Client, int], None]
"""One request of a greedy client, with a number that no other has."""


def programs(client: Client, number: int) -> None:
    """A program that never ends."""
    client.request("POST", "/api/gradients", {"program": f"while True: pass  # {number}"})


def runs(client: Client, number: int) -> None:
    """A large run that takes many steps."""
    status, made = client.request("POST", "/api/runs", {**LARGE, "seed": number})
    if status == http.client.CREATED:
        run = json.loads(made)
        client.request("POST", f"/api/runs/{run['id']}/steps", {"count": 5000}, run["owner_token"])


def sockets(client: Client, number: int) -> None:
    """A socket that is opened, and left without a word."""
    run = run_of(client)
    headers = {"Cookie": f"session={SESSION}"}
    origin = Origin(f"http://{client.address}")
    with contextlib.suppress(WebSocketException, TimeoutError, EOFError):
        connect(
            f"ws://{client.address}/api/runs/{run}/stream", origin=origin, additional_headers=headers
        ).socket.close()


def scripts(client: Client, number: int) -> None:
    """A long script that is no run."""
    client.request("POST", "/api/scripts/read", {"script": f"{SCRIPT}# {number}"})


def snapshots(client: Client, number: int) -> None:
    """As many snapshots of a long run as one request may ask for."""
    client.request("GET", f"/api/runs/{run_of(client)}/snapshots")


def tables(client: Client, number: int) -> None:
    """As long a table as one request may have."""
    client.request("POST", "/api/points", {"csv": TABLE})


GREEDS: dict[str, Greed] = {
    each.__name__: each for each in (programs, runs, sockets, scripts, snapshots, tables)
}
RUN: dict[str, str] = {}


def run_of(client: Client) -> str:
    """The run that the greedy client looks at again and again."""
    if not RUN:
        made = client.post("/api/runs", {"max_steps": 10_000, "optimizer": {"lr": 0.01}})
        client.post(f"/api/runs/{made['id']}/steps", {"count": 2000}, made["owner_token"])
        RUN["id"] = made["id"]
    return RUN["id"]


def main(address: str, kind: str, seconds: str) -> None:
    """Be greedy for so long. Prints a line when it begins."""
    os.nice(5)  # Its own processor time is not the server's.
    end = time.monotonic() + float(seconds)
    numbers = itertools.count()
    if kind in ("sockets", "snapshots"):
        run_of(Client(address, SESSION))
    print("greedy", flush=True)

    def ask() -> None:
        client = Client(address, SESSION)
        while time.monotonic() < end:
            with contextlib.suppress(OSError, http.client.HTTPException):
                GREEDS[kind](client, next(numbers))

    for _ in range(CONNECTIONS):
        threading.Thread(target=ask, daemon=True).start()
    time.sleep(float(seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
