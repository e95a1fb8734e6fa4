"""Mirrors of watched runs in the web process, kept up to date by the feed."""

import asyncio
import struct
from collections import deque
from itertools import islice

from app.engine.reports import Begin, DataSizes, FeedEntry, Head
from app.protocol.events import Event
from app.protocol.lines import MAX_LINES, LineRan
from app.protocol.runs import ParameterInfo, RunState
from app.protocol.snapshots import PackedSnapshot
from app.protocol.stream import Points


class RunMirror:
    """One run's `app.engine.port.Mirror`. Its fields are set once the first entry of the feed has `begun` it.

    watchers: events to set when the mirror changes.
    """

    def __init__(self) -> None:
        self.generation = 0
        self.points: Points
        self.parameters: list[ParameterInfo] = []
        self.losses = bytearray()
        self.lines: deque[LineRan] = deque(maxlen=MAX_LINES)
        self.n_lines = 0
        self.n_snapshots = 0
        self.head: RunState
        self.snapshot: PackedSnapshot
        self.events: tuple[Event, ...] = ()
        self.available = True
        self.gone = False
        self.begun = asyncio.Event()
        self.watchers: set[asyncio.Event] = set()

    @property
    def state(self) -> RunState:
        """Part of `app.engine.port.Mirror`. Made when it is asked for: that takes longer than a picture."""
        if self.head.step != self.snapshot.step:
            self.head = self.head.model_copy(update={"step": self.snapshot.step})
        return self.head

    def apply(self, entry: FeedEntry, head: RunState) -> None:
        """Apply one entry of the feed. The first must have `begin`.

        head: the run's state, but for its step.
        """
        if entry.head is not None:
            self._change(entry.head, entry.points)
        del self.losses[4 * (entry.losses_from - 1) :]
        self.losses += entry.losses
        snapshot = PackedSnapshot(entry.snapshot)
        self.n_snapshots += not self.begun.is_set() or snapshot.step != self.snapshot.step
        self.snapshot = snapshot
        self.head = head
        self.available = True
        self.begun.set()
        self.wake()

    def _change(self, head: Head, points: bytes) -> None:
        if head.begin is not None:
            self._begin(head.begin)
        if head.data is not None:
            self.points = points_in(points, head.data)
        self.lines += head.lines
        self.n_lines += len(head.lines)

    def _begin(self, begin: Begin) -> None:
        self.generation += self.begun.is_set()
        self.parameters = list(begin.parameters)
        self.losses = bytearray()

    def lose(self) -> None:
        """Note that the engine is being replaced."""
        self.available = False
        self.wake()

    def end(self) -> None:
        """Note that the run was deleted."""
        self.gone = True
        self.begun.set()
        self.wake()

    def wake(self) -> None:
        """Tell every watcher that the mirror has changed."""
        for changed in self.watchers:
            changed.set()


def points_in(payload: bytes, sizes: DataSizes) -> Points:
    """The points of an entry of the feed."""
    floats = iter(struct.unpack(f"<{sum(sizes.parts)}f", payload))
    x, x2, y, test_x, test_x2, test_y, grid = (list(islice(floats, length)) for length in sizes.parts)
    return Points(x=x, x2=x2, y=y, test_x=test_x, test_x2=test_x2, test_y=test_y, grid=grid, area=sizes.area)
