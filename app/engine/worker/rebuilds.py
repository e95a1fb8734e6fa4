"""Runs that a former engine process had, trained again to where they were."""

from app.engine.commands import Rebuild
from app.engine.worker.live_run import Hosted
from app.engine.worker.scheduler import Scheduler
from app.protocol.events import EventLog
from app.training.memory import memory_of
from app.training.replay import Replay


class Rebuilds:
    """Carries `Rebuild` commands out, beside the training of others."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler

    def begin(self, hosted: Hosted, command: Rebuild) -> None:
        """Begin with a run that stands at step 0."""
        log = EventLog(command.begin)
        log.events += command.events
        hosted.memory = memory_of(log.config, log)
        hosted.rebuild = command
        hosted.replay = Replay(hosted.run, command.events, command.step, command.line)
        self.go_on(hosted)

    def go_on(self, hosted: Hosted) -> bool:
        """To be called whenever the run stands still. Returns whether it is one that is being rebuilt."""
        command, replay = hosted.rebuild, hosted.replay
        if command is None or replay is None:
            return False
        if replay.go_on():
            self._scheduler.add(hosted.run)
            return True
        hosted.replay = None
        if len(hosted.race) == command.racers and not any(member.replay for member in hosted.race):
            for member in hosted.race:
                self._end(member)
        return True

    def _end(self, hosted: Hosted) -> None:
        """All of its race are where they were: those that played go on, at the same moment."""
        command, hosted.rebuild = hosted.rebuild, None
        hosted.measure()
        if command is not None and command.playing and not hosted.run.has_ended:
            hosted.run.play(command.steps_per_second)
            self._scheduler.add(hosted.run)
