"""Revealing: torch computes the answer to a question now, in front of everybody."""

import logging

from app.errors import N_, Invalid, PlaygroundError
from app.protocol.gradients import Derivation
from app.protocol.rooms import AboutProgram, AboutRuns, RoomChange, Screen, ShowsProgram
from app.rooms import events as happened
from app.rooms import verdicts
from app.rooms.events import Event, Verdict, Words
from app.rooms.room import MAX_KEPT, Room
from app.web.edge.limits import Client
from app.web.rooms import trial
from app.web.rooms.rooms import LiveRoom, Rooms
from app.web.runs.services import RunServices

MAX_DERIVATION = MAX_KEPT // 8
"""Characters of one derivation that a room keeps."""

logger = logging.getLogger(__name__)


class Reveal:
    """One reveal. address: of the teacher who asked for it."""

    def __init__(
        self, services: RunServices, rooms: Rooms, live: LiveRoom, number: int, address: str
    ) -> None:
        self._services = services
        self._rooms = rooms
        self._live = live
        self._number = number
        self._client = Client(f"room {live.room.id}", address)

    def start(self) -> None:
        """Begin. The room is told when there is an answer, or why there is none."""
        self._live.begin(self._run())

    async def _run(self) -> None:
        try:
            events = await self._answer()
        except PlaygroundError as error:
            words = Words(template=error.template, params=dict(error.params))
            events = [self._revealed(Verdict(answer=None, shown=words))]
        except Exception:
            logger.exception("a reveal met a mistake of this program")
            words = Words(template=N_("A fault of the server; it has been logged. Reveal it once more."))
            events = [self._revealed(Verdict(answer=None, shown=words))]
        self._rooms.note(self._live, *events)

    async def _answer(self) -> list[Event]:
        asked = self._live.room.questions[self._number].ask
        if isinstance(asked.about, AboutProgram):
            return await self._of_program(asked.about)
        assert isinstance(asked.about, AboutRuns)
        configs = await self._services.aside(lambda: trial.configs_of(asked))
        runs = await trial.waiting(self._services, self._live.room, asked.about.trial, configs)
        if runs is None:
            runs = await trial.begun(self._services, self._client, asked.about.trial, configs)
            await show(self._services, self._rooms, self._live, runs)
        ends = await runs.play()
        return [self._revealed(verdicts.of_runs(asked.about.kind, ends))]

    async def _of_program(self, about: AboutProgram) -> list[Event]:
        found = await self._services.sandbox.derive(about.program, str(self._client))
        revealed = self._revealed(verdicts.of_program(about.question, found))
        return [*showing_result(self._live.room, revealed.at, about.program, found), revealed]

    def _revealed(self, verdict: Verdict) -> happened.Revealed:
        return happened.Revealed(at=self._rooms.clock(), question=self._number, verdict=verdict)


def showing(at: float, screen: Screen) -> happened.Changed:
    """The event that something is shown."""
    return happened.Changed(at=at, change=RoomChange(screen=screen))


async def show(services: RunServices, rooms: Rooms, live: LiveRoom, runs: trial.TrialRuns) -> None:
    """Show new runs of the room to everybody, and delete those that are on no screen any more."""
    at, left = rooms.clock(), live.room.earlier
    made = happened.RunsMade(at=at, runs=runs.ids, comparison=runs.comparison)
    rooms.note(live, made, showing(at, runs.screen))
    await trial.delete(services.engine, left)


def showing_result(room: Room, at: float, program: str, found: Derivation) -> list[Event]:
    """The events that a program is shown with its result; none: that is too long."""
    try:
        kept = derived(room, at, found)
    except Invalid:
        return []
    return [kept, showing(at, ShowsProgram(program=program, derivation=kept.number))]


def derived(room: Room, at: float, found: Derivation) -> happened.Derived:
    """The event that a program was run. Raises: Invalid: its result is too long to be kept."""
    text = found.model_dump_json()
    if len(text) > MAX_DERIVATION:
        raise Invalid("program", N_("The result is too long to be shown in a room."))
    return happened.Derived(at=at, number=room.n_derived + 1, derivation=text)
