"""The stream over real sockets: what a viewer gets, and what an owner can do."""

import httpx
import pytest

from tests.server import Server
from tests.web.owner import Run
from tests.web.sockets import EITHER_WAY, Stream, following, losses_of


async def test_a_viewer_first_gets_what_it_needs_to_draw(server: Server, client: httpx.Client) -> None:
    async with following(server, Run(client)) as stream:
        started, snapshot = await stream.hear(), await stream.hear()
    assert started["type"] == "started"
    assert started["control"] is False
    assert started["run"]["status"] == "ready"
    assert len(started["x"]) == len(started["y"]) == len(snapshot["prediction"]) == 100
    assert len(started["grid"]) == len(snapshot["grid_prediction"])
    assert {p["name"] for p in started["parameters"]} == snapshot["parameters"].keys()
    assert (snapshot["type"], snapshot["step"], snapshot["losses"]) == ("snapshot", 0, [])


@pytest.mark.parametrize(
    ("format_", "over"), [("json", "websocket"), ("binary", "websocket"), ("binary", "http")]
)
async def test_every_loss_of_a_run_at_full_speed_arrives(
    server: Server, client: httpx.Client, format_: str, over: str
) -> None:
    run = Run(client)
    async with following(server, run, owner=True, format=format_, over=over) as stream:
        await stream.say("play")
        heard = await stream.hear_until("finished")
    assert (heard[-1]["step"], heard[-1]["reason"]) == (1000, "max_steps")
    assert losses_of(heard) == run.losses()


async def test_json_and_binary_tell_the_same(server: Server, client: httpx.Client) -> None:
    run = Run(client)
    run.step(4)
    async with following(server, run, format="json") as one, following(server, run, format="binary") as other:
        texts, bytes_ = await one.hear_until("paused"), await other.hear_until("paused")
    for name in ("step", "loss", "losses_from", "losses"):
        assert texts[1][name] == pytest.approx(bytes_[1][name])


@EITHER_WAY
async def test_play_pause_and_step(server: Server, client: httpx.Client, over: str) -> None:
    run = Run(client, {"max_steps": 100_000})
    async with following(server, run, owner=True, over=over) as stream:
        await stream.say("play", steps_per_second=100)
        playing = (await stream.hear_until("playing"))[-1]
        assert playing == {"type": "playing", "steps_per_second": 100}
        await stream.say("pause")
        heard = await stream.hear_until("paused")
        at = heard[-1]["step"]
        await stream.say("step", count=5)
        heard = await stream.hear_until("paused")
        assert heard[-1] == {"type": "paused", "step": at + 5}
        assert heard[-2]["step"] == at + 5
        assert run.state()["step"] == at + 5


async def test_the_snapshot_of_a_step_comes_before_it_is_said_that_it_is_the_last(
    server: Server, client: httpx.Client
) -> None:
    run = Run(client, {"max_steps": 20})
    async with following(server, run, owner=True) as stream:
        await stream.say("play")
        heard = await stream.hear_until("finished")
    assert [message["step"] for message in heard if message["type"] == "snapshot"][-1] == 20


@pytest.mark.parametrize(("language", "words"), [("en", "Switch optimizer.zero_grad() on"), ("zh", "打开")])
async def test_a_run_that_diverges_says_why_and_what_to_change_in_the_readers_language(
    server: Server, client: httpx.Client, language: str, words: str
) -> None:
    run = Run(
        client, {"loop": {"zero_grad": False}, "model": {"activation": "Tanh"}, "optimizer": {"lr": 0.5}}
    )
    async with following(server, run, owner=True, language=language) as stream:
        await stream.say("play")
        finished = (await stream.hear_until("finished"))[-1]
    assert (finished["reason"], finished["topic"]) == ("diverged", "accumulating_gradients")
    assert str(finished["step"]) in finished["explanation"]
    assert words in finished["remedy"]
    state = run.state(language)
    told = ("topic", "explanation", "remedy", "suggestion")
    assert [state[name] for name in told] == [finished[name] for name in told]
    run.patch(finished["suggestion"])
    run.reset()
    assert run.step(200)["loss"] < 0.1


async def test_reset_starts_anew_for_every_viewer(server: Server, client: httpx.Client) -> None:
    run = Run(client)
    async with following(server, run, owner=True) as owner, following(server, run) as viewer:
        await owner.say("step", count=3)
        first = [await stream.hear_until("paused") for stream in (owner, viewer)]
        await owner.say("reset")
        for stream in (owner, viewer):
            assert (await stream.hear_until("started"))[-1]["run"]["step"] == 0
            assert (await stream.hear())["step"] == 0
        await owner.say("step", count=3)
        again = [await stream.hear_until("paused") for stream in (owner, viewer)]
    for before, after in zip(first, again, strict=True):
        assert losses_of(before) == losses_of(after)


async def test_an_update_reaches_every_viewer(server: Server, client: httpx.Client) -> None:
    run = Run(client)
    async with following(server, run, owner=True) as owner, following(server, run) as viewer:
        await owner.say("step", count=2)
        await owner.hear_until("paused")
        await owner.say("update", config={"optimizer": {"lr": 0.01}})
        for stream in (owner, viewer):
            updated = (await stream.hear_until("updated"))[-1]
            assert (updated["step"], updated["config"]["optimizer"]["lr"]) == (2, 0.01)
        await owner.say("update", config={"seed": 1})
        for stream in (owner, viewer):
            started = (await stream.hear_until("started"))[-1]
            assert (started["run"]["step"], started["run"]["config"]["seed"]) == (0, 1)


async def test_two_updates_at_once_both_hold(server: Server, client: httpx.Client) -> None:
    run = Run(client)
    async with following(server, run, owner=True) as stream:
        await stream.say("update", config={"optimizer": {"lr": 0.01}})
        await stream.say("update", config={"loop": {"zero_grad": False}})
        await stream.say("step")
        await stream.hear_until("paused")
    config = run.state()["config"]
    assert (config["optimizer"]["lr"], config["loop"]["zero_grad"]) == (0.01, False)


async def test_a_returning_viewer_gets_only_the_losses_it_lacks(server: Server, client: httpx.Client) -> None:
    run = Run(client)
    run.step(10)
    async with following(server, run, losses_from=8) as stream:
        snapshot = (await stream.hear_until("snapshot"))[-1]
    assert (snapshot["losses_from"], len(snapshot["losses"])) == (8, 3)


async def test_a_viewer_that_asks_for_losses_to_come_gets_all(server: Server, client: httpx.Client) -> None:
    run = Run(client)
    run.step(3)
    async with following(server, run, losses_from=100) as stream:
        assert losses_of(await stream.hear_until("snapshot")) != []


async def test_a_pause_is_heard_while_steps_are_taken(server: Server, client: httpx.Client) -> None:
    run = Run(client, {"max_steps": 100_000})
    async with following(server, run, owner=True) as stream:
        await stream.say("step", count=100_000)
        await stream.hear_until("playing")
        await stream.say("pause")
        paused = (await stream.hear_until("paused"))[-1]
    assert 0 < paused["step"] < 100_000


async def test_a_viewer_that_never_acknowledges_is_sent_two_snapshots(
    server: Server, client: httpx.Client
) -> None:
    run = Run(client)
    async with following(server, run, owner=True) as owner, following(server, run) as viewer:
        await owner.say("play")
        await owner.hear_until("finished")
        heard = [await viewer.hear() for _ in range(4)]
        assert sorted(m["type"] for m in heard) == ["playing", "snapshot", "snapshot", "started"]
        assert await viewer.is_silent()
        # One word, and it has everything it missed.
        await viewer.say("ack", step=next(m["step"] for m in heard if m["type"] == "snapshot"))
        rest = await viewer.hear_until("finished")
    assert len(losses_of(heard + rest)) == 1000


async def test_a_viewer_that_never_acknowledges_holds_nobody_up(server: Server, client: httpx.Client) -> None:
    run = Run(client, {"max_steps": 300})
    async with following(server, run), following(server, run, owner=True) as owner:
        await owner.say("play")
        assert len(losses_of(await owner.hear_until("finished"))) == 300


async def control(stream: Stream, kind: str) -> None:
    fields: dict[str, dict[str, object]] = {"update": {"config": {}}}
    await stream.say(kind, **fields.get(kind, {}))


@pytest.mark.parametrize("kind", ["play", "pause", "step", "update", "reset"])
async def test_a_viewer_cannot_control(server: Server, client: httpx.Client, kind: str) -> None:
    run = Run(client)
    async with following(server, run) as stream:
        await stream.hear_until("snapshot")
        await control(stream, kind)
        failed = await stream.hear()
        assert failed["type"] == "failed"
        assert failed["problem"]["status"] == 403
    assert run.state()["status"] == "ready"


async def test_a_deleted_run_says_so_and_closes(server: Server, client: httpx.Client) -> None:
    run = Run(client)
    async with following(server, run) as stream:
        await stream.hear_until("snapshot")
        run.delete()
        failed = await stream.hear()
        assert failed["problem"]["status"] == 404
        assert (await stream.closed())[0] == 1008


async def test_a_refused_command_says_why_and_the_socket_stays(server: Server, client: httpx.Client) -> None:
    run = Run(client, {"max_steps": 5})
    async with following(server, run, owner=True) as stream:
        await stream.hear_until("snapshot")
        await stream.say("step", count=6)
        assert (await stream.hear())["problem"]["status"] in (409, 422)
        await stream.say("update", config={"optimizer": {"lr": -1}})
        problem = (await stream.hear())["problem"]
        assert problem["errors"][0]["field"] == "optimizer.lr"
        await stream.say("step", count=5)
        assert (await stream.hear_until("finished"))[-1]["step"] == 5


async def test_commands_without_end_are_bounded(server: Server, client: httpx.Client) -> None:
    # A net that is still at the first command when the last one is read; if not, the run has ended.
    run = Run(client, {"max_steps": 100_000, "model": {"hidden": [64] * 4}, "data": {"n_samples": 1000}})
    async with following(server, run, owner=True) as stream:
        for _ in range(50):
            await stream.say("step", count=100_000)
        refusals: list[int] = []
        kinds: set[str] = set()
        while len(refusals) < 49:
            message = await stream.hear()
            kinds.add(message["type"])
            if message["type"] == "failed":
                refusals.append(message["problem"]["status"])
        assert set(refusals) <= {409, 429}
        if "finished" not in kinds:
            await stream.say("pause")
            await stream.hear_until("paused")


async def test_a_ping_is_answered_and_changes_nothing(server: Server, client: httpx.Client) -> None:
    run = Run(client)
    run.step(3)
    before = run.state()
    async with following(server, run, owner=True) as owner, following(server, run) as viewer:
        for stream in (owner, viewer):
            await stream.hear_until("paused")
            await stream.say("ping")
            assert await stream.hear() == {"type": "pong"}
            assert await stream.is_silent()
    assert run.state() == before
