"""The wall: everybody's curve for the teacher, while it is shown, and nobody else's business."""

import struct
from collections.abc import AsyncIterator
from typing import NamedTuple, get_args

import httpx
import pytest

from app.protocol.runs import Status
from app.settings import Settings
from app.web.rooms import standstill, wall
from app.web.rooms.standstill import Standstill
from tests.web.in_process import client_of, served
from tests.web.rooms.classroom import Classroom, Json, Socket, classroom
from tests.web.rooms.test_questions import CONFIG, POINTS, plain


@pytest.fixture
async def room(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Classroom]:
    monkeypatch.setattr(wall, "INTERVAL", 0.01)
    async with served(Settings(rate_limit=0)) as app, client_of(app) as client:
        yield await classroom(app, client)


async def with_run(room: Classroom, lr: float) -> tuple[Json, Json]:
    """A new member, and the run that they put on the wall."""
    joined = await room.join()
    run = (await room.client.post("/api/runs", json={**CONFIG, "optimizer": {"lr": lr}})).json()
    await room.do(
        "PATCH", f"/members/{joined['member_id']}", {"run": run["id"]}, token=joined["member_token"]
    )
    return joined, run


async def steps(client: httpx.AsyncClient, run: Json, count: int) -> None:
    headers = {"Authorization": f"Bearer {run['owner_token']}"}
    answer = await client.post(f"/api/runs/{run['id']}/steps", json={"count": count}, headers=headers)
    assert answer.is_success, answer.text


class Told(NamedTuple):
    """A member's curve as it was last told."""

    step: int
    loss: float
    status: str
    heights: list[float | None]
    points: list[tuple[float, float]]


def curves(socket: Socket) -> dict[int, Told]:
    """Each member's last curve, as the protocol describes the bytes."""
    found: dict[int, Told] = {}
    for data in socket.frames:
        version, _, n = struct.unpack_from("<BBH", data)
        at = 4
        for _ in range(n):
            member, step, loss, low, high, left, right, bottom, top, status, n_points = struct.unpack_from(
                "<II7fBB", data, at
            )
            values = data[at + 38 : at + 138]
            heights = [None if v == 255 else low + (high - low) * v / 254 for v in values]
            at += 138
            if n_points == 255:
                points = found[member].points
            else:
                packed = data[at : at + 2 * n_points]
                points = [
                    (left + (right - left) * x / 254, bottom + (top - bottom) * y / 254)
                    for x, y in zip(packed[::2], packed[1::2], strict=True)
                ]
                at += len(packed)
            found[member] = Told(step, loss, get_args(Status)[status], heights, points)
        assert (version, at) == (2, len(data))
    return found


async def test_curves_come_to_the_teacher_while_the_wall_is_shown(room: Classroom) -> None:
    rates = (0.2, 0.05)
    members = [await with_run(room, lr) for lr in rates]
    async with (
        room.follow("projector") as projector,
        room.follow("member", members[0][0]["member_token"]) as member,
    ):
        await room.do("PATCH", "", {"screen": {"kind": "wall", "sort": "loss"}})
        await projector.until(lambda one: len(curves(one)) == 2)
        for _, run in members:
            await steps(room.client, run, 30)
        await projector.until(lambda one: all(told.step == 30 for told in curves(one).values()))
        for number, lr in enumerate(rates, 1):
            loss, curve = plain(lr)
            told = curves(projector)[number]
            assert told.loss == pytest.approx(loss, rel=1e-6)
            assert told.heights == pytest.approx(curve.tolist(), abs=5e-3)
            assert told.status == "paused"
            for (x, y), (real_x, real_y) in zip(told.points, POINTS, strict=True):
                assert (x, y) == pytest.approx((real_x, real_y), abs=5e-3)
        # Who waits to be let in is not on it.
        await room.do("PATCH", "", {"locked": True})
        await with_run(room, 0.1)
        # Only what has changed is sent.
        n = len(projector.frames)
        await steps(room.client, members[1][1], 1)
        await projector.until(lambda one: curves(one)[2].step == 31)
        assert all(struct.unpack_from("<BBHI", data)[2:] == (1, 2) for data in projector.frames[n:])
        assert curves(projector).keys() == {1, 2}
        await room.do("PATCH", "", {"screen": {"kind": "wall", "frozen": True}})
        await projector.until(lambda one: one.state["screen"].get("frozen"))
        await steps(room.client, members[1][1], 1)
        async with room.follow("console") as console:
            await console.until(lambda one: len(curves(one)) == 2)
            assert curves(console)[2].step == 31
        await room.do("PATCH", "", {"screen": {"kind": "code"}})
        await projector.until(lambda one: one.state["screen"]["kind"] == "code")
        await member.until(lambda one: one.state["screen"]["kind"] == "code")
        assert member.frames == []


async def test_who_is_stuck_is_known_without_the_wall(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Standstill, "interval", 0.01)
    _, run = await with_run(room, 500.0)
    _, other = await with_run(room, 0.1)

    def stuck(console: Socket) -> list[bool]:
        return [one["stuck"] for one in console.state["members"]]

    async with room.follow("console") as console:
        await steps(room.client, run, 1000)  # It diverges.
        await console.until(lambda one: stuck(one) == [True, False])
        monkeypatch.setattr(standstill, "STUCK", 0.0)  # The other one waits.
        await console.until(lambda one: stuck(one) == [True, True])
        await steps(room.client, other, 1000)  # It has done all its steps.
        await console.until(lambda one: stuck(one) == [True, False])
