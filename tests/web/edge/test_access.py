"""Who may come in: with the pass phrase, or named by a trusted proxy. Nobody else gets anywhere."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from starlette.routing import WebSocketRoute

from app.main import create_app
from app.settings import Settings
from app.web.edge.access import KEY_FILE, WRONG_PER_MINUTE
from tests.web.in_process import addresses, client_of, shake_hands

PHRASE = "七 little gradients"
HEADER = {b"Playground-Phrase": PHRASE.encode()}
PAGE = {"Accept": "text/html,*/*;q=0.8"}
PROXY = "10.0.0.1"


def guarded(folder: Path, phrase: str = PHRASE) -> FastAPI:
    return create_app(Settings(access="phrase", access_phrase=phrase, data_dir=folder, rate_limit=0))


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(guarded(tmp_path)) as client:
        yield client


async def entered(client: httpx.AsyncClient, phrase: str = PHRASE) -> int:
    return (await client.post("/api/access", json={"phrase": phrase})).status_code


async def test_without_the_phrase_nothing_is_served_but_what_tells_that(tmp_path: Path) -> None:
    app = guarded(tmp_path)
    served = addresses(app)
    assert len(served) > 40
    async with client_of(app) as client:
        refused = {
            path: answer.status_code
            for method, path in served
            if (answer := await client.request(method, path)).status_code == 401
        }
        open_to_all = {path for _, path in served} - refused.keys()
    assert open_to_all == {"/healthz", "/readyz", "/static/x/x", "/api/access"}


async def test_metrics_are_open_on_a_port_of_their_own_only(tmp_path: Path) -> None:
    settings = Settings(access="phrase", access_phrase=PHRASE, data_dir=tmp_path, rate_limit=0, metrics=True)
    for port, statuses in ((None, [401, 200]), (9100, [404, 404])):
        async with client_of(create_app(settings.model_copy(update={"metrics_port": port}))) as client:
            found = [
                (await client.get("http://localhost:8000/metrics", headers=headers)).status_code
                for headers in ({}, HEADER)
            ]
            assert found == statuses
            own = await client.get("http://localhost:9100/metrics")
            assert own.status_code == (401 if port is None else 200)


async def test_no_socket_opens_without_the_phrase(tmp_path: Path) -> None:
    app = guarded(tmp_path)
    sockets = addresses(app, WebSocketRoute)
    assert len(sockets) == 5
    for _, path in sockets:
        refusal = await shake_hands(app, path, origin="http://localhost")
        assert refusal["type"] == "websocket.http.response.start"
        assert refusal["status"] == 401
        assert (b"content-type", b"application/problem+json") in refusal["headers"]


@pytest.mark.parametrize(("language", "title"), [("en", "Pass phrase"), ("zh", "口令")])
async def test_browsers_are_shown_where_to_type_it_at_any_address(
    client: httpx.AsyncClient, language: str, title: str
) -> None:
    for path in ("/", "/calculator", "/compare?vary=lr", "/nowhere"):
        page = await client.get(path, headers={**PAGE, "Accept-Language": language})
        assert page.status_code == 401
        assert f"<h1>{title}</h1>" in page.text
        assert page.headers["cache-control"] == "no-store"


async def test_who_typed_it_is_in_until_the_browser_is_closed(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/access", json={"phrase": PHRASE})
    assert answer.status_code == 204
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age" not in cookie
    assert PHRASE not in cookie
    assert (await client.get("/calculator", headers=PAGE)).status_code == 200
    assert (await client.get("/api/options")).status_code == 200


async def test_programs_send_it_in_a_header(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/options", headers=HEADER)).status_code == 200
    refused = await client.get("/api/options")
    assert refused.headers["www-authenticate"] == "Playground-Phrase"
    assert refused.json()["type"] == "/problems/not-admitted"


async def test_it_is_the_same_phrase_however_a_keyboard_writes_its_letters(tmp_path: Path) -> None:
    async with client_of(guarded(tmp_path, "caf\u00e9 au lait")) as client:
        assert await entered(client, "cafe\u0301 au lait") == 204


async def test_a_restart_asks_nobody_again_and_another_phrase_everybody(tmp_path: Path) -> None:
    async with client_of(guarded(tmp_path)) as client:
        await entered(client)
        cookies = client.cookies
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    for phrase, status in ((PHRASE, 200), ("another phrase", 401)):
        async with client_of(guarded(tmp_path, phrase)) as client:
            client.cookies = cookies
            assert (await client.get("/api/options")).status_code == status


async def test_a_cookie_of_another_server_with_the_same_phrase_lets_nobody_in(tmp_path: Path) -> None:
    async with client_of(guarded(tmp_path / "one")) as client:
        await entered(client)
        cookies = client.cookies
    async with client_of(guarded(tmp_path / "other")) as client:
        client.cookies = cookies
        assert (await client.get("/api/options")).status_code == 401


async def test_guessing_is_slow_and_keeps_nobody_out_who_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    app = guarded(tmp_path)
    async with client_of(app, "192.168.1.1") as friend, client_of(app, "192.168.1.1") as guesser:
        assert await entered(friend) == 204
        for number in range(WRONG_PER_MINUTE.amount):
            guesser.cookies.clear()
            wrong = f"guess {number}"
            if number % 2:
                assert await entered(guesser, wrong) == 403
            else:
                headers = {"Playground-Phrase": wrong}
                assert (await guesser.get("/api/options", headers=headers)).status_code == 403
        # From here on nothing is told, not even that it is right.
        refused = await guesser.post("/api/access", json={"phrase": PHRASE})
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "60"
        assert (await guesser.get("/api/options", headers=HEADER)).status_code == 429
        assert (await friend.get("/api/options")).status_code == 200
    async with client_of(app, "192.168.1.2") as elsewhere:
        assert await entered(elsewhere) == 204


async def test_another_sites_page_cannot_try_phrases(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/api/access", json={"phrase": PHRASE}, headers={"Origin": "http://evil.example"}
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        (PROXY, [("Remote-User", "noether")], 200),
        (PROXY, [], 403),
        (PROXY, [("Remote-User", "")], 403),
        (PROXY, [("Remote-User", "noether"), ("Remote-User", "head")], 403),
        (PROXY, [("X-User", "noether")], 403),
        ("203.0.113.9", [("Remote-User", "noether")], 403),
    ],
)
async def test_a_trusted_proxy_alone_says_who_comes_in(
    peer: str, headers: list[tuple[str, str]], status: int
) -> None:
    app = create_app(Settings(access="proxy", trusted_proxies=[PROXY]))
    async with client_of(app, peer) as client:
        assert (await client.get("/api/options", headers=headers)).status_code == status
        assert (await client.get("/healthz")).status_code == 200


async def test_open_servers_have_no_such_address(tmp_path: Path) -> None:
    async with client_of(create_app(Settings(data_dir=tmp_path / "none"))) as client:
        assert await entered(client) == 404
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"access": "phrase"}, "access_phrase"),
        ({"access": "phrase", "access_phrase": "short"}, "access_phrase"),
        ({"access": "proxy"}, "access"),
    ],
)
def test_settings_that_would_let_in_anybody_or_nobody_are_refused(
    settings: dict[str, str], named: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        Settings.model_validate(settings)
    [error] = refusal.value.errors()
    assert error["loc"] == (named,)
    assert "short" not in error["msg"]
