"""Turns, tokens and limits: what keeps clients from each other's way."""

import asyncio
import secrets
from contextlib import ExitStack

import pytest

from app.errors import Conflict, TooMany, Unavailable
from app.web.edge.limits import CLASS, PER_MINUTE, Client, Limits
from app.web.edge.newest_wins import NewestWins
from app.web.edge.quotas import SOCKETS_PER_BROWSER, SocketQuota
from tests.server import PATIENCE


async def test_each_client_does_one_thing_at_a_time_and_only_the_newest_waits() -> None:
    turns, order, may_end = NewestWins(), [], asyncio.Event()

    async def work(client: str, name: str) -> None:
        async with turns.turn(client):
            order.append(name)
            await may_end.wait()

    tasks = [asyncio.create_task(work("a", name)) for name in ("first", "stale", "newest")]
    tasks.append(asyncio.create_task(work("b", "other")))
    await asyncio.sleep(0)
    assert order == ["first", "other"]
    may_end.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert order == ["first", "other", "newest"]
    assert [type(result) for result in results] == [type(None), Conflict, type(None), type(None)]


async def test_a_client_that_gives_up_gives_its_turn_on() -> None:
    turns = NewestWins()
    async with turns.turn("a"):
        waiting = asyncio.create_task(turns.turn("a").__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
    async with asyncio.timeout(PATIENCE), turns.turn("a"):
        pass


async def test_what_fails_gives_its_turn_on() -> None:
    turns = NewestWins()
    with pytest.raises(ZeroDivisionError):
        async with turns.turn("a"):
            raise ZeroDivisionError
    async with asyncio.timeout(PATIENCE), turns.turn("a"):
        pass


async def spend(limits: Limits, client: Client, times: int) -> int:
    """How often it was allowed."""
    allowed = 0
    for _ in range(times):
        try:
            await limits.spend(client, "socket")
        except TooMany:
            continue
        allowed += 1
    return allowed


async def test_one_browser_is_limited_and_its_neighbours_are_not() -> None:
    limits, most = Limits(0.1), PER_MINUTE["socket"] // 10
    assert await spend(limits, Client("a" * 22, "10.0.0.1"), most + 5) == most
    assert await spend(limits, Client("b" * 22, "10.0.0.1"), most + 5) == most


async def test_names_made_up_for_each_request_are_limited_by_their_address() -> None:
    limits, most = Limits(0.1), PER_MINUTE["socket"] * CLASS // 10
    allowed = 0
    for _ in range(most + 20):
        allowed += await spend(limits, Client(secrets.token_urlsafe(16), "10.0.0.1"), 1)
    assert allowed == most


async def test_limits_can_be_lifted() -> None:
    assert await spend(Limits(0), Client(None, "10.0.0.1"), 1000) == 1000


def test_places_are_shared_out_and_given_back() -> None:
    places = SocketQuota(8)
    with ExitStack() as first:
        for _ in range(4):
            first.enter_context(places.place(Client("a" * 22, "10.0.0.1")))
        with pytest.raises(TooMany), places.place(Client("b" * 22, "10.0.0.1")):
            pass
        with ExitStack() as second:
            for _ in range(4):
                second.enter_context(places.place(Client(None, "10.0.0.2")))
            with pytest.raises(Unavailable), places.place(Client(None, "10.0.0.3")):
                pass
        with places.place(Client(None, "10.0.0.3")):
            pass
    with ExitStack() as all_of_them:
        for address in (1, 2):
            for _ in range(4):
                all_of_them.enter_context(places.place(Client("b" * 22, f"10.0.0.{address}")))


def test_one_browser_cannot_take_all_places_of_its_class() -> None:
    places, greedy = SocketQuota(10_000), Client("a" * 22, "10.0.0.1")
    with ExitStack() as stack:
        for _ in range(SOCKETS_PER_BROWSER):
            stack.enter_context(places.place(greedy))
        with pytest.raises(TooMany), places.place(greedy):
            pass
        with places.place(Client("b" * 22, "10.0.0.1")):
            pass
