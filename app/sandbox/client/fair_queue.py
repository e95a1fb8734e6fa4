"""Whose program runs next, so that what one client does costs mostly that client.

A client is trusted when its last program ended by itself, on probation for a minute when it had to be
stopped, and else new.

- Clients take turns, one program each, however many each has waiting. Those on probation come last.
- No client has programs on more than half of the places at once, nor have all who are not trusted together:
  whoever floods the sandbox under ever new names finds the other half in use by those it knows.
- When all waiting room is taken, a newcomer gets the last place of whoever waits most, or, where all wait for
  about as much, of one who is trusted less.
"""

import asyncio
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from enum import IntEnum
from typing import Generic, TypeVar

T = TypeVar("T")

PROBATION = 60.0
"""Seconds after which a program that had to be stopped is forgiven."""
MOST_KNOWN = 10_000
"""Clients remembered; those not seen for longest are new again."""


class Trust(IntEnum):
    """How a client is thought of, the best first."""

    TRUSTED = 0
    NEW = 1
    PROBATION = 2


class Full(Exception):
    """No room to wait, or it went to a client that waits for less or is trusted more."""


class Turns(Generic[T]):
    """Clients waiting for one of `places` places to run, at most `most` at a time; each is handed a T."""

    def __init__(self, most: int, places: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._share = max(1, places // 2)
        self._clock = clock
        self._lines: OrderedDict[str, deque[asyncio.Future[T]]] = OrderedDict()
        self._running: Counter[str] = Counter()
        self._ended_badly: OrderedDict[str, float | None] = OrderedDict()
        """When the last program of each known client had to be stopped; None: it ended by itself."""

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

    def finished(self, client: str, well: bool | None) -> None:
        """A turn is over. `well`: the program ended by itself; None: nobody knows."""
        self._running[client] -= 1
        if not self._running[client]:
            del self._running[client]
        if well is None:
            return
        self._ended_badly[client] = None if well else self._clock()
        self._ended_badly.move_to_end(client)
        if len(self._ended_badly) > MOST_KNOWN:
            self._ended_badly.popitem(last=False)

    def refuse_all(self) -> None:
        """Send everyone who waits away."""
        while self._lines:
            for place in self._lines.popitem()[1]:
                place.set_exception(Full())

    def _trust(self, client: str) -> Trust:
        if client not in self._ended_badly:
            return Trust.NEW
        ended = self._ended_badly[client]
        if ended is None:
            return Trust.TRUSTED
        return Trust.PROBATION if self._clock() < ended + PROBATION else Trust.NEW

    def _next(self) -> str | None:
        doubtful = sum(count for client, count in self._running.items() if self._trust(client))
        worst = Trust.PROBATION if doubtful < self._share else Trust.TRUSTED
        allowed = (
            client
            for client in self._lines
            if self._running[client] < self._share and self._trust(client) <= worst
        )
        # The first of them whose turn it is, but those on probation after all others.
        return min(allowed, key=lambda client: self._trust(client) == Trust.PROBATION, default=None)

    def _make_room(self, client: str) -> None:
        loser = max(self._lines, key=lambda name: (self._waits(name), self._trust(name)))
        if self._waits(loser) <= self._waits(client) + 1:
            loser = max(self._lines, key=self._trust)
            if self._trust(loser) <= self._trust(client):
                raise Full
        self._lines[loser].pop().set_exception(Full())
        self._forget_empty(loser)

    def _waits(self, client: str) -> int:
        return len(self._lines.get(client, ()))

    def _forget_empty(self, client: str) -> None:
        if not self._lines[client]:
            del self._lines[client]
