"""Runs that are trained again to where they were: after the loss of an engine process, and as forks."""

import logging
from collections.abc import Callable, Generator

from app.engine.commands import Rebuild
from app.engine.worker.background import BackgroundWork, Work, WorkItem
from app.engine.worker.live_run import LiveRun
from app.engine.worker.scheduler import Scheduler
from app.protocol.events import EventLog
from app.training.catch_up import CatchUp, Strayed, bring, resumed
from app.training.memory import memory_of
from app.training.run import Run

logger = logging.getLogger(__name__)


class CatchUps:
    """Carries out `Rebuild` and `Fork` commands beside the training of other runs.

    A rebuilt run takes its steps by the scheduler, a fork as background work. on_arrival: called with each
    run that stands where it is to stand.
    """

    def __init__(
        self, scheduler: Scheduler, background: BackgroundWork, on_arrival: Callable[[LiveRun], None]
    ) -> None:
        self._scheduler = scheduler
        self._background = background
        self._on_arrival = on_arrival

    def fork(self, fork: LiveRun, source: Run, step: int) -> None:
        """Begin to bring a fork to a step of its source."""
        fork.is_fork = True
        self._scheduler.hand_over(source)
        self._background.add(WorkItem(fork.run.id, None, self._fork(fork, bring(fork.run, source, step))))

    def _fork(self, fork: LiveRun, bringing: Generator[None]) -> Work:
        yield from bringing
        fork.is_fork = False
        self._on_arrival(fork)
        return None

    def rebuild(self, live: LiveRun, command: Rebuild, payload: bytes) -> None:
        """Begin to rebuild a run, which stands at step 0. payload: as the command says."""
        log = EventLog(command.begin)
        log.events += command.events
        live.memory = memory_of(log.config, log)
        live.rebuild = command
        live.knows(command.events)
        last, events = command.last, command.events
        if command.checkpoint_size:
            checkpoint, losses = payload[: command.checkpoint_size], payload[command.checkpoint_size :]
            events = tuple(resumed(live.run, checkpoint, events, losses))
            live.saved, live.n_saved = (live.run.generation, live.run.step), live.run.step
        live.catch_up = CatchUp(live.run, events, command.step, last.line, last)
        self.go_on(live)

    def go_on(self, live: LiveRun) -> bool:
        """Go on with a run that has stopped playing. Returns whether it is being rebuilt."""
        if live.rebuild is None:
            return False
        if live.catch_up is not None and self._plays(live, live.catch_up):
            self._scheduler.add(live.run)
            return True
        live.catch_up = None
        self.arrive(live)
        return True

    def _plays(self, live: LiveRun, catch_up: CatchUp) -> bool:
        try:
            return catch_up.go_on()
        except Strayed as error:
            logger.warning("run %s cannot be rebuilt: %s", live.run.id, error)
            if live.rebuild is not None:
                live.run.begin(live.rebuild.last.config)
            live.run.set_aside("strayed", str(error))
            return False

    def arrive(self, live: LiveRun) -> None:
        """Let rebuilt runs play on that played before, once all members of the comparison are there."""
        n_members = live.rebuild.n_members if live.rebuild else 1
        if len(live.members) == n_members and not any(member.catch_up for member in live.members):
            for member in live.members:
                self._end(member)

    def _end(self, live: LiveRun) -> None:
        command, live.rebuild = live.rebuild, None
        live.measure()
        if command is None:
            return
        if not live.run.generation and live.run.log.events != [*command.events]:
            live.knows(())
        if command.playing and not live.run.has_ended:
            live.run.play(command.steps_per_second)
            self._scheduler.add(live.run)
        self._on_arrival(live)
