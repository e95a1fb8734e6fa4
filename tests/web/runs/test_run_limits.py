"""What one client and all together may hold and ask for: beyond it they are told what the limit is."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from app.protocol.runs import RunConfig
from app.training.memory import memory_of
from tests.server import PATIENCE, running_server, wait_for
from tests.web.sockets import opened

SMALL = memory_of(RunConfig())
ALL = 5 * SMALL + 1000


def client_at(url: str, address: str) -> httpx.Client:
    """A client on another machine, as far as the server can tell."""
    transport = httpx.HTTPTransport(local_address=address)
    return httpx.Client(base_url=url, transport=transport, timeout=PATIENCE)


def post(client: httpx.Client, config: dict[str, Any], path: str = "/api/runs") -> tuple[int, str]:
    """Status, and what a refusal says."""
    answer = client.post(path, json=config)
    if answer.status_code == 429:
        assert int(answer.headers["retry-after"]) >= 1
    return answer.status_code, answer.json().get("detail", "")


def test_too_many_runs_and_too_much_memory_are_refused_naming_the_limit(tmp_path: Path) -> None:
    settings = {"MAX_RUNS": "4", "MAX_RUNS_PER_CLIENT": "2", "RUN_MEMORY": "3000000", "RUNS_MEMORY": str(ALL)}
    named = {f"PLAYGROUND_{name}": value for name, value in settings.items()}
    with running_server(tmp_path / "log", **named) as server:
        server.wait_until("engine")
        ann, bob, eve = (client_at(server.url, f"127.0.0.{i}") for i in (1, 2, 3))
        with ann, bob, eve:
            assert post(ann, {})[0] == post(ann, {})[0] == 201
            assert post(ann, {}) == (
                429,
                "You hold 2 runs, as many as one may. Delete one that you no longer need.",
            )
            pair = {"vary": [{}, {"loop": {"zero_grad": False}}]}
            status, detail = post(ann, pair, "/api/comparisons")
            assert (status, "You hold 2 runs" in detail) == (429, True)

            status, detail = post(bob, {"max_steps": 100_000})
            assert (status, "; 3000000 are allowed" in detail) == (422, True)
            status, detail = post(bob, {"max_steps": 40_000})
            assert (status, f"; {ALL} are allowed" in detail) == (429, True)

            # The second run of these does not fit beside the others: none is made.
            vary = [{}, {"max_steps": 20_000}]
            status, detail = post(eve, {"vary": vary}, "/api/comparisons")
            assert (status, f"; {ALL} are allowed" in detail) == (429, True)
            assert post(bob, {})[0] == 201
            assert post(eve, {"max_steps": 1})[0] == 201
            assert post(eve, {"max_steps": 1}) == (
                429,
                "The server holds 4 runs, as many as it may. Try again later.",
            )


def test_a_run_that_nobody_uses_makes_place_and_comes_back_when_there_is_some(tmp_path: Path) -> None:
    settings = {"PLAYGROUND_RUN_RETENTION": "0.5", "PLAYGROUND_MAX_RUNS_PER_CLIENT": "2"}
    with running_server(tmp_path / "log", PLAYGROUND_MAX_RUNS="2", **settings) as server:
        server.wait_until("engine")
        with server.client() as client:
            assert client.get("/api/options").json()["limits"]["run_retention"] == 0.5
            vary = [{}, {"loop": {"zero_grad": False}}]
            comparison = client.post("/api/comparisons", json={"vary": vary}).json()
            assert post(client, {})[0] == 429
            wait_for(lambda: post(client, {})[0] == 201)
            path, runs = f"/api/comparisons/{comparison['id']}", comparison["runs"]
            assert client.get(path).status_code == 429
            wait_for(lambda: client.get(path).status_code == 200)
            assert [run["id"] for run in client.get(path).json()["runs"]] == [run["id"] for run in runs]


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
