"""All rooms there are: the logs of those in use, and of the others what the store's index knows."""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from app.errors import N_, NotFound, TooMany
from app.protocol.rooms import Role, RoomRequest
from app.rooms import events as happened
from app.rooms import rules, views
from app.rooms.events import EVENT, Event, Verdict, Words
from app.rooms.room import Room, after, folded
from app.settings import Settings
from app.store.changes import Index, RoomChange
from app.store.store import Store
from app.store.trouble import StoreTrouble
from app.tally import Tally
from app.web.edge.limits import Client, named
from app.web.runs.registry import digest as digest_of

if TYPE_CHECKING:
    from app.web.rooms.standstill import Standstill
    from app.web.rooms.wall import Wall

RETRY_AFTER = 60.0
PER_BROWSER = 8
"""Rooms of one browser."""
IDLE = 600.0
"""Seconds after which a room that nobody follows leaves the memory."""
INTERRUPTED = N_("The server was started again before torch had an answer. Reveal it once more.")


def digest(token: str) -> str:
    """What is kept of a token."""
    return digest_of(token).hex()


@dataclass(slots=True, eq=False)
class LiveRoom:
    """A room in memory. version: grows with each change. ticket: the store's number of the last event.

    watchers: set when something has changed, each with the number of its member, if it is a member's.
    texts: the parts of states that many see, of this version.
    tasks: what takes a while, such as a reveal. leading: held while the class is taken to another step.
    """

    room: Room
    holder: bytes | None
    n_events: int
    ticket: int = 0
    version: int = 0
    used: float = field(default_factory=time.monotonic)
    ended: bool = False
    now: views.Now = field(default_factory=views.Now)
    present: Counter[int] = field(default_factory=Counter)
    watchers: dict[asyncio.Event, int | None] = field(default_factory=dict)
    texts: dict[tuple[Role, str], tuple[str, str | None]] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    leading: asyncio.Lock = field(default_factory=asyncio.Lock)
    observed: bool = False
    wall: "Wall | None" = None
    standstill: "Standstill | None" = None

    def tell(self, member: int | None = None) -> None:
        """Wake everybody who follows. member: of the members this one; others know with the next change."""
        self.version += 1
        self.texts.clear()
        self.used = time.monotonic()
        for watcher, number in self.watchers.items():
            if member is None or number is None or number == member:
                watcher.set()

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something for the room that takes a while; it is stopped when the room ends."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    @contextmanager
    def watched(self, changed: asyncio.Event, member: int | None) -> Iterator[None]:
        """Follow the room for the time of the context. member: who is present meanwhile."""
        self.watchers[changed] = member
        if member is not None:
            self._come(member, 1)
        try:
            yield
        finally:
            del self.watchers[changed]
            if member is not None:
                self._come(member, -1)
            self.used = time.monotonic()

    def _come(self, member: int, n: int) -> None:
        was = member in self.present
        self.present[member] += n
        if self.present[member] <= 0:
            del self.present[member]
        if was != (member in self.present):
            self.now.present = dict(self.present)
            self.tell()


class Known(NamedTuple):
    """A room that is stored. holder: the digest of the browser that made it."""

    code: str
    holder: bytes | None


class Rooms:
    """Opens rooms, finds them, and writes down what happens in them."""

    def __init__(self, settings: Settings, store: Store, tally: Tally | None = None) -> None:
        self._store = store
        self._tally = tally or Tally()
        self._most = settings.max_rooms
        self.most_members = settings.room_members
        self._known: dict[str, Known] = {}
        self._by_code: dict[str, str] = {}
        self._by_address: dict[str, bytes] = {}
        self._live: dict[str, LiveRoom] = {}
        self._loading: dict[str, asyncio.Task[LiveRoom]] = {}
        self.chance = secrets.SystemRandom()
        self.clock: Callable[[], float] = time.time

    def restore(self, index: Index) -> None:
        """Take in what is stored."""
        for room_id, code, holder in index.rooms:
            self._know(room_id, Known(code, holder))

    def _know(self, room_id: str, known: Known) -> None:
        self._known[room_id] = known
        self._by_code[known.code] = room_id

    def in_use(self, room_id: str) -> bool:
        """Whether anybody follows the room."""
        return room_id in self._live and bool(self._live[room_id].watchers)

    def forget(self, room_id: str) -> None:
        """Note that a room is gone, and end it for whoever follows it."""
        known = self._known.pop(room_id, None)
        if known is not None:
            self._by_code.pop(known.code, None)
        self._by_address.pop(room_id, None)
        if (live := self._live.pop(room_id, None)) is not None:
            live.ended = True
            for task in live.tasks:
                task.cancel()
            live.tell()

    @property
    def n_rooms(self) -> int:
        """Number of rooms, in memory or stored."""
        return len(self._known)

    @property
    def in_memory(self) -> Sequence[LiveRoom]:
        """The rooms that were used of late."""
        return tuple(self._live.values())

    def held_by(self, holder: bytes) -> list[str]:
        """The rooms that a browser opened."""
        return [room_id for room_id, known in self._known.items() if known.holder == holder]

    # Opening.

    def open(self, client: Client, room_id: str, token: str, request: RoomRequest) -> LiveRoom:
        """Make a room. Raises: TooMany."""
        holder, address = named(str(client)), named(client.address)
        if len(self._known) >= self._most:
            self._tally.count("limit", "rooms")
            raise TooMany(RETRY_AFTER, N_("The server has as many rooms as it may have."))
        mine = sum(known.holder == holder for known in self._known.values())
        there = sum(one == address for one in self._by_address.values())
        if (client.session is not None and mine >= PER_BROWSER) or there >= max(PER_BROWSER, self._most // 2):
            self._tally.count("limit", "rooms held")
            template = N_("You hold {n} {n:room|rooms}, as many as one may. End one that you no longer need.")
            raise TooMany(RETRY_AFTER, template, n=mine if client.session is not None else there)
        code = rules.new_code(self.chance)
        while code in self._by_code:
            code = rules.new_code(self.chance)
        opened = happened.Opened(
            at=self.clock(),
            id=room_id,
            code=code,
            owner=digest(token),
            names=request.names,
            screen=request.screen,
        )
        live = LiveRoom(after(None, opened), holder if client.session is not None else None, n_events=0)
        rules.check_screen(live.room, request.screen)
        self._live[room_id] = live
        self._know(room_id, Known(code, live.holder))
        self._by_address[room_id] = address
        self._write(live, [opened])
        return live

    # Finding.

    async def by_code(self, code: str) -> LiveRoom:
        """The room of a code. Raises: NotFound, Unavailable."""
        await self._opened()
        room_id = self._by_code.get(code.upper())
        if room_id is None:
            raise NotFound(N_("There is no room {code}. Look at the code once more."), code=code[:12])
        return await self.get(room_id)

    async def get(self, room_id: str) -> LiveRoom:
        """A room. Raises: NotFound, Unavailable: it cannot be read for now."""
        if (live := self._live.get(room_id)) is not None:
            live.used = time.monotonic()
            return live
        await self._opened()
        if room_id not in self._known:
            raise NotFound(N_("There is no room {room_id}."), room_id=room_id)
        if (loading := self._loading.get(room_id)) is None:
            loading = self._loading[room_id] = asyncio.create_task(self._load(room_id))
            loading.add_done_callback(lambda _: self._loading.pop(room_id, None))
        return await asyncio.shield(loading)

    async def _opened(self) -> None:
        try:
            await self._store.opened()
        except StoreTrouble as error:
            if not self._live:
                raise error.refusal() from error

    async def _load(self, room_id: str) -> LiveRoom:
        try:
            log = [EVENT.validate_json(text) for text in await self._store.load_room(room_id)]
        except StoreTrouble as error:
            raise error.refusal() from error
        if room_id not in self._known or not log:
            raise NotFound(N_("There is no room {room_id}."), room_id=room_id)
        self._put_idle_away()
        live = self._live[room_id] = LiveRoom(folded(log), self._known[room_id].holder, n_events=len(log))
        question = live.room.question
        if question is not None and question.phase == "revealing":
            verdict = Verdict(answer=None, shown=Words(template=INTERRUPTED))
            self.note(live, happened.Revealed(at=self.clock(), question=question.number, verdict=verdict))
        else:
            self._write(live, [])  # It is used.
        return live

    def _put_idle_away(self) -> None:
        """Take rooms that nobody has used for a while out of the memory; the store has them."""
        now = time.monotonic()
        for room_id, live in list(self._live.items()):
            idle = not live.watchers and not live.tasks and now - live.used > IDLE
            if idle and self._store.is_well and self._store.is_saved(room_id):
                del self._live[room_id]

    # Changing.

    def note(self, live: LiveRoom, *events: Event | None) -> None:
        """Write down what happened, and tell everybody. What is None has not happened."""
        real = [event for event in events if event is not None]
        if not real or live.ended:
            return
        screen = live.room.screen
        for event in real:
            self._tally.count("room", event.kind)
            live.room = after(live.room, event)
        if live.room.screen is not screen:
            live.now.screen = None
        self._write(live, real)
        # An answer is for its member and the teacher: a class that answers at once does not wake itself.
        answered = real[0].member if len(real) == 1 and isinstance(real[0], happened.Answered) else None
        live.tell(answered)

    def _write(self, live: LiveRoom, events: list[Event]) -> None:
        room = live.room
        texts = {live.n_events + i: event.model_dump_json() for i, event in enumerate(events)}
        live.n_events += len(events)
        live.ticket = self._store.put(RoomChange(room.id, room.code, live.holder, texts), lazily=not events)

    async def written(self, live: LiveRoom) -> None:
        """Wait until what has happened so far is written, or the store cannot do so."""
        await self._store.written(live.ticket)

    async def end(self, live: LiveRoom) -> None:
        """Delete a room with all that was written of it."""
        room = live.room
        self.forget(room.id)
        await self._store.written(self._store.put(RoomChange(room.id, room.code, deleted=True)))

    async def close(self) -> None:
        """Stop what is under way."""
        tasks = [task for live in self._live.values() for task in live.tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
