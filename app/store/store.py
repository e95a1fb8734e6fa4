"""The store as the web process sees it: nothing here waits for the disk but who asks to.

One thread writes. What is put while it does is written together next, so that many changes cost one commit.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from math import ceil
from time import monotonic, time
from typing import TYPE_CHECKING, TypeVar

from app.settings import Settings
from app.store.changes import Change, Index, RoomChange, RunChange, StoredRun
from app.store.place import Place
from app.store.trouble import FATAL, LASTING, Kind, StoreTrouble
from app.tally import Tally

if TYPE_CHECKING:
    from app.store.database import Database

PATIENCE = 5.0
"""Seconds after which a disk that does not answer is waited for no longer."""
RETRY = 5.0
"""Seconds between two attempts while there is trouble."""
GATHERED = 0.5
"""Seconds for which changes that nobody waits for are gathered: one commit for all of them."""
PURGES = 600.0
"""Seconds between two searches for what is stored too long, or is too much."""
ROOM = 0.9
"""The part of the allowed size down to which runs are deleted when it is exceeded."""

T = TypeVar("T")
logger = logging.getLogger(__name__)


class Store:
    """Writes changes in the order they are put, and reads runs. One that is not started keeps nothing.

    trouble: what keeps the store from writing; None while all is well. version: that of the tables; None
    until they are open. size: bytes that they take, as of the last look.
    on_open: called with what is stored. on_saved: called when something was written, or is given up.
    on_purge: called with the ids of runs deleted because nobody used them. in_use: whether a run must not be.
    on_room_purge, room_in_use: the same of rooms.
    on_fatal: called when the server must not run.
    """

    def __init__(self, settings: Settings, tally: Tally | None = None) -> None:
        self._tally = tally or Tally()
        self._place = Place.of(settings)
        self._retention = settings.store_retention
        self._room_retention = settings.room_retention
        self._most = settings.store_size
        self._thread = ThreadPoolExecutor(1, "store")
        self._database: Database | None = None
        self._writer: asyncio.Task[None] | None = None
        self._known: set[str] = set()
        self._pending: dict[str, Change] = {}
        self._unsaved: dict[str, int] = {}
        self._n_puts = self._n_written = 0
        self._later: asyncio.TimerHandle | None = None
        self._wanted, self._saved, self._closing = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._purge_due = 0.0
        self._opened = asyncio.Event()
        self.trouble: Kind | None = None
        self.version: str | None = None
        self.size = 0
        self.on_open: Callable[[Index], None] = lambda index: None
        self.on_saved: Callable[[], None] = lambda: None
        self.on_purge: Callable[[Sequence[str]], None] = lambda run_ids: None
        self.on_fatal: Callable[[], None] = lambda: None
        self.in_use: Callable[[str], bool] = lambda run_id: False
        self.on_room_purge: Callable[[str], None] = lambda room_id: None
        self.room_in_use: Callable[[str], bool] = lambda room_id: False

    def start(self) -> None:
        """Begin to open it."""
        self._writer = asyncio.create_task(self._serve())

    async def close(self) -> None:
        """Write what is left, and let go of the file."""
        self._closing.set()
        self._wanted.set()
        if self._writer is not None:
            await self._writer
        self._thread.shutdown(wait=False)

    async def opened(self) -> None:
        """Wait until it is known what is stored. Raises: StoreTrouble: that cannot be known for now."""
        if self._writer is None:
            return
        await self._opened.wait()
        if self._database is None and self.trouble is not None:
            raise StoreTrouble(self.trouble, "it cannot be read")

    def holds(self, run_id: str) -> bool:
        """Whether there is such a run."""
        return run_id in self._known

    def put(self, change: Change, *, lazily: bool = False) -> int:
        """Have a change written at once; or, if nobody waits for it (lazily), with others a moment later.

        Returns its number, for `written`.
        """
        if self._writer is None or self.trouble in LASTING:
            return 0
        if isinstance(change, RunChange):
            if change.begin is not None:
                self._known.add(change.key)
            elif change.key not in self._known:
                return 0
            if change.deleted:
                self._known.discard(change.key)
        earlier = self._pending.get(change.key)
        self._pending[change.key] = earlier.then(change) if earlier else change
        if not lazily:
            self._n_puts += 1
            self._unsaved[change.key] = self._n_puts
            self._wanted.set()
        elif self._later is None:
            self._later = asyncio.get_running_loop().call_later(GATHERED, self._wanted.set)
        return self._n_puts

    @property
    def n_runs(self) -> int:
        """Number of runs that are stored or about to be."""
        return len(self._known)

    @property
    def n_waiting(self) -> int:
        """Number of changes that are not written yet."""
        return len(self._pending)

    @property
    def is_well(self) -> bool:
        """Whether what is put is going to be written."""
        return self._database is not None and self.trouble is None

    def is_saved(self, key: str) -> bool:
        """Whether what was put of a run is written, or the store cannot do so."""
        return self.trouble is not None or key not in self._unsaved

    async def saved(self, key: str) -> None:
        """Wait until what was put of a run is written; no longer than the store is well."""
        while not self.is_saved(key):
            await self._saved.wait()

    async def written(self, number: int) -> None:
        """Wait until a change is written, whatever was put after it; no longer than the store is well."""
        while self.trouble is None and self._n_written < number:
            await self._saved.wait()

    async def load_room(self, room_id: str) -> list[str]:
        """The log of a room, as JSON; empty if there is no such room. Raises: StoreTrouble."""
        if self._database is None:
            return []
        await self.saved(room_id)
        return await self._do(self._database.room, room_id)

    async def load(self, run_id: str) -> dict[str, StoredRun]:
        """A run, with all members of its comparison, by id; empty if there is no such run.

        Raises: StoreTrouble.
        """
        if self._database is None or not self.holds(run_id):
            return {}
        await self._all_put()
        if self.trouble is not None and run_id in self._pending:
            raise StoreTrouble(self.trouble, "what was done to a run is not written yet")
        try:
            return await self._do(self._database.load, run_id)
        except StoreTrouble as error:
            if error.kind in LASTING:
                self._in_trouble(error)
            raise

    async def _all_put(self) -> None:
        """Have all that was put written at once, and wait until it is; no longer than the store is well."""
        keys = [*self._pending, *self._unsaved]
        if self._pending:
            self._n_puts += 1
            self._unsaved |= dict.fromkeys(self._pending, self._n_puts)
            self._wanted.set()
        for key in keys:
            await self.saved(key)

    async def rewrite(self) -> None:
        """Give the space of what was deleted back to the system, and leave nothing of it behind.

        Raises: StoreTrouble.
        """
        if self._database is not None:
            await self._do(self._database.rewrite)
            self.size = await self._do(self._database.size)

    async def _do(self, work: Callable[..., T], *arguments: object) -> T:
        """Do work in the thread. If that takes too long, whoever waits for what was put waits no longer."""
        future = asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)
        done, _ = await asyncio.wait([future], timeout=PATIENCE)
        if not done and self._database is not None:
            self._in_trouble(StoreTrouble("slow", f"nothing for {PATIENCE:.0f} seconds"))
        return await future

    async def _serve(self) -> None:
        """Open the store, and write until it is closed, or can never be written again."""
        closing = False
        while not closing and self.trouble not in LASTING:
            closing = self._closing.is_set()
            try:
                await self._work()
            except StoreTrouble as error:
                self._in_trouble(error)
            except Exception as error:
                logger.exception("the store met a mistake of this program")
                self._in_trouble(StoreTrouble("failed", f"{type(error).__name__}: {error}"))
            if not self._closing.is_set():
                await happens(
                    *((self._closing, RETRY) if self.trouble else (self._wanted, self._until_purge))
                )
        if self._database is not None:
            await self._do(self._database.close)

    async def _work(self) -> None:
        """Do what there is to do. Raises: StoreTrouble."""
        if self._database is None:
            await self._open()
        await self._write()
        if self._until_purge <= 0:
            self._purge_due = monotonic() + PURGES
            await self._purge()

    async def _open(self) -> None:
        # Imported in the thread, because it takes half a second, in which pages are served already.
        module = await self._do(import_module, "app.store.database")
        database: Database = await self._do(module.open_database, self._place)
        index = await self._do(database.index)
        self._database, self.version = database, database.version
        self._known |= {known.run_id for known in index.runs}
        self.on_open(index)
        self._opened.set()

    async def _write(self) -> None:
        self._wanted.clear()
        if self._later is not None:
            self._later.cancel()
            self._later = None
        assert self._database is not None
        batch, self._pending, n_puts = self._pending, {}, self._n_puts
        if batch or self.trouble is not None:
            try:
                with self._tally.timing("store_write"):
                    await self._do(self._database.write, list(batch.values()))
                self._tally.count("store_change", n=len(batch))
            except BaseException:
                later, self._pending = self._pending, batch
                for key, change in later.items():
                    self._pending[key] = batch[key].then(change) if key in batch else change
                raise
        if self.trouble is not None:
            logger.warning("changes are stored again")
            self.trouble = None
        self._unsaved = {key: n for key, n in self._unsaved.items() if n > n_puts}
        self._n_written = n_puts
        self._tell_saved()

    def _in_trouble(self, error: StoreTrouble) -> None:
        kind = error.kind
        self._tally.count("store_failure", kind)
        if kind in FATAL and self._opened.is_set():
            kind = "unreachable"  # What is left of our own connection still has the lock.
        if self.trouble != kind:
            self.trouble = kind
            logger.log(logging.CRITICAL if kind in FATAL else logging.ERROR, "%s", error)
        if kind in LASTING:
            self._pending.clear()
        if kind in FATAL:
            self.on_fatal()
        self._opened.set()
        self._tell_saved()

    def _tell_saved(self) -> None:
        self._saved.set()
        self._saved.clear()
        self.on_saved()

    @property
    def _until_purge(self) -> float:
        return self._purge_due - monotonic()

    async def _purge(self) -> None:
        """Delete what was not used for too long, and of the other runs as many as are too much."""
        assert self._database is not None
        empty = await self._do(self._database.unused_rooms, time() - self._room_retention)
        empty = [room_id for room_id in empty if not self.room_in_use(room_id)]
        for room_id in empty:
            self.put(RoomChange(room_id, "", deleted=True), lazily=True)
            self.on_room_purge(room_id)
        old = await self._unused(time() - self._retention)
        await self._delete(old)
        size = self.size = await self._do(self._database.size)
        too_many = []
        if size > self._most:
            rest = await self._unused(time())
            too_many = rest[: ceil(len(rest) * (1 - ROOM * self._most / size))]
            await self._delete(too_many)
            logger.warning("%d runs are deleted, because all stored runs took %d bytes", len(too_many), size)
        if empty:
            await self._write()
        if old or too_many or empty:
            await self._do(self._database.give_back, bool(too_many))

    async def _unused(self, since: float) -> list[str]:
        assert self._database is not None
        return [run_id for run_id in await self._do(self._database.unused, since) if not self.in_use(run_id)]

    async def _delete(self, run_ids: Sequence[str]) -> None:
        for run_id in run_ids:
            self.put(RunChange(run_id, deleted=True), lazily=True)
        if run_ids:
            self.on_purge(run_ids)
            await self._write()


async def happens(event: asyncio.Event, patience: float) -> None:
    """Wait for an event, but no longer than so many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(max(0.0, patience)):
            await event.wait()
