"""The class as one experiment over HTTP, and what the trainer says of its runs."""

import asyncio
import logging
import math
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Response
from fastapi.security import HTTPAuthorizationCredentials
from pydantic import ValidationError

from app.engine.commands import Create, Play
from app.engine.port import Mirror
from app.errors import PlaygroundError, Unavailable
from app.protocol.class_experiment import Experiment, ExperimentState
from app.protocol.runs import RunConfig, RunCreated
from app.rooms import events as happened
from app.rooms import rules, views
from app.rooms.class_experiment import ClassExperiment, settings, value_at
from app.web.edge.guard import require_json
from app.web.edge.openapi import EXPERIMENT_EXAMPLES
from app.web.edge.services import ClientDep
from app.web.edge.validation import NotValid
from app.web.rooms.rooms import LiveRoom, Rooms
from app.web.rooms.services import BEARER, CHANGES, RoomsDep, VisitDep, counted
from app.web.rooms.trial import pace
from app.web.rooms.wall import WatchedRuns, last_loss
from app.web.runs.keys import names_of
from app.web.runs.routes import own
from app.web.runs.services import RunServices, RunServicesDep

INTERVAL = 1.0
"""Seconds between two looks at the runs: as often, at most, everybody is told what has come to its end."""

logger = logging.getLogger(__name__)
router = APIRouter(
    prefix="/api/rooms/{room_id}/experiment", tags=["classroom"], dependencies=[Depends(require_json)]
)


@router.post("", summary="Make the class one experiment", status_code=201, responses=CHANGES)
async def begin(
    services: RunServicesDep,
    rooms: RoomsDep,
    visit: VisitDep,
    asked: Annotated[Experiment, Body(openapi_examples=EXPERIMENT_EXAMPLES)],
) -> ExperimentState:
    """Each member has a run of their own, with a seed or a learning rate that the server gives them."""
    visit.teaches()
    await services.aside(lambda: [settings_of(asked, value_at(asked, place)) for place in (0, 1)])
    live = visit.live
    live.now.changed = frozenset()
    rooms.note(live, rules.begin_experiment(live.room, rooms.clock(), asked))
    await rooms.written(live)
    state = views.experiment_state(live.room, live.now)
    assert state is not None
    return state


@router.post("/run", summary="The member's own run", status_code=201, responses=CHANGES)
async def run(  # noqa: PLR0917
    response: Response,
    services: RunServicesDep,
    rooms: RoomsDep,
    visit: VisitDep,
    client: ClientDep,
    token: Annotated[HTTPAuthorizationCredentials, Depends(BEARER)],
) -> RunCreated:
    """Asked once more, it is the same run: the server gives each member one value, and remembers it."""
    live, member = visit.live, visit.is_member()
    await services.limits.spend(counted(visit, client), "run")
    experiment = rules.experiment_of(live.room)
    # Whoever has the member's token is the run's owner, and nobody else.
    names = names_of(f"{live.room.id} {experiment.number} {token.credentials}")
    rooms.note(live, rules.deal(live.room, rooms.clock(), member=member.number, run=names.run_id))
    await rooms.written(live)
    part = rules.experiment_of(live.room).parts[member.number]
    with suppress(Unavailable):  # Where it cannot be known what is stored, the run counts as new.
        await services.recall(names.run_id)
    made = Create(run_id=names.run_id, config=settings_of(experiment.asked, part.value))
    if not services.engine.holds(names.run_id):
        made = made.model_copy(update={"values": await services.formulas.values(made.config, client)})
    created = await own(response, services, client, names, made)
    observe(services, rooms, live)
    return created


@router.post("/play", summary="Play the runs of all members", status_code=204, responses=CHANGES)
async def play(services: RunServicesDep, visit: VisitDep) -> None:
    """All that have a run and have not come to its end; those of who has left pause after a minute."""
    visit.teaches()
    experiment = rules.experiment_of(visit.live.room)
    for run_id in under_way(visit.live, experiment).values():
        services.presence.expect(run_id)
        with suppress(PlaygroundError):
            at = pace(experiment.asked.config.max_steps)
            await services.engine.ask(Play(run_id=run_id, steps_per_second=at))


@router.delete("", summary="Make the class an experiment no longer", status_code=204, responses=CHANGES)
async def close(rooms: RoomsDep, visit: VisitDep) -> None:
    """It leaves the screens. Members keep their runs."""
    visit.teaches()
    rooms.note(visit.live, rules.close_experiment(visit.live.room, rooms.clock()))
    await rooms.written(visit.live)


def settings_of(asked: Experiment, value: float) -> RunConfig:
    """The settings of the run with this value. Raises: NotValid: they are not allowed."""
    try:
        return settings(asked, value)
    except ValidationError as error:
        raise NotValid(error.errors(), RunConfig, above=("config",)) from error


def under_way(live: LiveRoom, experiment: ClassExperiment) -> dict[int, str]:
    """The runs that have not come to their end, by member."""
    here = {member.number for member in live.room.admitted}
    return {
        number: part.run for number, part in experiment.parts.items() if part.step is None and number in here
    }


def observe(services: RunServices, rooms: Rooms, live: LiveRoom) -> None:
    """Look at the runs of the experiment as long as somebody follows the room and any is under way."""
    if not live.observed and live.room.experiment is not None and not live.ended:
        live.observed = True
        live.begin(Observation(services, rooms, live).run())


class Observation:
    """Notes the ends of the experiment's runs, as the trainer tells them."""

    def __init__(self, services: RunServices, rooms: Rooms, live: LiveRoom) -> None:
        self._services = services
        self._rooms = rooms
        self._live = live
        self._watched = WatchedRuns(services.engine)
        self._dealt: dict[str, RunConfig] = {}

    async def run(self) -> None:
        """Look until there is nothing more to see, or nobody who would be told."""
        live = self._live
        try:
            while live.watchers and (experiment := live.room.experiment) is not None:
                if not (runs := under_way(live, experiment)):
                    return
                self._watched.follow(runs)
                self._look(experiment)
                await asyncio.sleep(INTERVAL)
        except Exception:
            logger.exception("the experiment of a room met a mistake of this program")
        finally:
            self._watched.follow({})
            live.observed = False

    def _look(self, experiment: ClassExperiment) -> None:
        """Note which have ended, and which have other settings than they were given."""
        live, ended, changed = self._live, [], set()
        for number, watched in self._watched.items():
            mirror = watched.mirror
            if mirror is None or mirror.gone or not mirror.available:
                continue
            if watched.run not in self._dealt:
                value = experiment.parts[number].value
                self._dealt[watched.run] = settings(experiment.asked, value)
            if is_changed(mirror, self._dealt[watched.run]):
                changed.add(number)
            elif mirror.head.reason is not None:
                ended.append(end_of(number, mirror, self._rooms.clock()))
        if changed != live.now.changed:
            live.now.changed = frozenset(changed)
            live.tell()
        self._rooms.note(live, *ended)


def is_changed(mirror: Mirror, dealt: RunConfig) -> bool:
    """Whether anything was done to a run but training it."""
    return mirror.head.config != dealt or any(event.ended is None for event in mirror.events)


def end_of(member: int, mirror: Mirror, at: float) -> happened.PartEnded:
    """The event that a run has ended."""
    loss = last_loss(mirror) if mirror.head.reason in ("max_steps", "stop_loss") else math.nan
    known = float(f"{loss:.6g}") if math.isfinite(loss) else None
    return happened.PartEnded(at=at, member=member, step=mirror.state.step, loss=known)
