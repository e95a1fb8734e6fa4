"""All runs of one engine process, and the commands on them."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from app.engine.commands import (
    AnyCommand,
    Command,
    Create,
    Delete,
    Edit,
    EngineOptions,
    Fork,
    GetLog,
    GetLosses,
    GetNorms,
    GetSnapshot,
    GetSnapshots,
    Lines,
    Pause,
    Ping,
    Play,
    Rebuild,
    Request,
    Reset,
    SaveWeights,
    Steps,
    TakeSnapshot,
    Unwatch,
    Update,
    Watch,
)
from app.engine.reports import Logged, Noted, Refusal, Reply, Saved, no_such_run
from app.engine.worker.background import BackgroundWork
from app.engine.worker.catch_up import CatchUps
from app.engine.worker.diagnoses import Diagnoses
from app.engine.worker.live_run import LiveRun
from app.engine.worker.lookback import Lookback, refuse_if_not_taken
from app.engine.worker.quota import Quota
from app.engine.worker.scheduler import Scheduler
from app.errors import N_, Conflict, PlaygroundError, Unavailable
from app.protocol.data import Values
from app.protocol.events import EventLog, UnderWay
from app.protocol.lines import ParameterEdit
from app.protocol.runs import RunConfig
from app.training.device import device_of
from app.training.memory import memory_of
from app.training.run import Run
from app.training.status import set_aside
from app.training.weights import state_dict_file

SAVE_INTERVAL = 3.0
"""Seconds of training between two checkpoints of a run."""
SAVED_AT_ONCE = 64
"""Most checkpoints that are made at once, in a few milliseconds; the rest are made a moment later."""

Send = Callable[[Reply, bytes], None]
T = TypeVar("T")
logger = logging.getLogger(__name__)


class Host:
    """Carries out commands. Each reply goes to `send`, at once or when the work is done."""

    def __init__(self, options: EngineOptions, clock: Callable[[], float], send: Send) -> None:
        self._options = options
        self._clock = clock
        self._to_client = send
        self._open: set[int] = set()
        self._dropped: list[str] = []
        self._device = device_of(options.device)
        self._runs: dict[str, LiveRun] = {}
        self.scheduler = Scheduler(clock, self._on_stop)
        self.background = BackgroundWork(
            clock, self._send, lambda item, error: self._on_error(item.run_id, item.number, error)
        )
        self._diagnoses = Diagnoses(self.background)
        self._quota = Quota(options, self._runs.values())
        self._catch_ups = CatchUps(self.scheduler, self.background, self._on_arrival)
        self._lookback = Lookback(self.scheduler, self.background)

    def watched(self) -> Iterator[LiveRun]:
        """The runs that the feed reports. Not before a run has caught up, and it is known why it ended."""
        for live in self._runs.values():
            if live.watched and not live.is_behind and not self._diagnoses.begin(live):
                yield live

    def forget_unused(self) -> tuple[str, ...]:
        """Delete runs that nobody watched or called for the retention time. Returns the ids of all gone."""
        limit = self._clock() - self._options.run_retention
        unused = [
            live
            for live in self._runs.values()
            if live.used < limit and not any(member.watched for member in live.members)
        ]
        for live in unused:
            self._delete(live)
        gone = (*self._dropped, *(live.run.id for live in unused))
        self._dropped.clear()
        return gone

    def on_no_entry(self, live: LiveRun, error: Exception) -> None:
        """End a run of which the feed can report nothing; delete it if not even that can be reported."""
        if live.run.is_set_aside:
            logger.error("run %s is deleted by a mistake of the server", live.run.id, exc_info=error)
            self._delete(live)
            self._dropped.append(live.run.id)
        else:
            live.told = None  # What the entry would have told has to be told again.
            self.break_down(live, error)

    def save(self) -> Iterator[tuple[Noted | Saved, bytes]]:
        """What the web process is to keep of runs that it has not asked about: news, and checkpoints.

        Of checkpoints that are due the first few, so that no picture waits for many of them. Nothing of a run
        of which a reply is still to be sent, which says first what has happened.
        """
        now = self._clock()
        for live in self._runs.values():
            if (news := None if is_owed_a_reply(live) else live.news()) is not None:
                yield Noted(news=news), b""
        due = [live for live in self._runs.values() if self._is_due(live, now)]
        due.sort(key=lambda live: live.save_due)
        del due[SAVED_AT_ONCE:]
        self.scheduler.bring_up_to_date({live.run for live in due})
        for live in due:
            run = live.run
            if self._is_due(live, now):
                if run.can_be_saved:
                    yield self._saved(live)
                live.saved, live.save_due = (run.generation, run.step), now + SAVE_INTERVAL

    def _is_due(self, live: LiveRun, now: float) -> bool:
        run = live.run
        return (
            (run.status != "playing" or live.save_due <= now)
            and live.saved != (run.generation, run.step)
            and not live.is_behind
            and not is_owed_a_reply(live)
        )

    def _saved(self, live: LiveRun) -> tuple[Saved, bytes]:
        run = live.run
        first = live.n_saved if live.saved and live.saved[0] == run.generation else 0
        checkpoint = run.save()
        live.n_saved = run.step
        report = Saved(
            run_id=run.id,
            step=run.step,
            cursor=len(run.log.events),
            losses_from=first + 1,
            checkpoint_size=len(checkpoint),
        )
        return report, checkpoint + memoryview(run.losses)[first:].tobytes()

    def execute(self, request: Request, payload: bytes = b"") -> None:
        """Carry out a request and reply to it; a refusal is a reply too."""
        command, number = request.command, request.number
        self._open.add(number)
        try:
            self._dispatch(command, number, payload)
        except PlaygroundError as error:
            self._send(Reply(number=number, refusal=Refusal.of(error)), b"")
        except Exception as error:
            self._on_error(command.run_id, number, error)

    def _send(self, reply: Reply, payload: bytes) -> None:
        """Send a reply. A request that is answered already is not answered again."""
        if reply.number in self._open:
            self._open.remove(reply.number)
            self._to_client(reply, payload)

    def break_down(self, live: LiveRun, error: Exception) -> None:
        """End a run in which a mistake of this program was found, and answer those who wait for it."""
        run = live.run
        self.scheduler.remove(run)
        run.break_down(error)
        live.catch_up = None
        live.is_fork = False
        self._catch_ups.arrive(live)
        if live.fork_request is not None:
            self._send(Reply(number=live.fork_request, refusal=Refusal.of(set_aside(run.error))), b"")
            self._delete(live)
            return
        if not self._diagnoses.begin(live):
            self._diagnoses.release(live)
        self._settle(live)

    def _on_error(self, run_id: str, number: int | None, error: Exception) -> None:
        """End the run, if there is one, and refuse the request in which the mistake was found."""
        refusal = Refusal.of(set_aside(f"{type(error).__name__}: {error}"))
        live = self._runs.get(run_id)
        if live is None:
            logger.error("a request was ended by a mistake of the server", exc_info=error)
        else:
            self.break_down(live, error)
        if number is not None and number in self._open:
            reply = Reply(number=number, refusal=refusal)
            self._send(self._with_news(reply, live) if live else reply, b"")

    def _dispatch(self, command: AnyCommand, number: int, payload: bytes) -> None:
        match command:
            case Ping():
                self._send(Reply(number=number, n_steps=self.scheduler.n_steps), b"")
                return
            case Create():
                self._quota.check_memory(memory_of(command.config))
                self._add(command.run_id, command.config, command.values, command.comparison)
            case Rebuild():
                again = self._add(command.run_id, command.begin, command.values, command.comparison)
                again.rebuild_request = number
                self._catch_ups.rebuild(again, command, payload)
                return
        live = self._find(command)
        for member in live.members:
            member.used = self._clock()
        if isinstance(command, Lines | Edit | Update):
            refuse_in_comparison(live)
        if isinstance(command, Edit | Update | Reset | Delete):
            # What was asked before is answered with what is known by now.
            self._diagnoses.release(live)
        self._answer(live, command, number)

    def _answer(self, live: LiveRun, command: AnyCommand, number: int) -> None:
        match command:
            case GetSnapshot() | GetSnapshots() | GetNorms():
                self._lookback.begin(command, number, live.run)
            case Fork():
                self._begin_fork(live.run, command, number)
            case TakeSnapshot():
                self._reply_snapshot(number, live)
            case GetLosses(first_step=first_step):
                losses = memoryview(live.run.losses)[max(0, first_step - 1) :]
                self._reply_state(number, live, losses.tobytes())
            case SaveWeights():
                snapshot = self.scheduler.snapshots([live.run])[live.run]
                weights = state_dict_file(snapshot.unpack(live.run.parameters).parameters)
                self._reply_state(number, live, weights)
            case GetLog():
                self._reply_state(number, live, written(live.run.log))
            case Steps():
                self._begin_steps(live, command, number)
            case Lines(count=count):
                lines = tuple(live.run.run_lines(count))
                self._reply_when_known(Reply(number=number, lines=lines), live)
            case Edit() | Update():
                self._alter(live, command, number)
            case Delete():
                self._delete(live)
                self._send(Reply(number=number), b"")
            case _:
                self._change(live, command)
                self._reply_state(number, live)

    def _change(self, live: LiveRun, command: AnyCommand) -> None:
        match command:
            case Watch():
                live.watched, live.sent = True, None
            case Unwatch():
                live.watched = False
            case Play(steps_per_second=steps_per_second):
                with self._set_aside(live):
                    self._to_each(able(live), lambda run: run.play(steps_per_second))
                self._answer_steps(live)
            case Pause(spares_steps=True) if any(member.under_way for member in live.members):
                pass
            case Pause():
                with self._set_aside(live):
                    self._to_each(live.members, lambda run: run.pause())
            case Reset():
                with self._set_aside(live):
                    self._to_each(live.members, lambda run: run.reset())

    def _alter(self, live: LiveRun, command: Edit | Update, number: int) -> None:
        """Carry out a change that the run's log notes."""
        run = live.run
        if isinstance(command, Edit):
            self._quota.check_memory(memory_of(run.config, run.log, run.trace), live)
            with self._set_aside(live):
                run.edit(ParameterEdit(name=command.name, index=command.index, value=command.value))
            self._reply_snapshot(number, live)
        else:
            goes_on = command.config.goes_on_from(run.config)
            needed = memory_of(command.config, run.log, run.trace) if goes_on else memory_of(command.config)
            self._quota.check_memory(needed, instead_of=live)
            with self._set_aside(live):
                run.update(command.config, command.values)
            self._reply_state(number, live)

    def _to_each(self, members: Iterable[LiveRun], change: Callable[[Run], None]) -> None:
        """Do the same to several runs of a comparison. A mistake in one leaves the others alone."""
        for member in members:
            try:
                change(member.run)
            except PlaygroundError:
                raise
            except Exception as error:
                member.run.break_down(error)

    @contextmanager
    def _set_aside(self, live: LiveRun) -> Iterator[None]:
        """Take a run out of its cohort, so that its tensors are up to date; put it back if it plays.

        All members of its comparison are taken out, so that none takes a step in between.
        """
        for member in live.members:
            self.scheduler.remove(member.run)
        try:
            yield
        finally:
            for member in live.members:
                member.measure()
                self._settle(member)

    def _settle(self, live: LiveRun) -> None:
        if live.run.status == "playing":
            self.scheduler.add(live.run)
        elif not any(member.run.status == "playing" for member in live.members):
            self._answer_steps(live)

    def _on_stop(self, run: Run) -> None:
        live = self._runs[run.id]
        try:
            if not self._catch_ups.go_on(live):
                self._settle(live)
        except Exception as error:
            self.break_down(live, error)

    def _begin_steps(self, live: LiveRun, command: Steps, number: int) -> None:
        if any(member.steps_request is not None for member in live.members):
            raise Conflict(N_("The run is still busy with the steps asked for before."))
        with self._set_aside(live):
            longest, *others = sorted(able(live), key=lambda member: -member.run.steps_left)
            count = command.count if command.until is None else command.until - longest.run.step
            if count <= 0:
                self._reply_snapshot(number, live)
                return
            longest.run.play_steps(count)
            self._to_each(others, lambda run: run.play_steps(min(count, run.steps_left)))
            live.steps_request = number
            live.under_way = UnderWay(command_id=command.command_id, until=longest.run.step + count)

    def _answer_steps(self, live: LiveRun) -> None:
        for member in live.members:
            if member.steps_request is not None:
                number, member.steps_request = member.steps_request, None
                member.under_way = None
                self._reply_snapshot(number, member)

    def _begin_fork(self, run: Run, command: Fork, number: int) -> None:
        refuse_if_not_taken(run, command.step)
        log = run.log.until(command.step)
        needed = memory_of(log.config, log)
        self._quota.check_memory(needed)
        fork = self._add(command.fork_id, log.begin, run.values)
        fork.memory, fork.fork_request = needed, number
        self._catch_ups.fork(fork, run, command.step)

    def _on_arrival(self, live: LiveRun) -> None:
        for number in (live.fork_request, live.rebuild_request):
            if number is not None:
                self._reply_state(number, live)
        live.fork_request = None

    def _delete(self, live: LiveRun) -> None:
        run_id = live.run.id
        self.scheduler.remove(live.run)
        self._diagnoses.release(live)
        self.background.cancel(run_id)
        del self._runs[run_id]
        live.members.remove(live)
        for number in (live.steps_request, live.fork_request, live.rebuild_request):
            if number is not None:
                self._send(Reply(number=number, refusal=Refusal.of(no_such_run(run_id))), b"")

    def _add(
        self, run_id: str, config: RunConfig, values: Values | None, comparison: str | None = None
    ) -> LiveRun:
        self._quota.check_number()
        found = (live.members for live in self._runs.values() if live.run.comparison == comparison)
        live = LiveRun(
            Run(run_id, config, self._device, values, comparison),
            used=self._clock(),
            members=next(found, []) if comparison else [],
            memory=memory_of(config),
        )
        self._runs[run_id] = live
        return live

    def _find(self, command: Command) -> LiveRun:
        live = self._runs.get(command.run_id)
        if live is None:
            raise no_such_run(command.run_id)
        if live.is_behind and not isinstance(command, Watch | Unwatch | Delete):
            raise Unavailable(1.0, N_("The run is being trained again to where it was."))
        return live

    def _reply_state(self, number: int, live: LiveRun, payload: bytes = b"") -> None:
        self._reply_when_known(Reply(number=number), live, payload)

    def _reply_snapshot(self, number: int, live: LiveRun) -> None:
        body = self.scheduler.snapshots([live.run])[live.run].body
        parameters = tuple(live.run.parameters)
        self._reply_when_known(Reply(number=number, parameters=parameters), live, body)

    def _reply_when_known(self, reply: Reply, live: LiveRun, payload: bytes = b"") -> None:
        """Send a reply with the state of the run, and the news of all members of its comparison."""

        def send() -> None:
            if reply.number in self._open:
                self._send(self._with_news(reply, live), payload)

        self._diagnoses.when_known(live, send)

    def _with_news(self, reply: Reply, live: LiveRun) -> Reply:
        if live.is_behind and not live.run.is_set_aside:
            # Where it stands is of no interest, and must not be taken for where it stood.
            return reply
        news = [self._told(member, LiveRun.news) for member in live.members]
        state = self._told(live, lambda live: live.run.state)
        broken = reply.refusal or (Refusal.of(set_aside(live.run.error)) if state is None else None)
        told = {"state": state, "news": tuple(each for each in news if each is not None), "refusal": broken}
        return reply.model_copy(update=told)

    def _told(self, live: LiveRun, tell: Callable[[LiveRun], T]) -> T | None:
        """What there is to tell of a run; None if a mistake in this program makes none of it."""
        try:
            return tell(live)
        except Exception as error:
            self.scheduler.remove(live.run)
            live.run.break_down(error)
            return None


def is_owed_a_reply(live: LiveRun) -> bool:
    """Whether a reply about the run, or another member of its comparison, waits for a diagnosis."""
    return any(member.replies or member.is_being_diagnosed for member in live.members)


def written(log: EventLog) -> bytes:
    """A log as `GetLog` promises it."""
    return Logged(begin=log.begin, events=tuple(log.events)).model_dump_json().encode()


def able(live: LiveRun) -> list[LiveRun]:
    """The members of its comparison that can go on; the run itself if none can, so that it says why not."""
    return [member for member in live.members if not member.run.has_ended] or [live]


def refuse_in_comparison(live: LiveRun) -> None:
    """Refuse to change one member of a comparison alone. Raises: Conflict."""
    if live.run.comparison is not None:
        raise Conflict(
            N_(
                "The runs of a comparison keep step with each other, so one cannot be changed alone. Make"
                " another comparison, or a run with these settings."
            )
        )
