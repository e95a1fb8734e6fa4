"""What the log says, and what it never does."""

import asyncio
import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from websockets import ClientConnection, Origin, connect

from app import logs
from app.settings import Settings
from tests.server import PATIENCE
from tests.web.in_process import listening, served

SECRET = "xyzzy-plugh-token-22ch"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """The log of a server that says everything, as JSON."""
    config = logs.config("debug", "json")
    loggers = [logging.getLogger(name) for name in config["loggers"]]
    before = [(logger, logger.level, logger.propagate, logger.handlers[:]) for logger in loggers]
    logging.config.dictConfig(config)
    (handler,) = logging.getLogger("app").handlers
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    handler.setStream(written)
    yield written
    for logger, level, propagate, handlers in before:
        logger.setLevel(level)
        logger.propagate = propagate
        logger.handlers[:] = handlers


async def test_nothing_that_is_sent_gets_into_the_log(written: io.StringIO) -> None:
    async with served(Settings()) as app, listening(app) as server:
        address = server.url.removeprefix("http://")

        @app.get("/broken/{name}")
        async def broken(name: str) -> None:
            raise ValueError(name)

        async with httpx.AsyncClient(base_url=f"http://{address}", timeout=PATIENCE) as client:
            run = (await client.post("/api/runs", json={})).json()
            token, path = {"Authorization": f"Bearer {SECRET}"}, f"/api/runs/{run['id']}"
            answers = [
                await client.post("/api/gradients", json={"program": f"# {SECRET}\nprint(1)"}),
                await client.post(f"{path}/steps", json={"count": 1}, headers=token),
                await client.patch(path, json={SECRET: SECRET}, headers=token),
                await client.post("/api/runs", content=f'{{"{SECRET}'),
                await client.get(f"/{SECRET}?{SECRET}={SECRET}", headers={"X-Request-ID": SECRET}),
                await client.get("/", headers={"Cookie": f"session={SECRET}", "User-Agent": SECRET}),
                await client.get("/healthz", headers={"Host": SECRET}),
                await client.get(f"/broken/{SECRET}"),
            ]
        stream = f"ws://{address}{path}/stream?{SECRET}"
        async with connect(stream, origin=Origin(f"http://{address}"), user_agent_header=SECRET) as socket:
            await socket.send(json.dumps({"type": "hello", "owner_token": SECRET}))
            await socket.send(SECRET)
            await ended(socket)
            socket_id = socket.response.headers["x-request-id"] if socket.response else ""
    lines: list[dict[str, Any]] = [json.loads(line) for line in written.getvalue().splitlines()]
    for secret in (SECRET, run["id"], run["owner_token"]):
        assert secret not in written.getvalue()
    ids = [answer.headers["x-request-id"] for answer in answers]
    assert SECRET not in ids
    assert [status_of(lines, request_id) for request_id in ids] == [a.status_code for a in answers]
    assert [a.status_code for a in answers] == [503, 403, 403, 415, 404, 200, 421, 500]
    assert status_of(lines, socket_id) == 101
    fault = next(line for line in lines if line.get("request_id") == ids[-1] and "exception" in line)
    assert fault["exception"] == "ValueError"
    assert any("test_logs.py" in place and "broken" in place for place in fault["traceback"])


async def ended(socket: ClientConnection) -> None:
    """Wait until the server has closed a socket."""
    async with asyncio.timeout(PATIENCE):
        await socket.wait_closed()


def status_of(lines: list[dict[str, Any]], request_id: str) -> int | None:
    """The status that is logged of a request."""
    return next(
        (line["status"] for line in lines if line.get("request_id") == request_id and "status" in line), None
    )


def test_the_last_errors_are_kept_and_no_more() -> None:
    recent, logger = logs.Recent(), logging.Logger("app.somewhere")
    logger.addHandler(recent)
    logger.info("not this")
    for number in range(3 * logs.KEPT):
        logger.warning("number %d", number)
    assert [each["message"] for each in recent.entries] == [
        f"number {number}" for number in range(2 * logs.KEPT, 3 * logs.KEPT)
    ]
