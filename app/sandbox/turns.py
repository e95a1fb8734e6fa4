"""Whose program runs next, so that what one client does costs mostly that client.

- Clients take turns, one program each, however many each has waiting.
- No client has programs on more than half of the places at once.
- A client whose last program had to be ended waits behind all others until one of its programs ends well
  or a minute has passed; such clients together have at most half of the places.
- When all waiting room is taken, a newcomer gets the last place of the client that waits most.
"""

import asyncio
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

PROBATION = 60.0
"""Seconds a client waits behind others after its program had to be ended."""
MOST_OFFENDERS = 1000


class Full(Exception):
    """No room to wait, or it went to a client that waits for less."""


class Turns(Generic[T]):
    """Clients waiting for one of `places` places to run, at most `most` at a time; each is handed a T."""

    def __init__(self, most: int, places: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._share = max(1, places // 2)
        self._clock = clock
        self._lines: OrderedDict[str, deque[asyncio.Future[T]]] = OrderedDict()
        self._running: Counter[str] = Counter()
        self._offenders: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        """How many wait."""
        return sum(map(len, self._lines.values()))

    @property
    def running(self) -> int:
        """How many have had their turn and not finished."""
        return self._running.total()

    def join(self, client: str) -> "asyncio.Future[T]":
        """Wait in the client's own line. Raises Full; the future may raise it later."""
        if len(self) >= self._most:
            self._make_room(client)
        place: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(client, deque()).append(place)
        return place

    def leave(self, client: str, place: "asyncio.Future[T]") -> None:
        """Wait no longer."""
        self._lines[client].remove(place)
        self._forget_empty(client)

    def serve(self, take: Callable[[], T | None]) -> None:
        """Hand out what `take` gives, in turn, until it gives None or nobody may have more."""
        while (client := self._next()) is not None and (item := take()) is not None:
            self._lines.move_to_end(client)
            self._running[client] += 1
            self._lines[client].popleft().set_result(item)
            self._forget_empty(client)

    def finished(self, client: str, *, well: bool) -> None:
        """A turn is over; `well`: nobody had to end it."""
        self._running[client] -= 1
        if not self._running[client]:
            del self._running[client]
        self._offenders.pop(client, None)
        if not well:
            self._offenders[client] = self._clock() + PROBATION
            if len(self._offenders) > MOST_OFFENDERS:
                self._offenders.popitem(last=False)

    def refuse_all(self) -> None:
        """Send everyone who waits away."""
        while self._lines:
            for place in self._lines.popitem()[1]:
                place.set_exception(Full())

    def _next(self) -> str | None:
        allowed = [client for client in self._lines if self._running[client] < self._share]
        for client in allowed:
            if not self._offends(client):
                return client
        held = sum(count for client, count in self._running.items() if self._offends(client))
        return allowed[0] if allowed and held < self._share else None

    def _offends(self, client: str) -> bool:
        return self._offenders.get(client, 0.0) > self._clock()

    def _make_room(self, client: str) -> None:
        longest = max(self._lines, key=lambda name: len(self._lines[name]))
        if len(self._lines[longest]) <= len(self._lines.get(client, ())) + 1:
            raise Full
        self._lines[longest].pop().set_exception(Full())

    def _forget_empty(self, client: str) -> None:
        if not self._lines[client]:
            del self._lines[client]
