"""The programs that run live, and who follows them."""

import asyncio
import contextlib
import secrets
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.errors import N_, Conflict, NotFound, NotOwner, PlaygroundError, Unavailable
from app.protocol.gradients import Derivation
from app.protocol.programs import (
    LiveJob,
    LiveProgram,
    Printed,
    ProgramFinished,
    ProgramPaused,
    ProgramQueued,
    ProgramRunning,
    ProgramStarted,
    Reason,
    RoundExplained,
)
from app.protocol.record import Record
from app.protocol.stream import Failed
from app.sandbox.client.live import Event, LiveRun, LiveSandbox
from app.web.edge.catalogue import Language
from app.web.edge.explanations import explained
from app.web.edge.limits import named
from app.web.edge.problems import problem_of
from app.web.programs.log import Log

MAX_QUEUE = 2 * 1024 * 1024
"""Characters of messages that wait for one viewer; one that reads more slowly begins anew."""

MAX_PROGRAMS = 200
"""Programs that run, wait or are kept for a page that may come back."""
RETRY_AFTER = 10.0

Told = Callable[[Language], Record]
"""A message in the reader's language."""


class ProgramViewer:
    """Who follows a program. control: whether it may command it. arrived: set when there is a message."""

    def __init__(self, program: "Program", language: Language, token: str | None, control: bool) -> None:
        self._program = program
        self._language = language
        self._token = token
        self.control = control
        self.arrived = asyncio.Event()
        self._messages: deque[str] = deque()
        self._size = 0
        self.begin()

    def begin(self) -> None:
        """Everything from the start."""
        self._messages.clear()
        self._size = 0
        program, log = self._program, self._program.log
        started = ProgramStarted(
            id=program.id, owner_token=self._token, control=self.control, program=log.program
        )
        self._put(started.model_dump_json())
        if log.printed:
            self._put(Printed(text=log.printed).model_dump_json())
        for rounds in log.rounds():
            self._put(rounds.model_dump_json())
        for text in log.figures.texts():
            self._put(text)
        if (now := program.now()) is not None:
            self._put(now.model_dump_json())
        if program.finished is not None:
            self.tell(program.finished)
        for explanation in program.explanations:
            self.tell(explanation)

    def tell(self, message: str | Told) -> None:
        """One more message."""
        self._put(message if isinstance(message, str) else message(self._language).model_dump_json())
        if self._size > MAX_QUEUE and len(self._messages) > 1:
            self._size = 0  # what it begins with may be as long
            self.begin()

    def _put(self, text: str) -> None:
        self._messages.append(text)
        self._size += len(text)
        self.arrived.set()

    def take(self) -> str | None:
        """The next message."""
        if not self._messages:
            self.arrived.clear()
            return None
        text = self._messages.popleft()
        self._size -= len(text)
        return text


class Program:
    """One program that runs, or has ended a while ago. token: allows to command it. client: who began it."""

    def __init__(self, live: LiveSandbox, program: str, client: str) -> None:
        self.id = secrets.token_urlsafe(16)
        self.token = secrets.token_urlsafe(16)
        self.log = Log(program)
        self.finished: Told | None = None
        self.refusal: PlaygroundError | None = None
        self.explanations: deque[Told] = deque(maxlen=4)
        self.viewers: set[ProgramViewer] = set()
        self._live = live
        self.client = client
        self._run: LiveRun = live.run(program, client, self._heard)
        self._running: asyncio.Task[None] | None = None
        self._explaining: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Run it."""
        self._running = asyncio.create_task(self._follow())

    async def moment(self) -> Derivation | None:
        """What became of it; None: it takes longer than a moment. Raises: PlaygroundError: it was refused."""
        assert self._running is not None
        longer = asyncio.create_task(self._run.is_long.wait())
        try:
            await asyncio.wait([self._running, longer], return_when=asyncio.FIRST_COMPLETED)
        finally:
            longer.cancel()
        if self.refusal is not None:
            raise self.refusal
        return self.log.derivation

    async def close(self) -> None:
        """End it without a word."""
        for task in (self._running, self._explaining):
            if task is not None:
                task.cancel()
                await asyncio.wait([task])

    def now(self) -> Record | None:
        """How it is now, unless it has ended or has not begun."""
        log = self.log
        if log.status == "paused":
            return ProgramPaused()
        if log.status == "queued":
            return None if log.place is None else ProgramQueued(place=log.place)
        return ProgramRunning(rounds_per_second=log.speed) if log.status == "running" else None

    def state(self, language: Language) -> LiveProgram:
        """All that is known of it."""
        log = self.log
        return LiveProgram(
            id=self.id,
            program=log.program,
            status=log.status,
            place=log.place,
            printed=log.printed,
            rounds=list(log.rounds()),
            derivation=log.derivation and explained(log.derivation, language),
        )

    # Commands

    def pause(self) -> None:
        """Make it stand still."""
        self._run.pause()

    def resume(self) -> None:
        """Let it go on."""
        self._run.resume()

    def one_round(self, loop: int | None) -> None:
        """Let it go on to the end of a round."""
        self._run.one_round(loop)

    def speed(self, rounds_per_second: float | None) -> None:
        """Let it run so many rounds per second at most."""
        self._run.speed(rounds_per_second)

    def stop(self, reason: Reason = "stopped") -> None:
        """End it; it tells how far it came."""
        self._run.stop(reason)

    def explain(self, loop: int, number: int) -> None:
        """Explain a round, to everybody who follows. Raises: Conflict: another one is being explained."""
        if self._explaining is not None and not self._explaining.done():
            raise Conflict(N_("Another round is being explained; try again in a moment."))
        self._explaining = asyncio.create_task(self._explain(loop, number))

    # What happens

    async def _follow(self) -> None:
        try:
            reason, derivation = await self._run.run()
        except PlaygroundError as error:
            self._refused(error)
            return
        if not derivation.printed:
            derivation = derivation.model_copy(update={"printed": self.log.printed})
        self.log.status, self.log.place, self.log.derivation = "finished", None, derivation
        self.finished = lambda language: ProgramFinished(
            reason=reason, derivation=explained(derivation, language)
        )
        self._tell(self.finished)

    async def _explain(self, loop: int, number: int) -> None:
        job = self._run.job.model_copy(update={"loop": loop, "round": number})
        try:
            _, derivation = await self._live.explain(LiveJob.model_validate(job), self.client).run()
        except PlaygroundError as error:
            self._tell(failed(error))
            return
        explanation: Told = lambda language: RoundExplained(  # noqa: E731
            loop=loop, round=number, derivation=explained(derivation, language)
        )
        self.explanations.append(explanation)
        self._tell(explanation)

    def _refused(self, error: PlaygroundError) -> None:
        self.log.status = "finished"
        self.refusal = error
        self.finished = failed(error)
        self._tell(self.finished)

    def _heard(self, event: Event) -> None:
        text = event.model_dump_json()
        self.log.add(event, text)
        self._tell(text)

    def _tell(self, message: str | Told) -> None:
        for viewer in self.viewers:
            viewer.tell(message)


def failed(error: PlaygroundError) -> Told:
    """The message that something was refused."""
    return lambda language: Failed(problem=problem_of(error, language))


class LivePrograms:
    """All programs that run live. keep: seconds that one is kept without anybody who follows it."""

    def __init__(self, live: LiveSandbox, keep: float) -> None:
        self._live = live
        self._keep = keep
        self._programs: dict[str, Program] = {}
        self._leaving: dict[str, asyncio.TimerHandle] = {}
        self._ending: set[asyncio.Task[None]] = set()

    def start(self, program: str, client: str) -> Program:
        """Run a program. Raises: Unavailable: there are too many."""
        if len(self._programs) >= MAX_PROGRAMS:
            self._drop_one()
        started = Program(self._live, program, client)
        self._programs[started.id] = started
        started.start()
        self._leave_later(started)
        return started

    def get(self, program_id: str) -> Program:
        """A program that runs or has ended a moment ago. Raises: NotFound."""
        try:
            return self._programs[program_id]
        except KeyError:
            raise NotFound(N_("There is no program {program_id} that runs."), program_id=program_id) from None

    def owned(self, program_id: str, token: str | None) -> Program:
        """The same, for who may command it. Raises: NotFound, NotOwner."""
        program = self.get(program_id)
        if not secrets.compare_digest(program.token.encode(), (token or "").encode("utf-8", "surrogatepass")):
            raise NotOwner(N_("This is not the owner token of program {program_id}."), program_id=program_id)
        return program

    @contextmanager
    def following(
        self, program: Program, language: Language, *, control: bool, token: str | None = None
    ) -> Iterator[ProgramViewer]:
        """Follow a program for the time of the context. token: to be told."""
        viewer = ProgramViewer(program, language, token, control)
        program.viewers.add(viewer)
        if leaving := self._leaving.pop(program.id, None):
            leaving.cancel()
        try:
            yield viewer
        finally:
            program.viewers.discard(viewer)
            if not program.viewers and program.id in self._programs:
                self._leave_later(program)

    def end(self, program: Program) -> None:
        """End a program and forget it."""
        if self._programs.pop(program.id, None) is not None:
            if leaving := self._leaving.pop(program.id, None):
                leaving.cancel()
            task = asyncio.create_task(program.close())
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    def end_those_of(self, holder: bytes) -> int:
        """End the programs of a browser, and forget them. Returns: how many there were."""
        found = [program for program in self._programs.values() if named(program.client) == holder]
        for program in found:
            self.end(program)
        return len(found)

    async def close(self) -> None:
        """End them all."""
        for program in list(self._programs.values()):
            self.end(program)
        if self._ending:
            await asyncio.wait(self._ending)

    def _drop_one(self) -> None:
        """End the one that nobody has followed for longest."""
        if not self._leaving:
            raise Unavailable(
                RETRY_AFTER, N_("As many programs run as there is room for; try again in a moment.")
            )
        self.end(self._programs[next(iter(self._leaving))])

    def _leave_later(self, program: Program) -> None:
        with contextlib.suppress(KeyError):
            self._leaving.pop(program.id).cancel()
        loop = asyncio.get_running_loop()
        self._leaving[program.id] = loop.call_later(self._keep, self.end, program)
