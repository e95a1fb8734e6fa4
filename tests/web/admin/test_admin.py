"""The admin's page: who gets in, what it tells, and how somebody's data ends."""

import logging
from pathlib import Path

import httpx
from starlette.requests import Request

from app.settings import Settings
from app.web.admin.sessions import LASTS, MOST, Sessions
from app.web.edge.limits import Client, named
from app.web.edge.problems import Refused
from tests.web.in_process import client_of, served
from tests.web.rooms.classroom import classroom

TOKEN = "correct horse battery"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def settings(path: Path) -> Settings:
    return Settings.model_validate({"admin_token": TOKEN, "database_url": f"sqlite:///{path}/playground.db"})


async def test_without_a_token_there_is_no_such_page() -> None:
    async with served(Settings()) as app, client_of(app) as client:
        for path in ("/admin", "/api/admin/status"):
            assert (await client.get(path, headers=BEARER)).status_code == 404
        assert (await client.post("/api/admin/session", json={"token": ""})).status_code == 404


async def test_who_has_the_token_gets_in_and_nobody_else(tmp_path: Path) -> None:
    async with served(settings(tmp_path)) as app, client_of(app) as client:
        status = "/api/admin/status"
        assert (await client.get("/admin")).status_code == 200
        assert (await client.get(status)).status_code == 401
        assert (await client.get(status, headers={"Authorization": "Bearer x"})).status_code == 403
        assert (await client.get(status, headers={"Cookie": "admin=x"})).status_code == 401
        assert (await client.get(status, headers=BEARER)).status_code == 200
        assert (await client.post("/api/admin/session", json={"token": "x"})).status_code == 403
        foreign = {"Origin": "http://evil.example"}
        signed = await client.post("/api/admin/session", json={"token": TOKEN}, headers=foreign)
        assert (signed.status_code, "set-cookie" in signed.headers) == (403, False)
        signed = await client.post("/api/admin/session", json={"token": TOKEN})
        cookie = signed.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert TOKEN not in cookie
        found = await client.get(status)
        assert found.status_code == 200
        assert TOKEN not in found.text
        await client.delete("/api/admin/session")
        client.cookies.set("admin", signed.cookies["admin"])
        assert (await client.get(status)).status_code == 401


async def test_guesses_are_limited(tmp_path: Path) -> None:
    limited = settings(tmp_path).model_copy(update={"rate_limit": 1 / 60})
    async with served(limited) as app, client_of(app) as client:
        client.cookies.set("session", "s" * 22)
        guesses = [await client.post("/api/admin/session", json={"token": "x"}) for _ in range(3)]
        assert [guess.status_code for guess in guesses] == [403, 429, 429]


def test_a_cookie_lasts_a_working_day_and_not_too_many_are_kept() -> None:
    now = [0.0]
    sessions = Sessions(TOKEN, lambda: now[0])
    cookies = [sessions.sign_in(TOKEN) for _ in range(MOST + 1)]
    assert [opens(sessions, cookie) for cookie in cookies] == [False] + MOST * [True]
    now[0] = LASTS
    assert not any(opens(sessions, cookie) for cookie in cookies)


def opens(sessions: Sessions, cookie: str) -> bool:
    """Whether a cookie opens the page."""
    request = Request({"type": "http", "headers": [(b"cookie", f"admin={cookie}".encode())]})
    try:
        sessions.check(request)
    except Refused:
        return False
    return True


async def make_runs(client: httpx.AsyncClient) -> list[str]:
    """A run and a comparison of a browser; the paths of all runs."""
    run = (await client.post("/api/runs", json={})).json()
    compared = (await client.post("/api/comparisons", json={"vary": [{}, {"optimizer": {"lr": 0.5}}]})).json()
    return [run["id"], *(member["id"] for member in compared["runs"])]


async def test_what_is_kept_of_a_browser_is_told_and_erased_for_good(tmp_path: Path) -> None:
    file = tmp_path / "playground.db"
    async with (
        served(settings(tmp_path)) as app,
        client_of(app, "10.0.0.7") as anna,
        client_of(app, "10.0.0.7") as bert,
        client_of(app) as admin,
    ):
        anna.cookies.set("session", "a" * 22)
        bert.cookies.set("session", "b" * 22)
        hers, his = await make_runs(anna), await make_runs(bert)
        rooms = [await classroom(app, one) for one in (anna, bert)]
        said = [await room.join() for room in rooms]
        logging.getLogger("app.somewhere").error("it broke")
        live = app.state.programs
        ended, goes_on = (live.start("while True: pass", f"{who * 22}@10.0.0.7") for who in "ab")
        told = (await admin.get("/api/admin/status", headers=BEARER)).json()
        names = {who: named(str(Client(who * 22, "10.0.0.7"))).hex() for who in "ab"}
        assert {c["digest"]: c["runs"] for c in told["clients"]} == {names["a"]: 3, names["b"]: 3}
        assert (told["runs"]["ready"], told["runs_stored"]) == (6, 6)
        assert told["errors"][0]["message"] == "it broke"
        path = f"/api/admin/clients/{names['a']}"
        assert (await admin.delete(path)).status_code == 401
        erased = await admin.delete(path, headers=BEARER)
        assert erased.json() == {"runs": 3, "comparisons": 1, "rooms": 1, "programs": 1}
        assert (await admin.delete(path, headers=BEARER)).status_code == 404
        assert (await admin.delete("/api/admin/clients/x", headers=BEARER)).status_code == 422
        assert [(await admin.get(f"/api/rooms/{room.code}")).status_code for room in rooms] == [404, 200]
        path = f"/api/admin/rooms/{rooms[1].code}"
        assert (await admin.delete(path)).status_code == 401
        shown = (await admin.get("/api/admin/status", headers=BEARER)).json()["rooms"]
        assert shown == [{"code": rooms[1].code, "members": 1, "present": 0, "questions": 0}]
        await rooms[1].do("PUT", "/lesson", {"lesson": "07-learning-rate", "step": 1})
        erased = await admin.delete(path, headers=BEARER)
        assert erased.json() == {"runs": 1, "comparisons": 0, "rooms": 1, "programs": 0}
        assert (await admin.delete(path, headers=BEARER)).status_code == 404
        for run_id in hers:
            assert (await anna.get(f"/api/runs/{run_id}")).status_code == 404
        assert (await anna.get(f"/api/programs/{ended.id}")).status_code == 404
        assert (await bert.get(f"/api/programs/{goes_on.id}")).status_code == 200
        for run_id in his:
            assert (await bert.get(f"/api/runs/{run_id}")).status_code == 200
        told = (await admin.get("/api/admin/status", headers=BEARER)).json()
        assert [c["digest"] for c in told["clients"]] == [names["b"]]
        # Not even in the file's free pages.
        left = file.read_bytes() + file.with_name(f"{file.name}-wal").read_bytes()
        assert not any(run_id.encode() in left for run_id in hers)
        assert all(run_id.encode() in left for run_id in his)
        assert not any(one["name"].encode() in left for one in said)
    async with served(settings(tmp_path)) as app, client_of(app) as client:
        assert [(await client.get(f"/api/runs/{run_id}")).status_code for run_id in (hers[0], his[0])] == [
            404,
            200,
        ]
