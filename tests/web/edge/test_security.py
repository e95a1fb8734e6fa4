"""What every answer carries, and whom the server answers."""

import httpx
import pytest

from app.settings import Settings
from app.web.edge.guard import Hosts
from tests.server import Server
from tests.web.owner import Run

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/calculator"),
        ("GET", "/healthz"),
        ("GET", "/openapi.json"),
        ("GET", "/static/x/js/page/i18n.js"),
        ("GET", "/nowhere"),
        ("PUT", "/"),
        ("POST", "/api/runs"),
        ("POST", "/api/gradients"),
        ("OPTIONS", "/api/runs"),
    ],
)
def test_every_answer_carries_the_security_headers_once(client: httpx.Client, method: str, path: str) -> None:
    answer = client.request(method, path)
    for name, value in HEADERS.items():
        assert answer.headers.get_list(name) == [value]
    (policy,) = answer.headers.get_list("content-security-policy")
    assert set(policy.split("; ")) == POLICY
    assert len(answer.headers.get_list("cache-control")) == 1
    assert "server" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers


def test_what_is_about_one_person_is_not_kept_by_caches(client: httpx.Client) -> None:
    run = Run(client)
    assert client.get(run.path).headers["cache-control"] == "no-store"
    assert client.get("/").headers["cache-control"] == "no-cache"


def test_cookies_are_out_of_reach_of_other_sites_and_scripts(client: httpx.Client) -> None:
    cookies = client.get("/?lang=zh").headers.get_list("set-cookie")
    assert len(cookies) == 2
    assert all("SameSite=lax" in cookie for cookie in cookies)
    assert all("HttpOnly" in cookie for cookie in cookies if cookie.startswith("session="))


def test_a_browser_is_named_once(client: httpx.Client) -> None:
    assert "session" in client.get("/").headers["set-cookie"]
    assert "set-cookie" not in client.get("/").headers


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "192.168.0.9", "", "127.0.0.1@evil.example", "[::2]", "a b"],
)
def test_a_foreign_name_for_this_server_is_refused(client: httpx.Client, host: str) -> None:
    answer = client.get("/", headers={"Host": host})
    assert answer.status_code == 421
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:8000"])
def test_its_own_names_are_answered(client: httpx.Client, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_a_foreign_page_changes_nothing(client: httpx.Client, origin: str) -> None:
    answer = client.post("/api/runs", json={}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"


def test_our_own_page_may(server: Server, client: httpx.Client) -> None:
    assert client.post("/api/runs", json={}, headers={"Origin": server.url}).status_code == 201


def hosts(host: str, *allowed: str) -> Hosts:
    return Hosts(Settings(host=host, allowed_hosts=list(allowed)))


def test_listening_everywhere_answers_to_numbers_and_the_machines_name_but_not_to_other_names() -> None:
    everywhere = hosts("0.0.0.0")
    assert everywhere.serves("192.168.1.7:8000")
    assert everywhere.serves("[fe80::1]:8000")
    assert everywhere.serves("localhost")
    assert not everywhere.serves("rebound.example:8000")


def test_listening_on_one_address_answers_to_that_address() -> None:
    one = hosts("192.168.1.7")
    assert one.serves("192.168.1.7:8000")
    assert not one.serves("192.168.1.8:8000")


def test_a_name_that_was_allowed_is_answered_and_its_pages_are_trusted() -> None:
    named = hosts("0.0.0.0", "Play.School.example")
    assert named.serves("play.school.example")
    assert named.trusts("https://play.school.example", "10.0.0.1:8000")
    assert not named.trusts("https://evil.example", "play.school.example")


def test_any_name_can_be_allowed_without_trusting_any_page() -> None:
    anyone = hosts("0.0.0.0", "*")
    assert anyone.serves("whatever.example")
    assert not anyone.trusts("https://evil.example", "whatever.example")
