"""The numbers for Prometheus: all there are, on which port, and never what somebody typed."""

import asyncio
import json
import re
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from app.settings import Settings
from tests.web.in_process import client_of, served
from tests.web.rooms.classroom import classroom
from tests.web.rooms.test_misbehaviour import POLL

DASHBOARDS = Path(__file__).parents[3] / "deploy" / "grafana"


async def numbers(client: httpx.AsyncClient) -> dict[tuple[str, ...], float]:
    """Every number by its metric and the values of its labels."""
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_what_happens_is_counted() -> None:
    async with served(Settings(metrics=True, rate_limit=1 / 60)) as app, client_of(app) as client:
        before = await numbers(client)
        assert before["playground_runs", "playing"] == before["playground_steps_total",] == 0
        created = (await client.post("/api/runs", json={})).json()
        path, owner = f"/api/runs/{created['id']}", {"Authorization": f"Bearer {created['owner_token']}"}
        await client.post(f"{path}/steps", json={"count": 70}, headers=owner)
        await client.get(f"{path}?program=secret")
        await client.request("SECRET", "/secret")
        while (await client.post("/api/runs", json={})).status_code != 429:
            pass
        room = await classroom(app, client)
        joined = await room.join()
        await room.do("POST", "/questions", POLL)
        async with room.follow("member", joined["member_token"]):
            after = await numbers(client)
        assert after["playground_rooms",] == after["playground_room_members",] == 1
        assert after["playground_room_events_total", "asked"] == 1
        assert after["playground_runs", "paused"] == 1
        assert after["playground_responses_total", "POST", "/api/runs/{run_id}/steps", "200"] == 1
        assert after["playground_responses_total", "other", "elsewhere", "404"] == 1
        assert after["playground_request_seconds_count", "GET", "/api/runs/{run_id}"] == 1
        assert after["playground_engine_command_seconds_count", "Steps"] == 1
        assert after["playground_limits_met_total", "run"] == 1
        assert after["playground_store_changes_total",] >= 1
        assert after["playground_store_write_seconds_count",] >= 1
        assert after["playground_memory_bytes", "web"] > 1e6
        assert after["playground_ready", "engine"] == 1
        await until_steps(client, 70)
        assert "secret" not in (await client.get("/metrics")).text.lower()


async def until_steps(client: httpx.AsyncClient, n: int) -> None:
    """Wait until the engine has told how many steps it has taken."""
    found = 0.0
    while found < n:
        await asyncio.sleep(0.01)
        found = (await numbers(client))["playground_steps_total",]
    assert found == n


async def test_without_the_switch_there_are_none() -> None:
    async with served(Settings()) as app, client_of(app) as client:
        assert (await client.get("/metrics")).status_code == 404


async def test_on_a_port_of_their_own_there_is_nothing_else_and_they_are_nowhere_else() -> None:
    async with served(Settings(metrics=True, metrics_port=9100)) as app, client_of(app) as client:
        found = {
            (port, path): (await client.get(f"http://localhost:{port}{path}")).status_code
            for port in (8000, 9100)
            for path in ("/", "/healthz", "/metrics", "/api/options")
        }
    assert found == {
        (port, path): 200 if (port == 9100) == (path == "/metrics") else 404 for port, path in found
    }


async def test_every_metric_of_the_dashboard_is_exported() -> None:
    async with served(Settings(metrics=True)) as app, client_of(app) as client:
        text = (await client.get("/metrics")).text
    exported = set(re.findall(r"^# HELP (\w+)", text, re.MULTILINE))
    shown = {
        name
        for path in DASHBOARDS.glob("*.json")
        for panel in json.loads(path.read_text())["panels"]
        for target in panel["targets"]
        for name in re.findall(r"\bplayground_\w+", target["expr"])
    }
    assert len(shown) > 10
    assert {re.sub(r"_(bucket|sum|count)$", "", name) for name in shown} <= exported
