"""Requests that are sent again because their answer was lost, with the same `Idempotency-Key`."""

from pathlib import Path
from typing import Any

import httpx

from app.settings import Settings
from tests.web.in_process import client_of, served

KEY = "8e03978e-40d5-43dd-bc93-6894a57f932{}"


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


async def test_a_key_is_for_one_request_and_hard_to_guess() -> None:
    async with served(Settings(rate_limit=0)) as app, client_of(app) as client:
        made = await twice(client, "POST", "/api/runs", key=1, json={})
        headers = {"Idempotency-Key": KEY.format(1)}
        other = await client.post("/api/runs", json={"seed": 8}, headers=headers)
        assert (other.status_code, other.json()["detail"]) == (
            422,
            "This key was sent before, with another request.",
        )
        short = await client.post("/api/runs", json={}, headers={"Idempotency-Key": "1"})
        assert short.status_code == 422
        assert "Idempotency-Key" in short.json()["errors"][0]["field"]
        assert KEY.format(1) not in str(made)
