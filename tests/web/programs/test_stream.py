"""`WS /api/programs/stream` on a real server: followed, commanded, watched, lost and found again."""

from asyncio import to_thread
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from tests.server import Server
from tests.web.sockets import EITHER_WAY, Stream, opened

LONG = """\
import torch
torch.manual_seed(0)
w = torch.zeros(1, requires_grad=True)
step = 0
print("begins")
while step < 1_000_000:
    step += 1
    loss = ((w - 1) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        w.grad = None
"""


@pytest.fixture(autouse=True, scope="module")
def _sandbox_ready(server: Server) -> None:
    server.wait_until("sandbox")


@asynccontextmanager
async def joined(server: Server, language: str = "en", over: str = "websocket") -> AsyncIterator[Stream]:
    async with opened(server, "/api/programs", language=language, over=over) as stream:
        yield stream


async def heard_of(stream: Stream, kind: str) -> dict[str, Any]:
    """The next message of a kind."""
    return (await stream.hear_until(kind))[-1]


@EITHER_WAY
async def test_a_program_runs_and_tells_and_its_rounds_are_explained(server: Server, over: str) -> None:
    program = (
        "import torch\nw = torch.rand(1, requires_grad=True)\n"
        "for k in range(5):\n    loss = (w * (k + 1)).sum()\n"
        "    loss.backward()\nprint(w.grad)\n"
    )
    async with joined(server, over=over) as stream:
        await stream.say("run", program=program)
        heard = await stream.hear_until("finished")
        assert heard[0]["type"] == "started"
        assert heard[0]["control"] is True
        assert heard[-1]["reason"] == "ended"
        assert heard[-1]["derivation"]["printed"] == "tensor([15.])\n"
        losses = [row["values"][0] for m in heard if m["type"] == "rounds" for row in m["rows"]]
        assert losses == pytest.approx([losses[0] * (k + 1) for k in range(5)])
        await stream.say("explain", loop=0, round=4)
        explained = await heard_of(stream, "explained")
        assert (explained["loop"], explained["round"]) == (0, 4)
        shown = {variable["name"]: variable for variable in explained["derivation"]["variables"]}
        assert shown["w"]["grad_numbers"] == [10.0]
        assert shown["loss"]["value_numbers"] == pytest.approx(losses[3])


async def test_what_runs_is_watched_by_link_and_found_again(server: Server, client: httpx.Client) -> None:
    async with joined(server) as owner:
        await owner.say("run", program=LONG)
        started = await heard_of(owner, "started")
        await heard_of(owner, "rounds")
        async with joined(server, "zh") as viewer:
            await viewer.say("watch", id=started["id"])
            seen = await heard_of(viewer, "started")
            assert (seen["control"], seen["owner_token"], seen["program"]) == (False, None, LONG)
            assert (await heard_of(viewer, "printed"))["text"] == "begins\n"
            for command in ("pause", "resume", "stop"):
                await viewer.say(command)
                assert (await heard_of(viewer, "failed"))["problem"]["status"] == 403
            await owner.say("pause")
            await heard_of(viewer, "paused")
        state = (await to_thread(client.get, f"/api/programs/{started['id']}")).json()
        assert state["status"] == "paused"
        assert state["printed"] == "begins\n"
    # The connection is lost; the page comes back with what it knows.
    async with joined(server) as back:
        await back.say("watch", id=started["id"], owner_token=started["owner_token"])
        heard = await back.hear_until("paused")
        assert heard[0]["control"] is True
        rounds = [message for message in heard if message["type"] == "rounds"]
        assert rounds[0]["first"] == 1
        await back.say("round")
        await heard_of(back, "rounds")
        await heard_of(back, "paused")
        await back.say("stop")
        finished = await heard_of(back, "finished")
        assert finished["reason"] == "stopped"
        assert finished["derivation"]["error"]["type"] == "Stopped"
        assert finished["derivation"]["printed"] == "begins\n"
    token = {"Authorization": f"Bearer {started['owner_token']}"}
    path = f"/api/programs/{started['id']}"
    assert (await to_thread(client.delete, path)).status_code == 401
    assert (await to_thread(client.delete, path, headers={"Authorization": "Bearer x"})).status_code == 403
    assert (await to_thread(client.delete, path, headers=token)).status_code == 204
    assert (await to_thread(client.get, path)).status_code == 404


async def test_a_new_program_ends_the_one_before(server: Server, client: httpx.Client) -> None:
    async with joined(server) as stream:
        await stream.say("run", program=LONG)
        first = await heard_of(stream, "started")
        await stream.say("run", program="print('second')")
        assert (await heard_of(stream, "finished"))["derivation"]["printed"] == "second\n"
        assert (await to_thread(client.get, f"/api/programs/{first['id']}")).status_code == 404


async def test_what_makes_no_sense_is_refused_in_words(server: Server) -> None:
    async with joined(server, "zh") as stream:
        await stream.say("pause")
        assert "请先" in (await stream.hear())["problem"]["detail"]
        await stream.say("run")
        problem = (await stream.hear())["problem"]
        assert problem["errors"][0]["field"] == "program"
        await stream.say("watch", id="nobody")
        assert (await stream.hear())["problem"]["status"] == 404
        await stream.say("ping")
        assert (await stream.hear())["type"] == "pong"


async def test_a_program_without_loops_goes_on_where_it_is(server: Server, client: httpx.Client) -> None:
    program = "import random, time\nprint(random.random())\ntime.sleep(600)\n"
    answer = await to_thread(client.post, "/api/gradients", json={"program": program, "goes_on": True})
    assert answer.status_code == 202
    known = answer.json()
    before = (await to_thread(client.get, f"/api/programs/{known['id']}")).json()["printed"]
    async with joined(server) as stream:
        await stream.say("watch", id=known["id"], owner_token=known["owner_token"])
        assert (await heard_of(stream, "started"))["control"] is True
        assert (await heard_of(stream, "printed"))["text"] == before != ""
        await stream.say("stop")
        ended = await heard_of(stream, "finished")
        assert ended["derivation"]["printed"] == before
    quick = {"program": "print(1 + 1)", "goes_on": True}
    answer = await to_thread(client.post, "/api/gradients", json=quick)
    assert (answer.status_code, answer.json()["printed"]) == (200, "2\n")
