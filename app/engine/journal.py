"""What the client remembers of each run, so that a new engine process can train it again to where it was."""

from app.engine.messages import Change, Rebuild
from app.errors import N_, Conflict
from app.protocol.runs import RunState

MAX_CHANGES = 1000
"""Changes of settings kept for one run; one more is refused until it is reset."""


class Journal:
    """The settings a run began with, those it was given later and at which step, and its last known state.

    A run's numbers follow from these alone, so nothing else need be kept.
    """

    def __init__(self, state: RunState) -> None:
        self.state = state
        self._begin = state.config
        self._changes: list[Change] = []

    def begin_anew(self, state: RunState) -> None:
        """The run is at step 0 again, with these settings."""
        self.state = state
        self._begin = state.config
        self._changes = []

    def change(self, state: RunState) -> None:
        """The run has other settings, from its present step on, or it began anew if they are of that kind."""
        if not self.state.config.begins_like(state.config):
            self.begin_anew(state)
            return
        self.state = state
        if self._changes and self._changes[-1].step == state.step:
            self._changes.pop()
        self._changes.append(Change(step=state.step, config=state.config))

    def refuse_if_full(self) -> None:
        """Raises: Conflict: no further change can be remembered."""
        if len(self._changes) >= MAX_CHANGES:
            raise Conflict(
                N_("The settings were changed {max_changes} times since step 0. Reset the run first."),
                max_changes=MAX_CHANGES,
            )

    def rebuild(self, stopped: bool) -> Rebuild:
        """The command that trains it again. stopped: it is not to play on by itself."""
        last = self.state
        return Rebuild(
            run_id=last.id,
            begin=self._begin,
            changes=tuple(self._changes),
            step=last.step,
            # A run that torch refused to step plays into the same refusal again.
            playing=last.status in ("playing", "failed") and not stopped,
            steps_per_second=last.steps_per_second,
        )
