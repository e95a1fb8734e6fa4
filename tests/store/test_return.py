"""What a server finds that starts where another one ended: what was stored comes back when asked for."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.engine.commands import Play, Steps
from app.settings import Settings
from app.store import store
from app.store.database import Database
from app.store.store import Store
from app.store.trouble import StoreTrouble
from tests.engine.support import until
from tests.web.in_process import client_of, served


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(rate_limit=0, database_url=f"sqlite:///{tmp_path}/playground.db")


@asynccontextmanager
async def life(settings: Settings) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    """A server, and somebody's browser."""
    async with served(settings) as app, client_of(app) as client:
        client.cookies.set("session", "s" * 22)
        yield app, client


async def post(client: httpx.AsyncClient, path: str, body: Any, token: str = "") -> Any:
    answer = await client.post(path, json=body, headers={"Authorization": f"Bearer {token}"})
    return answer.raise_for_status().json()


async def get(client: httpx.AsyncClient, path: str) -> Any:
    return (await client.get(path)).raise_for_status().json()


async def test_a_run_has_its_very_numbers_again_and_its_owner(settings: Settings) -> None:
    async with life(settings) as (_, client):
        made = await post(client, "/api/runs", {"batch_size": 7, "optimizer": {"name": "Adam", "lr": 0.1}})
        path, token = f"/api/runs/{made['id']}", made["owner_token"]
        await post(client, f"{path}/steps", {"count": 40}, token)
        await post(client, f"{path}/lines", {"count": 3}, token)
        await post(client, f"{path}/parameters", {"name": "predict.bias", "index": [0], "value": 0.5}, token)
        before = await get(client, path), await get(client, f"{path}/losses")
        script = (await client.get(f"{path}/script")).text
    async with life(settings) as (app, client):
        assert not app.state.services.engine.is_live(made["id"])
        assert (await get(client, path), await get(client, f"{path}/losses")) == before
        assert (await client.get(f"{path}/script")).text == script
        assert (await client.post(f"{path}/reset", headers={"Authorization": "Bearer x"})).status_code == 403
        assert (await client.delete(path, headers={"Authorization": f"Bearer {token}"})).status_code == 204
    async with life(settings) as (_, client):
        assert (await client.get(path)).status_code == 404


async def test_a_stored_run_is_deleted_without_being_trained_again(settings: Settings) -> None:
    async with life(settings) as (_, client):
        made = await post(client, "/api/runs", {})
    async with life(settings) as (app, client):
        owner = {"Authorization": f"Bearer {made['owner_token']}"}
        assert (await client.delete(f"/api/runs/{made['id']}", headers=owner)).status_code == 204
        assert not app.state.services.engine.holds(made["id"])
    async with life(settings) as (_, client):
        assert (await client.get(f"/api/runs/{made['id']}")).status_code == 404


async def test_a_run_that_played_plays_on_and_pauses_if_its_owner_does_not_come(settings: Settings) -> None:
    settings = settings.model_copy(update={"owner_grace": 0.3})
    async with life(settings) as (app, client):
        made = await post(client, "/api/runs", {"max_steps": 100_000, "optimizer": {"lr": 0.01}})
        path = f"/api/runs/{made['id']}"
        await app.state.services.engine.ask(Play(run_id=made["id"], steps_per_second=100))
        async with app.state.services.engine.watch(made["id"], asyncio.Event()) as mirror:
            await until(lambda: mirror.state.step > 10)
            losses = bytes(mirror.losses)
    async with life(settings) as (app, client):
        assert (await get(client, path))["status"] == "playing"
        async with app.state.services.engine.watch(made["id"], asyncio.Event()) as mirror:
            await until(lambda: mirror.state.status == "paused")
            await until(lambda: len(mirror.losses) >= len(losses))
            assert bytes(mirror.losses).startswith(losses)


async def test_steps_that_were_interrupted_do_not_become_play(settings: Settings) -> None:
    async with life(settings) as (app, client):
        made = await post(client, "/api/runs", {"max_steps": 100_000, "optimizer": {"lr": 0.01}})
        path = f"/api/runs/{made['id']}"
        engine = app.state.services.engine
        async with engine.watch(made["id"], asyncio.Event()) as mirror:
            steps = asyncio.create_task(engine.ask(Steps(run_id=made["id"], count=90_000)))
            await until(lambda: mirror.state.step > 10)
            steps.cancel()
    async with life(settings) as (_, client):
        assert (await get(client, path))["status"] == "paused"


async def test_a_comparison_is_there_again_as_a_whole(settings: Settings) -> None:
    async with life(settings) as (_, client):
        made = await post(client, "/api/comparisons", {"vary": [{}, {"optimizer": {"lr": 0.1}}]})
        token, path = made["owner_token"], f"/api/comparisons/{made['id']}"
        first = f"/api/runs/{made['runs'][0]['id']}"
        await post(client, f"{first}/steps", {"count": 20}, token)
        before = await get(client, path), await get(client, f"{first}/losses")
    async with life(settings) as (_, client):
        assert (await get(client, path), await get(client, f"{first}/losses")) == before
        assert (await post(client, f"{first}/steps", {"count": 5}, token))["step"] == 25
        owner = {"Authorization": f"Bearer {token}"}
        assert (await client.delete(path, headers=owner)).status_code == 204
    async with life(settings) as (_, client):
        assert (await client.get(path)).status_code == (await client.get(first)).status_code == 404


async def test_what_a_browser_holds_counts_again_once_it_is_in_use(settings: Settings) -> None:
    settings = settings.model_copy(update={"max_runs_per_client": 2})
    async with life(settings) as (_, client):
        runs = [await post(client, "/api/runs", {}) for _ in range(2)]
        assert (await client.post("/api/runs", json={})).status_code == 429
    async with life(settings) as (_, client):
        for run in runs:
            await get(client, f"/api/runs/{run['id']}")
        assert (await client.post("/api/runs", json={})).status_code == 429


async def test_of_two_thousand_stored_runs_only_those_asked_for_come_back(
    settings: Settings, tmp_path: Path
) -> None:
    async with life(settings) as (_, client):
        made = await post(client, "/api/runs", {})
        await post(client, f"/api/runs/{made['id']}/steps", {"count": 3}, made["owner_token"])
    with sqlite3.connect(tmp_path / "playground.db") as file:
        columns = "begin, formula, numbers, comparison, state, under_way, owner, holder, used"
        file.executemany(
            f"INSERT INTO runs SELECT ?, {columns} FROM runs WHERE id = ?",
            [(f"copy {number}", made["id"]) for number in range(1999)],
        )
    file.close()
    async with life(settings) as (app, client):
        assert (await client.get("/")).status_code == 200
        assert (await get(client, f"/api/runs/{made['id']}"))["step"] == 3
        engine = app.state.services.engine
        assert [engine.is_live(run_id) for run_id in (made["id"], "copy 0", "copy 1998")] == [
            True,
            False,
            False,
        ]
        assert engine.holds("copy 1998")


async def test_while_it_is_unknown_what_is_stored_nothing_is_taken_for_gone(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "playground.db"
    file.write_bytes(b"somebody's text, and no database " * 1000)
    before = file.read_bytes()
    async with life(settings) as (app, client):
        await until(lambda: app.state.services.store.trouble == "damaged")
        assert (await get(client, "/healthz"))["store"] == "damaged"
        made = await post(client, "/api/runs", {})
        snapshot = await post(client, f"/api/runs/{made['id']}/steps", {"count": 3}, made["owner_token"])
        assert snapshot["step"] == 3
        for path in ("/api/runs/of-yesterday", "/api/comparisons/of-yesterday"):
            answer = await client.get(path)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert "is damaged" in answer.json()["detail"]
    assert file.read_bytes() == before


async def test_a_run_that_is_asleep_while_the_disk_fails_is_not_taken_for_gone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Database, changes: object) -> None:
        raise StoreTrouble("full", "no space left")

    monkeypatch.setattr(store, "RETRY", 0.05)
    async with life(settings) as (app, client):
        with monkeypatch.context() as patch:
            patch.setattr(Database, "write", fail)
            made = await post(client, "/api/runs", {})
            path, engine = f"/api/runs/{made['id']}", app.state.services.engine
            engine._put_away([made["id"]])
            answer = await client.get(path)
            assert answer.status_code == 503
            assert answer.json()["detail"].startswith("The server's disk is full.")
        await until(lambda: app.state.services.store.is_well)
        assert (await get(client, path))["step"] == 0
        before = await post(client, f"{path}/reset", None, made["owner_token"])
        assert before["status"] == "ready"


async def test_no_answer_and_no_viewer_is_ahead_of_what_is_stored(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with life(settings) as (app, client):
        made = await post(client, "/api/runs", {})
        path, token = f"/api/runs/{made['id']}", made["owner_token"]
        stored, engine = app.state.services.store, app.state.services.engine
        slow = asyncio.Event()
        write = Store._write

        async def later(self: Store) -> None:
            await slow.wait()
            await write(self)

        monkeypatch.setattr(Store, "_write", later)
        async with engine.watch(made["id"], asyncio.Event()) as mirror:
            changed = asyncio.create_task(
                client.patch(
                    path, json={"optimizer": {"lr": 0.5}}, headers={"Authorization": f"Bearer {token}"}
                )
            )
            await until(lambda: not stored.is_saved(made["id"]))
            for _ in range(50):
                await asyncio.sleep(0.001)
            assert not changed.done()
            assert mirror.state.config.optimizer.lr == 0.2
            slow.set()
            assert (await changed).status_code == 200
            await until(lambda: mirror.state.config.optimizer.lr == 0.5)
