"""A room: opening, joining, following, and who may do what."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.protocol.rooms import RoomState
from app.settings import Settings
from tests.web.in_process import client_of, served
from tests.web.rooms.classroom import Classroom, classroom, opened


@pytest.fixture
async def room() -> AsyncIterator[Classroom]:
    async with served(Settings(rate_limit=0)) as app, client_of(app) as client:
        yield await classroom(app, client)


async def test_a_class_joins_and_each_sees_their_own_part(room: Classroom) -> None:
    offer = (await room.client.get(f"/api/rooms/{room.code.lower()}")).json()
    assert (offer["id"], offer["names"], offer["locked"]) == (room.id, "generated", False)
    ann, bao = await room.join(offer["suggestion"]), await room.join(language="zh")
    assert ann["name"] == offer["suggestion"]
    assert not bao["name"].isascii()
    async with (
        room.follow("console") as console,
        room.follow("projector") as projector,
        room.follow("member", ann["member_token"]) as member,
    ):
        await console.until(lambda one: one.state["n_present"] == 1)
        await projector.until(lambda one: one.state["n_present"] == 1)
        names = [one["name"] for one in console.state["members"]]
        assert names == [ann["name"], bao["name"]]
        assert [one["present"] for one in console.state["members"]] == [True, False]
        assert [one["name"] for one in projector.state["members"]] == [None, None]
        assert member.state["members"] == []
        assert member.state["me"]["name"] == ann["name"]
        for socket in (console, projector, member):
            RoomState.model_validate(socket.state)
        member.say("feel", feeling="lost")
        await console.until(lambda one: one.state["feelings"] == {"lost": 1})
        await room.do("PATCH", "", {"paused": True, "named": True})
        await member.until(lambda one: one.state["paused"])
        await projector.until(lambda one: one.state["members"][0]["name"] == ann["name"])
        assert projector.state["feelings"] == {}
        console.say("show", screen={"kind": "program", "program": "x = 1"})
        await member.until(lambda one: one.state["screen"]["kind"] == "program")
        console.say("show", screen={"kind": "program", "program": "x = 1", "moment": 3})
        await member.until(lambda one: one.state["screen"]["moment"] == 3)
        await room.do("DELETE", f"/members/{ann['member_id']}")
        await member.until(lambda one: one.closed)
        assert member.said[-1] == {"type": "ended", "reason": "removed"}
        await room.do("DELETE", "")
        await console.until(lambda one: one.closed)
        assert console.said[-1] == {"type": "ended", "reason": "ended"}
    async with opened(room.app, room.id) as late:
        late.say("hello", role="member", token=bao["member_token"])
        await late.until(lambda one: one.closed)
        assert late.said[-1]["problem"]["status"] == 404


async def test_a_locked_room_lets_wait_and_the_teacher_admits(room: Classroom) -> None:
    await room.do("PATCH", "", {"locked": True})
    waiting = await room.join()
    async with room.follow("member", waiting["member_token"]) as member, room.follow("projector") as seen:
        assert not member.state["me"]["admitted"]
        assert seen.state["members"] == []
        assert seen.state["n_members"] == 0
        answer = await room.ask("PATCH", "/members/1", {"admitted": True}, token=waiting["member_token"])
        assert answer.status_code == 403
        await room.do("PATCH", "/members/1", {"admitted": True, "name": "<b>Bo\u202e</b>"})
        await member.until(lambda one: one.state["me"]["admitted"])
        assert member.state["me"]["name"] == "‹b›Bo‹/b›"
        assert (await room.ask("PATCH", "/members/1", {"name": "x" * 31})).status_code == 422


async def test_names_are_unique_by_look_and_reserved_ones_are_taken(room: Classroom) -> None:
    assert (
        await room.client.post(f"/api/rooms/{room.code}/members", json={"name": "Ann"})
    ).status_code == 409
    await room.do("PATCH", "", {"names": "own"})
    await room.join("Ann")
    for name in ("ANN", " a n n", "Аnn", "Ann\u200b", "Teacher", "老师"):
        path = f"/api/rooms/{room.code}/members"
        assert (await room.client.post(path, json={"name": name})).status_code == 409, name
    assert (await room.client.post(path, json={"name": "\u202e"})).status_code == 422


async def test_two_hundred_join_at_once_from_one_address_with_the_limits_on() -> None:
    async with served(Settings()) as app, client_of(app) as client:
        room = await classroom(app, client)
        joined = await asyncio.gather(*(room.join() for _ in range(200)))
        assert len({one["name"].casefold() for one in joined}) == 200
        assert sorted(one["member_id"] for one in joined) == list(range(1, 201))
        path = f"/api/rooms/{room.code}/members"
        assert (await client.post(path)).status_code == 429


async def test_a_repeat_with_the_same_key_opens_one_room_and_joins_once(room: Classroom) -> None:
    key = {"Idempotency-Key": "k" * 16}
    first, second = [(await room.client.post("/api/rooms", headers=key)).json() for _ in range(2)]
    assert first == second
    path = f"/api/rooms/{room.code}/members"
    one, other = [(await room.client.post(path, headers=key)).json() for _ in range(2)]
    assert one == other
    assert (await room.join())["member_id"] == 2


async def test_a_helper_has_the_room_too_and_it_can_be_handed_over(room: Classroom) -> None:
    assert (await room.ask("DELETE", "/owners/me")).status_code == 409
    tickets = [(await room.do("POST", "/tickets", {"kind": kind})) for kind in ("helper", "recovery")]
    codes = [(await room.client.post("/api/rooms/owners", json={"ticket": one["ticket"]})) for one in tickets]
    assert [one.status_code for one in codes] == [201, 201]
    again = await room.client.post("/api/rooms/owners", json={"ticket": tickets[0]["ticket"]})
    assert again.status_code == 403
    helper = codes[0].json()["owner_token"]
    async with room.follow("console") as mine, room.follow("console", helper) as theirs:
        await room.do("DELETE", "/owners/me")
        await mine.until(lambda one: one.closed)
        assert mine.said[-1]["reason"] == "removed"
        assert (await room.ask("PATCH", "", {"paused": True})).status_code == 403
        await room.do("PATCH", "", {"paused": True}, token=helper)
        await theirs.until(lambda one: one.state["paused"])
    late = await room.client.post("/api/rooms/owners", json={"ticket": tickets[1]["ticket"]})
    assert late.status_code == 403


async def test_an_address_is_drawn_as_a_qr_code(room: Classroom) -> None:
    pytest.importorskip("segno")
    path = f"{room.path}/qr.svg"
    answer = await room.client.get(path, params={"address": f"http://192.0.2.7:8000/room#{room.code}"})
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.text.startswith("<svg")
    for address in ("javascript:alert(1)", "http://x/" + "x" * 300, "http://x/\u202e", "http://x y"):
        assert (await room.client.get(path, params={"address": address})).status_code == 422
    other = await room.client.get("/api/rooms/none/qr.svg", params={"address": "http://x/"})
    assert other.status_code == 404


async def test_addresses_are_those_by_which_others_come() -> None:
    settings = Settings(rate_limit=0, host="0.0.0.0", allowed_hosts=["school.example"])
    async with served(settings) as app, client_of(app) as client:
        room = await classroom(app, client)
        async with room.follow("console", host="school.example") as console:
            assert console.state["addresses"][0] == "http://school.example"
        async with room.follow("console") as local:
            assert all("127." not in one and one.endswith(":8000") for one in local.state["addresses"])
    async with served(Settings(rate_limit=0)) as app, client_of(app) as client:
        room = await classroom(app, client)
        async with room.follow("console") as alone:
            assert alone.state["addresses"] == []
