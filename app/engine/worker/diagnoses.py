"""Diagnoses of runs that have ended, made beside the training of the others."""

from collections.abc import Callable

from app.engine.worker.background import BackgroundWork, Work, WorkItem
from app.engine.worker.live_run import LiveRun


class Diagnoses:
    """Finds out why runs ended, and lets replies that carry their states wait for that."""

    def __init__(self, background: BackgroundWork) -> None:
        self._background = background

    def begin(self, live: LiveRun) -> bool:
        """Begin the diagnoses that are missing. Returns whether any member has ended and lacks one."""
        undiagnosed = [member for member in live.members if member.run.is_undiagnosed]
        for member in undiagnosed:
            if not member.is_being_diagnosed:
                member.is_being_diagnosed = True
                self._background.add(WorkItem(member.run.id, None, self._work(member)))
        return bool(undiagnosed)

    def when_known(self, live: LiveRun, reply: Callable[[], None]) -> None:
        """Call `reply` once it is known why the run and the other members of its comparison ended."""
        if self.begin(live):
            live.replies.append(reply)
        else:
            reply()

    def release(self, live: LiveRun) -> None:
        """Call all replies that wait for the run or another member of its comparison."""
        for member in live.members:
            replies, member.replies = member.replies, []
            for reply in replies:
                reply()

    def _work(self, live: LiveRun) -> Work:
        try:
            yield from live.run.diagnosis()
        finally:
            live.is_being_diagnosed = False
        # It may have ended once more meanwhile.
        if not self.begin(live):
            self.release(live)
        return None
