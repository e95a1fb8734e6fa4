"""Lessons over HTTP: in the reader's language, and tasks marked by what was really done."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.calculator import derive
from app.protocol.gradients import Derivation
from app.sandbox.client.sandbox import Sandbox
from app.settings import Settings
from tests.web.in_process import client_of, served


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with served(Settings(rate_limit=0)) as app, client_of(app) as client:
        yield client


async def test_they_are_told_in_the_reader_s_language(client: httpx.AsyncClient) -> None:
    chinese = {"Accept-Language": "zh"}
    english = (await client.get("/api/lessons")).json()["lessons"]
    translated = (await client.get("/api/lessons", headers=chinese)).json()["lessons"]
    assert [lesson["id"] for lesson in english] == [lesson["id"] for lesson in translated]
    assert english[0]["title"] == "backward() fills .grad"
    assert translated[0]["title"] == "backward() 填入 .grad"
    for offer in english:
        lesson = (await client.get(f"/api/lessons/{offer['id']}", headers=chinese)).json()
        assert len(lesson["shown"]) == lesson["steps"] == offer["steps"]
        assert all(step["scene"] for step in lesson["shown"])
    assert (await client.get("/api/lessons/nowhere")).status_code == 404
    assert (await client.get("/api/lessons/..%2Fsettings")).status_code in {404, 422}


async def test_a_run_is_looked_at_as_it_is(client: httpx.AsyncClient) -> None:
    path = "/api/lessons/05-unsqueeze/steps/2/check"
    run = (await client.post("/api/runs", json={"data": {"unsqueeze_x": False}})).json()
    own = {"Authorization": f"Bearer {run['owner_token']}"}

    async def missing() -> list[str]:
        answer = await client.post(path, json={"run": run["id"]}, headers={"Accept-Language": "en"})
        return list(answer.json()["missing"])

    assert await missing() == [
        "data.unsqueeze_x is not True yet.",
        "The run has taken 0 of 50 steps.",
    ]
    await client.patch(f"/api/runs/{run['id']}", json={"data": {"unsqueeze_x": True}}, headers=own)
    assert await missing() == ["The run has taken 0 of 50 steps."]
    await client.post(f"/api/runs/{run['id']}/steps", json={"count": 50}, headers=own)
    answer = await client.post(path, json={"run": run["id"]})
    assert answer.json() == {"done": True, "missing": []}


async def test_a_program_is_run(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def in_process(sandbox: Sandbox, program: str, client: str) -> Derivation:
        return derive(program)

    monkeypatch.setattr(Sandbox, "derive", in_process)
    path = "/api/lessons/02-not-tracked/steps/4/check"
    program = (
        "import torch\na = torch.tensor(3.0, requires_grad=True)\nb = torch.tensor(5.0{})\n(a * b).backward()"
    )
    answer = (await client.post(path, json={"program": program.format("")})).json()
    assert answer == {"done": False, "missing": ["b.grad is not as the task wants it yet."]}
    tracked = program.format(", requires_grad=True")
    assert (await client.post(path, json={"program": tracked})).json()["done"] is True
    broken = (await client.post(path, json={"program": "1 / 0"})).json()
    assert broken["missing"][0] == "The program stops with ZeroDivisionError."


async def test_a_prediction_is_answered_by_what_the_runs_came_to(client: httpx.AsyncClient) -> None:
    path = "/api/lessons/07-learning-rate/steps/{}/reveal"

    async def told(step: int, answer: dict[str, Any], *runs: str) -> httpx.Response:
        return await client.post(path.format(step), json={"answer": answer, "runs": list(runs)})

    async def run_of(lr: float, steps: int) -> str:
        config = {"optimizer": {"lr": lr}, "max_steps": steps}
        run = (await client.post("/api/runs", json=config)).json()
        own = {"Authorization": f"Bearer {run['owner_token']}"}
        ended = await client.post(f"/api/runs/{run['id']}/steps", json={"count": steps}, headers=own)
        assert ended.status_code == 200
        return str(run["id"])

    diverges = {"kind": "choice", "choice": 1}
    large = await run_of(2.0, 100)
    found = (await told(2, diverges, large)).json()
    assert (found["right"], found["truth"]["answer"]) == (True, diverges)
    assert (await told(2, {"kind": "choice", "choice": 0}, large)).json()["right"] is False
    # The winner by the losses that the runs themselves tell.
    runs = [await run_of(lr, 200) for lr in (0.002, 0.02, 0.2)]
    losses = [(await client.get(f"/api/runs/{run}/losses")).json()["losses"][-1] for run in runs]
    best = losses.index(min(losses))
    found = (await told(3, {"kind": "choice", "choice": best}, *runs)).json()
    assert found["right"] is True
    refused = [
        await told(2, diverges),
        await told(2, diverges, runs[0]),
        await told(2, {"kind": "number", "numbers": 1}, large),
        await told(1, diverges, large),
        await told(2, diverges, "nowhere"),
        await told(2, diverges, (await client.post("/api/runs", json=LARGE)).json()["id"]),
    ]
    assert [answer.status_code for answer in refused] == [422, 422, 422, 404, 404, 409]


LARGE = {"optimizer": {"lr": 2.0}, "max_steps": 100}

REFUSED = {
    ("01-backward/steps/4", ""): 422,
    ("05-unsqueeze/steps/2", ""): 422,
    ("05-unsqueeze/steps/2", "nowhere"): 404,
    ("05-unsqueeze/steps/1", "nowhere"): 404,
    ("05-unsqueeze/steps/40", "nowhere"): 404,
    ("05-unsqueeze/steps/41", "nowhere"): 422,
    ("nothing/steps/1", "nowhere"): 404,
}
"""The status for a step and a run."""


async def test_what_cannot_be_checked_is_refused(client: httpx.AsyncClient) -> None:
    found = {
        (path, run): (
            await client.post(f"/api/lessons/{path}/check", json={"run": run} if run else {})
        ).status_code
        for path, run in REFUSED
    }
    assert found == REFUSED
