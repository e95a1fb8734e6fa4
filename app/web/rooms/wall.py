"""The wall: everybody's own curve, read from their runs only while somebody looks at it."""

import asyncio
import logging
import math
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from app.engine.port import Engine, Mirror
from app.errors import PlaygroundError
from app.protocol.rooms import SKETCHED, ShowsWall
from app.protocol.runs import Status
from app.protocol.snapshots import HEADER, PackedSnapshot
from app.protocol.stream import Points
from app.rooms.curves import Curve, Scatter
from app.rooms.verdicts import resampled
from app.web.rooms.rooms import LiveRoom

logger = logging.getLogger(__name__)

INTERVAL = 0.5
"""Seconds between two looks at all runs."""


@dataclass(slots=True, eq=False)
class Watched:
    """A member's run while somebody looks at it. seen: what was last read of it."""

    run: str
    mirror: Mirror | None = None
    seen: tuple[PackedSnapshot, Status, Points] | None = None
    task: asyncio.Task[None] | None = None

    async def watch(self, engine: Engine) -> None:
        """Watch the run until cancelled; not at all if there is none."""
        with suppress(PlaygroundError):
            async with engine.watch(self.run, asyncio.Event()) as mirror:
                self.mirror = mirror
                await asyncio.Event().wait()

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more to be seen of it."""
        return (self.mirror is not None and self.mirror.gone) or (self.task is not None and self.task.done())


class WatchedRuns(dict[int, Watched]):
    """The watched runs of members, by member."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine

    def follow(self, runs: Mapping[int, str]) -> None:
        """Watch these, and no others."""
        for number, watched in list(self.items()):
            if runs.get(number) != watched.run or watched.is_over:
                self.drop(number)
        for number, run in runs.items():
            if number not in self:
                watched = self[number] = Watched(run)
                watched.task = asyncio.create_task(watched.watch(self._engine))

    def drop(self, number: int) -> None:
        """Watch one no longer."""
        if (task := self.pop(number).task) is not None:
            task.cancel()


class Wall:
    """The curves of one room. curves: by member, as they were last looked at."""

    def __init__(self, live: LiveRoom, engine: Engine) -> None:
        self._live = live
        self._watched = WatchedRuns(engine)
        self._lookers = 0
        self._looking: asyncio.Task[None] | None = None
        self._is_broken = False
        self.curves: dict[int, Curve] = {}
        self.changed = asyncio.Condition()

    @property
    def shown(self) -> ShowsWall | None:
        """The wall, if it is what everybody sees."""
        screen = self._live.room.screen
        return screen if isinstance(screen, ShowsWall) else None

    @contextmanager
    def looked_at(self) -> Iterator[None]:
        """Keep the curves up to date for the time of the context."""
        self._lookers += 1
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        try:
            yield
        finally:
            self._lookers -= 1
            if not self._lookers and self._looking is not None:
                self._looking.cancel()
                self._looking = None

    async def _look(self) -> None:
        try:
            while True:
                if self.shown is not None and not self.shown.frozen and not self._is_broken:
                    self._try_to_refresh()
                async with self.changed:
                    self.changed.notify_all()
                await asyncio.sleep(INTERVAL)
        finally:
            self._watched.follow({})

    def _try_to_refresh(self) -> None:
        try:
            self.refresh()
        except Exception:
            logger.exception("the wall of a room met a mistake of this program, and stands still")
            self._is_broken = True

    def refresh(self) -> None:
        """Watch the runs that members have now, and read what has changed."""
        runs = {member.number: member.run for member in self._live.room.admitted if member.run is not None}
        self._watched.follow(runs)
        for number in self.curves.keys() - runs.keys():
            del self.curves[number]
        for number, watched in self._watched.items():
            mirror = watched.mirror
            if mirror is None or mirror.gone:
                continue
            before, seen = watched.seen, (mirror.snapshot, mirror.head.status, mirror.points)
            if before is None or any(one is not other for one, other in zip(before, seen, strict=True)):
                same = before is not None and before[2] is mirror.points and number in self.curves
                scatter = self.curves[number].scatter if same else scatter_of(mirror.points)
                self.curves[number] = curve_of(mirror, scatter)
                watched.seen = seen


def curve_of(mirror: Mirror, scatter: Scatter) -> Curve:
    """The fitted curve of a run, from its first input to its last."""
    return Curve.of(mirror.snapshot.step, last_loss(mirror), mirror.head.status, fitted(mirror), scatter)


def scatter_of(points: Points) -> Scatter:
    """All points of a run: of two inputs, where they lie."""
    up, test_up = (points.x2, points.test_x2) if points.x2 else (points.y, points.test_y)
    return Scatter.of([*points.x, *points.test_x], [*up, *test_up])


def last_loss(mirror: Mirror) -> float:
    """The loss that the last step computed; NaN before the first."""
    if not mirror.losses:
        return math.nan
    (loss,) = struct.unpack("<f", mirror.losses[-4:])
    return float(loss)


def fitted(mirror: Mirror) -> tuple[float | None, ...]:
    """The heights of the fitted curve at equal distances from the first input to the last.

    None all along of a model that is no curve.
    """
    body, points = mirror.snapshot.body, mirror.points
    if not points.grid:
        return (None,) * SKETCHED
    n_prediction, n_grid = HEADER.unpack_from(body)[7:9]
    heights = struct.unpack_from(f"<{n_grid}f", body, HEADER.size + 4 * n_prediction)
    inputs = [*points.x, *points.test_x]
    return resampled(points.grid, heights, min(inputs), max(inputs))
