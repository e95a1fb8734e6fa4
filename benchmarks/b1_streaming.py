"""B1: how fast one run trains while a browser watches it, beside the same loop in a bare script."""

import asyncio
import json
import statistics
import struct
import subprocess
import sys
import time

from websockets.asyncio.client import connect
from websockets.typing import Origin

from benchmarks.figure import Figure
from benchmarks.server import Client, server

STEPS = 10_000
ROUNDS = 5
FRAME = 1 / 60
STEP = struct.Struct("<4xI")
"""Where a binary snapshot holds its step (app/protocol/snapshots.py)."""

# What a lesson's script does and no more: no losses kept, nothing drawn.
PLAIN_LOOP = f"""
import time, torch
torch.manual_seed(0)
x = torch.unsqueeze(torch.linspace(-1, 1, 100), dim=1)
y = x.pow(2) + 0.2 * torch.rand(x.size())
net = torch.nn.Sequential(torch.nn.Linear(1, 10), torch.nn.ReLU(), torch.nn.Linear(10, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.2)
loss_func = torch.nn.MSELoss()
for step in range(100 + {STEPS}):
    if step == 100:  # warm
        start = time.perf_counter()
    loss = loss_func(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print({STEPS} / (time.perf_counter() - start))
"""


def measure() -> list[Figure]:
    """Steps per second, ours and the bare loop's, the median of the rounds."""
    ours, plain = [], []
    with server() as client:
        client.wait_until_ready()
        asyncio.run(streamed(client))  # warm
        for _ in range(ROUNDS):
            ours.append(asyncio.run(streamed(client)))
            plain.append(bare())
    return [
        Figure(
            budget="B1",
            what="one run watched at up to 60 frames/s",
            unit="steps/s",
            ours=statistics.median(ours),
            peer=statistics.median(plain),
            peer_is="the loop in a bare script",
            better="higher",
            must=0.8,
            aim=1.0,
            judge="ratio",
        )
    ]


def bare() -> float:
    """Steps per second of the loop in a process of its own."""
    command = [sys.executable, "-c", PLAIN_LOOP]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


async def streamed(client: Client) -> float:
    """Steps per second of a run played to a viewer who draws each snapshot in the next frame."""
    run = client.post("/api/runs", {"max_steps": STEPS})
    address = f"{client.address}/api/runs/{run['id']}/stream"
    origin = Origin(f"http://{client.address}")
    async with connect(f"ws://{address}", origin=origin, compression=None) as socket:
        await socket.send(
            json.dumps({"type": "hello", "owner_token": run["owner_token"], "format": "binary"})
        )
        await socket.send(json.dumps({"type": "play"}))
        began, first = 0.0, 0
        async for message in socket:
            if isinstance(message, bytes):
                (step,) = STEP.unpack_from(message)
                if step and not began:
                    began, first = time.perf_counter(), step
                await asyncio.sleep(FRAME - time.perf_counter() % FRAME)
                await socket.send(json.dumps({"type": "ack", "step": step}))
            elif json.loads(message)["type"] == "finished":
                break
        seconds = time.perf_counter() - began
    client.request("DELETE", f"/api/runs/{run['id']}", token=run["owner_token"])
    return (STEPS - first) / seconds
