"""What one browser may ask for in a minute: beyond it, it is told to wait, and others are not."""

import time
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from app.settings import Settings
from app.web.edge.limits import PER_MINUTE
from tests.web.in_process import client_of, served

A_TENTH = 10


@pytest.fixture
async def app(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FastAPI]:
    """Lets through a tenth of what it otherwise does, all within one minute."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    async with served(Settings(rate_limit=1 / A_TENTH)) as app:
        yield app


async def test_fewer_requests_are_answered_than_a_flood_asks_for(app: FastAPI) -> None:
    async with client_of(app) as client:
        await client.get("/")
        answers = [await client.post("/api/runs", json={}) for _ in range(10)]
        assert [answer.status_code for answer in answers] == [201] * 6 + [429] * 4
        refused = answers[-1]
        assert refused.headers["content-type"] == "application/problem+json"
        assert 1 <= int(refused.headers["retry-after"]) <= 60
    async with client_of(app) as other:
        await other.get("/")
        assert (await other.post("/api/runs", json={})).status_code == 201


async def test_what_costs_more_counts_as_more(app: FastAPI) -> None:
    async with client_of(app) as client:
        await client.get("/")
        path = (await client.post("/api/runs", json={})).headers["location"]
        many = [(await client.get(f"{path}/snapshots")).status_code for _ in range(9)]
        assert many == [200] * 7 + [429] * 2
        exports = PER_MINUTE["export"] // A_TENTH
        found = [(await client.get(f"{path}/script")).status_code for _ in range(exports + 1)]
        assert found == [200] * exports + [429]
