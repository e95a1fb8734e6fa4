"""The log of changes made to a run. Its numbers follow from the log, its seed and its first settings."""

from app.errors import N_, Conflict
from app.protocol.data import MAX_SAMPLES, Values
from app.protocol.lines import ParameterEdit
from app.protocol.record import Record
from app.protocol.runs import FinishReason, LineName, RunConfig

MAX_EVENTS = 1000
"""Most events of one run; one more is refused until it is reset."""
MAX_EVENT_POINTS = 100_000
"""Most points in all events of one run together."""


class Beginning(Record):
    """What does not change until a run begins anew. values: those of the formula in its data."""

    config: RunConfig
    values: Values | None = None
    comparison: str | None = None


class Event(Record):
    """A change or an end, and its place in the training. One of `config`, `edit` and `ended` is set."""

    step: int
    """Number of steps taken before."""
    line: LineName | None
    """The line that was to run next under the settings before, if in the middle of a step."""
    config: RunConfig | None = None
    """The settings after the change."""
    edit: ParameterEdit | None = None
    ended: FinishReason | None = None
    """Why the run ended here; "failed": torch refused the step that comes next."""

    def at_the_place_of(self, other: "Event") -> bool:
        """Whether no line ran between the two events."""
        return (self.step, self.line) == (other.step, other.line)


class UnderWay(Record):
    """A command to take steps that is not answered yet. until: the step at which it is."""

    command_id: str | None = None
    until: int


class EventLog:
    """The events since step 0, in order.

    begin: the settings that the run began with.
    """

    def __init__(self, begin: RunConfig) -> None:
        self.begin = begin
        self.events: list[Event] = []

    def add(self, event: Event) -> None:
        """Add an event. It replaces the last one if that leaves no trace after it."""
        if self.events and self._replaces_last(event):
            self.events.pop()
        self.events.append(event)

    def until(self, step: int) -> "EventLog":
        """The log of the events up to the end of that step, before any line of the next one."""
        log = EventLog(self.begin)
        log.events = [
            event
            for event in self.events
            if (event.step, event.line is not None) <= (step, False) and event.ended != "failed"
        ]
        return log

    @property
    def changes(self) -> list[Event]:
        """The events that are no ends: what was done to the run."""
        return [event for event in self.events if event.ended is None]

    @property
    def config(self) -> RunConfig:
        """The settings after all events."""
        return next((event.config for event in reversed(self.events) if event.config is not None), self.begin)

    def refuse_if_full(self) -> None:
        """Check that one more event can be kept. Raises: Conflict."""
        if len(self.events) >= MAX_EVENTS or self.n_points > MAX_EVENT_POINTS - MAX_SAMPLES:
            raise Conflict(
                N_("The run was changed {events} {events:time|times} since step 0. Reset it first."),
                events=len(self.events),
            )

    @property
    def n_points(self) -> int:
        """Number of points in all events."""
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
    """Whether a change from `old` to `new` leaves no trace: no new optimizer, schedule or epoch."""
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
    """Whether other points neither begin an epoch nor let a run that reached its `stop_loss` go on."""
    before, after = old.data.points, new.data.points
    as_many = (
        before is not None
        and after is not None
        and len(before) == len(after)
        and old.data.test_fraction == new.data.test_fraction
    )
    return new.stop_loss is old.stop_loss is None and (new.batch_size is None or as_many)
