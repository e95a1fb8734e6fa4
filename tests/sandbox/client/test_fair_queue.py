"""Whose turn it is, without any process."""

import asyncio

import pytest

from app.sandbox.client.fair_queue import PROBATION, Full, Turns


class Places:
    """Ready processes, numbered in the order they are taken."""

    def __init__(self, free: int) -> None:
        self.free = free
        self.taken = 0

    def take(self) -> int | None:
        if self.free == 0:
            return None
        self.free -= 1
        self.taken += 1
        return self.taken


def served(waiting: dict[str, "asyncio.Future[int]"]) -> list[str]:
    """Who has had a turn, in the order of the turns."""
    done = {name: place.result() for name, place in waiting.items() if place.done()}
    return sorted(done, key=done.__getitem__)


def join(turns: Turns[int], *names: str) -> dict[str, "asyncio.Future[int]"]:
    """Join one program per name; the client is the name's first letter."""
    return {name: turns.join(name[0]) for name in names}


async def test_clients_take_turns_however_many_each_has_waiting() -> None:
    turns: Turns[int] = Turns(most=10, places=20)
    waiting = join(turns, "a1", "a2", "a3", "b1", "c1", "b2")
    turns.serve(Places(6).take)
    assert served(waiting) == ["a1", "b1", "c1", "a2", "b2", "a3"]


async def test_nobody_is_served_while_no_process_is_ready() -> None:
    turns: Turns[int] = Turns(most=10, places=4)
    waiting = join(turns, "a1", "b1")
    turns.serve(Places(1).take)
    assert served(waiting) == ["a1"]
    assert (len(turns), turns.running) == (1, 1)


async def test_one_client_has_at_most_half_of_the_places() -> None:
    turns: Turns[int] = Turns(most=10, places=4)
    waiting = join(turns, "a1", "a2", "a3", "a4")
    places = Places(4)
    turns.serve(places.take)
    assert served(waiting) == ["a1", "a2"]
    turns.finished("a", well=True)
    turns.serve(places.take)
    assert served(waiting) == ["a1", "a2", "a3"]


async def test_a_newcomer_takes_the_last_place_of_who_waits_most() -> None:
    turns: Turns[int] = Turns(most=3, places=2)
    waiting = join(turns, "a1", "a2", "b1", "c1")
    with pytest.raises(Full):
        waiting["a2"].result()
    assert len(turns) == 3


async def test_who_waits_most_is_refused_when_it_is_full() -> None:
    turns: Turns[int] = Turns(most=3, places=2)
    join(turns, "a1", "a2", "b1")
    with pytest.raises(Full):
        turns.join("a")


async def test_a_newcomer_is_refused_when_everyone_waits_for_one() -> None:
    turns: Turns[int] = Turns(most=2, places=2)
    waiting = join(turns, "a1", "b1")
    with pytest.raises(Full):
        turns.join("c")
    assert not any(place.done() for place in waiting.values())


def finish_one(turns: Turns[int], client: str, *, well: bool | None) -> None:
    turns.join(client)
    turns.serve(Places(1).take)
    turns.finished(client, well)


async def test_a_client_on_probation_waits_behind_the_others() -> None:
    turns: Turns[int] = Turns(most=10, places=8)
    finish_one(turns, "a", well=False)
    waiting = join(turns, "a1", "b1", "b2")
    turns.serve(Places(4).take)
    assert served(waiting) == ["b1", "b2", "a1"]


async def test_all_who_are_not_trusted_have_half_of_the_places() -> None:
    turns: Turns[int] = Turns(most=10, places=4)
    finish_one(turns, "a", well=False)
    finish_one(turns, "t", well=True)
    strangers = join(turns, "a1", "b1", "c1")
    places = Places(4)
    turns.serve(places.take)
    assert served(strangers) == ["b1", "c1"]
    trusted = join(turns, "t1", "t2")
    turns.serve(places.take)
    assert served(trusted) == ["t1", "t2"]
    turns.finished("b", well=True)
    assert not strangers["a1"].done()


@pytest.mark.parametrize("way", ["a good program", "time"])
async def test_a_client_is_off_probation_after(way: str) -> None:
    now = 0.0
    turns: Turns[int] = Turns(most=10, places=4, clock=lambda: now)
    finish_one(turns, "a", well=False)
    if way == "time":
        now = PROBATION
    else:
        finish_one(turns, "a", well=True)
    waiting = join(turns, "a2", "b1")
    turns.serve(Places(2).take)
    assert served(waiting) == ["a2", "b1"]


async def test_a_program_whose_end_nobody_saw_changes_nothing() -> None:
    turns: Turns[int] = Turns(most=10, places=4)
    finish_one(turns, "a", well=False)
    finish_one(turns, "a", well=None)
    finish_one(turns, "b", well=None)
    waiting = join(turns, "a1", "b1", "c1")
    turns.serve(Places(2).take)
    assert served(waiting) == ["b1", "c1"]


async def test_a_trusted_newcomer_takes_a_strangers_place() -> None:
    turns: Turns[int] = Turns(most=2, places=4)
    finish_one(turns, "t", well=True)
    waiting = join(turns, "a1", "b1", "t1")
    assert [name for name, place in waiting.items() if place.done()] == ["a1"]


async def test_a_trusted_flood_gives_way_to_a_stranger() -> None:
    turns: Turns[int] = Turns(most=3, places=4)
    finish_one(turns, "t", well=True)
    waiting = join(turns, "t1", "t2", "t3", "a1")
    assert [name for name, place in waiting.items() if place.done()] == ["t3"]


async def test_leaving_gives_the_place_to_the_next() -> None:
    turns: Turns[int] = Turns(most=10, places=4)
    waiting = join(turns, "a1", "b1")
    turns.leave("a", waiting["a1"])
    turns.serve(Places(1).take)
    assert served(waiting) == ["b1"]


async def test_all_who_wait_can_be_refused() -> None:
    turns: Turns[int] = Turns(most=10, places=4)
    waiting = join(turns, "a1", "b1")
    turns.refuse_all()
    for place in waiting.values():
        with pytest.raises(Full):
            place.result()
    assert len(turns) == 0


async def test_clients_are_remembered_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sandbox.client.fair_queue.MOST_KNOWN", 1)
    turns: Turns[int] = Turns(most=10, places=4)
    finish_one(turns, "a", well=False)
    finish_one(turns, "b", well=False)
    waiting = join(turns, "b1", "a1")
    turns.serve(Places(2).take)
    assert served(waiting) == ["a1", "b1"]
