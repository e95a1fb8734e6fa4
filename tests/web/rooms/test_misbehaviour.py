"""What a student, or a page of another site, tries; and what the others notice of it: nothing."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.settings import Settings
from app.web.rooms import stream, viewer
from tests.web.in_process import client_of, served
from tests.web.rooms.classroom import Classroom, Json, classroom, opened

POLL: Json = {"text": "Clear?", "about": {"kind": "poll", "choices": ["yes", "no"]}}
YES: Json = {"kind": "choice", "choice": 0}


@pytest.fixture
async def room() -> AsyncIterator[Classroom]:
    async with served(Settings(rate_limit=0)) as app, client_of(app) as client:
        yield await classroom(app, client)


async def test_a_token_opens_its_own_room_and_its_own_part_of_it(room: Classroom) -> None:
    ann, bob = await room.join(), await room.join()
    other = await classroom(room.app, room.client)
    stranger = await other.join()
    await room.do("POST", "/questions", POLL)
    teachers: list[tuple[str, str, Any]] = [
        ("PATCH", "", {"paused": True}),
        ("DELETE", "", None),
        ("POST", "/questions", POLL),
        *[("POST", f"/questions/1/{what}", None) for what in ("lock", "again", "reveal", "close")],
        ("POST", "/derivations", {"program": "x = 1"}),
        ("POST", "/experiment", {}),
        ("POST", "/experiment/play", None),
        ("DELETE", "/experiment", None),
        ("PATCH", "", {"asking": 1}),
        ("POST", "/tickets", {}),
        ("DELETE", "/owners/me", None),
        ("GET", "/results.csv", None),
        ("GET", "/results.json", None),
        ("PATCH", "/members/2", {"name": "x"}),
        ("DELETE", "/members/2", None),
    ]
    for token in (ann["member_token"], stranger["member_token"], other.token, "", "x" * 50):
        for method, path, body in teachers:
            answer = await room.ask(method, path, body, token=token)
            assert answer.status_code in ((401, 403) if not token else (403,)), (method, path)
        if token != ann["member_token"]:
            assert (await room.ask("PUT", "/questions/1/answer", YES, token=token)).status_code in (401, 403)
    assert (await room.ask("PUT", "/questions/1/answer", YES)).status_code == 403
    for role, token in [
        ("console", bob["member_token"]),
        ("projector", bob["member_token"]),
        ("member", room.token),
        ("member", stranger["member_token"]),
        ("console", other.token),
    ]:
        async with opened(room.app, room.id) as socket:
            socket.say("hello", role=role, token=token)
            await socket.until(lambda one: one.closed)
            assert socket.said[0]["problem"]["status"] == 403, role
            assert socket.closed == 1008


async def test_no_socket_controls_what_is_not_its_own(room: Classroom) -> None:
    ann = await room.join()
    await room.do("POST", "/questions", POLL)
    async with room.follow("member", ann["member_token"]) as member, room.follow("projector") as projector:
        show = {"screen": {"kind": "program", "program": "x"}}
        for socket in (member, projector):
            socket.say("show", **show)
            assert await socket.refused() == 403
            socket.say("hello", role="console", token=room.token)
            assert await socket.refused() == 409
        projector.say("answer", question=1, answer=YES)
        assert await projector.refused() == 403
        projector.say("feel", feeling="lost")
        assert await projector.refused() == 403
        for question, answer in [(2, YES), (1, {"kind": "choice", "choice": 2}), (1, {"kind": "none"})]:
            member.say("answer", question=question, answer=answer)
            assert await member.refused() in (404, 422)
        await room.do("POST", "/questions/1/lock")
        member.say("answer", question=1, answer=YES)
        assert await member.refused() == 409
        member.say("ping")
        await member.until(lambda one: one.said[-1]["type"] == "pong")
        assert member.state["screen"] == {"kind": "code"}


async def test_nobody_is_shown_large_without_consent(room: Classroom) -> None:
    ann = await room.join()
    run = (await room.client.post("/api/runs", json={})).json()
    mine = {"token": ann["member_token"]}
    assert (await room.ask("PATCH", "/members/1", {"run": "none"}, **mine)).status_code == 404
    await room.do("PATCH", "/members/1", {"run": run["id"]}, token=ann["member_token"])
    for screen in ({"kind": "wall", "member": 1}, {"kind": "run", "run": run["id"]}):
        assert (await room.ask("PATCH", "", {"screen": screen})).status_code == 409
    assert (await room.ask("PATCH", "/members/1", {"consents": True})).status_code == 403
    await room.do("PATCH", "/members/1", {"consents": True}, token=ann["member_token"])
    await room.do("PATCH", "", {"screen": {"kind": "wall", "member": 1}})
    async with room.follow("projector") as projector:
        assert projector.state["screen"]["member"] == 1
        await room.do("PATCH", "/members/1", {"consents": False}, token=ann["member_token"])
        await projector.until(lambda one: one.state["screen"]["member"] is None)


async def test_a_member_is_asked_and_their_word_counts_for_the_room(room: Classroom) -> None:
    ann, bob = await room.join(), await room.join()
    assert (await room.ask("PATCH", "", {"asking": 1})).status_code == 409
    for number, one in ((1, ann), (2, bob)):
        run = (await room.client.post("/api/runs", json={})).json()
        await room.do("PATCH", f"/members/{number}", {"run": run["id"]}, token=one["member_token"])
    await room.do("PATCH", "", {"screen": {"kind": "wall"}, "asking": 1})
    async with (
        room.follow("projector") as projector,
        room.follow("member", ann["member_token"]) as hers,
        room.follow("member", bob["member_token"]) as his,
    ):
        assert (hers.state["me"]["asked"], his.state["me"]["asked"]) == (True, False)
        # Another's word does not count, nor does another's consent for hers.
        bobs = {"token": bob["member_token"]}
        assert (await room.ask("PATCH", "/members/1", {"consents": True}, **bobs)).status_code == 403
        await room.do("PATCH", "/members/2", {"consents": True}, **bobs)
        await his.until(lambda one: one.state["me"]["consents"])
        assert projector.state["screen"]["member"] is None
        await room.do("PATCH", "/members/1", {"consents": True}, token=ann["member_token"])
        await projector.until(lambda one: one.state["screen"]["member"] == 1)
        await hers.until(lambda one: not one.state["me"]["asked"])
        # What was shown last, in a place of its own, is no way around it either.
        async with room.follow("console") as console:
            console.say("show", screen={"kind": "wall", "member": 1})
            console.say("ping")
            await console.until(lambda one: one.said)
            await room.do("PATCH", "/members/1", {"consents": False}, token=ann["member_token"])
            await projector.until(lambda one: one.state["screen"]["member"] is None)
            console.say("show", screen={"kind": "wall", "member": 1})
            assert await console.refused() == 409
    assert (await room.ask("PATCH", "", {"asking": 1})).status_code == 409


async def test_a_page_of_another_site_opens_no_socket_and_changes_nothing(room: Classroom) -> None:
    ann = await room.join()
    for origin in ("https://evil.example", "http://localhost.evil.example", "null"):
        async with opened(room.app, room.id, origin=origin) as socket:
            await socket.until(lambda one: one.denied or one.accepted)
            assert (socket.denied, socket.accepted) == (403, False)
        for method, path, body, token in [
            ("PATCH", "", {"paused": True}, room.token),
            ("PUT", "/lesson", {"lesson": "07-learning-rate", "step": 1}, room.token),
            ("PATCH", "/members/1", {"consents": True}, ann["member_token"]),
        ]:
            answer = await room.ask(method, path, body, token=token, Origin=origin)
            assert answer.status_code == 403, (origin, path)
        joined = await room.client.post(f"/api/rooms/{room.code}/members", headers={"Origin": origin})
        assert joined.status_code == 403
    async with room.follow("console") as console:
        assert (console.state["paused"], console.state["lesson"], console.state["n_members"]) == (
            False,
            None,
            1,
        )


async def test_a_hello_that_is_said_again_elsewhere_is_the_same_member_until_they_are_removed(
    room: Classroom,
) -> None:
    ann = await room.join()
    await room.do("POST", "/questions", POLL)
    async with (
        room.follow("console") as console,
        room.follow("member", ann["member_token"]) as first,
        room.follow("member", ann["member_token"]) as second,
    ):
        first.say("answer", question=1, answer=YES)
        second.say("answer", question=1, answer=YES)
        await second.until(lambda one: one.state["question"]["own"] == [YES])
        await console.until(lambda one: one.state["question"]["n_answered"] == 1)
        assert (console.state["n_present"], console.state["n_members"]) == (1, 1)
        await room.do("DELETE", "/members/1")
        for socket in (first, second):
            await socket.until(lambda one: one.closed)
    async with room.follow("member", ann["member_token"]) as again:
        await again.until(lambda one: one.closed)
        assert again.states == []
        assert again.said[-1] == {"type": "ended", "reason": "removed"}


async def test_a_flood_on_a_members_socket_is_refused_and_nobody_else_is() -> None:
    async with served(Settings()) as app, client_of(app) as client:
        room = await classroom(app, client)
        ann, bob = await room.join(), await room.join()
        await room.do("POST", "/questions", POLL)
        async with (
            room.follow("member", ann["member_token"]) as flood,
            room.follow("member", bob["member_token"]) as other,
        ):
            for i in range(130):
                flood.say("feel", feeling=("lost", "fine")[i % 2])
            assert await flood.refused() == 429
            other.say("answer", question=1, answer=YES)
            await other.until(lambda one: one.state["question"]["own"] == [YES])


async def test_a_name_of_markup_or_of_what_turns_text_around_is_made_harmless(room: Classroom) -> None:
    await room.do("PATCH", "", {"names": "own"})
    for name, told in [
        ("<img src=x onerror=alert(1)>", "‹img src=x onerror=alert(1)›"),
        ("Ann\u202egnp.exe", "Anngnp.exe"),
        ("\u2066Bo\u2069\x00\n", "Bo"),
        ("Z\u0300\u0301\u0302\u0303\u0304", "Z\u0300\u0301"),
    ]:
        assert (await room.join(name))["name"] == told


async def test_guessing_codes_and_answering_without_end_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(Settings()) as app, client_of(app) as client:
        room = await classroom(app, client)
        await client.get("/")  # a session of its own
        guesses = [(await client.get("/api/rooms/ZZZZZZ")).status_code for _ in range(8)]
        assert guesses == [404] * 6 + [429] * 2
        tickets = [await client.post("/api/rooms/owners", json={"ticket": f"{room.id}.x"}) for _ in range(2)]
        assert {one.status_code for one in tickets} == {429}
        ann, bob = await room.join(), await room.join()
        await room.do("POST", "/questions", POLL)
        sent = [
            await room.ask("PUT", "/questions/1/answer", YES, token=ann["member_token"]) for _ in range(121)
        ]
        assert [one.status_code for one in sent] == [200] * 120 + [429]
        # Another one behind the same address, in the same browser even, is not held up.
        await room.do("PUT", "/questions/1/answer", YES, token=bob["member_token"])


async def test_a_browser_holds_eight_rooms(room: Classroom) -> None:
    await room.client.get("/")
    made = [await room.client.post("/api/rooms", json={}) for _ in range(9)]
    assert [one.status_code for one in made] == [201] * 8 + [429]
    one = Classroom(room.app, room.client, made[0].json())
    await one.do("DELETE", "")
    assert (await room.client.post("/api/rooms", json={})).status_code == 201


async def test_a_mistake_in_one_viewer_ends_that_one(
    room: Classroom, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await room.join()
    plain = viewer.RoomViewer.message

    def broken(self: viewer.RoomViewer) -> str:
        if self.role == "projector" and self.live.room.paused:
            raise RuntimeError("of ours")
        return plain(self)

    monkeypatch.setattr(viewer.RoomViewer, "message", broken)
    async with room.follow("projector") as projector, room.follow("member", ann["member_token"]) as member:
        await room.do("PATCH", "", {"paused": True})
        await projector.until(lambda one: one.closed)
        assert projector.closed == 1011
        await member.until(lambda one: one.state["paused"])
    assert "a viewer of a room met a mistake of this program" in caplog.text


async def test_what_comes_while_a_viewer_rests_is_told_at_once(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = await asyncio.gather(*(room.join() for _ in range(20)))
    await room.do("POST", "/questions", POLL)
    rested = asyncio.Event()

    async def rest(self: stream.RoomSession) -> None:
        await rested.wait()

    monkeypatch.setattr(stream.RoomSession, "rest", rest)
    async with room.follow("console") as console:
        for one in members:
            await room.do("PUT", "/questions/1/answer", YES, token=one["member_token"])
        rested.set()
        await console.hear()
        assert [state["question"]["n_answered"] for state in console.states] == [0, 20]
