"""The runs of one engine process, and what each command does to them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.engine.hosted import Hosted
from app.engine.messages import (
    AnyCommand,
    Command,
    Create,
    Delete,
    Edit,
    EngineOptions,
    GetLosses,
    Lines,
    Pause,
    Ping,
    Play,
    Rebuild,
    Refusal,
    Reply,
    Request,
    Reset,
    SaveWeights,
    Steps,
    TakeSnapshot,
    Unwatch,
    Update,
    Watch,
    no_such_run,
)
from app.engine.scheduler import Scheduler
from app.errors import N_, Conflict, Invalid, PlaygroundError, TooMany, Unavailable
from app.protocol.runs import RunConfig
from app.training.device import device_of
from app.training.memory import memory_of
from app.training.replay import Replay
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

    def watched(self) -> Iterator[Hosted]:
        """Runs to tell of in the feed; one that is still being rebuilt is not."""
        return (hosted for hosted in self._hosted.values() if hosted.watched and hosted.rebuild is None)

    def forget_unused(self) -> tuple[str, ...]:
        """Drop runs that nobody watched or called for the retention time. Returns their ids."""
        limit = self._clock() - self._options.run_retention
        unused = tuple(
            run_id for run_id, hosted in self._hosted.items() if hosted.used < limit and not hosted.watched
        )
        for run_id in unused:
            self.scheduler.remove(self._hosted.pop(run_id).run)
        return unused

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
                self._check_memory(command.config)
                self._add(command.run_id, command.config)
            case Rebuild():
                self._begin_rebuild(self._add(command.run_id, command.begin), command)
                self._send(Reply(number=number), b"")
                return
        hosted = self._find(command)
        hosted.used = self._clock()
        match command:
            case TakeSnapshot():
                self._reply_snapshot(number, hosted.run)
            case GetLosses(first_step=first_step):
                losses = memoryview(hosted.run.losses)[max(0, first_step - 1) :]
                self._reply_state(number, hosted.run, losses.tobytes())
            case SaveWeights():
                snapshot = self.scheduler.snapshots([hosted.run])[hosted.run]
                weights = state_dict_file(snapshot.unpack(hosted.run.parameters).parameters)
                self._reply_state(number, hosted.run, weights)
            case Steps(count=count):
                self._begin_steps(hosted, count, number)
            case Lines(count=count):
                lines = hosted.run.run_lines(count)
                self._send(Reply(number=number, state=hosted.run.state, lines=tuple(lines)), b"")
            case Edit(edit=edit):
                with self._in_hand(hosted) as run:
                    run.edit(edit)
                self._reply_snapshot(number, hosted.run)
            case Delete():
                self._delete(hosted)
                self._send(Reply(number=number), b"")
            case _:
                self._change(hosted, command)
                self._reply_state(number, hosted.run)

    def _change(self, hosted: Hosted, command: AnyCommand) -> None:
        match command:
            case Watch():
                hosted.watched, hosted.told = True, None
            case Unwatch():
                hosted.watched = False
            case Play(steps_per_second=steps_per_second):
                with self._in_hand(hosted) as run:
                    run.play(steps_per_second)
                self._answer_steps(hosted)
            case Pause():
                with self._in_hand(hosted) as run:
                    run.pause()
            case Reset():
                with self._in_hand(hosted) as run:
                    run.reset()
            case Update(config=config):
                self._check_memory(config, instead_of=hosted)
                with self._in_hand(hosted) as run:
                    run.update(config)
                hosted.memory = memory_of(config)

    @contextmanager
    def _in_hand(self, hosted: Hosted) -> Iterator[Run]:
        """Out of its cohort while it is changed, so that all its numbers are its own; back in if it plays."""
        self.scheduler.remove(hosted.run)
        try:
            yield hosted.run
        finally:
            self._settle(hosted)

    def _settle(self, hosted: Hosted) -> None:
        if hosted.run.status == "playing":
            self.scheduler.add(hosted.run)
        else:
            self._answer_steps(hosted)

    def _on_stop(self, run: Run) -> None:
        hosted = self._hosted[run.id]
        if hosted.rebuild is not None and hosted.replay is not None:
            self._continue_rebuild(hosted, hosted.rebuild, hosted.replay)
        else:
            self._settle(hosted)

    def _begin_steps(self, hosted: Hosted, count: int, number: int) -> None:
        if hosted.steps_request is not None:
            raise Conflict(N_("The run is still busy with the steps asked for before."))
        with self._in_hand(hosted) as run:
            run.play_steps(count)
            hosted.steps_request = number

    def _answer_steps(self, hosted: Hosted) -> None:
        if hosted.steps_request is not None:
            self._reply_snapshot(hosted.steps_request, hosted.run)
            hosted.steps_request = None

    def _begin_rebuild(self, hosted: Hosted, command: Rebuild) -> None:
        hosted.rebuild = command
        hosted.replay = Replay(hosted.run, command.events, command.step, command.line)
        self._continue_rebuild(hosted, command, hosted.replay)

    def _continue_rebuild(self, hosted: Hosted, command: Rebuild, replay: Replay) -> None:
        """Let it train on; called whenever the run stands still."""
        if replay.go_on():
            self.scheduler.add(hosted.run)
            return
        hosted.rebuild = hosted.replay = None
        if command.playing and not replay.has_ended:
            hosted.run.play(command.steps_per_second)
            self.scheduler.add(hosted.run)

    def _delete(self, hosted: Hosted) -> None:
        self.scheduler.remove(hosted.run)
        del self._hosted[hosted.run.id]
        if hosted.steps_request is not None:
            refusal = Refusal.of(no_such_run(hosted.run.id))
            self._send(Reply(number=hosted.steps_request, refusal=refusal), b"")

    def _add(self, run_id: str, config: RunConfig) -> Hosted:
        if len(self._hosted) >= self._options.max_runs:
            raise TooMany(
                60.0,
                N_("The server holds {max_runs} runs, as many as it may. Try again later."),
                max_runs=self._options.max_runs,
            )
        hosted = Hosted(Run(run_id, config, self._device), used=self._clock(), memory=memory_of(config))
        self._hosted[run_id] = hosted
        return hosted

    def _check_memory(self, config: RunConfig, instead_of: Hosted | None = None) -> None:
        """Raises: Invalid, TooMany: these settings need more memory than one run, or all, may take."""
        needed, allowed = memory_of(config), self._options.run_memory
        if needed > allowed:
            raise Invalid(
                "",
                N_("A run with these settings takes {needed} bytes of memory; {allowed} are allowed."),
                needed=needed, allowed=allowed,
            )  # fmt: skip
        taken = sum(hosted.memory for hosted in self._hosted.values() if hosted is not instead_of)
        if taken + needed > self._options.runs_memory:
            raise TooMany(
                60.0,
                N_("All runs together take {taken} bytes of memory; {allowed} are allowed. Try again later."),
                taken=taken, allowed=self._options.runs_memory,
            )  # fmt: skip

    def _find(self, command: Command) -> Hosted:
        hosted = self._hosted.get(command.run_id)
        if hosted is None:
            raise no_such_run(command.run_id)
        if hosted.rebuild is not None and not isinstance(command, Watch | Unwatch | Delete):
            raise Unavailable(1.0, N_("The run is being trained again to where it was."))
        return hosted

    def _reply_state(self, number: int, run: Run, payload: bytes = b"") -> None:
        self._send(Reply(number=number, state=run.state), payload)

    def _reply_snapshot(self, number: int, run: Run) -> None:
        snapshot = self.scheduler.snapshots([run])[run]
        reply = Reply(number=number, state=run.state, parameters=tuple(run.parameters))
        self._send(reply, snapshot.head)
