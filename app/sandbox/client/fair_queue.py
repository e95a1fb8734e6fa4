"""A queue of clients whose order makes one client's flood cost mostly that client.

A client is trusted when its last program ended by itself, on probation for a minute when it had to be
stopped, and else new.

- Clients take turns, one program each, however many each has waiting. Those on probation come last.
- No client uses more than half of the places at once, nor do all clients together that are not trusted: a
  flood under ever new names leaves the other half to clients that are known.
- When the waiting room is full, a newcomer gets the last place of the client that waits for most, or, where
  all wait for about as much, of one that is trusted less.
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
"""Most clients remembered; those not seen for longest are new again."""


class Trust(IntEnum):
    """How far a client is trusted, the most trusted first."""

    TRUSTED = 0
    NEW = 1
    PROBATION = 2


class Full(Exception):
    """There is no room to wait, or it went to a client that waits for less or is trusted more."""


class FairQueue(Generic[T]):
    """Clients that wait for a T with which they run.

    most: the most that may wait. places: the most that may run at once.
    """

    def __init__(self, most: int, places: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._share = max(1, places // 2)
        self._clock = clock
        self._lines: OrderedDict[str, deque[asyncio.Future[T]]] = OrderedDict()
        self._running: Counter[str] = Counter()
        self._ended_badly: OrderedDict[str, float | None] = OrderedDict()
        """When the last program of each known client had to be stopped; None: it ended by itself."""

    def __len__(self) -> int:
        """Number of programs that wait."""
        return sum(map(len, self._lines.values()))

    @property
    def running(self) -> int:
        """Number of programs that run."""
        return self._running.total()

    def join(self, client: str) -> "asyncio.Future[T]":
        """Add a program to the client's own line. Raises: Full; the future may raise it later."""
        if len(self) >= self._most:
            self._make_room(client)
        place: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(client, deque()).append(place)
        return place

    def leave(self, client: str, place: "asyncio.Future[T]") -> None:
        """Take a program out of the client's line."""
        self._lines[client].remove(place)
        self._forget_empty(client)

    def serve(self, take: Callable[[], T | None]) -> None:
        """Hand out what `take` returns, in turn, until it returns None or no client may have more."""
        while (client := self._next()) is not None and (item := take()) is not None:
            self._lines.move_to_end(client)
            self._running[client] += 1
            self._lines[client].popleft().set_result(item)
            self._forget_empty(client)

    def finished(self, client: str, well: bool | None) -> None:
        """Note that a program has ended. well: whether by itself; None: not known."""
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
        """Refuse every program that waits."""
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
