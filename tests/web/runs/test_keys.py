"""Requests that are sent again because their answer was lost, with the same `Idempotency-Key`."""

import asyncio
from pathlib import Path
from typing import Any

import httpx

from app.settings import Settings
from tests.web.in_process import client_of, served

KEY = "8e03978e-40d5-43dd-bc93-6894a57f932{}"
ANOTHER = "This key was sent before, with another request."


async def twice(client: httpx.AsyncClient, method: str, path: str, token: str = "", **more: Any) -> Any:
    """The answer to a request that is sent twice; both are the same."""
    key = KEY.format(more.pop("key"))
    headers = {"Idempotency-Key": key, "Authorization": f"Bearer {token}"}
    first, second = [await client.request(method, path, headers=headers, **more) for _ in range(2)]
    assert first.status_code == second.status_code
    assert first.is_success, first.text
    assert first.json() == second.json()
    return first.json()


async def test_what_is_sent_again_is_not_done_again_even_after_a_restart(tmp_path: Path) -> None:
    settings = Settings(rate_limit=0, database_url=f"sqlite:///{tmp_path}/playground.db")
    async with served(settings) as app, client_of(app) as client:
        made = await twice(client, "POST", "/api/runs", key=1, json={"seed": 7})
        path, token = f"/api/runs/{made['id']}", made["owner_token"]
        assert (await twice(client, "POST", f"{path}/steps", token, key=2, json={"count": 5}))["step"] == 5
        ran = await twice(client, "POST", f"{path}/lines", token, key=3, json={"count": 3})
        assert [line["line"] for line in ran["lines"]] == ["forward", "loss", "zero_grad"]
        edit = {"name": "predict.bias", "index": [0], "value": 0.5}
        await twice(client, "POST", f"{path}/parameters", token, key=4, json=edit)
        await twice(client, "PATCH", path, token, key=5, json={"optimizer": {"lr": 0.1}})
        fork = await twice(client, "POST", f"{path}/fork", key=6, json={"step": 5})
        assert fork["id"] != made["id"]
        now = (await client.get(path)).json()
        assert now["step"] == 5
    async with served(settings) as app, client_of(app) as client:
        assert (await twice(client, "POST", f"{path}/steps", token, key=2, json={"count": 5}))["step"] == 5
        assert (await twice(client, "POST", "/api/runs", key=1, json={"seed": 7}))["id"] == made["id"]
        assert (await client.get(path)).json() == now
        fork_path = f"/api/runs/{fork['id']}"
        assert (await twice(client, "POST", f"{fork_path}/reset", fork["owner_token"], key=7))["step"] == 0


async def test_a_comparison_is_made_once_by_one_request(tmp_path: Path) -> None:
    settings = Settings(rate_limit=0, database_url=f"sqlite:///{tmp_path}/playground.db")
    asked = {"vary": [{}, {"optimizer": {"lr": 0.1}}]}
    async with served(settings) as app, client_of(app) as client:
        made = await twice(client, "POST", "/api/comparisons", key=1, json=asked)
        headers = {"Idempotency-Key": KEY.format(1)}
        for other in ({"vary": [{}, {"optimizer": {"lr": 0.3}}]}, {**asked, "config": {"max_steps": 9}}):
            answer = await client.post("/api/comparisons", json=other, headers=headers)
            assert (answer.status_code, answer.json()["detail"]) == (422, ANOTHER)
        run, token = f"/api/runs/{made['runs'][0]['id']}", made["owner_token"]
        assert (await twice(client, "POST", f"{run}/steps", token, key=2, json={"count": 5}))["step"] == 5
    async with served(settings) as app, client_of(app) as client:
        again = await twice(client, "POST", "/api/comparisons", key=1, json=asked)
        assert again == made
        now = (await client.get(f"/api/comparisons/{made['id']}")).json()
        assert [run["step"] for run in now["runs"]] == [5, 5]


async def test_of_two_requests_at_once_with_one_key_only_the_same_are_one() -> None:
    async with served(Settings(rate_limit=0)) as app, client_of(app) as client:
        made = (await client.post("/api/runs", json={})).json()
        path = f"/api/runs/{made['id']}/steps"
        headers = {"Idempotency-Key": KEY.format(1), "Authorization": f"Bearer {made['owner_token']}"}
        answers = await asyncio.gather(
            *(client.post(path, json={"count": count}, headers=headers) for count in (50, 50, 60))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 200, 422]
        assert len({answer.json().get("step") for answer in answers} - {None}) == 1


async def test_a_key_is_for_one_request_and_hard_to_guess() -> None:
    async with served(Settings(rate_limit=0)) as app, client_of(app) as client:
        made = await twice(client, "POST", "/api/runs", key=1, json={})
        headers = {"Idempotency-Key": KEY.format(1)}
        other = await client.post("/api/runs", json={"seed": 8}, headers=headers)
        assert (other.status_code, other.json()["detail"]) == (422, ANOTHER)
        path, headers["Authorization"] = f"/api/runs/{made['id']}", f"Bearer {made['owner_token']}"
        for method, below, body, another in (
            ("PATCH", "", {"optimizer": {"lr": 0.1}}, {"max_steps": 9}),
            ("POST", "/steps", {"count": 5}, {"count": 7}),
        ):
            headers["Idempotency-Key"] = KEY.format(method)
            assert (await client.request(method, path + below, json=body, headers=headers)).is_success
            before = (await client.get(path)).json()
            other = await client.request(method, path + below, json=another, headers=headers)
            assert (other.status_code, other.json()["detail"]) == (422, ANOTHER)
            assert (await client.get(path)).json() == before
        short = await client.post("/api/runs", json={}, headers={"Idempotency-Key": "1"})
        assert short.status_code == 422
        assert "Idempotency-Key" in short.json()["errors"][0]["field"]
        assert KEY.format(1) not in str(made)
