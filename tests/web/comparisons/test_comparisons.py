"""Comparisons over REST and over one socket: runs from one seed, in step."""

import asyncio
import json
import math
import struct
from itertools import pairwise
from typing import Any

import httpx
import pytest

from app.protocol.comparisons import HEADER, SIZE
from app.protocol.runs import RunConfig
from app.web.pages.examples.comparisons import COMPARISONS
from tests.server import PATIENCE, Server
from tests.training.plain import plain
from tests.web.owner import Run
from tests.web.sockets import EITHER_WAY, Message, Stream, binary, following, losses_of, opened

FORGETFUL = [{}, {"loop": {"zero_grad": False}}]
OPTIMIZERS = [{"optimizer": {"name": name}} for name in ("SGD", "Adam", "RMSprop")]
RATES = [{"optimizer": {"lr": lr}} for lr in (0.05, 0.2, 2.0)]


class Compared:
    """A comparison as its owner has it."""

    def __init__(self, client: httpx.Client, vary: list[dict[str, Any]], config: Any = None) -> None:
        answer = client.post("/api/comparisons", json={"config": config or {}, "vary": vary})
        assert answer.status_code == 201, answer.text
        self._client = client
        self.created: dict[str, Any] = answer.json()
        self.path: str = answer.headers["location"]
        self.token: str = self.created["owner_token"]
        self.owner = {"Authorization": f"Bearer {self.token}"}
        self.ids = [run["id"] for run in self.created["runs"]]

    def show(self) -> dict[str, Any]:
        shown: dict[str, Any] = self._client.get(self.path).json()
        return shown

    def losses(self) -> list[list[float | None]]:
        """Those of each run, over REST."""
        return [self._client.get(f"/api/runs/{run_id}/losses").json()["losses"] for run_id in self.ids]

    def delete(self, token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._client.delete(self.path, headers=headers).status_code

    def status(self, path: str) -> int:
        return self._client.get(path).status_code


class Screen(Stream):
    """A socket to a comparison. Pictures have `runs`, whatever their form."""

    async def hear(self) -> Message:
        data = await asyncio.wait_for(self.socket.recv(), PATIENCE)
        return unpacked(data) if isinstance(data, bytes) else json.loads(data)


def unpacked(data: bytes) -> Message:
    version, count, _, step = HEADER.unpack_from(data)
    assert version == 1
    runs, offset = [], HEADER.size
    for _ in range(count):
        (size,) = SIZE.unpack_from(data, offset)
        assert offset % 4 == 0
        offset += SIZE.size
        runs.append(binary(data[offset : offset + size]))
        offset += size
    assert offset == len(data)
    return {"type": "snapshot", "step": step, "runs": runs}


def check_in_step(heard: list[Message], ids: list[str], ends: dict[str, int]) -> list[list[float | None]]:
    """The losses of each run; asserts that every picture shows all at one step, or at their end before it."""
    pictures = [message for message in heard if message["type"] == "snapshot"]
    for message in pictures:
        for run_id, run in zip(ids, message["runs"], strict=True):
            assert run["step"] == min(message["step"], ends.get(run_id, message["step"]))
    return [losses_of([message["runs"][i] for message in pictures]) for i, _ in enumerate(ids)]


def test_runs_of_a_comparison_differ_only_in_what_is_named(client: httpx.Client) -> None:
    config = {"seed": 7, "model": {"hidden": [5]}}
    compared = Compared(client, OPTIMIZERS, config)
    runs = compared.created["runs"]
    assert [run["label"] for run in runs] == [
        "optimizer.name = SGD",
        "optimizer.name = Adam",
        "optimizer.name = RMSprop",
    ]
    assert [run["vary"] for run in runs] == OPTIMIZERS
    assert [run["config"]["optimizer"]["lr"] for run in runs] == [0.2, 0.001, 0.01]
    common = [{**run["config"], "optimizer": None} for run in runs]
    assert common[0] == common[1] == common[2]
    assert common[0]["seed"] == 7
    for run in runs:
        assert client.get(f"/api/runs/{run['id']}").json()["config"] == run["config"]
    shown = compared.show()
    told = [(run["id"], run["label"], run["vary"]) for run in runs]
    assert [(run["id"], run["label"], run["vary"]) for run in shown["runs"]] == told
    assert "owner_token" not in shown


@pytest.mark.parametrize("form", ["json", "binary"])
async def test_every_picture_shows_all_runs_at_the_same_step(
    server: Server, client: httpx.Client, form: str
) -> None:
    compared = Compared(client, [*RATES, {"optimizer": {"name": "Adam"}}], {"max_steps": 400})
    async with opened(server, compared.path) as stream:
        screen = Screen(stream.socket)
        await screen.say("hello", owner_token=compared.token, format=form)
        started = await screen.hear()
        assert [run["run"]["id"] for run in started["runs"]] == compared.ids
        assert [run["vary"] for run in started["runs"]] == [*RATES, {"optimizer": {"name": "Adam"}}]
        assert started["control"] is True
        await screen.say("play")
        heard = await screen.hear_until("finished")
    too_fast = compared.ids[2]
    (ended,) = [m for m in heard if m["type"] == "ended" and m["run"] == too_fast]
    assert (ended["reason"], ended["topic"], ended["step"]) == ("diverged", "lr_above_limit", 7)
    losses = check_in_step(heard, compared.ids, {too_fast: 7})
    assert losses == compared.losses()
    assert [len(each) for each in losses] == [400, 400, 7, 400]
    assert sum(message["type"] == "ended" for message in heard) == 4
    assert sum(message["type"] == "snapshot" for message in heard) > 3
    (adam,) = plain([(RunConfig.model_validate({"optimizer": {"name": "Adam"}, "max_steps": 400}), 400)])
    assert losses[3] == pytest.approx(adam.losses)


@EITHER_WAY
async def test_play_pause_step_and_reset_are_for_all(server: Server, client: httpx.Client, over: str) -> None:
    compared = Compared(client, FORGETFUL, {"max_steps": 100_000})
    async with opened(server, compared.path, over=over) as stream:
        screen = Screen(stream.socket)
        await screen.say("hello", owner_token=compared.token)
        await screen.hear_until("snapshot")
        await screen.say("ping")
        assert await screen.hear() == {"type": "pong"}
        await screen.say("step", count=3)
        assert (await screen.hear_until("paused"))[-1]["step"] == 3
        await screen.say("play", steps_per_second=200)
        assert (await screen.hear_until("playing"))[-1]["steps_per_second"] == 200
        await screen.say("pause")
        at = (await screen.hear_until("paused"))[-1]["step"]
        assert {run["step"] for run in compared.show()["runs"]} == {at}
        await screen.say("reset")
        again = (await screen.hear_until("started"))[-1]
        assert {run["run"]["step"] for run in again["runs"]} == {0}
        commands: dict[str, dict[str, Any]] = {
            "line": {},
            "update": {"config": {}},
            "edit": {"name": "hidden.bias", "index": [0], "value": 1},
        }
        for refused, fields in commands.items():
            await screen.say(refused, **fields)
            assert (await screen.hear_until("failed"))[-1]["problem"]["status"] == 409


async def test_a_slow_viewer_misses_pictures_and_no_loss(server: Server, client: httpx.Client) -> None:
    compared = Compared(client, FORGETFUL, {"max_steps": 300})
    async with opened(server, compared.path) as slow, opened(server, compared.path) as owner:
        lazy, busy = Screen(slow.socket), Screen(owner.socket)
        await lazy.say("hello")
        heard = [await lazy.hear(), await lazy.hear()]
        assert heard[0]["control"] is False
        await busy.say("hello", owner_token=compared.token)
        await busy.say("play")
        await busy.hear_until("finished")
        await lazy.say("play")
        while heard[-1]["type"] != "failed":
            heard.append(await lazy.hear())
        assert heard[-1]["problem"]["status"] == 403
        pictures = [message for message in heard if message["type"] == "snapshot"]
        assert len(pictures) <= 2
        await lazy.say("ack", step=pictures[-1]["step"])
        heard += await lazy.hear_until("finished")
    assert check_in_step(heard, compared.ids, {}) == compared.losses()


async def test_a_member_can_be_followed_and_its_owner_moves_all(server: Server, client: httpx.Client) -> None:
    compared = Compared(client, FORGETFUL)
    member = {"path": f"/api/runs/{compared.ids[1]}", "token": compared.token}
    run = object.__new__(Run)
    run.__dict__.update(member)
    async with following(server, run, owner=True) as stream:
        await stream.hear_until("snapshot")
        await stream.say("step", count=5)
        assert (await stream.hear_until("paused"))[-1]["step"] == 5
    assert [run["step"] for run in compared.show()["runs"]] == [5, 5]


def test_a_member_cannot_be_changed_or_deleted_alone(client: httpx.Client) -> None:
    compared = Compared(client, FORGETFUL)
    path = f"/api/runs/{compared.ids[0]}"
    answers = [
        client.patch(path, json={"optimizer": {"lr": 0.1}}, headers=compared.owner),
        client.post(f"{path}/lines", json={}, headers=compared.owner),
        client.delete(path, headers=compared.owner),
    ]
    assert [answer.status_code for answer in answers] == [409, 409, 409]
    assert client.delete(path).status_code == 401
    assert client.post(f"{path}/steps", json={"count": 2}, headers=compared.owner).json()["step"] == 2
    assert [run["step"] for run in compared.show()["runs"]] == [2, 2]


async def test_a_deleted_comparison_is_gone_with_its_runs(server: Server, client: httpx.Client) -> None:
    compared = Compared(client, FORGETFUL)
    assert compared.delete("") == 401
    assert compared.delete("x") == 403
    async with opened(server, compared.path) as stream:
        await stream.say("hello")
        await Screen(stream.socket).hear_until("snapshot")
        assert compared.delete(compared.token) == 204
        assert (await Screen(stream.socket).hear_until("failed"))[-1]["problem"]["status"] == 404
    for path in (compared.path, *(f"/api/runs/{run_id}" for run_id in compared.ids)):
        assert compared.status(path) == 404
    async with opened(server, compared.path) as stream:
        await stream.say("hello")
        assert (await stream.hear())["problem"]["status"] == 404


@pytest.mark.parametrize(
    ("body", "field", "detail"),
    [
        ({"vary": [{}]}, "vary", "1"),
        ({"vary": [{"optimizer": {"lr": n / 10}} for n in range(1, 10)]}, "vary", "8"),
        ({}, "vary", "required"),
        ({"vary": [{}, {"optimizer": {"lr": -1}}]}, "vary[1].optimizer.lr", "at least 1e-10"),
        ({"vary": [{}, {"seed": 3}]}, "vary[1].seed", "the same seed"),
        ({"vary": [{}, {"loop": {"zero_grad": True}}]}, "vary[1]", "1 and 2 would be the same"),
        ({"vary": [{}, 5]}, "vary[1]", "object with fields"),
        ({"config": {"optimiser": 1}, "vary": FORGETFUL}, "config.optimiser", "no such field"),
    ],
)
def test_what_cannot_be_compared_is_refused_naming_the_field(
    client: httpx.Client, body: dict[str, Any], field: str, detail: str
) -> None:
    answer = client.post("/api/comparisons", json=body)
    assert answer.status_code == 422, answer.text
    first = answer.json()["errors"][0]
    assert first["field"] == field
    assert detail in first["message"]


def test_labels_name_what_is_none_too(client: httpx.Client) -> None:
    vary: list[dict[str, Any]] = [
        {},
        {"scheduler": {"name": "StepLR", "step_size": 10}},
        {"data": {"n_samples": 50}},
    ]
    labels = [run["label"] for run in Compared(client, vary).created["runs"]]
    assert labels == [
        "data.n_samples = 100",
        "scheduler.name = StepLR, scheduler.step_size = 10, data.n_samples = 100",
        "data.n_samples = 50",
    ]


def test_sizes_in_the_binary_form_keep_every_block_aligned() -> None:
    assert HEADER.size % 4 == SIZE.size % 4 == struct.calcsize("<f") % 4 == 0


@pytest.mark.parametrize("key", COMPARISONS)
def test_every_comparison_on_offer_shows_what_it_says(client: httpx.Client, key: str) -> None:
    compared = Compared(client, [dict(patch) for patch in COMPARISONS[key].vary])
    answer = client.post(f"/api/runs/{compared.ids[0]}/steps", json={"count": 1000}, headers=compared.owner)
    assert answer.status_code == 200, answer.text
    runs = compared.show()["runs"]
    losses = [[math.inf if loss is None else loss for loss in each] for each in compared.losses()]
    first, last = [each[0] for each in losses], [each[-1] for each in losses]
    if key != "units":
        assert first == pytest.approx([first[0]] * len(first), rel=1e-6)  # The same weights and points.
    reasons = [run["reason"] for run in runs]
    if key == "zero_grad":
        swings = [sum(b > a for a, b in pairwise(each[500:])) for each in losses]
        assert swings[1] > 100
        assert last[1] > 10 * last[0]
    elif key == "lr":
        assert reasons == [*3 * ["max_steps"], "diverged"]
        assert last[0] > 2 * last[1] > 2 * last[2]
    else:
        assert set(reasons) == {"max_steps"}
        assert min(last[1:]) < last[0]
        assert max(last[-2:]) < 0.005
