"""Attacks on everything that is served: addresses to come are attacked too, without being named here."""

import time

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import WebSocketRoute

from app.main import create_app
from app.settings import Settings
from tests.server import Server
from tests.web.in_process import addresses, client_of, shake_hands
from tests.web.owner import Run

FOREIGN = [
    "http://evil.example",
    "null",
    "http://evil-localhost",
    "http://localhost.evil.example",
    "http://localhost:1",
]
SAFE = ("GET", "HEAD")


@pytest.fixture(scope="module")
def app() -> FastAPI:
    """The application without its processes."""
    return create_app(Settings(rate_limit=0))


async def test_no_socket_opens_for_a_foreign_page_or_under_a_foreign_name(app: FastAPI) -> None:
    sockets = addresses(app, WebSocketRoute)
    assert len(sockets) >= 3
    for _, path in sockets:
        for origin in FOREIGN:
            assert (await shake_hands(app, path, origin=origin))["status"] == 403, (path, origin)
        assert (await shake_hands(app, path))["status"] == 403, path
        assert (await shake_hands(app, path, host="evil.example", origin="http://evil.example"))[
            "status"
        ] == 421
        assert (await shake_hands(app, path, origin="http://localhost"))["type"] == "websocket.accept"


async def test_no_foreign_page_changes_anything(app: FastAPI) -> None:
    changing = [(method, path) for method, path in addresses(app) if method not in SAFE]
    assert len(changing) > 15
    async with client_of(app) as client:
        for method, path in changing:
            for origin in FOREIGN:
                answer = await client.request(method, path, headers={"Origin": origin})
                assert answer.status_code == 403, (method, path, origin)


async def test_nothing_is_read_that_browsers_send_without_asking_first(app: FastAPI) -> None:
    """Forms, files and plain text: of these a page of another site can make a browser send."""
    async with client_of(app) as client:
        for method, path in addresses(app):
            if method in (*SAFE, "DELETE"):  # They read no body.
                continue
            for kind in (
                "multipart/form-data; boundary=x",
                "application/x-www-form-urlencoded",
                "text/plain",
                "",
            ):
                answer = await client.request(method, path, content=b"a=b", headers={"Content-Type": kind})
                assert answer.status_code == 415, (method, path, kind)


async def test_sockets_are_limited_as_requests_are(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    limited = create_app(Settings(rate_limit=1 / 60))
    page = {"origin": "http://localhost", "cookie": "session=" + "a" * 22}
    path = "/api/programs/stream"
    said = [await shake_hands(limited, path, **page) for _ in range(3)]
    assert [message["type"] for message in said[:2]] == ["websocket.accept"] * 2
    assert said[2]["status"] == 429
    assert b"retry-after" in dict(said[2]["headers"])
    assert (await shake_hands(limited, path, **page | {"cookie": "session=" + "b" * 22}))[
        "type"
    ] == "websocket.accept"


def test_neither_programs_nor_tokens_get_into_addresses_or_the_log(
    server: Server, client: httpx.Client
) -> None:
    server.wait_until("engine", "sandbox")
    secret = "x_whatever_a_student_types"
    run = Run(client)
    for program in (
        f"{secret} = 1",
        f"raise ValueError('{secret}')",
        f"{secret} = (",
        f"{secret} = 1\n" * 9000,
    ):
        client.post("/api/gradients", json={"program": program})
        client.post("/api/questions", json={"program": program})
        client.post("/api/runs/from-script", json={"script": program})
    client.post(
        "/api/gradients",
        content=f'{{"program": "{secret}'.encode(),
        headers={"Content-Type": "application/json"},
    )
    client.post("/api/runs", json={"data": {"target": secret}})
    client.patch(run.path, json={"seed": 3}, headers=run.owner)
    client.patch(run.path, json={"seed": 3}, headers={"Authorization": f"Bearer {run.token}{secret}"})
    assert run.token not in run.path
    log = server.log.read_text()
    assert secret not in log
    assert run.token not in log
