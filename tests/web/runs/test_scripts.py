"""Scripts over REST: written for settings, and read back into them."""

import asyncio
from typing import Any

import httpx
import pytest

from app.main import create_app
from app.script.reader.reading import Reading
from app.script.reader.script import read
from app.settings import Settings
from app.web.edge.openapi import LISTING
from app.web.runs import scripts
from tests.script.listings import LESSON
from tests.web.owner import Run

PATIENCE = 10.0


def test_a_script_is_written_without_a_run(client: httpx.Client) -> None:
    config = {"model": {"hidden": [4]}, "loop": {"zero_grad": False}}
    made = client.post("/api/scripts", json=config).json()
    assert made["script"] == client.get(f"{Run(client, config).path}/script").text
    assert made["script"].splitlines()[made["lines"]["zero_grad"] - 1].strip() == "# optimizer.zero_grad()"


def test_a_script_makes_the_run_it_is(client: httpx.Client) -> None:
    lesson = client.get("/openapi.json").json()["components"]["schemas"]
    assert "RunFromScript" in lesson
    answer = client.post("/api/runs/from-script", json={"script": LESSON})
    assert answer.status_code == 201
    made = answer.json()
    assert answer.headers["location"] == f"/api/runs/{made['id']}"
    assert made["config"] == Run(client).created["config"]
    assert [note["line"] for note in made["notes"]] == [27, 1]
    steps = client.post(
        f"/api/runs/{made['id']}/steps",
        json={"count": 3},
        headers={"Authorization": f"Bearer {made['owner_token']}"},
    )
    assert steps.json()["step"] == 3


def test_a_script_is_read_without_a_run(client: httpx.Client) -> None:
    read = client.post(
        "/api/scripts/read", json={"script": LISTING}, headers={"Accept-Language": "zh"}
    ).json()
    assert read["config"] == Run(client).created["config"]
    [note] = read["notes"]
    assert note["line"] == 1
    assert "种子" in note["message"]


def refused(client: httpx.Client, script: str, language: str) -> dict[str, Any]:
    answer = client.post("/api/scripts/read", json={"script": script}, headers={"Accept-Language": language})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    [error] = answer.json()["errors"]
    assert isinstance(error, dict)
    return error


def test_what_cannot_be_read_is_refused_at_its_line(client: httpx.Client) -> None:
    script = LESSON.replace("F.relu", "F.dropout")
    error = refused(client, script, "en")
    assert (error["field"], error["line"]) == ("script", 17)
    assert error["message"] == "line 17: a run has nothing for F.dropout(self.hidden(x))"
    assert refused(client, script, "zh")["message"].startswith("第 17 行")


def test_a_value_that_no_run_may_have_is_refused_at_its_line(client: httpx.Client) -> None:
    error = refused(client, LESSON.replace("lr=0.2", "lr=-1"), "en")
    assert error == {
        "field": "script",
        "message": "line 24: optimizer.lr: -1 is not allowed; it must be at least 1e-10",
        "line": 24,
    }
    assert "不能小于" in refused(client, LESSON.replace("lr=0.2", "lr=-1"), "zh")["message"]


@pytest.mark.parametrize("body", [{"script": "x" * 65537}, {"script": 3}, {}, {"script": "", "run": True}])
def test_a_body_that_is_none_is_refused(client: httpx.Client, body: dict[str, Any]) -> None:
    assert client.post("/api/scripts/read", json=body).status_code == 422
    assert client.post("/api/runs/from-script", json=body).status_code == 422


async def test_while_a_long_script_is_read_the_event_loop_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader waits for the event loop here, so on that loop it would wait for ever."""
    loop = asyncio.get_running_loop()

    def read_slowly(text: str) -> Reading:
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result(PATIENCE)
        return read(text)

    monkeypatch.setattr(scripts, "read", read_slowly)
    app = create_app(Settings())
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000"
    ) as client:
        answer = await client.post("/api/scripts/read", json={"script": LESSON})
    assert answer.status_code == 200, answer.text
