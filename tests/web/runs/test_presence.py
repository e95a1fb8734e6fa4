"""Runs whose owner went away."""

import asyncio
from typing import cast

from app.engine.commands import Command, Pause
from app.engine.port import Engine
from app.errors import N_, NotFound, PlaygroundError, Unavailable
from app.web.runs.presence import Presence
from tests.server import PATIENCE


class Playing:
    """The call of an engine that presence makes, for one run; `troubles` come first."""

    def __init__(self, *troubles: PlaygroundError) -> None:
        self.troubles = list(troubles)
        self.paused = asyncio.Event()

    async def ask(self, command: Command) -> None:
        assert command == Pause(run_id=command.run_id, spares_steps=True)
        if self.troubles:
            raise self.troubles.pop(0)
        self.paused.set()


def presence_in(engine: Playing, grace: float) -> Presence:
    return Presence(cast(Engine, engine), grace)


async def test_a_run_is_paused_after_its_owner_left() -> None:
    engine = Playing()
    with presence_in(engine, 0.01).owner("run"):
        pass
    await asyncio.wait_for(engine.paused.wait(), PATIENCE)


async def test_an_engine_that_is_being_replaced_is_asked_again() -> None:
    engine = Playing(Unavailable(1, N_("x")), Unavailable(1, N_("x")))
    with presence_in(engine, 0.01).owner("run"):
        pass
    await asyncio.wait_for(engine.paused.wait(), PATIENCE)


async def test_only_the_last_of_several_connections_counts() -> None:
    engine = Playing()
    presence = presence_in(engine, 0)
    with presence.owner("run"):
        for _ in range(3):
            with presence.owner("run"):
                pass
        for _ in range(10):
            await asyncio.sleep(0)
        assert not engine.paused.is_set()
    await asyncio.wait_for(engine.paused.wait(), PATIENCE)


async def test_a_run_that_came_back_is_paused_if_its_owner_does_not() -> None:
    engine = Playing()
    presence = presence_in(engine, 0)
    with presence.owner("another"):
        presence.expect("another")
        for _ in range(10):
            await asyncio.sleep(0)
        assert not engine.paused.is_set()
        presence.expect("run")
        await asyncio.wait_for(engine.paused.wait(), PATIENCE)


async def test_an_owner_who_comes_back_in_time_finds_the_run_playing() -> None:
    engine = Playing()
    presence = presence_in(engine, 3600)
    with presence.owner("run"):
        pass
    (leaving,) = vars(presence)["_leaving"].values()
    with presence.owner("run"):
        await asyncio.wait([leaving], timeout=PATIENCE)
        assert leaving.cancelled()
    assert not engine.paused.is_set()
    await presence.close()


async def test_nothing_is_kept_of_runs_that_are_gone_or_paused() -> None:
    for engine in (Playing(NotFound(N_("x"))), Playing()):
        presence = presence_in(engine, 0)
        with presence.owner("run"):
            pass
        await asyncio.wait(vars(presence)["_leaving"].values(), timeout=PATIENCE)
        assert not any(vars(presence).get(name) for name in ("_leaving", "_connections"))


async def test_closing_waits_for_nobody() -> None:
    presence = presence_in(Playing(), 3600)
    with presence.owner("run"):
        pass
    await asyncio.wait_for(presence.close(), PATIENCE)
