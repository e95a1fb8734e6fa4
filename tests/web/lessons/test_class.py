"""A lesson in a room: step by step on every screen, asked of all, answered by torch."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.settings import Settings
from app.web.rooms import trial
from tests.web.in_process import client_of, served
from tests.web.rooms.classroom import Classroom, Json, classroom
from tests.web.rooms.test_questions import about, revealed

RATES = "07-learning-rate"


@pytest.fixture
async def room(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Classroom]:
    monkeypatch.setattr(trial, "SECONDS", 0.01)
    async with served(Settings(rate_limit=0)) as app, client_of(app) as client:
        yield await classroom(app, client)


async def go(room: Classroom, step: int, lesson: str = RATES) -> Json:
    """Take the class to a step. The room as the console sees it then."""
    told: Json = await room.do("PUT", "/lesson", {"lesson": lesson, "step": step})
    assert told["lesson"] == {"lesson": lesson, "step": step}
    return told


async def run_of(room: Classroom, run_id: str) -> Any:
    return (await room.client.get(f"/api/runs/{run_id}")).json()


async def test_a_class_goes_through_a_lesson_step_by_step(room: Classroom) -> None:
    ann = await room.join()
    async with room.follow("console") as console, room.follow("member", ann["member_token"]) as member:
        first = (await go(room, 1))["screen"]["run"]
        assert (await run_of(room, first))["step"] == 0, "it waits until it is played"
        changed = asyncio.Event()
        async with room.app.state.services.engine.watch(first, changed) as mirror:
            await room.do("POST", "/lesson/play")
            while mirror.state.reason is None:
                await changed.wait()
                changed.clear()
        assert (await room.ask("POST", "/lesson/play")).status_code == 409
        told = await go(room, 2)
        second = told["screen"]["run"]
        assert (await run_of(room, second))["config"]["optimizer"]["lr"] == 2.0
        assert told["question"]["about"]["kind"] == "diverges"
        diverges = {"kind": "choice", "choice": 1}
        await room.do("PUT", "/questions/1/answer", diverges, token=ann["member_token"])
        again = await go(room, 2)
        assert (again["question"]["n_answered"], again["n_asked"]) == (1, 1), "pressed twice, asked once"
        assert (await run_of(room, second))["step"] == 0, "nothing is seen before the reveal"
        question = await revealed(room, console, 1)
        assert question["truth"]["answer"] == diverges
        assert console.state["screen"]["run"] == second, "the very run that waited there"
        told = await go(room, 3)
        assert (told["screen"]["kind"], told["question"]["about"]["kind"]) == ("comparison", "winner")
        assert (await room.client.get(f"/api/runs/{first}")).status_code == 404, "it was shown long ago"
        told = await go(room, 4)
        assert (told["screen"]["kind"], told["question"]) == ("run", None)
        await member.until(lambda one: one.state["lesson"] == {"lesson": RATES, "step": 4})
        assert (await room.do("DELETE", "/lesson"))["lesson"] is None
        theirs = {"token": ann["member_token"]}
        assert (await room.ask("PUT", "/lesson", {"lesson": RATES, "step": 1}, **theirs)).status_code == 403
        for place in ({"lesson": RATES, "step": 5}, {"lesson": "nowhere", "step": 1}):
            assert (await room.ask("PUT", "/lesson", place)).status_code == 404


async def test_a_curve_is_sketched_over_the_points_of_the_run_that_is_shown(room: Classroom) -> None:
    told = await go(room, 2, "06-net")
    points = told["question"]["about"]["trial"]["config"]["data"]["points"]
    assert len(points) == 100
    async with room.follow("console") as console:
        shown = console.state["screen"]["run"]
        question = await revealed(room, console, 1)
        assert question["truth"]["answer"]["kind"] == "sketch"
        assert console.state["screen"]["run"] == shown


async def test_a_program_is_shown_and_not_run_before_its_reveal(room: Classroom) -> None:
    told = await go(room, 2, "01-backward")
    assert "backward()" in told["screen"]["program"]
    assert told["screen"]["derivation"] is None
    assert told["question"]["about"]["question"]["name"] is not None


async def test_after_a_reveal_the_class_follows_what_it_followed_before(room: Classroom) -> None:
    run = (await room.client.post("/api/runs", json={})).json()
    before = {"kind": "run", "run": run["id"], "place": {"past": None, "moment": None}}
    async with room.follow("console") as console:
        console.say("show", screen=before)
        for number in (1, 2):
            await room.do("POST", "/questions", about("loss"))
            await revealed(room, console, number)
            assert console.state["screen"] != before
        await room.do("POST", "/questions/2/close")
        await console.until(lambda one: one.state["question"] is None)
        assert console.state["screen"] == before
