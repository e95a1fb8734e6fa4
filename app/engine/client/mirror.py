"""What the web process knows of a watched run, kept up to date from the feed."""

import asyncio
import struct
from collections import deque
from itertools import islice

from app.engine.reports import Begin, DataSizes, FeedEntry
from app.protocol.lines import MAX_LINES, LineRan
from app.protocol.runs import ParameterInfo, RunState
from app.protocol.snapshots import PackedSnapshot
from app.protocol.stream import Points


class RunMirror:
    """The fields of `app.engine.port.Mirror`. Empty until the first entry of the feed has `begun` it."""

    def __init__(self) -> None:
        self.generation = 0
        self.points: Points
        self.parameters: list[ParameterInfo] = []
        self.losses = bytearray()
        self.lines: deque[LineRan] = deque(maxlen=MAX_LINES)
        self.n_lines = 0
        self.state: RunState
        self.snapshot: PackedSnapshot
        self.available = True
        self.gone = False
        self.begun = asyncio.Event()
        self.watches: set[RunWatch] = set()

    def apply(self, entry: FeedEntry, payload: memoryview) -> None:
        """Take in one entry of the feed and its part of the payload. The first must be one that begins."""
        if entry.begin is not None:
            self._begin(entry.begin)
        if entry.data is not None:
            self.points = points_in(payload, entry.data)
        losses = len(payload) - 4 * entry.n_losses
        del self.losses[4 * (entry.losses_from - 1) :]
        self.losses += payload[losses:]
        self.snapshot = PackedSnapshot(bytes(payload[losses - entry.snapshot_size : losses]))
        self.lines += entry.lines
        self.n_lines += len(entry.lines)
        state = entry.state or self.state
        self.state = state.model_copy(update={"step": self.snapshot.step})
        self.available = True
        self.begun.set()
        self.wake()

    def _begin(self, begin: Begin) -> None:
        self.generation += self.begun.is_set()
        self.parameters = list(begin.parameters)
        self.losses = bytearray()

    def lose(self) -> None:
        """The engine is being replaced."""
        self.available = False
        self.wake()

    def end(self) -> None:
        """The run was deleted."""
        self.gone = True
        self.begun.set()
        self.wake()

    def wake(self) -> None:
        """Let every watch see what changed."""
        for watch in self.watches:
            watch.news.set()


def points_in(payload: memoryview, sizes: DataSizes) -> Points:
    """The points at the beginning of an entry's part of the payload."""
    floats = iter(struct.unpack_from(f"<{sum(sizes.parts)}f", payload))
    x, y, test_x, test_y, grid = (list(islice(floats, length)) for length in sizes.parts)
    return Points(x=x, y=y, test_x=test_x, test_y=test_y, grid=grid)


class RunWatch:
    """One follower of a run: `app.engine.port.Watch`."""

    def __init__(self, mirror: RunMirror) -> None:
        self.mirror = mirror
        self.news = asyncio.Event()

    async def changed(self) -> None:
        """Wait until the mirror differs from when this last returned."""
        await self.news.wait()
        self.news.clear()
