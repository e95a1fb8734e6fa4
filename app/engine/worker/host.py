"""The runs of one engine process, and what each command does to them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.engine.commands import (
    AnyCommand,
    Arrive,
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
from app.engine.worker.background import Errand, Errands, Work
from app.engine.worker.live_run import Hosted
from app.engine.worker.lookback import Recall, refuse_if_not_taken
from app.engine.worker.quota import Allowance
from app.engine.worker.rebuilds import Rebuilds
from app.engine.worker.scheduler import Scheduler
from app.errors import N_, Conflict, PlaygroundError, Unavailable
from app.protocol.data import Values
from app.protocol.runs import RunConfig
from app.training.device import device_of
from app.training.memory import memory_of
from app.training.retrace import retrace
from app.training.run import Run
from app.training.weights import state_dict_file

Send = Callable[[Reply, bytes], None]


class Host:
    """Carries out commands. Replies go to `send`, at once or, for steps, when they are done."""

    def __init__(self, options: EngineOptions, clock: Callable[[], float], send: Send) -> None:
        self._options = options
        self._clock = clock
        self._send = send
        self._device = device_of(options.device)
        self._hosted: dict[str, Hosted] = {}
        self.scheduler = Scheduler(clock, self._on_stop)
        self.errands = Errands(clock, send)
        self._allowance = Allowance(options, self._hosted.values())
        self._rebuilds = Rebuilds(self.scheduler)
        self._recall = Recall(self.scheduler, self.errands)

    def watched(self) -> Iterator[Hosted]:
        """Runs to tell of in the feed; one that is still being rebuilt is not."""
        return (hosted for hosted in self._hosted.values() if hosted.watched and not hosted.is_behind)

    def forget_unused(self) -> tuple[str, ...]:
        """Drop runs that nobody watched or called for the retention time. Returns their ids."""
        limit = self._clock() - self._options.run_retention
        unused = [
            hosted
            for hosted in self._hosted.values()
            if hosted.used < limit and not any(member.watched for member in hosted.race)
        ]
        for hosted in unused:
            self._delete(hosted)
        return tuple(hosted.run.id for hosted in unused)

    def execute(self, request: Request) -> None:
        """Do what is asked, and reply. What is refused is a reply too."""
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
                self._allowance.check_memory(memory_of(command.config))
                self._add(command.run_id, command.config, command.values, command.race)
            case Rebuild():
                again = self._add(command.run_id, command.begin, command.values, command.race)
                self._rebuilds.begin(again, command)
                self._send(Reply(number=number), b"")
                return
        hosted = self._find(command)
        for member in hosted.race:
            member.used = self._clock()
        if isinstance(command, Lines | Edit | Update):
            refuse_in_race(hosted)
        self._answer(hosted, command, number)

    def _answer(self, hosted: Hosted, command: AnyCommand, number: int) -> None:
        match command:
            case GetSnapshot() | GetSnapshots() | GetNorms():
                self._recall.begin(command, number, hosted.run)
            case Fork():
                self._begin_fork(hosted.run, command, number)
            case TakeSnapshot():
                self._reply_snapshot(number, hosted)
            case GetLosses(first_step=first_step):
                losses = memoryview(hosted.run.losses)[max(0, first_step - 1) :]
                self._reply_state(number, hosted, losses.tobytes())
            case SaveWeights():
                snapshot = self.scheduler.snapshots([hosted.run])[hosted.run]
                weights = state_dict_file(snapshot.unpack(hosted.run.parameters).parameters)
                self._reply_state(number, hosted, weights)
            case Steps(count=count):
                self._begin_steps(hosted, count, number)
            case Lines(count=count):
                lines = hosted.run.run_lines(count)
                self._send(Reply(number=number, state=hosted.run.state, lines=tuple(lines)), b"")
            case Edit(edit=edit):
                self._allowance.check_memory(
                    memory_of(hosted.run.config, hosted.run.log, hosted.run.history), hosted
                )
                with self._in_hand(hosted):
                    hosted.run.edit(edit)
                self._reply_snapshot(number, hosted)
            case Delete():
                self._delete(hosted)
                self._send(Reply(number=number), b"")
            case _:
                self._change(hosted, command)
                if isinstance(command, Arrive) and hosted.forks:
                    hosted.arrival = number
                else:
                    self._reply_state(number, hosted)

    def _change(self, hosted: Hosted, command: AnyCommand) -> None:
        match command:
            case Watch():
                hosted.watched, hosted.told = True, None
            case Unwatch():
                hosted.watched = False
            case Play(steps_per_second=steps_per_second):
                with self._in_hand(hosted):
                    for run in able(hosted):
                        run.play(steps_per_second)
                self._answer_steps(hosted)
            case Pause():
                with self._in_hand(hosted):
                    for member in hosted.race:
                        member.run.pause()
            case Reset():
                with self._in_hand(hosted):
                    for member in hosted.race:
                        member.run.reset()
            case Update(config=config, values=values):
                run = hosted.run
                goes_on = config.goes_on_from(run.config)
                needed = memory_of(config, run.log, run.history) if goes_on else memory_of(config)
                self._allowance.check_memory(needed, instead_of=hosted)
                with self._in_hand(hosted):
                    run.update(config, values)

    @contextmanager
    def _in_hand(self, hosted: Hosted) -> Iterator[None]:
        """Out of the cohort while it is changed, so that all its numbers are its own; back in if it plays.

        With all of its race, so that none takes a step in between.
        """
        for member in hosted.race:
            self.scheduler.remove(member.run)
        try:
            yield
        finally:
            for member in hosted.race:
                member.measure()
                self._settle(member)

    def _settle(self, hosted: Hosted) -> None:
        if hosted.run.status == "playing":
            self.scheduler.add(hosted.run)
        elif not any(member.run.status == "playing" for member in hosted.race):
            self._answer_steps(hosted)

    def _on_stop(self, run: Run) -> None:
        hosted = self._hosted[run.id]
        if not self._rebuilds.go_on(hosted):
            self._settle(hosted)

    def _begin_steps(self, hosted: Hosted, count: int, number: int) -> None:
        if any(member.steps_request is not None for member in hosted.race):
            raise Conflict(N_("The run is still busy with the steps asked for before."))
        with self._in_hand(hosted):
            longest, *others = sorted(able(hosted), key=lambda run: -run.steps_left)
            longest.play_steps(count)
            for run in others:
                run.play_steps(min(count, run.steps_left))
            hosted.steps_request = number

    def _answer_steps(self, hosted: Hosted) -> None:
        for member in hosted.race:
            if member.steps_request is not None:
                self._reply_snapshot(member.steps_request, member)
                member.steps_request = None

    def _begin_fork(self, run: Run, command: Fork, number: int) -> None:
        refuse_if_not_taken(run, command.step)
        log = run.log.until(command.step)
        needed = memory_of(log.config, log)
        self._allowance.check_memory(needed)
        self.scheduler.hand_over(run)
        fork = self._add(command.fork_id, log.begin, run.values)
        fork.memory, fork.forks = needed, True
        work = self._fork(fork, retrace(fork.run, run.history, log, command.step))
        self.errands.add(Errand(command.fork_id, None, work))
        state = fork.run.state.model_copy(update={"config": log.config, "step": command.step})
        self._send(Reply(number=number, state=state), b"")

    def _fork(self, fork: Hosted, way: Work) -> Work:
        yield from way
        fork.forks = False
        if fork.arrival is not None:
            self._reply_state(fork.arrival, fork)
        return None

    def _delete(self, hosted: Hosted) -> None:
        run_id = hosted.run.id
        self.scheduler.remove(hosted.run)
        self.errands.cancel(run_id)
        del self._hosted[run_id]
        hosted.race.remove(hosted)
        for number in (hosted.steps_request, hosted.arrival if hosted.forks else None):
            if number is not None:
                self._send(Reply(number=number, refusal=Refusal.of(no_such_run(run_id))), b"")

    def _add(self, run_id: str, config: RunConfig, values: Values | None, race: str | None = None) -> Hosted:
        self._allowance.check_number()
        members = (hosted.race for hosted in self._hosted.values() if race and hosted.run.race == race)
        hosted = Hosted(
            Run(run_id, config, self._device, values, race),
            used=self._clock(),
            race=next(members, []),
            memory=memory_of(config),
        )
        self._hosted[run_id] = hosted
        return hosted

    def _find(self, command: Command) -> Hosted:
        hosted = self._hosted.get(command.run_id)
        if hosted is None:
            raise no_such_run(command.run_id)
        if hosted.is_behind and not isinstance(command, Watch | Unwatch | Delete | Arrive):
            raise Unavailable(1.0, N_("The run is being trained again to where it was."))
        return hosted

    def _reply_state(self, number: int, hosted: Hosted, payload: bytes = b"") -> None:
        others = tuple(member.run.state for member in hosted.race if member is not hosted)
        self._send(Reply(number=number, state=hosted.run.state, others=others), payload)

    def _reply_snapshot(self, number: int, hosted: Hosted) -> None:
        run = hosted.run
        snapshot = self.scheduler.snapshots([run])[run]
        others = tuple(member.run.state for member in hosted.race if member is not hosted)
        reply = Reply(number=number, state=run.state, others=others, parameters=tuple(run.parameters))
        self._send(reply, snapshot.head)


def able(hosted: Hosted) -> list[Run]:
    """The runs of its race that can go on; itself, to say why not, if none can."""
    return [member.run for member in hosted.race if not member.run.has_ended] or [hosted.run]


def refuse_in_race(hosted: Hosted) -> None:
    """Raises: Conflict: it is in a race, and would differ from the others or leave them."""
    if hosted.run.race is not None:
        raise Conflict(
            N_(
                "The runs of a comparison keep step with each other, so one cannot be changed alone. Make"
                " another comparison, or a run with these settings."
            )
        )
