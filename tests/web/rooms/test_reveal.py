"""Reveals that run programs, and reveals that fail."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from unittest.mock import create_autospec

import httpx
import pytest
from websockets import Origin
from websockets.sync.client import connect

from app.engine.client.mirror import RunMirror
from app.engine.commands import Delete
from app.errors import Unavailable
from app.settings import Settings
from app.web.rooms import trial
from tests.server import PATIENCE, Server
from tests.web.in_process import client_of, served
from tests.web.rooms.classroom import Classroom, classroom
from tests.web.rooms.test_questions import about

PROGRAM = """\
import torch
x = torch.rand(2, requires_grad=True)
(3 * x).sum().backward()
print(x)
"""


def ask_about(name: str) -> Any:
    question = {"id": f"grad {name}", "about": "grad", "name": name, "answers": ["number", "none", "error"]}
    return {"about": {"kind": "program", "program": PROGRAM, "question": question}}


def test_a_program_is_run_once_and_all_screens_show_its_very_numbers(
    server: Server, client: httpx.Client
) -> None:
    server.wait_until("engine", "sandbox")
    made = client.post("/api/rooms").json()
    path, owner = f"/api/rooms/{made['id']}", {"Authorization": f"Bearer {made['owner_token']}"}
    joined = [client.post(f"/api/rooms/{made['code']}/members").json() for _ in range(2)]
    members = [{"Authorization": f"Bearer {one['member_token']}"} for one in joined]
    assert client.post(f"{path}/questions", json=ask_about("x"), headers=owner).status_code == 201
    for headers, numbers in zip(members, ([3, 3], [1, 1]), strict=True):
        given = {"kind": "number", "numbers": numbers}
        assert client.put(f"{path}/questions/1/answer", json=given, headers=headers).status_code == 200
    assert client.get(f"{path}/derivations/1", headers=members[0]).status_code == 403
    address = f"{server.url.replace('http', 'ws')}{path}/stream"
    with connect(address, origin=Origin(server.url), additional_headers={"Accept-Language": "zh"}) as socket:
        socket.send(json.dumps({"type": "hello", "role": "member", "token": joined[0]["member_token"]}))
        assert client.post(f"{path}/questions/1/reveal", headers=owner).status_code == 202
        state = json.loads(socket.recv(PATIENCE))
        while state["question"]["phase"] != "revealed":
            state = json.loads(socket.recv(PATIENCE))
    question = state["question"]
    assert question["truth"]["answer"] == {"kind": "number", "numbers": [3.0, 3.0]}
    assert question["truth"]["shown"] == "tensor([3., 3.])"
    assert question["truth"]["chain"]
    assert not question["truth"]["reason"].isascii()
    assert (question["right"], question["tallies"][0]["n_right"]) == (True, 1)
    assert state["screen"]["derivation"] == 1
    seen = {client.get(f"{path}/derivations/1", headers=one).json()["printed"] for one in (*members, owner)}
    assert len(seen) == 1
    again = client.post(f"{path}/derivations", json={"program": PROGRAM}, headers=owner)
    assert (again.status_code, again.json()) == (201, {"number": 2})
    other = client.get(f"{path}/derivations/2", headers=owner).json()["printed"]
    assert {other} != seen


@pytest.fixture
async def room() -> AsyncIterator[Classroom]:
    async with served(Settings(rate_limit=0)) as app, client_of(app) as client:
        yield await classroom(app, client)


async def test_without_torch_there_is_no_answer_but_a_reason_and_another_try(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "SECONDS", 1e6)
    async with room.follow("console") as console:
        await room.do("POST", "/questions", ask_about("x"))
        await room.do("POST", "/questions/1/reveal")
        await console.until(lambda one: (one.state["question"] or {}).get("phase") == "revealed")
        assert console.state["question"]["truth"]["answer"] is None
        assert console.state["question"]["truth"]["shown"]
        await room.do("POST", "/questions", about("loss"))
        await room.do("POST", "/questions/2/reveal")
        await console.until(lambda one: one.state["screen"]["kind"] == "run")
        assert (await room.ask("POST", "/questions", about("loss"))).status_code == 409
        first = console.state["screen"]["run"]
        await room.app.state.services.engine.ask(Delete(run_id=first))
        await console.until(lambda one: one.state["question"]["phase"] == "revealed")
        assert console.state["question"]["truth"]["shown"] == "The run was deleted."
        monkeypatch.setattr(trial, "SECONDS", 0.01)
        await room.do("POST", "/questions/2/reveal")
        # It may be over before anybody is told that it has begun.
        await console.until(
            lambda one: one.state["screen"]["kind"] == "run" and one.state["screen"]["run"] != first
        )
        await console.until(lambda one: one.state["question"]["phase"] == "revealed")
        assert console.state["question"]["truth"]["answer"] is not None
        last = console.state["screen"]["run"]
        assert last != first
        # The room's runs are nobody's to change, and go with the room.
        answer = await room.client.patch(
            f"/api/runs/{last}", json={"seed": 1}, headers={"Authorization": f"Bearer {room.token}"}
        )
        assert answer.status_code == 403
        await room.do("DELETE", "")
        assert (await room.client.get(f"/api/runs/{last}")).status_code == 404


async def test_a_trial_ends_with_the_engine() -> None:
    mirror = create_autospec(RunMirror, instance=True, gone=False, available=False)
    with pytest.raises(Unavailable, match="Reveal it once more"):
        await trial.ended([mirror], asyncio.Event())
