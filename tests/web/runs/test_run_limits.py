"""What one client and all together may hold and ask for: beyond it they are told what the limit is."""

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.engine.commands import Command, Pause, Play
from app.protocol.runs import RunConfig
from app.settings import Settings
from app.training.memory import memory_of
from tests.server import PATIENCE
from tests.web.in_process import client_of, served
from tests.web.sockets import opened

SMALL = memory_of(RunConfig())
ALL = 5 * SMALL + 1000


async def post(client: httpx.AsyncClient, config: dict[str, Any], path: str = "/api/runs") -> tuple[int, str]:
    """Status, and what a refusal says."""
    answer = await client.post(path, json=config)
    if answer.status_code == 429:
        assert int(answer.headers["retry-after"]) >= 1
    return answer.status_code, answer.json().get("detail", "")


async def each_run(app: FastAPI, command: type[Command], **fields: Any) -> None:
    """Command each run that the engine has."""
    engine = app.state.services.engine
    for run_id in [*engine._ledger._journals]:
        await engine.ask(command(run_id=run_id, **fields))


async def test_too_many_runs_and_too_much_memory_are_refused_naming_the_limit() -> None:
    settings = Settings(
        rate_limit=0, max_runs=4, max_runs_per_client=2, run_memory=3_000_000, runs_memory=ALL
    )
    async with served(settings) as app:
        ann, bob, eve = (client_of(app, f"127.0.0.{i}") for i in (1, 2, 3))
        async with ann, bob, eve:
            assert (await post(ann, {}))[0] == (await post(ann, {}))[0] == 201
            await each_run(app, Play, steps_per_second=0.1)
            assert await post(ann, {}) == (
                429,
                "You hold 2 runs, as many as one may. Delete one that you no longer need.",
            )
            pair = {"vary": [{}, {"loop": {"zero_grad": False}}]}
            status, detail = await post(ann, pair, "/api/comparisons")
            assert (status, "You hold 2 runs" in detail) == (429, True)

            status, detail = await post(bob, {"max_steps": 100_000})
            assert (status, "; 3000000 are allowed" in detail) == (422, True)
            status, detail = await post(bob, {"max_steps": 40_000})
            assert (status, f"; {ALL} are allowed" in detail) == (429, True)

            # The second run of these does not fit beside the others: none is made.
            vary = [{}, {"max_steps": 20_000}]
            status, detail = await post(eve, {"vary": vary}, "/api/comparisons")
            assert (status, f"; {ALL} are allowed" in detail) == (429, True)
            assert (await post(bob, {}))[0] == 201
            assert (await post(eve, {"max_steps": 9}))[0] == 201
            await each_run(app, Play, steps_per_second=0.1)
            assert await post(eve, {"max_steps": 9}) == (
                429,
                "The server holds 4 runs, as many as it may. Try again later.",
            )
            # What nobody uses makes room.
            await each_run(app, Pause)
            assert (await post(eve, {"max_steps": 9}))[0] == 201


async def test_a_run_that_nobody_uses_makes_place_and_comes_back_when_there_is_some() -> None:
    settings = Settings(rate_limit=0, max_runs=2, max_runs_per_client=2, run_retention=0.5)
    async with served(settings) as app, client_of(app) as client:
        assert (await client.get("/api/options")).json()["limits"]["run_retention"] == 0.5
        vary = [{}, {"loop": {"zero_grad": False}}]
        comparison = (await client.post("/api/comparisons", json={"vary": vary})).json()
        assert (await post(client, {}))[0] == 429
        async with asyncio.timeout(PATIENCE):
            while (await post(client, {}))[0] != 201:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        path, runs = f"/api/comparisons/{comparison['id']}", comparison["runs"]
        # The single run, which nobody uses either, makes place in turn.
        again = await client.get(path)
        assert [run["id"] for run in again.json()["runs"]] == [run["id"] for run in runs]


@pytest.mark.parametrize(
    ("pace", "limit"), [(1000.1, "must be at most 1000"), (0.01, "must be at least 0.1")]
)
async def test_a_pace_beyond_the_limit_is_refused_naming_it(
    server: Any, client: httpx.Client, pace: float, limit: str
) -> None:
    run = client_run(client)
    async with opened(server, run["id"]) as stream:
        await stream.say("hello", owner_token=run["owner_token"])
        await stream.say("play", steps_per_second=pace)
        problem = (await stream.hear_until("failed"))[-1]["problem"]
    assert (problem["status"], problem["errors"][0]["field"]) == (422, "steps_per_second")
    assert limit in problem["detail"]


def client_run(client: httpx.Client) -> dict[str, Any]:
    run: dict[str, Any] = client.post("/api/runs", json={}).json()
    return run
