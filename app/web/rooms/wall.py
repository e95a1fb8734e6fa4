"""The wall: everybody's own curve, read from their runs only while somebody looks at it."""

import asyncio
import logging
import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from app.engine.port import Engine, Mirror
from app.errors import PlaygroundError
from app.protocol.rooms import SKETCHED, ShowsWall
from app.protocol.snapshots import HEADER, PackedSnapshot
from app.rooms.curves import Curve
from app.rooms.verdicts import resampled
from app.web.rooms.rooms import LiveRoom

logger = logging.getLogger(__name__)

INTERVAL = 0.5
"""Seconds between two looks at all runs."""


@dataclass(slots=True, eq=False)
class Watched:
    """A member's run while the wall is looked at."""

    run: str
    mirror: Mirror | None = None
    snapshot: PackedSnapshot | None = None
    task: asyncio.Task[None] | None = None

    async def watch(self, engine: Engine) -> None:
        """Watch the run until cancelled, or until it is gone."""
        with suppress(PlaygroundError):
            async with engine.watch(self.run, changed := asyncio.Event()) as mirror:
                self.mirror = mirror
                while not mirror.gone:
                    changed.clear()
                    await changed.wait()
        self.mirror = None


class Wall:
    """The curves of one room. curves: by member, as they were last looked at."""

    def __init__(self, live: LiveRoom, engine: Engine) -> None:
        self._live = live
        self._engine = engine
        self._watched: dict[int, Watched] = {}
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
            for watched in self._watched.values():
                if watched.task is not None:
                    watched.task.cancel()
            self._watched.clear()

    def _try_to_refresh(self) -> None:
        try:
            self.refresh()
        except Exception:
            logger.exception("the wall of a room met a mistake of this program, and stands still")
            self._is_broken = True

    def refresh(self) -> None:
        """Watch the runs that members have now, and read what has changed."""
        runs = {member.number: member.run for member in self._live.room.admitted if member.run is not None}
        for number, watched in list(self._watched.items()):
            if runs.get(number) != watched.run or (watched.task is not None and watched.task.done()):
                if watched.task is not None:
                    watched.task.cancel()
                del self._watched[number]
        for number in self.curves.keys() - runs.keys():
            del self.curves[number]
        for number, run in runs.items():
            if number not in self._watched:
                watched = self._watched[number] = Watched(run)
                watched.task = asyncio.create_task(watched.watch(self._engine))
        for number, watched in self._watched.items():
            mirror = watched.mirror
            if mirror is not None and mirror.snapshot is not watched.snapshot:
                watched.snapshot = mirror.snapshot
                self.curves[number] = curve_of(mirror)


def curve_of(mirror: Mirror) -> Curve:
    """The fitted curve of a run, from its first input to its last."""
    loss = struct.unpack("<f", mirror.losses[-4:])[0] if mirror.losses else math.nan
    return Curve(mirror.snapshot.step, loss, fitted(mirror))


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
