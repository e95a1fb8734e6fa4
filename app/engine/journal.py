"""What the client remembers of each run, so that a new engine process can train it again to where it was."""

from app.engine.messages import Rebuild
from app.protocol.events import Event, EventLog
from app.protocol.lines import ParameterEdit
from app.protocol.runs import RunState


class Journal:
    """The settings a run began with, what was done to it since, and its last known state.

    A run's numbers follow from these alone, so nothing else need be kept.
    """

    def __init__(self, state: RunState) -> None:
        self.state = state
        self.log = EventLog(state.config)

    def begin_anew(self, state: RunState) -> None:
        """The run is at step 0 again, with these settings."""
        self.state = state
        self.log = EventLog(state.config)

    def change(self, state: RunState) -> None:
        """The run has other settings, from where it is now on, or it began anew if they are of that kind."""
        if self.state.config.begins_like(state.config):
            # Another line is next under other settings. A run that plays has finished the step in hand.
            line = None if state.status == "playing" else self.state.line
            self.state = state
            self.log.add(Event(step=state.step, line=line, config=state.config))
        else:
            self.begin_anew(state)

    def edit(self, state: RunState, edit: ParameterEdit) -> None:
        """A parameter was changed by hand, where the run is now."""
        self.state = state
        self.log.add(Event(step=state.step, line=state.line, edit=edit))

    def rebuild(self, stopped: bool) -> Rebuild:
        """The command that trains it again. stopped: it is not to play on by itself."""
        last = self.state
        return Rebuild(
            run_id=last.id,
            begin=self.log.begin,
            events=tuple(self.log.events),
            step=last.step,
            line=last.line,
            # A run that torch refused to step plays into the same refusal again.
            playing=last.status in ("playing", "failed") and not stopped,
            steps_per_second=last.steps_per_second,
        )
