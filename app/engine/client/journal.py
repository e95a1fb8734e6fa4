"""What the client remembers of each run, so that a new engine process can train it again to where it was."""

from collections.abc import Sequence

from app.engine.commands import Rebuild
from app.protocol.data import Values
from app.protocol.events import Event, EventLog
from app.protocol.lines import ParameterEdit
from app.protocol.runs import RunState


class Journal:
    """The settings a run began with, what was done to it since, and its last known state.

    A run's numbers follow from these alone, and from the values of its formula, so nothing else need be kept.
    race: the runs it keeps step with.
    """

    def __init__(self, state: RunState, values: Values | None = None, race: str | None = None) -> None:
        self.state = state
        self.values = values
        self.race = race
        self.log = EventLog(state.config)

    def begin_anew(self, state: RunState) -> None:
        """The run is at step 0 again, with these settings."""
        self.state = state
        self.log = EventLog(state.config)

    def change(self, state: RunState, values: Values | None = None) -> None:
        """The run has other settings, from where it is now on, or it began anew if they are of that kind."""
        self.values = values or self.values
        if state.config.goes_on_from(self.state.config):
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

    def fork(self, state: RunState) -> "Journal":
        """Of another run that stands where this one stood after as many steps."""
        journal = Journal(state, self.values)
        journal.log = self.log.until(state.step)
        return journal

    def rebuild(self, stopped: bool, race: Sequence["Journal"]) -> Rebuild:
        """The command that trains it again.

        stopped: it is not to play on by itself. race: the journals of its race, itself included. Not all of
        them may have been watched, so all are brought to where the one is that is known to be farthest.
        """
        last = self.state
        farthest = max((journal.state for journal in race), key=lambda state: (not state.reason, state.step))
        return Rebuild(
            run_id=last.id,
            begin=self.log.begin,
            values=self.values if self.log.begin.recipe else None,
            events=tuple(self.log.events),
            step=max(last.step, farthest.step),
            line=last.line,
            # A run that torch refused to step plays into the same refusal again.
            playing=(last.status == "failed" or farthest.status == "playing") and not stopped,
            steps_per_second=farthest.steps_per_second,
            race=self.race,
            racers=len(race),
        )
