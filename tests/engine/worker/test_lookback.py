"""Looking back, and forks, as a host carries them out."""

import pytest

from app.engine.commands import (
    Delete,
    Edit,
    Fork,
    GetNorms,
    GetSnapshot,
    GetSnapshots,
    Inspect,
    Pause,
    Play,
    Reset,
    TakeSnapshot,
    Update,
    Watch,
)
from app.engine.worker import lookback
from app.errors import Conflict, NotFound, TooMany, Unavailable
from app.protocol.lookback import SnapshotsQuery
from app.protocol.runs import RunConfig
from app.protocol.snapshots import PackedSnapshot
from app.training import trace
from app.training.memory import memory_of
from tests.engine.worker.test_host import SLOW, Desk

LONG = RunConfig(max_steps=5000)


@pytest.fixture
def thinned(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A run that took 50 steps, and keeps every eighth."""
    monkeypatch.setattr(trace, "MAX_ROWS", 9)
    desk = Desk()
    desk.create()
    desk.steps(50)
    return desk


def work(desk: Desk) -> None:
    """All background work, and all training."""
    while desk.host.background.run():
        pass
    desk.train()


def at(desk: Desk, step: int) -> int:
    return desk.post(GetSnapshot(run_id="a", step=step))


def fork(desk: Desk, step: int, fork_id: str = "b") -> int:
    return desk.post(Fork(run_id="a", fork_id=fork_id, step=step))


def test_every_step_taken_is_as_it_was() -> None:
    desk = Desk()
    desk.create()
    seen = [desk.steps(1) for _ in range(12)]
    numbers = [at(desk, step) for step in range(1, 13)]
    work(desk)
    assert [desk.snapshot(number) for number in numbers] == seen


def test_a_step_of_a_playing_run_can_be_seen_though_its_cohort_has_it() -> None:
    desk = Desk()
    for run_id in "abc":
        desk.create(LONG, run_id)
        desk.ask(Play(run_id=run_id, steps_per_second=None))
    for _ in range(20):
        desk.host.scheduler.run()
    step = desk.state(Inspect(run_id="a")).step
    assert step > 3
    number = at(desk, step - 1)
    desk.host.background.run()
    assert desk.snapshot(number).loss == desk.losses()[step - 2]


def test_a_step_that_is_not_kept_is_trained_again(thinned: Desk) -> None:
    other = Desk()
    other.create()
    number = at(thinned, 37)
    work(thinned)
    assert thinned.snapshot(number) == other.steps(37)


def test_training_again_takes_no_time_from_commands(thinned: Desk) -> None:
    thinned.steps(900)
    at(thinned, 949)
    rounds = 0
    while thinned.host.background.run():
        rounds += 1
    assert rounds > 100


def test_a_step_that_was_not_taken_is_refused_naming_how_far_the_run_is(thinned: Desk) -> None:
    with pytest.raises(NotFound, match="not taken step 51; it is at step 50"):
        thinned.ask(GetSnapshot(run_id="a", step=51))
    with pytest.raises(NotFound, match="not taken step 51"):
        thinned.ask(Fork(run_id="a", fork_id="b", step=51))


def test_only_so_many_steps_are_trained_again_at_once(thinned: Desk) -> None:
    numbers = [at(thinned, 49) for _ in range(lookback.MAX_RETRACES + 1)]
    work(thinned)
    with pytest.raises(TooMany, match="as many earlier steps"):
        thinned.snapshot(numbers[-1])
    assert thinned.snapshot(numbers[0]).step == 49
    number = at(thinned, 49)
    work(thinned)
    assert thinned.snapshot(number).step == 49


def test_a_deleted_run_answers_what_was_still_asked_of_it(thinned: Desk) -> None:
    numbers = [at(thinned, 49), thinned.post(GetNorms(run_id="a", first_step=1))]
    thinned.ask(Delete(run_id="a"))
    for number in numbers:
        with pytest.raises(NotFound):
            thinned.snapshot(number)
    assert not thinned.host.background.run()


def test_many_steps_at_once_are_the_same_as_each() -> None:
    desk = Desk()
    desk.create()
    desk.steps(20)
    query = SnapshotsQuery(first=2, last=18, count=5)
    number = desk.post(GetSnapshots(run_id="a", query=query, max_bytes=10**6))
    each = [at(desk, step) for step in (2, 6, 10, 14, 18)]
    work(desk)
    reply, payload = desk.replies[number]
    snapshots = [packed.unpack(reply.parameters) for packed in PackedSnapshot.each(payload)]
    assert snapshots == [desk.snapshot(number) for number in each]


def test_no_more_steps_than_fit_are_shown() -> None:
    desk = Desk()
    desk.create()
    desk.steps(20)
    number = desk.post(GetSnapshots(run_id="a", query=SnapshotsQuery(), max_bytes=5000))
    work(desk)
    _, payload = desk.replies[number]
    steps = [packed.step for packed in PackedSnapshot.each(payload)]
    assert (steps[0], steps[-1]) == (0, 20)
    assert len(payload) <= 5000


def test_a_reset_meanwhile_is_told() -> None:
    desk = Desk()
    desk.create()
    desk.steps(500)
    number = desk.post(GetSnapshots(run_id="a", query=SnapshotsQuery(), max_bytes=10**6))
    desk.host.background.run()
    desk.ask(Reset(run_id="a"))
    work(desk)
    with pytest.raises(Conflict, match="began anew"):
        desk.snapshot(number)


def test_a_fork_is_another_run_at_that_step() -> None:
    desk = Desk()
    desk.create()
    desk.steps(30)
    desk.ask(Update(run_id="a", config=SLOW))
    desk.ask(Edit(run_id="a", name="hidden.bias", index=(3,), value=0.5))
    then = desk.snapshot(desk.post(TakeSnapshot(run_id="a")))
    desk.steps(30)
    number = fork(desk, 30)
    with pytest.raises(Unavailable, match="trained again"):
        desk.ask(Pause(run_id="b"))
    desk.ask(Watch(run_id="b"))
    assert list(desk.host.watched()) == []
    work(desk)
    state = desk.replies[number][0].state
    assert state is not None
    assert (state.id, state.step, state.status, state.config) == ("b", 30, "paused", SLOW)
    assert [live.run.id for live in desk.host.watched()] == ["b"]
    assert desk.snapshot(desk.post(TakeSnapshot(run_id="b"))) == then
    desk.steps(30, "b")
    assert desk.losses("b") == desk.losses("a")
    assert desk.state(Inspect(run_id="a")).step == 60


def test_the_original_may_be_deleted_while_its_fork_is_on_its_way() -> None:
    desk = Desk()
    desk.create()
    desk.steps(200)
    losses = desk.losses()
    number = fork(desk, 150)
    desk.host.background.run()
    desk.ask(Delete(run_id="a"))
    work(desk)
    assert desk.replies[number][0].state is not None
    assert desk.losses("b") == losses[:150]


def test_a_fork_that_is_deleted_on_its_way_says_so() -> None:
    desk = Desk()
    desk.create()
    desk.steps(200)
    number = fork(desk, 150)
    desk.host.background.run()
    desk.ask(Delete(run_id="b"))
    with pytest.raises(NotFound):
        desk.snapshot(number)
    assert not desk.host.background.run()


def test_forks_count_in_the_limits_of_all_runs() -> None:
    desk = Desk(max_runs=2)
    desk.create()
    fork(desk, 0)
    with pytest.raises(TooMany, match="2 runs"):
        desk.ask(Fork(run_id="a", fork_id="c", step=0))
    desk = Desk(runs_memory=int(1.5 * memory_of(RunConfig())))
    desk.create()
    with pytest.raises(TooMany, match="All runs together"):
        desk.ask(Fork(run_id="a", fork_id="b", step=0))
