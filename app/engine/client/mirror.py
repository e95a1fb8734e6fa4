"""Mirrors of watched runs in the web process, kept up to date by the feed."""

import asyncio
import struct
from collections import deque
from itertools import islice

from app.engine.reports import Begin, DataSizes, FeedEntry
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
        self.state: RunState
        self.snapshot: PackedSnapshot
        self.events: tuple[Event, ...] = ()
        self.available = True
        self.gone = False
        self.begun = asyncio.Event()
        self.watchers: set[asyncio.Event] = set()

    def apply(self, entry: FeedEntry, payload: memoryview, state: RunState) -> None:
        """Apply one entry of the feed, its part of the payload, and the run's state.

        The first entry must have `begin`.
        """
        if entry.begin is not None:
            self._begin(entry.begin)
        if entry.data is not None:
            self.points = points_in(payload, entry.data)
        losses = len(payload) - 4 * entry.n_losses
        del self.losses[4 * (entry.losses_from - 1) :]
        self.losses += payload[losses:]
        snapshot = PackedSnapshot(bytes(payload[losses - entry.snapshot_size : losses]))
        self.n_snapshots += not self.begun.is_set() or snapshot.step != self.snapshot.step
        self.snapshot = snapshot
        self.lines += entry.lines
        self.n_lines += len(entry.lines)
        self.state = state.model_copy(update={"step": self.snapshot.step})
        self.available = True
        self.begun.set()
        self.wake()

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


def points_in(payload: memoryview, sizes: DataSizes) -> Points:
    """The points at the start of an entry's part of the payload."""
    floats = iter(struct.unpack_from(f"<{sum(sizes.parts)}f", payload))
    x, y, test_x, test_y, grid = (list(islice(floats, length)) for length in sizes.parts)
    return Points(x=x, y=y, test_x=test_x, test_y=test_y, grid=grid)
