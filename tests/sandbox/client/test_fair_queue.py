"""Whose turn it is, without any process."""

import asyncio

import pytest

from app.sandbox.client.fair_queue import PROBATION, FairQueue, Full


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


def join(queue: FairQueue[int], *names: str) -> dict[str, "asyncio.Future[int]"]:
    """Join one program per name; the client is the name's first letter."""
    return {name: queue.join(name[0]) for name in names}


async def test_clients_take_turns_however_many_each_has_waiting() -> None:
    queue: FairQueue[int] = FairQueue(most=10, places=20)
    waiting = join(queue, "a1", "a2", "a3", "b1", "c1", "b2")
    queue.serve(Places(6).take)
    assert served(waiting) == ["a1", "b1", "c1", "a2", "b2", "a3"]


async def test_nobody_is_served_while_no_process_is_ready() -> None:
    queue: FairQueue[int] = FairQueue(most=10, places=4)
    waiting = join(queue, "a1", "b1")
    queue.serve(Places(1).take)
    assert served(waiting) == ["a1"]
    assert (len(queue), queue.running) == (1, 1)


async def test_one_client_has_at_most_half_of_the_places() -> None:
    queue: FairQueue[int] = FairQueue(most=10, places=4)
    waiting = join(queue, "a1", "a2", "a3", "a4")
    places = Places(4)
    queue.serve(places.take)
    assert served(waiting) == ["a1", "a2"]
    queue.finished("a", well=True)
    queue.serve(places.take)
    assert served(waiting) == ["a1", "a2", "a3"]


async def test_a_newcomer_takes_the_last_place_of_who_waits_most() -> None:
    queue: FairQueue[int] = FairQueue(most=3, places=2)
    waiting = join(queue, "a1", "a2", "b1", "c1")
    with pytest.raises(Full):
        waiting["a2"].result()
    assert len(queue) == 3


async def test_who_waits_most_is_refused_when_it_is_full() -> None:
    queue: FairQueue[int] = FairQueue(most=3, places=2)
    join(queue, "a1", "a2", "b1")
    with pytest.raises(Full):
        queue.join("a")


async def test_a_newcomer_is_refused_when_everyone_waits_for_one() -> None:
    queue: FairQueue[int] = FairQueue(most=2, places=2)
    waiting = join(queue, "a1", "b1")
    with pytest.raises(Full):
        queue.join("c")
    assert not any(place.done() for place in waiting.values())


def finish_one(queue: FairQueue[int], client: str, *, well: bool | None) -> None:
    queue.join(client)
    queue.serve(Places(1).take)
    queue.finished(client, well)


async def test_a_client_on_probation_waits_behind_the_others() -> None:
    queue: FairQueue[int] = FairQueue(most=10, places=8)
    finish_one(queue, "a", well=False)
    waiting = join(queue, "a1", "b1", "b2")
    queue.serve(Places(4).take)
    assert served(waiting) == ["b1", "b2", "a1"]


async def test_all_who_are_not_trusted_have_half_of_the_places() -> None:
    queue: FairQueue[int] = FairQueue(most=10, places=4)
    finish_one(queue, "a", well=False)
    finish_one(queue, "t", well=True)
    strangers = join(queue, "a1", "b1", "c1")
    places = Places(4)
    queue.serve(places.take)
    assert served(strangers) == ["b1", "c1"]
    trusted = join(queue, "t1", "t2")
    queue.serve(places.take)
    assert served(trusted) == ["t1", "t2"]
    queue.finished("b", well=True)
    assert not strangers["a1"].done()


@pytest.mark.parametrize("way", ["a good program", "time"])
async def test_a_client_is_off_probation_after(way: str) -> None:
    now = 0.0
    queue: FairQueue[int] = FairQueue(most=10, places=4, clock=lambda: now)
    finish_one(queue, "a", well=False)
    if way == "time":
        now = PROBATION
    else:
        finish_one(queue, "a", well=True)
    waiting = join(queue, "a2", "b1")
    queue.serve(Places(2).take)
    assert served(waiting) == ["a2", "b1"]


async def test_a_program_whose_end_nobody_saw_changes_nothing() -> None:
    queue: FairQueue[int] = FairQueue(most=10, places=4)
    finish_one(queue, "a", well=False)
    finish_one(queue, "a", well=None)
    finish_one(queue, "b", well=None)
    waiting = join(queue, "a1", "b1", "c1")
    queue.serve(Places(2).take)
    assert served(waiting) == ["b1", "c1"]


async def test_a_trusted_newcomer_takes_a_strangers_place() -> None:
    queue: FairQueue[int] = FairQueue(most=2, places=4)
    finish_one(queue, "t", well=True)
    waiting = join(queue, "a1", "b1", "t1")
    assert [name for name, place in waiting.items() if place.done()] == ["a1"]


async def test_a_trusted_flood_gives_way_to_a_stranger() -> None:
    queue: FairQueue[int] = FairQueue(most=3, places=4)
    finish_one(queue, "t", well=True)
    waiting = join(queue, "t1", "t2", "t3", "a1")
    assert [name for name, place in waiting.items() if place.done()] == ["t3"]


async def test_leaving_gives_the_place_to_the_next() -> None:
    queue: FairQueue[int] = FairQueue(most=10, places=4)
    waiting = join(queue, "a1", "b1")
    queue.leave("a", waiting["a1"])
    queue.serve(Places(1).take)
    assert served(waiting) == ["b1"]


async def test_all_who_wait_can_be_refused() -> None:
    queue: FairQueue[int] = FairQueue(most=10, places=4)
    waiting = join(queue, "a1", "b1")
    queue.refuse_all()
    for place in waiting.values():
        with pytest.raises(Full):
            place.result()
    assert len(queue) == 0


async def test_clients_are_remembered_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sandbox.client.fair_queue.MOST_KNOWN", 1)
    queue: FairQueue[int] = FairQueue(most=10, places=4)
    finish_one(queue, "a", well=False)
    finish_one(queue, "b", well=False)
    waiting = join(queue, "b1", "a1")
    queue.serve(Places(2).take)
    assert served(waiting) == ["a1", "b1"]
