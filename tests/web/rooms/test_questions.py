"""Predict, lock, reveal: what torch says is what a plain program says."""

import asyncio
import csv
import io
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import pytest
import torch

from app.settings import Settings
from app.web.rooms import trial
from tests.web.in_process import client_of, served
from tests.web.rooms.classroom import Classroom, Json, Socket, classroom

X = torch.linspace(-1, 1, 20)
POINTS = list(zip(X.tolist(), X.pow(2).tolist(), strict=True))
CONFIG: Json = {"data": {"points": POINTS}, "model": {"hidden": [3]}}
RATES = (0.01, 0.2, 0.05)
STEPS = 30


@pytest.fixture
async def room(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Classroom]:
    monkeypatch.setattr(trial, "SECONDS", 0.01)
    async with served(Settings(rate_limit=0)) as app, client_of(app) as client:
        yield await classroom(app, client)


def about(kind: str, vary: list[Json] | None = None, steps: int = STEPS, **config: Any) -> Json:
    made = {"config": {**CONFIG, **config}, "vary": vary or [{}], "steps": steps}
    return {"about": {"kind": kind, "trial": made}}


def plain(lr: float, steps: int = STEPS) -> tuple[float, torch.Tensor]:
    """The loss of the last step and the fitted curve at 100 places, by a plain training loop."""
    x = X.unsqueeze(1)
    y = x.pow(2)
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(1, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    loss = torch.zeros(())
    for _ in range(steps):
        loss = torch.nn.MSELoss()(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item(), net(torch.linspace(-1, 1, 100).unsqueeze(1)).detach().flatten()


def asked_in(socket: Socket) -> defaultdict[str, Any]:
    """The question as it was last told; before there is one, of nothing."""
    return defaultdict(lambda: None, socket.state["question"] or {})


async def revealed(room: Classroom, console: Socket, number: int) -> Json:
    await room.do("POST", f"/questions/{number}/reveal")
    state = await console.until(
        lambda one: asked_in(one)["number"] == number and asked_in(one)["phase"] == "revealed"
    )
    question: Json = state["question"]
    return question


async def test_which_learning_rate_wins_and_how_they_rank(room: Classroom) -> None:
    losses = [plain(lr)[0] for lr in RATES]
    ranked = sorted(range(3), key=losses.__getitem__)
    vary = [{"optimizer": {"lr": lr}} for lr in RATES]
    ann, bob = await room.join(), await room.join()
    async with room.follow("console") as console, room.follow("member", ann["member_token"]) as member:
        asked = await room.do("POST", "/questions", about("winner", vary))
        assert (asked["number"], asked["phase"], asked["tallies"]) == (1, "open", [])
        right, wrong = ranked[0], ranked[-1]
        for choice in (wrong, right):
            member.say("answer", question=1, answer={"kind": "choice", "choice": choice})
        await room.do(
            "PUT", "/questions/1/answer", {"kind": "choice", "choice": wrong}, token=bob["member_token"]
        )
        await console.until(lambda one: asked_in(one)["n_answered"] == 2)
        await member.until(lambda one: asked_in(one)["own"] == [{"kind": "choice", "choice": right}])
        await room.do("POST", "/questions/1/lock")
        late = {"kind": "choice", "choice": right}
        answer = await room.ask("PUT", "/questions/1/answer", late, token=bob["member_token"])
        assert answer.status_code == 409
        question = await revealed(room, console, 1)
        assert question["truth"]["answer"] == {"kind": "choice", "choice": right}
        assert f"{losses[right]:.4g}" in question["truth"]["shown"]
        assert [(one["answer"]["choice"], one["right"]) for one in question["tallies"][0]["counts"]] == [
            (right, True),
            (wrong, False),
        ]
        assert question["tallies"][0]["n_right"] == 1
        await member.until(lambda one: asked_in(one)["right"])
        assert console.state["screen"]["kind"] == "comparison"
        assert (await room.client.get(f"/api/comparisons/{console.state['screen']['comparison']}")).is_success
        await room.do("POST", "/questions", about("order", vary))
        for who, order in ((ann, ranked), (bob, ranked[::-1])):
            await room.do(
                "PUT", "/questions/2/answer", {"kind": "rank", "order": order}, token=who["member_token"]
            )
        question = await revealed(room, console, 2)
        assert question["truth"]["answer"] == {"kind": "rank", "order": ranked}
        assert [one["right"] for one in console.state["members"]] == [True, False]


async def test_a_loss_within_its_tolerance_and_whether_it_diverges(room: Classroom) -> None:
    loss = plain(0.2)[0]
    ann = await room.join()
    async with room.follow("console") as console:
        for number, (factor, right) in enumerate([(1.0, True), (1.2, False)], 1):
            await room.do("POST", "/questions", about("loss"))
            given = {"kind": "number", "numbers": loss * factor + 0.005 * (factor > 1)}
            await room.do("PUT", f"/questions/{number}/answer", given, token=ann["member_token"])
            question = await revealed(room, console, number)
            assert question["truth"]["answer"] == {"kind": "number", "numbers": [loss]}
            assert console.state["members"][0]["right"] is right
        for number, lr in enumerate((0.2, 50.0), 3):
            await room.do("POST", "/questions", about("diverges", [{"optimizer": {"lr": lr}}]))
            question = await revealed(room, console, number)
            assert question["truth"]["answer"]["choice"] == int(lr > 1)
        await room.do("POST", "/questions", about("loss", [{"optimizer": {"lr": 50.0}}]))
        question = await revealed(room, console, 5)
        assert question["truth"]["answer"] is None
        assert question["truth"]["shown"] == "The run diverged, so there is no such answer."


async def test_sketches_are_held_against_torchs_curve(room: Classroom) -> None:
    _, curve = plain(0.2)
    right = curve.tolist()
    ann, bob = await room.join(), await room.join()
    async with room.follow("console") as console, room.follow("member", bob["member_token"]) as member:
        await room.do("POST", "/questions", about("curve"))
        drawn = [0.5 if i < 50 else None for i in range(100)]
        for who, heights in ((ann, drawn), (bob, list(right))):
            given = {"kind": "sketch", "heights": heights}
            await room.do("PUT", "/questions/1/answer", given, token=who["member_token"])
        question = await revealed(room, console, 1)
        assert question["truth"]["answer"]["heights"] == pytest.approx(right, abs=1e-3)
        expected = sum((0.5 - (one or 0)) ** 2 for one in right[:50]) / 50
        assert console.state["members"][0]["distance"] == pytest.approx(expected, rel=1e-2)
        tally = question["tallies"][0]
        assert tally["distances"] == pytest.approx([0, expected], rel=0.01, abs=1e-6)
        assert (tally["n_right"], tally["counts"], len(tally["sketches"])) == (None, [], 2)
        await member.until(lambda one: asked_in(one)["phase"] == "revealed")
        assert member.state["question"]["distance"] == pytest.approx(0, abs=1e-6)


async def test_nobody_sees_an_answer_before_the_reveal_and_both_rounds_after_it(room: Classroom) -> None:
    secret = "zebra-four-two"
    poll = {"text": "Clear?", "about": {"kind": "poll", "choices": ["yes", secret]}}
    members = [await room.join() for _ in range(3)]
    async with (
        room.follow("console") as console,
        room.follow("projector") as projector,
        room.follow("member", members[0]["member_token"]) as member,
    ):
        await room.do("POST", "/questions", poll)
        for one in members:
            await room.do(
                "PUT", "/questions/1/answer", {"kind": "choice", "choice": 1}, token=one["member_token"]
            )
        await room.do("POST", "/questions/1/again")
        await room.do(
            "PUT", "/questions/1/answer", {"kind": "choice", "choice": 0}, token=members[0]["member_token"]
        )
        for socket in (console, projector, member):
            await socket.until(lambda one: asked_in(one)["n_answered"] == 1 and asked_in(one)["round"] == 2)
            for state in socket.states:
                asked = state["question"]
                assert not asked or (asked["tallies"], asked["truth"]) == ([], None)
                assert all(one["answer"] is one["right"] is None for one in state["members"])
                assert socket is member or not asked or asked["own"] == []
        early = (await room.ask("GET", "/results.csv?names=1")).text
        assert "choice" not in early
        assert len(early.splitlines()) == 1
        assert (await room.do("GET", "/results.json"))["questions"][0]["rounds"] == []
        question = await revealed(room, console, 1)
        assert [
            [(one["answer"]["choice"], one["count"]) for one in tally["counts"]]
            for tally in question["tallies"]
        ] == [
            [(1, 3)],
            [(0, 1)],
        ]
        assert question["truth"] is None
        rows = list(csv.reader(io.StringIO((await room.ask("GET", "/results.csv?names=1")).text)))
        assert [row[2:6] for row in rows[1:]] == [
            ["1", "1", members[0]["name"], "2"],
            ["1", "2", members[1]["name"], "2"],
            ["1", "3", members[2]["name"], "2"],
            ["2", "1", members[0]["name"], "1"],
        ]
        await room.do("POST", "/questions/1/close")
        await console.until(lambda one: one.state["question"] is None)


async def test_two_hundred_answer_at_once_and_none_is_lost(room: Classroom) -> None:
    members = await asyncio.gather(*(room.join() for _ in range(200)))
    async with room.follow("console") as console:
        await room.do("POST", "/questions", about("loss"))
        given = [{"kind": "number", "numbers": i} for i in range(200)]
        await asyncio.gather(
            *(
                room.do("PUT", "/questions/1/answer", one, token=member["member_token"])
                for one, member in zip(given, members, strict=True)
            )
        )
        await console.until(lambda one: asked_in(one)["n_answered"] == 200)
        await revealed(room, console, 1)
        assert max(map(len, console.texts)) < 64_000
        rounds = (await room.do("GET", "/results.json"))["questions"][0]["rounds"]
        assert {one["member"]: one["answer"]["numbers"] for one in rounds[0]} == {
            member["member_id"]: i for i, member in enumerate(members)
        }
