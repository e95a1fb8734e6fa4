"""The class as one experiment: the server deals the values, and the trainer says what came out."""

from collections.abc import AsyncIterator

import pytest

from app.settings import Settings
from app.web.rooms import experiment, trial
from tests.web.in_process import client_of, served
from tests.web.rooms.classroom import Classroom, Json, Socket, classroom
from tests.web.rooms.test_questions import CONFIG, plain
from tests.web.rooms.test_wall import steps

STEPS, LOW = 40, 2e-5
RATES: Json = {"vary": "lr", "low": LOW, "high": 500.0, "config": {**CONFIG, "max_steps": STEPS}}


@pytest.fixture
async def room(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Classroom]:
    monkeypatch.setattr(experiment, "INTERVAL", 0.01)
    monkeypatch.setattr(trial, "SECONDS", 0.01)
    async with served(Settings(rate_limit=0)) as app, client_of(app) as client:
        yield await classroom(app, client)


async def own(room: Classroom, member: Json) -> Json:
    run: Json = await room.do("POST", "/experiment/run", token=member["member_token"])
    return run


def ends(socket: Socket) -> dict[int, float | None]:
    told = socket.state["experiment"]
    return dict(zip(told["members"], told["losses"], strict=True))


async def test_a_class_trains_one_rate_each_and_sees_what_torch_says(room: Classroom) -> None:
    ann, bob, cem = [await room.join() for _ in range(3)]
    assert (await room.ask("POST", "/experiment/run", token=ann["member_token"])).status_code == 404
    await room.do("POST", "/experiment", RATES)
    async with room.follow("projector") as projector, room.follow("member", ann["member_token"]) as hers:
        assert projector.state["screen"] == {"kind": "experiment"}
        runs = [await own(room, one) for one in (ann, bob, ann)]
        assert runs[0] == runs[2]
        assert [run["config"]["optimizer"]["lr"] for run in runs] == [LOW, 500, LOW]
        await steps(room.client, runs[0], STEPS)
        await hers.until(ends)
        loss, _ = plain(LOW, STEPS)
        assert ends(hers)[1] == pytest.approx(loss, rel=1e-5)
        part = hers.state["me"]["part"]
        assert (part["value"], part["step"], part["loss"]) == (LOW, STEPS, ends(hers)[1])
        # Who comes late has the next value; the teacher starts all that wait.
        late = await own(room, cem)
        await room.do("POST", "/experiment/play")
        await projector.until(lambda one: len(ends(one)) == 3)
        assert ends(projector)[2] is None
        assert ends(projector)[3] == pytest.approx(
            plain(late["config"]["optimizer"]["lr"], STEPS)[0], rel=1e-5
        )
        await room.do("DELETE", "/experiment")
        await hers.until(lambda one: one.state["experiment"] is None)


async def test_nobody_can_have_another_value_or_make_one_up(room: Classroom) -> None:
    ann, bob = await room.join(), await room.join()
    await room.do("POST", "/experiment", RATES)
    hers, his = await own(room, ann), await own(room, bob)
    bearer = {"Authorization": f"Bearer {bob['member_token']}"}
    # Neither another member's token, nor the room's or one's own run's, opens her run.
    for token in (bob["member_token"], room.token, his["owner_token"]):
        answer = await room.client.post(
            f"/api/runs/{hers['id']}/steps", json={"count": 1}, headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 403
    forged = await room.client.post(f"{room.path}/experiment/run", json={"value": 0.2}, headers=bearer)
    assert forged.json()["id"] == his["id"]
    async with room.follow("console") as console:
        # A rate of one's own does not count as the one that was dealt.
        answer = await room.client.patch(
            f"/api/runs/{his['id']}",
            json={"optimizer": {"lr": 0.2}},
            headers={"Authorization": f"Bearer {his['owner_token']}"},
        )
        assert answer.is_success
        await steps(room.client, his, STEPS)
        await steps(room.client, hers, STEPS)
        await console.until(lambda one: ends(one) and one.state["experiment"]["n_changed"])
        assert ends(console).keys() == {1}
        # Nor is there a second one, by another run on the wall.
        await room.do("PATCH", "/members/2", {"run": hers["id"]}, token=bob["member_token"])
        assert (await own(room, bob))["id"] == his["id"]
        # Whoever joins twice is another member, with the next value; the first one's stays.
        twice = await own(room, await room.join())
        assert twice["config"]["optimizer"]["lr"] not in (LOW, 500)
        assert (await own(room, ann))["id"] == hers["id"]
        await room.do("DELETE", "/members/1")
        await console.until(lambda one: one.state["experiment"]["members"] == [])
    assert (await room.ask("POST", "/experiment/run", token=ann["member_token"])).status_code == 403


async def test_an_experiment_goes_on_after_a_restart_of_the_web_process(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiment, "INTERVAL", 0.01)
    settings = Settings(rate_limit=0, data_dir=str(tmp_path))
    async with served(settings) as app, client_of(app) as client:
        room = await classroom(app, client)
        ann, bob = await room.join(), await room.join()
        await room.do("POST", "/experiment", RATES)
        before = await own(room, ann)
    async with served(settings) as app, client_of(app) as client:
        room.app, room.client = app, client
        again = await own(room, ann)
        assert again == before
        assert (await own(room, bob))["config"]["optimizer"]["lr"] == 500
        async with room.follow("projector") as projector:
            await steps(client, again, STEPS)
            await projector.until(ends)
            assert ends(projector) == {1: pytest.approx(plain(LOW, STEPS)[0], rel=1e-5)}
