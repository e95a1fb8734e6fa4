"""All runs of one engine process, and the commands on them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.engine.commands import (
    AnyCommand,
    AwaitFork,
    Command,
    Create,
    Delete,
    Edit,
    EngineOptions,
    Fork,
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
from app.engine.reports import Refusal, Reply, no_such_run
from app.engine.worker.background import BackgroundWork
from app.engine.worker.catch_up import CatchUps
from app.engine.worker.live_run import LiveRun
from app.engine.worker.lookback import Lookback, refuse_if_not_taken
from app.engine.worker.quota import Quota
from app.engine.worker.scheduler import Scheduler
from app.errors import N_, Conflict, PlaygroundError, Unavailable
from app.protocol.data import Values
from app.protocol.runs import RunConfig
from app.training.device import device_of
from app.training.memory import memory_of
from app.training.run import Run
from app.training.weights import state_dict_file

Send = Callable[[Reply, bytes], None]


class Host:
    """Carries out commands. Each reply goes to `send`, at once or when the work is done."""

    def __init__(self, options: EngineOptions, clock: Callable[[], float], send: Send) -> None:
        self._options = options
        self._clock = clock
        self._send = send
        self._device = device_of(options.device)
        self._runs: dict[str, LiveRun] = {}
        self.scheduler = Scheduler(clock, self._on_stop)
        self.background = BackgroundWork(clock, send)
        self._quota = Quota(options, self._runs.values())
        self._catch_ups = CatchUps(self.scheduler, self.background, self._on_fork)
        self._lookback = Lookback(self.scheduler, self.background)

    def watched(self) -> Iterator[LiveRun]:
        """The runs that the feed reports. A run that is still catching up is not reported."""
        return (live for live in self._runs.values() if live.watched and not live.is_behind)

    def forget_unused(self) -> tuple[str, ...]:
        """Delete runs that nobody watched or called for the retention time. Returns their ids."""
        limit = self._clock() - self._options.run_retention
        unused = [
            live
            for live in self._runs.values()
            if live.used < limit and not any(member.watched for member in live.members)
        ]
        for live in unused:
            self._delete(live)
        return tuple(live.run.id for live in unused)

    def execute(self, request: Request) -> None:
        """Carry out a request and reply to it; a refusal is a reply too."""
        try:
            self._dispatch(request.command, request.number)
        except PlaygroundError as error:
            self._send(Reply(number=request.number, refusal=Refusal.of(error)), b"")

    def _dispatch(self, command: AnyCommand, number: int) -> None:
        match command:
            case Ping():
                self._send(Reply(number=number), b"")
                return
            case Create():
                self._quota.check_memory(memory_of(command.config))
                self._add(command.run_id, command.config, command.values, command.comparison)
            case Rebuild():
                again = self._add(command.run_id, command.begin, command.values, command.comparison)
                self._catch_ups.rebuild(again, command)
                self._send(Reply(number=number), b"")
                return
        live = self._find(command)
        for member in live.members:
            member.used = self._clock()
        if isinstance(command, Lines | Edit | Update):
            refuse_in_comparison(live)
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
            case Steps(count=count):
                self._begin_steps(live, count, number)
            case Lines(count=count):
                lines = live.run.run_lines(count)
                self._send(Reply(number=number, state=live.run.state, lines=tuple(lines)), b"")
            case Edit(edit=edit):
                self._quota.check_memory(memory_of(live.run.config, live.run.log, live.run.trace), live)
                with self._set_aside(live):
                    live.run.edit(edit)
                self._reply_snapshot(number, live)
            case Delete():
                self._delete(live)
                self._send(Reply(number=number), b"")
            case _:
                self._change(live, command)
                if isinstance(command, AwaitFork) and live.is_fork:
                    live.fork_request = number
                else:
                    self._reply_state(number, live)

    def _change(self, live: LiveRun, command: AnyCommand) -> None:
        match command:
            case Watch():
                live.watched, live.sent = True, None
            case Unwatch():
                live.watched = False
            case Play(steps_per_second=steps_per_second):
                with self._set_aside(live):
                    for run in able(live):
                        run.play(steps_per_second)
                self._answer_steps(live)
            case Pause():
                with self._set_aside(live):
                    for member in live.members:
                        member.run.pause()
            case Reset():
                with self._set_aside(live):
                    for member in live.members:
                        member.run.reset()
            case Update(config=config, values=values):
                run = live.run
                goes_on = config.goes_on_from(run.config)
                needed = memory_of(config, run.log, run.trace) if goes_on else memory_of(config)
                self._quota.check_memory(needed, instead_of=live)
                with self._set_aside(live):
                    run.update(config, values)

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
        if not self._catch_ups.go_on(live):
            self._settle(live)

    def _begin_steps(self, live: LiveRun, count: int, number: int) -> None:
        if any(member.steps_request is not None for member in live.members):
            raise Conflict(N_("The run is still busy with the steps asked for before."))
        with self._set_aside(live):
            longest, *others = sorted(able(live), key=lambda run: -run.steps_left)
            longest.play_steps(count)
            for run in others:
                run.play_steps(min(count, run.steps_left))
            live.steps_request = number

    def _answer_steps(self, live: LiveRun) -> None:
        for member in live.members:
            if member.steps_request is not None:
                self._reply_snapshot(member.steps_request, member)
                member.steps_request = None

    def _begin_fork(self, run: Run, command: Fork, number: int) -> None:
        refuse_if_not_taken(run, command.step)
        log = run.log.until(command.step)
        needed = memory_of(log.config, log)
        self._quota.check_memory(needed)
        fork = self._add(command.fork_id, log.begin, run.values)
        fork.memory = needed
        self._catch_ups.fork(fork, run, log, command.step)
        state = fork.run.state.model_copy(update={"config": log.config, "step": command.step})
        self._send(Reply(number=number, state=state), b"")

    def _on_fork(self, fork: LiveRun) -> None:
        if fork.fork_request is not None:
            self._reply_state(fork.fork_request, fork)

    def _delete(self, live: LiveRun) -> None:
        run_id = live.run.id
        self.scheduler.remove(live.run)
        self.background.cancel(run_id)
        del self._runs[run_id]
        live.members.remove(live)
        for number in (live.steps_request, live.fork_request if live.is_fork else None):
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
        if live.is_behind and not isinstance(command, Watch | Unwatch | Delete | AwaitFork):
            raise Unavailable(1.0, N_("The run is being trained again to where it was."))
        return live

    def _reply_state(self, number: int, live: LiveRun, payload: bytes = b"") -> None:
        others = tuple(member.run.state for member in live.members if member is not live)
        self._send(Reply(number=number, state=live.run.state, others=others), payload)

    def _reply_snapshot(self, number: int, live: LiveRun) -> None:
        run = live.run
        snapshot = self.scheduler.snapshots([run])[run]
        others = tuple(member.run.state for member in live.members if member is not live)
        reply = Reply(number=number, state=run.state, others=others, parameters=tuple(run.parameters))
        self._send(reply, snapshot.body)


def able(live: LiveRun) -> list[Run]:
    """The members of its comparison that can go on; the run itself if none can, so that it says why not."""
    return [member.run for member in live.members if not member.run.has_ended] or [live.run]


def refuse_in_comparison(live: LiveRun) -> None:
    """Refuse to change one member of a comparison alone. Raises: Conflict."""
    if live.run.comparison is not None:
        raise Conflict(
            N_(
                "The runs of a comparison keep step with each other, so one cannot be changed alone. Make"
                " another comparison, or a run with these settings."
            )
        )
