"""Whose program runs next: round robin over clients, so that one client's flood costs only itself."""

import asyncio
from collections import OrderedDict, deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Full(Exception):
    """No place left, or the place was needed for a client that waits for less."""


class Waiting(Generic[T]):
    """At most `most` places. When all are taken, a client with fewer takes one from the client with most."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lines: OrderedDict[str, deque[asyncio.Future[T]]] = OrderedDict()

    def __len__(self) -> int:
        return sum(map(len, self._lines.values()))

    def join(self, client: str) -> "asyncio.Future[T]":
        """A place at the end of the client's own line. Raises Full."""
        if len(self) >= self._most:
            self._make_room(client)
        place: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(client, deque()).append(place)
        return place

    def leave(self, client: str, place: "asyncio.Future[T]") -> None:
        """Give a place back, if it is still held."""
        line = self._lines.get(client)
        if line and place in line:
            line.remove(place)
            self._forget_if_empty(client)

    def next(self) -> "asyncio.Future[T]":
        """Whose turn it is; the client goes to the back. Not to be asked when nobody waits."""
        client, line = next(iter(self._lines.items()))
        self._lines.move_to_end(client)
        place = line.popleft()
        self._forget_if_empty(client)
        return place

    def refuse_all(self) -> None:
        """Send everyone away."""
        while self._lines:
            self.next().set_exception(Full())

    def _make_room(self, client: str) -> None:
        longest = max(self._lines, key=lambda name: len(self._lines[name]))
        if len(self._lines[longest]) <= len(self._lines.get(client, ())) + 1:
            raise Full
        self._lines[longest].pop().set_exception(Full())

    def _forget_if_empty(self, client: str) -> None:
        if not self._lines[client]:
            del self._lines[client]
