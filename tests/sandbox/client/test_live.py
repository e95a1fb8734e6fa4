"""Programs that are followed while they run: paused, taken round by round, ended."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from app.protocol.gradients import Derivation
from app.protocol.programs import Printed, ProgramQueued, ProgramRunning, Reason, Rounds
from app.sandbox.client import live as client
from app.sandbox.client.live import Event, LiveRun, LiveSandbox
from app.sandbox.client.sandbox import Sandbox
from app.settings import Settings
from tests.sandbox.conftest import fate, until
from tests.server import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="package")

ENDLESS = "n = 0\nwhile True:\n    n += 1\n"
PATIENT = {"live_seconds": 1e6, "live_processor_seconds": 1e6, "live_pause": 1e6}


class Followed:
    """A program that runs, and what it has told so far."""

    def __init__(self, live: LiveSandbox, program: str, name: str) -> None:
        self.events: list[Event] = []
        self.run: LiveRun = live.run(program, name, self.events.append)
        self.task = asyncio.create_task(self.run.run())

    def of(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def count(self) -> int:
        """Rounds of the last loop that told something."""
        rounds = [event for event in self.events if isinstance(event, Rounds)]
        return rounds[-1].count if rounds else 0

    @property
    def printed(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Printed))

    async def end(self) -> tuple[Reason, Derivation]:
        return await self.task


Follow = Callable[..., Followed]


@contextmanager
def following(sandbox: Sandbox, **settings: float) -> Iterator[Follow]:
    live = LiveSandbox(sandbox, Settings(**{**PATIENT, **settings}))  # type: ignore[arg-type]
    followed: list[Followed] = []

    def follow(program: str, name: str = "one") -> Followed:
        followed.append(Followed(live, program, name))
        return followed[-1]

    try:
        yield follow
    finally:
        for one in followed:
            one.task.cancel()


async def error_of(followed: Followed) -> tuple[str, str | None]:
    reason, derivation = await followed.end()
    return reason, derivation.error.type if derivation.error else None


async def test_it_pauses_goes_round_by_round_and_on_and_stops(product: Sandbox) -> None:
    with following(product) as follow:
        program = follow(ENDLESS)
        await until(lambda: program.count > 2)
        program.run.pause()
        before = len(program.events)
        for _ in range(2):
            count = program.count
            program.run.one_round(None)
            await until(lambda: program.run.paused)
            rounds = [event for event in program.events[before:] if isinstance(event, Rounds)]
            before = len(program.events)
            assert rounds[-1].count > count
        assert rounds[-1].count == count + 1
        program.run.resume()
        await until(lambda: program.count > count + 2)
        program.run.stop()
        reason, derivation = await program.end()
        assert reason == "stopped"
        assert derivation.error is not None
        assert (derivation.error.type, derivation.error.message) == ("Stopped", "You stopped the program.")
        assert await fate(product, "print('next')") == "next\n"


async def test_its_text_comes_while_it_runs_and_outlives_a_kill(product: Sandbox) -> None:
    with following(product) as follow:
        asleep = follow("print('said')\nimport time\ntime.sleep(1e6)")
        await until(lambda: asleep.printed == "said\n")
        asleep.run.stop()
        assert (await error_of(asleep))[0] == "stopped"
        killed = follow("print('said')\nimport os, time\ntime.sleep(0.5)\nos._exit(0)")
        assert await error_of(killed) == ("ended", "Crashed")
        assert killed.printed == "said\n"


async def test_a_program_that_refuses_to_stop_is_killed(product: Sandbox) -> None:
    with following(product) as follow:
        stubborn = follow("while True:\n    try:\n        while True: pass\n    except BaseException: pass\n")
        await until(lambda: stubborn.of(ProgramRunning))
        stubborn.run.stop()
        assert await error_of(stubborn) == ("stopped", "Stopped")


async def test_those_that_take_long_wait_in_line_and_others_do_not(product: Sandbox) -> None:
    with following(product, live_programs=1, sandbox_wall_clock=0.2) as follow:
        first = follow(ENDLESS)
        await until(lambda: first.count > 0)
        await until(lambda: first.run._kept)
        waiting = [follow(ENDLESS, name) for name in ("two", "three")]
        for place, program in enumerate(waiting, 1):
            await until(partial(program.of, ProgramQueued))
            assert program.of(ProgramQueued)[-1] == ProgramQueued(place=place)
        assert await error_of(follow("print(1)", "four")) == ("ended", None)
        count = waiting[0].count
        first.run.stop()
        await until(lambda: waiting[0].count > count)
        await until(lambda: waiting[1].of(ProgramQueued)[-1] == ProgramQueued(place=1))


@pytest.mark.parametrize("limit", ["live_seconds", "live_processor_seconds", "live_pause"])
async def test_each_budget_ends_it(product: Sandbox, limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sandbox.client.live.GRACE", PATIENCE)
    with following(product, **{limit: 0.5}) as follow:
        program = follow(ENDLESS)
        # On a busy machine its time may be up before its first round.
        await until(lambda: program.count > 0 or program.task.done())
        if limit == "live_pause":
            program.run.pause()
        reason, derivation = await program.end()
        assert reason == ("pause" if limit == "live_pause" else "time")
        assert derivation.error is not None
        assert (derivation.error.type, derivation.error.line) in (("Timeout", 2), ("Timeout", 3))


@pytest.mark.parametrize(
    "frame",
    [
        '{"type": "stood", "more": 1}',
        '{"type": "printed"}',
        '{"type": "figure", "number": 1, "tick": 0, "title": "", "width": 1, "height": 1, "plotly": null,'
        ' "svg": "<script>", "png": null}',
        '{"type": "finished"}',
        "[" * 100,
        "",
    ],
)
async def test_a_forged_message_ends_it_in_words(product: Sandbox, frame: str) -> None:
    program = f"""
import os, struct
body = {frame!r}.encode()
for descriptor in range(3, 1000):
    try:
        os.write(descriptor, struct.pack("<II", len(body), 0) + body)
    except OSError:
        pass
import time
time.sleep(1e6)
"""
    with following(product) as follow:
        assert await error_of(follow(program)) == ("ended", "Crashed")
        assert await fate(product, "print('next')") == "next\n"


async def test_a_flood_waits_for_who_reads_it(product: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    flood = """
import os, struct
body = b'{"type": "printed", "text": "' + b"x" * 50_000 + b'"}'
for descriptor in range(3, 1000):
    try:
        while True:
            unsent = struct.pack("<II", len(body), 0) + body
            while unsent:
                unsent = unsent[os.write(descriptor, unsent):]
    except OSError:
        pass
"""
    flood = f"exec({flood!r})"  # so that its own rounds are not told in the middle of its frames
    monkeypatch.setattr(client, "BURST", 300_000)
    with following(product) as follow:
        program = follow(flood)
        loop = asyncio.get_running_loop()
        await until(lambda: len(program.printed) > 200_000)
        began, before = loop.time(), len(program.printed)
        await until(lambda: len(program.printed) > before + 200_000)
        passed = loop.time() - began
        assert len(program.printed) - before <= client.BYTES_PER_SECOND * passed + 2 * 64 * 1024 + 300_000
        assert await fate(product, "print('next')") == "next\n"
