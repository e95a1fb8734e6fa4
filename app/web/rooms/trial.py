"""Runs that the server makes to answer a question, and plays in front of everybody."""

import asyncio
import math
import secrets
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack, suppress

from pydantic import ValidationError

from app.engine.commands import Create, Delete, Inspect, Play
from app.engine.port import Engine, Mirror
from app.errors import N_, NotFound, PlaygroundError, Unavailable
from app.protocol.comparisons import labels
from app.protocol.patches import patched
from app.protocol.rooms import AboutRuns, Ask, Screen, ShowsComparison, ShowsRun, Trial
from app.protocol.runs import RunConfig
from app.rooms.room import Room
from app.rooms.verdicts import End
from app.web.comparisons.routes import create_all, values_of
from app.web.edge.limits import Client
from app.web.edge.validation import NotValid
from app.web.rooms.rooms import LiveRoom, Rooms
from app.web.rooms.wall import fitted, last_loss
from app.web.runs.registry import Member
from app.web.runs.services import RunServices

SECONDS = 8.0
"""How long a trial plays, whatever its steps."""
FASTEST = 1000.0
"""Steps per second above which a run plays as fast as it can."""
LONGEST = 180.0
"""Seconds after which a trial is given up."""


def configs_of(asked: Ask) -> list[RunConfig]:
    """The settings of the runs that a question is about. Raises: NotValid: they are not allowed."""
    about = asked.about
    if not isinstance(about, AboutRuns):
        return []
    configs = []
    for i, patch in enumerate(about.trial.vary):
        try:
            config = patched(about.trial.config, patch)
        except ValidationError as error:
            above = ("about", about.kind, "trial", "vary", i)
            raise NotValid(error.errors(), RunConfig, above=above) from error
        configs.append(config.model_copy(update={"max_steps": about.trial.steps, "stop_loss": None}))
    return configs


class TrialRuns:
    """The runs of one trial. ids: of the runs. comparison: of the comparison, if there are several."""

    def __init__(self, services: RunServices, ids: Sequence[str], comparison: str | None, steps: int) -> None:
        self._services = services
        self.ids = tuple(ids)
        self.comparison = comparison
        self._steps = steps

    @property
    def screen(self) -> Screen:
        """What shows them."""
        if self.comparison is not None:
            return ShowsComparison(comparison=self.comparison)
        return ShowsRun(run=self.ids[0])

    async def play(self) -> list[End]:
        """Play them to their end. Raises: PlaygroundError: the engine has died, or takes too long."""
        engine, changed, first = self._services.engine, asyncio.Event(), self.ids[0]
        async with AsyncExitStack() as stack:
            mirrors = [await stack.enter_async_context(engine.watch(one, changed)) for one in self.ids]
            stack.enter_context(self._services.presence.owner(first))
            await engine.ask(Play(run_id=first, steps_per_second=pace(self._steps)))
            try:
                async with asyncio.timeout(LONGEST):
                    await ended(mirrors, changed)
            except TimeoutError:
                raise Unavailable(1.0, N_("It takes too long. Ask for fewer steps.")) from None
            return [end_of(mirror) for mirror in mirrors]


def pace(steps: int) -> float | None:
    """Steps per second at which so many take SECONDS; None: as fast as possible."""
    wanted = steps / SECONDS
    return None if wanted > FASTEST else max(0.1, wanted)


async def ended(mirrors: Sequence[Mirror], changed: asyncio.Event) -> None:
    """Wait until all runs have ended. Raises: NotFound, Unavailable."""
    while True:
        changed.clear()
        if any(mirror.gone for mirror in mirrors):
            raise NotFound(N_("The run was deleted."))
        if not all(mirror.available for mirror in mirrors):
            raise Unavailable(1.0, N_("The trainer stopped before there was an answer. Reveal it once more."))
        if all(mirror.state.reason is not None for mirror in mirrors):
            return
        await changed.wait()


def end_of(mirror: Mirror) -> End:
    """How a run ended, as its mirror tells."""
    state = mirror.state
    loss = math.nan if state.reason == "diverged" else last_loss(mirror)
    assert state.reason is not None
    return End(state.reason, state.step, loss, fitted(mirror), state.error)


async def begun(
    services: RunServices, client: Client, trial: Trial, configs: Sequence[RunConfig]
) -> TrialRuns:
    """Make the runs of a trial. Nobody may change them. Raises: PlaygroundError."""
    values = await values_of(configs, services, client)
    comparison = secrets.token_urlsafe(16) if len(configs) > 1 else None
    with services.registry.place(client, len(configs)) as take:
        made = [
            Create(run_id=secrets.token_urlsafe(16), config=config, values=given, comparison=comparison)
            for config, given in zip(configs, values, strict=True)
        ]
        states = await create_all(services, made)
        for state in states:
            take(state.id)
    ids = [state.id for state in states]
    services.registry.issue(*ids)
    if comparison is not None:
        members = zip(ids, labels(trial.vary, configs), trial.vary, strict=True)
        services.registry.compare(comparison, tuple(Member(*member) for member in members))
        await services.stored(comparison)
    return TrialRuns(services, ids, comparison, trial.steps)


async def waiting(
    services: RunServices, room: Room, trial: Trial, configs: Sequence[RunConfig]
) -> TrialRuns | None:
    """The runs of a trial that are on the screens already, and have not begun; None: there are none."""
    if not room.shows_own or len(room.runs) != len(configs):
        return None
    with suppress(PlaygroundError):
        for run_id, config in zip(room.runs, configs, strict=True):
            state = (await services.engine.ask(Inspect(run_id=run_id))).state
            if state.config != config or state.step > 0:
                return None
        return TrialRuns(services, room.runs, room.comparison, trial.steps)
    return None


async def end(rooms: Rooms, services: RunServices, live: LiveRoom) -> None:
    """Delete a room with all that was written of it, and its runs."""
    await rooms.end(live)
    await delete(services.engine, live.room.runs + live.room.earlier)


async def delete(engine: Engine, ids: Iterable[str]) -> None:
    """Delete runs, as far as they are there."""
    for run_id in ids:
        with suppress(PlaygroundError):
            await engine.ask(Delete(run_id=run_id))
