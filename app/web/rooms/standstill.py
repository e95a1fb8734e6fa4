"""Who is stuck: whose run has ended badly, or stands still. Known without watching any run."""

from time import monotonic
from typing import NamedTuple

from app.engine.port import Engine
from app.web.rooms.rooms import LiveRoom

STUCK = 30.0
"""Seconds without a step after which a run counts as stuck."""


class Seen(NamedTuple):
    """A member's run as it was when it was last found otherwise. at: when that was."""

    run: str
    status: str
    step: int
    at: float


class Standstill:
    """The members of one room whose runs stand still. interval: seconds between two looks."""

    interval = 2.0

    def __init__(self, live: LiveRoom, engine: Engine) -> None:
        self._live = live
        self._engine = engine
        self._seen: dict[int, Seen] = {}

    def look(self) -> None:
        """Look at all runs, and tell the room if others are stuck now."""
        runs = {member.number: member.run for member in self._live.room.admitted if member.run is not None}
        self._seen = {number: seen for number, seen in self._seen.items() if runs.get(number) == seen.run}
        stuck = frozenset(number for number, run in runs.items() if self._is_stuck(number, run))
        if stuck != self._live.now.stuck:
            self._live.now.stuck = stuck
            self._live.tell()

    def _is_stuck(self, number: int, run: str) -> bool:
        state = self._engine.known(run)
        if state is None or state.status == "playing" or state.reason in ("max_steps", "stop_loss"):
            self._seen.pop(number, None)
            return False
        seen = self._seen.get(number)
        if seen is None or (seen.status, seen.step) != (state.status, state.step):
            seen = self._seen[number] = Seen(run, state.status, state.step, monotonic())
        return state.reason is not None or monotonic() - seen.at > STUCK
