"""Behind a reverse proxy: whom the server believes, below which path it is, and what it then answers."""

import re
import time

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from app.main import create_app
from app.settings import Settings
from app.web.edge.base_path import BasePath
from app.web.edge.limits import client_of as limited_client
from app.web.edge.proxies import TrustedProxies
from tests.web.in_process import client_of

LINKS = re.compile(r' (?:href|src)="(/[^"]*)"')
PROXY, STRANGER = "10.0.0.1", "203.0.113.9"


async def seen(peer: str, *headers: tuple[str, str], kind: str = "http") -> Scope:
    """The scope of a request from `peer`, as the application gets it."""
    scopes: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scopes.append(scope)

    async def nothing() -> Message:
        raise AssertionError

    async def nowhere(message: Message) -> None:
        raise AssertionError

    trusted = Settings(trusted_proxies=["10.0.0.0/24", "2001:db8::/32"]).trusted_proxies
    scope = {
        "type": kind,
        "scheme": "ws" if kind == "websocket" else "http",
        "client": (peer, 4711),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
    }
    await TrustedProxies(app, trusted, "Remote-User")(scope, nothing, nowhere)
    return scopes[0]


X_FOR, X_PROTO, STANDARD = "X-Forwarded-For", "X-Forwarded-Proto", "Forwarded"


@pytest.mark.parametrize(
    ("headers", "client"),
    [
        ([(X_FOR, "198.51.100.7")], "198.51.100.7"),
        # What the client wrote itself stands before its own address.
        ([(X_FOR, "1.1.1.1, 198.51.100.7")], "198.51.100.7"),
        ([(X_FOR, "1.1.1.1"), (X_FOR, "198.51.100.7")], "198.51.100.7"),
        # Several proxies in a row: the last one that is not ours.
        ([(X_FOR, "1.1.1.1, 198.51.100.7, 10.0.0.2, 10.0.0.3")], "198.51.100.7"),
        ([(X_FOR, "10.0.0.2, 10.0.0.3")], "10.0.0.2"),
        ([(X_FOR, "198.51.100.7:5000, [2001:db8::5]:443")], "198.51.100.7"),
        ([(X_FOR, "::ffff:198.51.100.7")], "198.51.100.7"),
        ([(X_FOR, "1.1.1.1, unknown, 10.0.0.2")], "10.0.0.2"),
        ([(X_FOR, "unknown")], PROXY),
        ([(X_FOR, "'; DROP TABLE")], PROXY),
        ([(X_FOR, ",,")], PROXY),
        ([], PROXY),
        ([(STANDARD, 'for=1.1.1.1, for="[2001:db9::7]:80";proto=https')], "2001:db9::7"),
        ([(STANDARD, "For=198.51.100.7;by=10.0.0.1, for=10.0.0.2")], "198.51.100.7"),
        ([(STANDARD, "for=1.1.1.1, for=_hidden")], PROXY),
        ([(STANDARD, "for")], PROXY),
        # A proxy that writes the one kind passes the other on: neither is believed where they differ.
        ([(X_FOR, "198.51.100.7"), (STANDARD, "for=1.1.1.1")], PROXY),
        ([(X_FOR, "198.51.100.7"), (STANDARD, "for=198.51.100.7")], "198.51.100.7"),
    ],
)
async def test_the_client_is_the_last_one_before_the_proxies(
    headers: list[tuple[str, str]], client: str
) -> None:
    assert (await seen(PROXY, *headers))["client"][0] == client


@pytest.mark.parametrize(
    ("kind", "headers", "scheme"),
    [
        ("http", [(X_PROTO, "https")], "https"),
        ("websocket", [(X_FOR, "198.51.100.7"), (X_PROTO, "https")], "wss"),
        ("websocket", [(X_PROTO, "wss")], "wss"),
        ("http", [(X_PROTO, "https, http")], "http"),
        ("http", [(X_PROTO, "gopher")], "http"),
        ("http", [(STANDARD, "for=198.51.100.7;proto=https")], "https"),
        ("http", [(STANDARD, "for=1.1.1.1;proto=https, for=198.51.100.7;proto=http")], "http"),
        ("http", [(X_PROTO, "http"), (STANDARD, "for=198.51.100.7;proto=https")], "http"),
    ],
)
async def test_the_scheme_is_that_between_client_and_proxy(
    kind: str, headers: list[tuple[str, str]], scheme: str
) -> None:
    assert (await seen(PROXY, *headers, kind=kind))["scheme"] == scheme


@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_what_anybody_else_tells_is_not_believed(kind: str) -> None:
    forged = ((X_FOR, "198.51.100.7"), (X_PROTO, "https"), (STANDARD, "for=198.51.100.7;proto=https"))
    scope = await seen(STRANGER, *forged, ("Remote-User", "head"), kind=kind)
    assert scope["client"] == (STRANGER, 4711)
    assert scope["scheme"] in ("http", "ws")
    assert b"remote-user" not in dict(scope["headers"])
    assert b"remote-user" in dict((await seen(PROXY, ("Remote-User", "head"), kind=kind))["headers"])


async def test_an_endless_chain_of_addresses_costs_little() -> None:
    before = time.process_time()
    for _ in range(20):
        scope = await seen(PROXY, (X_FOR, "1," * 8000 + "198.51.100.7"), (STANDARD, "for=x," * 2000))
        assert scope["client"][0] == "198.51.100.7"
    assert time.process_time() - before < 3


async def test_a_proxy_that_nobody_named_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    proxies = TrustedProxies(lambda *_: None, [], "Remote-User")  # type: ignore[arg-type]
    scope = {"type": "http", "client": (STRANGER, 1), "headers": [(b"x-forwarded-for", b"198.51.100.7")]}
    for _ in range(3):
        proxies.before_proxies(scope)
    [record] = caplog.records
    assert STRANGER in record.getMessage()
    assert "PLAYGROUND_TRUSTED_PROXIES" in record.getMessage()


@pytest.fixture
def school(monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """The server behind a school's proxy, with one table a minute per browser, fifty per address."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    return create_app(Settings(trusted_proxies=["10.0.0.1"], root_path="/playground", rate_limit=1 / 60))


async def tables_read(client: httpx.AsyncClient, tries: int, **headers: str) -> int:
    """How many of so many tries to have a table read were let through."""
    path, table = "/playground/api/points", {"csv": "0,1"}
    answers = [await client.post(path, json=table, headers=headers) for _ in range(tries)]
    assert {answer.status_code for answer in answers} <= {200, 429}
    return sum(answer.is_success for answer in answers)


async def test_behind_a_proxy_each_student_is_one_client(school: FastAPI) -> None:
    async with client_of(school, PROXY) as scripts:  # without cookies: an address gets 50 a minute
        assert await tables_read(scripts, 51, **{X_FOR: "198.51.100.7"}) == 50
        assert await tables_read(scripts, 1, **{X_FOR: "1.1.1.1, 198.51.100.7"}) == 0
        assert await tables_read(scripts, 1, **{X_FOR: "198.51.100.8"}) == 1


async def test_a_class_that_shares_an_address_shares_out_what_it_may(school: FastAPI) -> None:
    made = []
    for tries in (60, *[2] * 20):  # the first of them is greedy
        async with client_of(school, "192.168.1.1") as student:
            await student.get("/playground/")
            made.append(await tables_read(student, tries))
    assert made == [1] * 21


def test_where_the_server_listens_for_both_kinds_of_address_ipv4_clients_are_told_apart() -> None:
    def address(host: str) -> str:
        return limited_client(HTTPConnection({"type": "http", "headers": [], "client": (host, 1)})).address

    assert address("::ffff:192.0.2.7") == "192.0.2.7" != address("::ffff:192.0.2.8")


@pytest.mark.parametrize("below", ["/playground", ""], ids=["passed on", "taken off"])
async def test_everything_is_below_the_base_path_whether_or_not_the_proxy_takes_it_off(
    school: FastAPI, below: str
) -> None:
    async with client_of(school, PROXY) as client:
        page = await client.get(f"{below}/?lang=zh")
        cookies = page.headers.get_list("set-cookie")
        assert len(cookies) == 2
        assert all("Path=/playground;" in cookie for cookie in cookies)
        assert set(LINKS.findall(page.text)) > {
            "/playground/",
            "/playground/calculator",
            "/playground/compare",
        }
        assert [link for link in LINKS.findall(page.text) if not link.startswith("/playground/")] == []
        for link in LINKS.findall(page.text):
            assert (await client.get(below + link.removeprefix("/playground"))).is_success, link
        document = (await client.get(f"{below}/openapi.json")).json()
        assert document["servers"] == [{"url": "/playground"}]


@pytest.mark.parametrize(
    ("location", "told"),
    [("/api/runs/1", "/playground/api/runs/1"), ("https://elsewhere.example/", "https://elsewhere.example/")],
)
async def test_where_something_was_made_is_told_below_the_base_path(location: str, told: str) -> None:
    app = BasePath(Response(headers={"Location": location}), "/playground")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        assert (await client.post("/playground/api/runs")).headers["location"] == told


async def test_a_longer_name_and_a_second_base_path_are_other_addresses(school: FastAPI) -> None:
    async with client_of(school, PROXY) as client:
        assert (await client.get("/playground")).is_success
        for path in ("/playgrounds/", "/playground/playground/", "/playground../healthz"):
            assert (await client.get(path)).status_code == 404, path


async def test_a_cookie_of_another_application_of_the_host_is_not_taken_for_ours(school: FastAPI) -> None:
    async with client_of(school, PROXY) as client:
        mine = (await client.get("/playground/")).cookies["session"]
        # Browsers send that of the longer path first (RFC 6265, section 5.4).
        headers = {"Cookie": f"session={mine}; session=of-another"}
        client.cookies.clear()
        assert "set-cookie" not in (await client.get("/playground/", headers=headers)).headers


HTTPS = {X_PROTO: "https"}


async def test_over_https_cookies_stay_on_https_and_browsers_are_told_to() -> None:
    app = create_app(Settings(trusted_proxies=[PROXY], hsts=3600))
    async with client_of(app, PROXY) as client:
        secure = await client.get("/?lang=zh", headers=HTTPS)
        cookies = secure.headers.get_list("set-cookie")
        assert len(cookies) == 2
        assert all(cookie.endswith("Secure") and "SameSite=lax" in cookie for cookie in cookies)
        assert secure.headers["strict-transport-security"] == "max-age=3600"
        client.cookies.clear()
        plain = await client.get("/")
        assert "Secure" not in plain.headers["set-cookie"]
        assert "strict-transport-security" not in plain.headers
    async with client_of(app, STRANGER) as client:
        forged = await client.get("/", headers=HTTPS)
        assert "Secure" not in forged.headers["set-cookie"]
        assert "strict-transport-security" not in forged.headers


async def test_over_https_a_page_that_came_by_http_changes_nothing() -> None:
    app = create_app(Settings(trusted_proxies=[PROXY]))
    async with client_of(app, PROXY) as client:

        async def status(origin: str, **headers: str) -> int:
            return (
                await client.post("/api/points", json={}, headers={"Origin": origin, **headers})
            ).status_code

        assert await status("http://localhost", **HTTPS) == 403
        assert await status("https://localhost", **HTTPS) == 422
        assert await status("http://localhost") == 422


MOODLE = "https://moodle.school.example"


async def test_only_pages_of_the_sites_on_the_list_may_frame_it() -> None:
    app = create_app(
        Settings(trusted_proxies=[PROXY], frame_ancestors=[MOODLE, "https://*.slides.example:8443"])
    )
    async with client_of(app, PROXY) as client:
        page = await client.get("/", headers=HTTPS)
        policy = page.headers["content-security-policy"].split("; ")
        assert f"frame-ancestors {MOODLE} https://*.slides.example:8443" in policy
        assert "x-frame-options" not in page.headers
        assert page.headers["set-cookie"].endswith("HttpOnly; Secure; Partitioned")
        assert "SameSite=none" in page.headers["set-cookie"]
        client.cookies.clear()
        # Without https no browser would take such a cookie.
        plain = (await client.get("/")).headers["set-cookie"]
        assert "SameSite=lax" in plain
        assert "Partitioned" not in plain


@pytest.mark.parametrize(
    "ancestor", ["*", "https://*", "moodle.example", "https://a.example/x", "data:", "a; b"]
)
def test_what_is_no_site_gets_no_place_on_the_list(ancestor: str) -> None:
    with pytest.raises(ValueError, match="frame_ancestors"):
        Settings(frame_ancestors=[ancestor])
