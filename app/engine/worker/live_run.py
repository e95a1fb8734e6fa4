"""A run in the engine process, and what the engine remembers about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from app.engine.commands import Rebuild
from app.engine.reports import News
from app.protocol.events import Beginning, Event, UnderWay
from app.training.catch_up import CatchUp
from app.training.memory import memory_of
from app.training.run import Run


@dataclass(frozen=True, slots=True)
class Sent:
    """What the feed last said of a run. turn: the number of that report."""

    generation: int
    data_version: int
    version: int
    step: int
    n_lines: int
    turn: int


class Told(NamedTuple):
    """What the web process was last told of a run's log. last: the last of the `n` events."""

    generation: int
    version: int
    under_way: UnderWay | None
    n: int
    last: Event | None


@dataclass(slots=True, eq=False)
class LiveRun:
    """A run and its place in the engine.

    members: all runs of its comparison, itself included, in the order they were made; itself alone for most.
    used: when a member was last called. memory: bytes that the run may come to take.
    watched: whether the feed reports the run. sent: what the feed has reported since then.
    told: what the web process knows of its log.
    steps_request: the number of the `Steps` command that is answered when the run stands still.
    under_way: that command, as its news tell of it.
    rebuild, catch_up: the `Rebuild` command being carried out, and how far it has come.
    rebuild_request: the command's number.
    is_fork: whether the run is still on its way to the step that it forks from.
    fork_request: the number of the `Fork` command that is answered when it has arrived.
    saved: the generation and step at which it was last seen whether to save the run. n_saved: number of
    losses that were reported with checkpoints. save_due: when the next one of a playing run is due.
    replies: send replies, once it is known why the run ended. is_being_diagnosed: whether that is under way.
    """

    run: Run
    used: float
    members: list["LiveRun"] = field(default_factory=list)
    memory: int = 0
    watched: bool = False
    sent: Sent | None = None
    told: Told | None = None
    steps_request: int | None = None
    under_way: UnderWay | None = None
    rebuild: Rebuild | None = None
    rebuild_request: int | None = None
    catch_up: CatchUp | None = None
    is_fork: bool = False
    fork_request: int | None = None
    saved: tuple[int, int] | None = None
    n_saved: int = 0
    save_due: float = 0.0
    replies: list[Callable[[], None]] = field(default_factory=list)
    is_being_diagnosed: bool = False

    def __post_init__(self) -> None:
        self.members.append(self)

    @property
    def is_behind(self) -> bool:
        """Whether the run is still being trained to where its clients believe it is."""
        return self.rebuild is not None or self.is_fork

    @property
    def has_news(self) -> bool:
        """Whether the feed has something to report."""
        run, sent = self.run, self.sent
        return (
            sent is None
            or sent.step != run.step
            or sent.version != run.version
            or sent.generation != run.generation
        )

    def news(self) -> News | None:
        """What the web process has not been told of the run's log and state; None if it knows all."""
        run, told = self.run, self.told
        under_way = self.under_way
        if len(self.members) > 1:
            under_way = next((member.under_way for member in self.members if member.under_way), None)
        if told and told.version == run.version and told[:3] == (run.generation, run.version, under_way):
            return None
        if self.is_behind:
            return None
        begin, events, first = None, run.log.events, 0
        if told is None or told.generation != run.generation:
            begin = Beginning(config=run.log.begin, values=run.values, comparison=run.comparison)
        elif told.n:
            # A change may have replaced the last event that was told.
            first = told.n if events[told.n - 1] == told.last else told.n - 1
        news = News(
            begin=begin, first=first, events=tuple(events[first:]), state=run.state, under_way=under_way
        )
        self.told = Told(run.generation, run.version, under_way, len(events), events[-1] if events else None)
        return news

    def knows(self, events: Sequence[Event]) -> None:
        """Note that the web process has these events of the run's log, and that nothing else is sure."""
        self.told = Told(self.run.generation, -1, None, len(events), events[-1] if events else None)

    def measure(self) -> None:
        """Update `memory` after a change of the run."""
        self.memory = memory_of(self.run.config, self.run.log, self.run.trace)
