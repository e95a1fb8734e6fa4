"""The loop's lines one at a time, and parameters changed by hand, over REST and the stream."""

from typing import Any

import httpx

from tests.server import Server
from tests.web.owner import Run
from tests.web.sockets import Message, following

LINES = ["forward", "loss", "zero_grad", "backward", "step"]


def run_lines(client: httpx.Client, run: Run, body: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = client.post(f"{run.path}/lines", json=body or {}, headers=run.owner)
    assert answer.status_code == 200, answer.text
    ran: dict[str, Any] = answer.json()
    return ran


def test_a_line_tells_what_it_did_and_the_run_which_is_next(client: httpx.Client) -> None:
    run = Run(client)
    first = run_lines(client, run)
    assert [(line["step"], line["line"]) for line in first["lines"]] == [(1, "forward")]
    assert [change["name"] for change in first["lines"][0]["changes"]] == ["prediction"]
    assert run.state()["line"] == first["run"]["line"] == "loss"
    rest = run_lines(client, run, {"count": 4})
    assert [line["line"] for line in rest["lines"]] == LINES[1:]
    assert (rest["run"]["step"], rest["run"]["line"], rest["run"]["status"]) == (1, None, "paused")
    assert run.losses() == [rest["lines"][0]["changes"][0]["after"]]
    assert run.step(4) == Run(client).step(5)


def test_a_line_that_torch_refuses_is_a_result(client: httpx.Client) -> None:
    run = Run(client, {"loop": {"forward": False}})
    ran = run_lines(client, run)
    assert ran["lines"] == []
    assert (ran["run"]["status"], ran["run"]["error"]) == ("failed", "name 'prediction' is not defined")


def test_what_cannot_be_done_is_refused(client: httpx.Client) -> None:
    run = Run(client)
    for path, body, field in (
        ("lines", {"count": 11}, "count"),
        ("parameters", {"name": "hidden.bias", "index": [10], "value": 0}, "index"),
        ("parameters", {"name": "hidden.bios", "index": [0], "value": 0}, "name"),
        ("parameters", {"name": "hidden.bias", "index": [0], "value": 1e9}, "value"),
        ("parameters", {"name": "hidden.bias", "index": [-1], "value": 1}, "index[0]"),
    ):
        answer = client.post(f"{run.path}/{path}", json=body, headers=run.owner)
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == [field]
    for path in ("lines", "parameters"):
        assert client.post(f"{run.path}/{path}", json={}).status_code == 401


def test_a_parameter_set_by_hand_is_in_the_picture_and_gone_after_a_reset(client: httpx.Client) -> None:
    run = Run(client)
    before = run.step(2)["parameters"]
    body = {"name": "hidden.weight", "index": [3, 0], "value": 0.5}
    snapshot = client.post(f"{run.path}/parameters", json=body, headers=run.owner).json()
    assert snapshot["step"] == 2
    assert snapshot["parameters"]["hidden.weight"][3] == [0.5]
    before["hidden.weight"][3] = [0.5]
    assert snapshot["parameters"] == before
    client.post(f"{run.path}/reset", headers=run.owner)
    assert run.step(2)["parameters"] == Run(client).step(2)["parameters"]


async def test_every_viewer_sees_the_lines_run_and_the_parameter_move(
    server: Server, client: httpx.Client
) -> None:
    run = Run(client)
    async with following(server, run, owner=True) as owner, following(server, run) as viewer:
        for stream in (owner, viewer):
            await stream.hear_until("snapshot")
        await owner.say("line")
        await owner.say("line", count=5)
        for stream in (owner, viewer):
            seen: list[Message] = []
            while len(seen) < 6:
                seen += (await stream.hear_until("lines"))[-1]["lines"]
            assert [line["line"] for line in seen] == [*LINES, "forward"]
            paused = (await stream.hear_until("paused"))[-2:]
            assert [message["type"] for message in paused] == ["snapshot", "paused"]
        await owner.say("edit", name="predict.bias", index=[0], value=0.75)
        for stream in (owner, viewer):
            snapshot = (await stream.hear_until("snapshot"))[-1]
            assert snapshot["parameters"]["predict.bias"] == [0.75]


async def test_a_viewer_cannot(server: Server, client: httpx.Client) -> None:
    run = Run(client)
    async with following(server, run) as viewer:
        for message in ({"kind": "line"}, {"kind": "edit", "name": "predict.bias", "index": [0], "value": 1}):
            await viewer.say(**message)
            assert (await viewer.hear_until("failed"))[-1]["problem"]["status"] == 403
