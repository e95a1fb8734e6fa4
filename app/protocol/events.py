"""What was done to a run on its way. Its numbers follow from this, its seed and its first settings."""

from app.errors import N_, Conflict
from app.protocol.data import MAX_SAMPLES
from app.protocol.lines import ParameterEdit
from app.protocol.record import Record
from app.protocol.runs import LineName, RunConfig

MAX_EVENTS = 1000
"""Events kept for one run; one more is refused until it is reset."""
MAX_EVENT_POINTS = 100_000
"""Points that were given in all of them together."""


class Event(Record):
    """A change, and where in the training it was made: exactly one of `config` and `edit` is set."""

    step: int
    """Steps taken before."""
    line: LineName | None
    """In the middle of a step: the line that was to run next, under the settings before."""
    config: RunConfig | None = None
    """The settings from here on."""
    edit: ParameterEdit | None = None

    def at_the_place_of(self, other: "Event") -> bool:
        """Whether nothing ran between the two."""
        return (self.step, self.line) == (other.step, other.line)


class EventLog:
    """The events since step 0, in their order.

    begin: the settings the run began with.
    """

    def __init__(self, begin: RunConfig) -> None:
        self.begin = begin
        self.events: list[Event] = []

    def add(self, event: Event) -> None:
        """Note what was done. One that makes the last one as if it had not been takes its place."""
        if self.events and self._replaces_last(event):
            self.events.pop()
        self.events.append(event)

    def until(self, step: int) -> "EventLog":
        """What led to where the run stood after that step, before any line of the next one."""
        log = EventLog(self.begin)
        log.events = [event for event in self.events if (event.step, event.line is not None) <= (step, False)]
        return log

    @property
    def config(self) -> RunConfig:
        """The settings it led to."""
        return next((event.config for event in reversed(self.events) if event.config is not None), self.begin)

    def refuse_if_full(self) -> None:
        """Raises: Conflict: no further event can be kept."""
        if len(self.events) >= MAX_EVENTS or self.n_points > MAX_EVENT_POINTS - MAX_SAMPLES:
            raise Conflict(
                N_("The run was changed {events} times since step 0. Reset it first."),
                events=len(self.events),
            )

    @property
    def n_points(self) -> int:
        """Points that were given in the events."""
        return sum(len(event.config.data.points or ()) for event in self.events if event.config)

    def _replaces_last(self, event: Event) -> bool:
        last = self.events[-1]
        if not event.at_the_place_of(last):
            return False
        if event.edit is not None and last.edit is not None:
            return (event.edit.name, event.edit.index) == (last.edit.name, last.edit.index)
        return (
            event.config is not None
            and last.config is not None
            and forgets(self._config_before_last(), last.config)
            and forgets(last.config, event.config)
        )

    def _config_before_last(self) -> RunConfig:
        earlier = (event.config for event in reversed(self.events[:-1]) if event.config is not None)
        return next(earlier, self.begin)


def forgets(old: RunConfig, new: RunConfig) -> bool:
    """Whether going from one to the other leaves no trace: no new optimizer, schedule or epoch."""
    lr = {"lr": new.optimizer.lr}
    return (
        old.optimizer.model_copy(update=lr) == new.optimizer
        and old.scheduler is new.scheduler is None
        and old.batch_size == new.batch_size
        and old.loop.forward == new.loop.forward
        and old.loop.loss == new.loop.loss
        and (old.data == new.data or goes_unnoticed(old, new))
    )


def goes_unnoticed(old: RunConfig, new: RunConfig) -> bool:
    """Whether other points neither begin an epoch nor let a run go on that had reached its `stop_loss`."""
    before, after = old.data.points, new.data.points
    as_many = (
        before is not None
        and after is not None
        and len(before) == len(after)
        and old.data.test_fraction == new.data.test_fraction
    )
    return new.stop_loss is old.stop_loss is None and (new.batch_size is None or as_many)
