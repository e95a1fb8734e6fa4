"""B13: what it costs that a restart loses nothing: steps of live runs, time after kills, bytes on disk."""

import asyncio
import json
import secrets
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import psutil
from websockets import Origin
from websockets.sync.client import connect

from app.engine.answers import losses_of
from app.engine.client.local import LocalEngine
from app.engine.client.mirror import RunMirror
from app.engine.commands import Create, GetLosses, Pause, Play, Steps, Update
from app.protocol.runs import RunConfig
from app.settings import Settings
from app.store.store import Store
from benchmarks.figure import Figure
from benchmarks.server import Client, server

RUNS = 300
ROUNDS = 5
SECONDS = 6.0
"""Of each round; how far runs have come is stored every three."""
STEPS = 1000
STORED = 50
"""Runs whose space is measured."""
SEEN = 100
"""Steps after which the engine, or the server, is killed."""
STEPS_PER_SECOND = 10.0
"""Of each run before and after the death of the engine."""


def measure() -> list[Figure]:
    """All four."""
    stored, unstored = asyncio.run(steps_per_second())
    again, started_up = asyncio.run(after_the_engine())
    back, fresh = zip(*(after_a_kill() for _ in range(ROUNDS)), strict=True)
    space, text = asyncio.run(bytes_of_a_run())
    return [
        Figure(
            budget="B13", what=f"steps of {RUNS} live runs, stored", unit="steps/s",
            ours=stored, peer=unstored,
            peer_is="the same, not stored", better="higher", must=0.95, aim=0.98, judge="ratio",
        ),
        Figure(
            budget="B13", what=f"kill -9 of the engine to {RUNS} runs playing again", unit="s",
            ours=again, peer=started_up,
            peer_is="a start of the engine", better="lower", must=15, aim=8,
        ),
        Figure(
            budget="B13", what="kill -9 of everything to the curve moving again", unit="s",
            ours=statistics.median(back), peer=statistics.median(fresh),
            peer_is="a start to the first snapshot", better="lower", must=8, aim=4,
        ),
        Figure(
            budget="B13", what=f"space of a run of {STEPS} steps", unit="bytes", ours=space, peer=text,
            peer_is="its losses as JSON", better="lower", must=16_000, aim=8_000,
        ),
    ]  # fmt: skip


@asynccontextmanager
async def started(folder: Path | None) -> AsyncIterator[LocalEngine]:
    """An engine that stores its runs in a folder, or does not."""
    settings = Settings(data_dir=folder or Path(), runs_memory=2**34)
    store = Store(settings)
    engine = LocalEngine(settings, store)
    if folder is not None:
        store.start()
    engine.start()
    while not engine.ready:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    try:
        yield engine
    finally:
        await engine.close()
        await store.close()


async def steps_per_second() -> tuple[float, float]:
    """Steps of all runs together, with a store and without one, in turn: by the median of their ratios."""
    taken: dict[bool, list[float]] = {True: [], False: []}
    with tempfile.TemporaryDirectory() as name:
        async with AsyncExitStack() as stack:
            live = {}
            for stored in taken:
                engine = await stack.enter_async_context(started(Path(name) if stored else None))
                live[stored] = engine, await watched(engine, stack, RUNS, 100_000)
            for _ in range(ROUNDS):
                for stored, (engine, mirrors) in live.items():
                    taken[stored].append(await played(engine, mirrors))
    pairs = zip(taken[True], taken[False], strict=True)
    unstored = statistics.median(taken[False]) / SECONDS
    return unstored * statistics.median(ours / peer for ours, peer in pairs), unstored


async def watched(
    engine: LocalEngine, stack: AsyncExitStack, n_runs: int, max_steps: int
) -> dict[str, RunMirror]:
    """New runs, each with a seed of its own, and what is known of them."""
    mirrors = {}
    for seed in range(n_runs):
        config = RunConfig.model_validate({"seed": seed, "max_steps": max_steps, "optimizer": {"lr": 0.01}})
        run_id = secrets.token_urlsafe(16)
        await engine.ask(Create(run_id=run_id, config=config))
        mirrors[run_id] = await stack.enter_async_context(engine.watch(run_id, asyncio.Event()))
    return mirrors


async def played(engine: LocalEngine, mirrors: dict[str, RunMirror]) -> int:
    """Steps that the runs take together while they play at full speed for a while."""
    await asyncio.gather(*(engine.ask(Play(run_id=run_id, steps_per_second=None)) for run_id in mirrors))
    before = sum(mirror.state.step for mirror in mirrors.values())
    await asyncio.sleep(SECONDS)
    after = sum(mirror.state.step for mirror in mirrors.values())
    await asyncio.gather(*(engine.ask(Pause(run_id=run_id)) for run_id in mirrors))
    return after - before


async def after_the_engine() -> tuple[float, float]:
    """Seconds from the death of the engine until all of its runs have gone on; and of a start of one."""
    with tempfile.TemporaryDirectory() as name:
        begin = time.perf_counter()
        async with started(Path(name)) as engine, AsyncExitStack() as stack:
            fresh = time.perf_counter() - begin
            mirrors = await watched(engine, stack, RUNS, 100_000)
            plays = (Play(run_id=run_id, steps_per_second=STEPS_PER_SECOND) for run_id in mirrors)
            await asyncio.gather(*map(engine.ask, plays))
            while min(mirror.snapshot.step for mirror in mirrors.values()) < SEEN:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            assert engine.pid is not None
            before = {run_id: mirror.snapshot.step for run_id, mirror in mirrors.items()}
            psutil.Process(engine.pid).kill()
            killed = time.perf_counter()
            while any(mirror.snapshot.step <= before[run_id] + 1 for run_id, mirror in mirrors.items()):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            return time.perf_counter() - killed, fresh


def after_a_kill() -> tuple[float, float]:
    """Seconds from the death of all until a played run has gone on; and of a start to a first step."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        with server(PLAYGROUND_DATA_DIR=folder) as client:
            run = client.post("/api/runs", {"max_steps": 100_000, "optimizer": {"lr": 0.01}})
            client.post(f"/api/runs/{run['id']}/steps", {"count": 1}, run["owner_token"])
            fresh = time.perf_counter() - begin
            play(client, run)
            killed = time.perf_counter()
            kill_all()
        with server(PLAYGROUND_DATA_DIR=folder) as client:
            first = step_of(client, run)
            while step_of(client, run) == first:
                time.sleep(0.01)
            return time.perf_counter() - killed, fresh


def play(client: Client, run: dict[str, str]) -> None:
    """Play a run as a page does, until it has come some way."""
    address = f"{client.address}/api/runs/{run['id']}/stream"
    with connect(f"ws://{address}", origin=Origin(f"http://{client.address}")) as page:
        page.send(json.dumps({"type": "hello", "owner_token": run["owner_token"]}))
        page.send(json.dumps({"type": "play", "steps_per_second": 100}))
        while (message := json.loads(page.recv())).get("step", 0) < SEEN:
            if message["type"] == "snapshot":
                page.send(json.dumps({"type": "ack", "step": message["step"]}))


def kill_all() -> None:
    """Kill the server and whatever it has started."""
    for child in psutil.Process().children(recursive=True):
        child.kill()


def step_of(client: Client, run: dict[str, str]) -> int:
    """The step at which a run stands, as soon as the server can tell."""
    while True:
        status, body = client.request("GET", f"/api/runs/{run['id']}")
        if status == 200:
            return int(json.loads(body)["step"])
        time.sleep(0.01)


async def bytes_of_a_run() -> tuple[float, float]:
    """Bytes on disk for each run that took its steps with a change half-way; and of its losses as text."""
    with tempfile.TemporaryDirectory() as name:
        sizes = []
        for n_runs in (1, 1 + STORED):
            folder = Path(name) / str(n_runs)
            async with started(folder) as engine, AsyncExitStack() as stack:
                mirrors = await watched(engine, stack, n_runs, STEPS)
                await asyncio.gather(
                    *(engine.ask(Steps(run_id=run_id, count=STEPS // 2)) for run_id in mirrors)
                )
                for run_id, mirror in mirrors.items():
                    patch = {"optimizer": {"lr": 0.02}, "seed": mirror.state.config.seed}
                    await engine.ask(Update(run_id=run_id, config=RunConfig.model_validate(patch)))
                await asyncio.gather(
                    *(engine.ask(Steps(run_id=run_id, count=STEPS // 2)) for run_id in mirrors)
                )
                answer = await engine.ask(GetLosses(run_id=next(iter(mirrors)), first_step=1))
                losses = (await losses_of(answer, 1)).model_dump_json()
            sizes.append((folder / "playground.db").stat().st_size)
    return (sizes[1] - sizes[0]) / STORED, len(losses)
