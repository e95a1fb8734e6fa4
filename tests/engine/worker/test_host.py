from collections.abc import Iterator
from itertools import count

import pytest

from app.engine.commands import (
    AnyCommand,
    Create,
    Delete,
    Edit,
    EngineOptions,
    Fork,
    GetLog,
    GetLosses,
    GetNorms,
    GetSnapshot,
    GetSnapshots,
    Inspect,
    Lines,
    Pause,
    Ping,
    Play,
    Rebuild,
    Request,
    Reset,
    Steps,
    TakeSnapshot,
    Unwatch,
    Update,
    Watch,
)
from app.engine.reports import Reply, Saved
from app.engine.worker.host import Host
from app.errors import Conflict, Invalid, NotFound, TooMany, Unavailable
from app.protocol.events import Event
from app.protocol.lines import ParameterEdit
from app.protocol.lookback import SnapshotsQuery
from app.protocol.optimizers import SGD
from app.protocol.runs import LoopConfig, ModelConfig, RunConfig, RunState
from app.protocol.snapshots import PackedSnapshot, Snapshot
from app.training.memory import EVENT, POINT, memory_of
from tests.training.device import DEVICE

SLOW = RunConfig.model_validate({"optimizer": {"lr": 0.05}})


OPTIONS = {
    "device": DEVICE.type,
    "max_runs": 10,
    "run_memory": 10**7,
    "runs_memory": 10**9,
    "run_retention": 100.0,
    "snapshots_per_second": 60,
}


class Desk:
    """A host whose replies are kept, and whose runs train when told to."""

    def __init__(self, **options: float) -> None:
        self.now = 1000.0
        self.replies: dict[int, tuple[Reply, bytes]] = {}
        self.host = Host(EngineOptions.model_validate(OPTIONS | options), self.clock, self.keep)
        self.numbers: Iterator[int] = count(1)

    def clock(self) -> float:
        self.now += 0.001
        return self.now

    def keep(self, reply: Reply, payload: bytes) -> None:
        assert reply.number not in self.replies
        self.replies[reply.number] = (reply, payload)

    def post(self, command: AnyCommand) -> int:
        number = next(self.numbers)
        self.host.execute(Request(number=number, command=command))
        return number

    def ask(self, command: AnyCommand) -> tuple[Reply, bytes]:
        return self.answer(self.post(command))

    def answer(self, number: int) -> tuple[Reply, bytes]:
        """The reply to a request. A state waits until it is known why the run ended."""
        while number not in self.replies and self.host.background.run():
            pass
        reply, payload = self.replies[number]
        if reply.refusal is not None:
            raise reply.refusal.exception()
        return reply, payload

    def state(self, command: AnyCommand) -> RunState:
        state = self.ask(command)[0].state
        assert state is not None
        return state

    def create(self, config: RunConfig | None = None, run_id: str = "a") -> None:
        self.ask(Create(run_id=run_id, config=config or RunConfig()))

    def train(self) -> None:
        while self.host.scheduler.run():
            pass

    def steps(self, count: int, run_id: str = "a") -> Snapshot:
        number = self.post(Steps(run_id=run_id, count=count))
        self.train()
        return self.snapshot(number)

    def snapshot(self, number: int) -> Snapshot:
        reply, payload = self.answer(number)
        return PackedSnapshot(payload).unpack(reply.parameters)

    def events(self) -> list[Event]:
        return list(self.host._runs["a"].run.log.events)

    def losses(self, run_id: str = "a", first_step: int = 1) -> list[float]:
        _, payload = self.ask(GetLosses(run_id=run_id, first_step=first_step))
        return list(memoryview(payload).cast("f"))


def test_a_new_run_is_ready() -> None:
    desk = Desk()
    desk.create()
    assert desk.state(Inspect(run_id="a")) == RunState(id="a", config=RunConfig(), step=0, status="ready")


def test_steps_are_answered_when_they_are_done() -> None:
    desk = Desk()
    desk.create()
    number = desk.post(Steps(run_id="a", count=20))
    assert number not in desk.replies
    desk.train()
    assert desk.snapshot(number).step == 20
    assert desk.state(Inspect(run_id="a")).status == "paused"


def test_a_snapshot_is_that_of_the_last_step() -> None:
    desk = Desk()
    desk.create()
    snapshot = desk.steps(5)
    again = desk.snapshot(desk.post(TakeSnapshot(run_id="a")))
    assert again == snapshot
    assert snapshot.loss == desk.losses()[-1]


def test_losses_from_a_step_on() -> None:
    desk = Desk()
    desk.create()
    desk.steps(10)
    assert desk.losses(first_step=8) == desk.losses()[7:]
    assert desk.losses(first_step=11) == []
    assert desk.losses(first_step=10**9) == []


def test_more_steps_than_are_left_are_refused() -> None:
    desk = Desk()
    desk.create(RunConfig(max_steps=10))
    with pytest.raises(Invalid, match="the 10 left"):
        desk.ask(Steps(run_id="a", count=11))


def test_steps_while_others_are_under_way_are_refused_and_do_not_disturb_them() -> None:
    desk = Desk()
    desk.create()
    number = desk.post(Steps(run_id="a", count=200))
    desk.host.scheduler.run()
    with pytest.raises(Conflict, match="still busy"):
        desk.ask(Steps(run_id="a", count=1))
    desk.train()
    assert desk.snapshot(number).step == 200


@pytest.mark.parametrize("interruption", [Pause(run_id="a"), Play(run_id="a", steps_per_second=1.0)])
def test_steps_that_are_interrupted_are_answered_with_where_they_got_to(interruption: Pause | Play) -> None:
    desk = Desk()
    desk.create()
    number = desk.post(Steps(run_id="a", count=900))
    desk.host.scheduler.run()
    step = desk.state(interruption).step
    assert 0 < step < 900
    assert desk.snapshot(number).step == step


@pytest.mark.parametrize(("spares_steps", "taken"), [(True, 30), (False, 0)])
def test_a_pause_may_spare_steps_that_were_asked_for(spares_steps: bool, taken: int) -> None:
    desk = Desk()
    desk.create()
    number = desk.post(Steps(run_id="a", count=30))
    desk.ask(Pause(run_id="a", spares_steps=spares_steps))
    desk.train()
    assert desk.snapshot(number).step == taken
    desk.ask(Play(run_id="a", steps_per_second=None))
    assert desk.state(Pause(run_id="a", spares_steps=True)).status != "playing"


def test_steps_of_a_run_that_is_deleted_meanwhile_are_refused() -> None:
    desk = Desk()
    desk.create()
    number = desk.post(Steps(run_id="a", count=900))
    desk.ask(Delete(run_id="a"))
    with pytest.raises(NotFound):
        desk.snapshot(number)
    assert not desk.host.scheduler.run()


def test_a_paused_run_takes_no_further_step() -> None:
    desk = Desk()
    desk.create()
    desk.ask(Play(run_id="a", steps_per_second=None))
    desk.host.scheduler.run()
    state = desk.state(Pause(run_id="a"))
    desk.train()
    assert desk.state(Inspect(run_id="a")) == state


def test_a_change_of_the_learning_rate_does_not_disturb_what_was_learnt() -> None:
    desk = Desk()
    desk.create()
    desk.steps(50)
    before = desk.losses()
    state = desk.state(Update(run_id="a", config=SLOW))
    assert (state.step, state.config, state.status) == (50, SLOW, "paused")
    assert desk.losses() == before
    desk.steps(1)
    assert desk.losses()[50] < before[0]


def test_a_reset_run_repeats_itself() -> None:
    desk = Desk()
    desk.create()
    desk.steps(50)
    before = desk.losses()
    assert desk.state(Reset(run_id="a")).step == 0
    desk.steps(50)
    assert desk.losses() == before


@pytest.mark.parametrize(
    "command",
    [
        Inspect(run_id="b"),
        TakeSnapshot(run_id="b"),
        GetLosses(run_id="b", first_step=1),
        Play(run_id="b", steps_per_second=None),
        Pause(run_id="b"),
        Steps(run_id="b", count=1),
        Update(run_id="b", config=RunConfig()),
        Reset(run_id="b"),
        GetSnapshot(run_id="b", step=0),
        GetSnapshots(run_id="b", query=SnapshotsQuery(), max_bytes=1),
        GetNorms(run_id="b", first_step=1),
        Fork(run_id="b", fork_id="c", step=0),
        GetLog(run_id="b"),
        Delete(run_id="b"),
        Watch(run_id="b"),
        Unwatch(run_id="b"),
    ],
    ids=lambda command: command.kind,
)
def test_commands_for_an_unknown_run_are_refused(command: AnyCommand) -> None:
    desk = Desk()
    desk.create()
    with pytest.raises(NotFound, match="no run b"):
        desk.ask(command)


def test_a_ping_is_answered() -> None:
    assert Desk().ask(Ping())[0].state is None


def test_one_run_too_many_is_refused_naming_the_limit() -> None:
    desk = Desk(max_runs=2)
    desk.create(run_id="a")
    desk.create(run_id="b")
    with pytest.raises(TooMany, match="2 runs"):
        desk.create(run_id="c")
    desk.ask(Delete(run_id="a"))
    desk.create(run_id="c")


def test_a_run_neither_watched_nor_called_is_forgotten() -> None:
    desk = Desk(run_retention=100)
    for run_id in ("forgotten", "called", "watched"):
        desk.create(run_id=run_id)
    desk.ask(Play(run_id="forgotten", steps_per_second=None))
    desk.ask(Watch(run_id="watched"))
    desk.now += 60
    desk.ask(Inspect(run_id="called"))
    desk.now += 60
    assert desk.host.forget_unused() == ("forgotten",)
    assert not desk.host.scheduler.run()
    desk.ask(Unwatch(run_id="watched"))
    desk.now += 200
    assert set(desk.host.forget_unused()) == {"called", "watched"}


def rebuilt(
    original: Desk, begin: RunConfig, *events: Event, playing: bool = False, **options: float
) -> Desk:
    """Another desk that was told to rebuild the original's run."""
    other = Desk(**options)
    state = original.state(Inspect(run_id="a"))
    other.post(
        Rebuild(
            run_id="a",
            begin=begin,
            events=events,
            step=state.step,
            last=state,
            playing=playing,
            steps_per_second=5.0,
        )
    )
    return other


def test_a_rebuilt_run_has_the_same_numbers_and_status() -> None:
    desk = Desk()
    desk.create()
    desk.steps(70)
    other = rebuilt(desk, RunConfig())
    other.train()
    assert other.losses() == desk.losses()
    assert other.state(Inspect(run_id="a")) == desk.state(Inspect(run_id="a"))
    assert other.snapshot(other.post(TakeSnapshot(run_id="a"))) == desk.snapshot(
        desk.post(TakeSnapshot(run_id="a"))
    )


def test_a_run_that_was_changed_is_rebuilt_with_the_changes_where_they_were_made() -> None:
    begin = RunConfig(max_steps=40)
    desk = Desk()
    desk.create(begin)
    desk.steps(20)
    desk.ask(Update(run_id="a", config=begin.model_copy(update={"loop": LoopConfig(zero_grad=False)})))
    desk.steps(20)
    desk.ask(Update(run_id="a", config=SLOW))
    desk.ask(Edit(run_id="a", name="hidden.bias", index=(3,), value=0.5))
    desk.ask(Lines(run_id="a", count=7))
    desk.ask(Edit(run_id="a", name="hidden.weight", index=(2, 0), value=-0.5))
    desk.steps(30)
    desk.ask(Lines(run_id="a", count=3))
    other = rebuilt(desk, begin, *desk.events())
    other.train()
    assert other.losses() == desk.losses()
    assert other.state(Inspect(run_id="a")) == desk.state(Inspect(run_id="a"))
    assert other.state(Inspect(run_id="a")).line == "backward"
    assert other.snapshot(other.post(TakeSnapshot(run_id="a"))) == desk.snapshot(
        desk.post(TakeSnapshot(run_id="a"))
    )


@pytest.mark.parametrize(
    ("config", "status"),
    [
        (RunConfig(max_steps=30), "finished"),
        (RunConfig.model_validate({"optimizer": {"lr": 2.0}}), "diverged"),
        (RunConfig(stop_loss=0.05), "finished"),
    ],
)
def test_a_run_that_had_ended_is_rebuilt_ended(config: RunConfig, status: str) -> None:
    desk = Desk()
    desk.create(config)
    desk.ask(Play(run_id="a", steps_per_second=None))
    desk.train()
    other = rebuilt(desk, config)
    other.train()
    assert desk.state(Inspect(run_id="a")).status == status
    assert other.state(Inspect(run_id="a")) == desk.state(Inspect(run_id="a"))


def test_a_run_is_rebuilt_from_its_last_checkpoint_and_its_past_when_somebody_asks_for_it() -> None:
    desk = Desk()
    desk.create()
    desk.steps(40)
    desk.ask(Update(run_id="a", config=SLOW))
    desk.steps(30)
    ((saved, payload),) = desk.host.save()
    assert isinstance(saved, Saved)
    assert (saved.step, saved.cursor, saved.losses_from) == (70, 1, 1)
    desk.steps(5)
    other = Desk()
    state = desk.state(Inspect(run_id="a"))
    rebuild = Rebuild(
        run_id="a",
        begin=RunConfig(),
        events=tuple(desk.events()),
        step=75,
        last=state,
        playing=False,
        steps_per_second=None,
        checkpoint_size=saved.checkpoint_size,
    )
    other.host.execute(Request(number=0, command=rebuild), payload)
    assert other.host._runs["a"].run.trace.first == 70
    other.train()
    assert other.state(Inspect(run_id="a")) == state
    assert other.losses() == desk.losses()
    ((again, rest),) = other.host.save()
    assert isinstance(again, Saved)
    assert (again.step, again.losses_from) == (75, 71)
    assert len(rest) == again.checkpoint_size + 4 * 5
    for ask in (
        GetNorms(run_id="a", first_step=1),
        GetSnapshots(run_id="a", query=SnapshotsQuery(count=9), max_bytes=10**6),
        GetSnapshot(run_id="a", step=20),
    ):
        there, here = desk.ask(ask), other.ask(ask)
        assert here[1] == there[1]
    assert other.host._runs["a"].run.trace.first == 0


CHAOTIC = RunConfig.model_validate(
    {
        "optimizer": {"lr": 0.974, "momentum": 0.99},
        "model": {"hidden": [30, 30, 30], "activation": "GELU"},
    }
)


@pytest.mark.parametrize("change", ["edit", "none"])
def test_a_run_that_comes_out_differently_when_it_is_rebuilt_is_set_aside(change: str) -> None:
    """It diverges where it did not before; for that it is told here that it had taken more steps."""
    diverging = Desk()
    diverging.create(CHAOTIC)
    diverging.ask(Play(run_id="a", steps_per_second=None))
    diverging.train()
    end = diverging.state(Inspect(run_id="a"))
    assert end.status == "diverged"
    edit = ParameterEdit(name="hidden1.bias", index=(0,), value=0.5)
    events = [Event(step=end.step + 5, line=None, edit=edit)] if change == "edit" else []
    desk = Desk()
    last = RunState(id="a", config=CHAOTIC, step=end.step + 10, status="playing")
    desk.create(run_id="other")
    desk.post(
        Rebuild(
            run_id="a",
            begin=CHAOTIC,
            events=tuple(events),
            step=last.step,
            last=last,
            playing=True,
            steps_per_second=None,
        )
    )
    desk.train()
    state = desk.state(Inspect(run_id="a"))
    assert (state.status, state.topic, state.step, state.config) == ("failed", "strayed", 0, CHAOTIC)
    with pytest.raises(Conflict, match="had to end"):
        desk.ask(Play(run_id="a", steps_per_second=None))
    assert desk.steps(5, "other").step == 5
    desk.ask(Reset(run_id="a"))
    assert desk.steps(5).step == 5


@pytest.mark.parametrize("way", ["steps", "lines"])
def test_a_failed_run_is_rebuilt_failed_though_the_cause_was_removed(way: str) -> None:
    desk = Desk()
    begin = RunConfig.model_validate({"loop": {"forward": False}})
    desk.create(RunConfig())
    desk.steps(3)
    desk.ask(Update(run_id="a", config=begin))
    frozen = RunConfig.model_validate({"loop": {"forward": False, "loss": False}})
    desk.ask(Update(run_id="a", config=frozen))
    if way == "steps":
        desk.ask(Play(run_id="a", steps_per_second=None))
        desk.train()
    else:
        desk.ask(Lines(run_id="a", count=10))
    failed = desk.state(Inspect(run_id="a"))
    assert failed.status == "failed"
    assert desk.events()[-1] == Event(step=failed.step, line=failed.line, ended="failed")
    desk.ask(Update(run_id="a", config=RunConfig()))
    other = rebuilt(desk, RunConfig(), *desk.events())
    other.train()
    assert other.state(Inspect(run_id="a")) == desk.state(Inspect(run_id="a"))
    assert other.snapshot(other.post(TakeSnapshot(run_id="a"))) == desk.snapshot(
        desk.post(TakeSnapshot(run_id="a"))
    )
    assert other.events() == desk.events()


def test_a_playing_run_plays_on_when_it_is_rebuilt() -> None:
    desk = Desk()
    desk.create()
    desk.steps(10)
    other = rebuilt(desk, RunConfig(), playing=True)
    for _ in range(1000):
        other.host.scheduler.run()
        if not desk_is_rebuilding(other):
            break
    state = other.state(Inspect(run_id="a"))
    assert (state.status, state.steps_per_second) == ("playing", 5.0)


def desk_is_rebuilding(desk: Desk) -> bool:
    reply, _ = desk.replies[desk.post(Inspect(run_id="a"))]
    return reply.refusal is not None


def test_a_run_that_is_being_rebuilt_says_so_and_is_told_of_only_afterwards() -> None:
    desk = Desk()
    desk.create()
    desk.steps(300)
    other = rebuilt(desk, RunConfig())
    other.host.scheduler.run()
    with pytest.raises(Unavailable, match="trained again"):
        other.ask(Play(run_id="a", steps_per_second=None))
    other.ask(Watch(run_id="a"))
    assert list(other.host.watched()) == []
    other.train()
    assert [live.run.step for live in other.host.watched()] == [300]


def test_a_run_that_is_being_rebuilt_can_be_deleted() -> None:
    desk = Desk()
    desk.create()
    desk.steps(300)
    other = rebuilt(desk, RunConfig())
    other.ask(Delete(run_id="a"))
    assert not other.host.scheduler.run()


def test_another_model_begins_anew_even_while_playing() -> None:
    desk = Desk()
    desk.create()
    desk.ask(Play(run_id="a", steps_per_second=None))
    desk.host.scheduler.run()
    state = desk.state(Update(run_id="a", config=RunConfig(model=ModelConfig(hidden=(3,)))))
    assert (state.step, state.status) == (0, "ready")
    assert not desk.host.scheduler.run()


WIDE = RunConfig(model=ModelConfig(hidden=(64, 64, 64, 64)))


def test_points_given_on_the_way_and_broadcast_losses_count_as_memory() -> None:
    flat = RunConfig.model_validate({"data": {"n_samples": 1000, "unsqueeze_y": False}})
    assert memory_of(flat) > 3 * 4 * 1000 * 1000
    points = RunConfig.model_validate({"data": {"points": [[i / 1000, 0] for i in range(1000)]}})
    desk = Desk(run_memory=memory_of(points) + 3500 * POINT + 4 * EVENT)
    desk.create(points)
    for i in range(4):
        desk.steps(1)
        moved = {"points": [[k / 1000, 0.1 * i] for k in range(1000)]}
        desk.ask(Update(run_id="a", config=RunConfig.model_validate({"data": moved})))
    with pytest.raises(Invalid, match="bytes of memory"):
        desk.ask(Update(run_id="a", config=points))
    desk.ask(Reset(run_id="a"))
    desk.ask(Update(run_id="a", config=points))


@pytest.mark.parametrize("change", ["settings", "a parameter"])
def test_changes_on_the_way_count_as_memory_until_the_run_begins_anew(change: str) -> None:
    desk = Desk(runs_memory=2 * memory_of(RunConfig()) + 10 * EVENT)
    desk.create()
    for i in range(11):
        desk.steps(1)
        change_it(desk, change, i)
    with pytest.raises(TooMany, match="All runs together take"):
        desk.create(run_id="b")
    desk.ask(Reset(run_id="a"))
    desk.create(run_id="b")


def change_it(desk: Desk, change: str, i: int) -> None:
    if change == "settings":
        desk.ask(Update(run_id="a", config=RunConfig(optimizer=SGD(lr=0.1 + i / 100))))
    else:
        desk.ask(Edit(run_id="a", name="hidden.bias", index=(0,), value=i / 100))


def test_what_a_run_has_kept_counts_after_its_max_steps_are_lowered() -> None:
    long = RunConfig(max_steps=2000)
    desk = Desk(runs_memory=memory_of(long) + memory_of(RunConfig(max_steps=1)))
    desk.create(long)
    desk.steps(2000)
    desk.ask(Update(run_id="a", config=RunConfig(max_steps=1)))
    with pytest.raises(TooMany, match="All runs together take"):
        desk.create(run_id="b")
    desk.ask(Reset(run_id="a"))
    desk.create(run_id="b")


def test_a_rebuilt_run_counts_as_what_it_has_become() -> None:
    grown = RunConfig(max_steps=5000)
    original = Desk()
    original.create(RunConfig(max_steps=1))
    event = Event(step=0, line=None, config=grown)
    original.ask(Update(run_id="a", config=grown))
    desk = rebuilt(original, RunConfig(max_steps=1), event, runs_memory=memory_of(grown) + 2 * EVENT)
    with pytest.raises(TooMany, match="All runs together take"):
        desk.create(run_id="b")


def test_settings_that_take_more_memory_than_a_run_may_are_refused() -> None:
    desk = Desk(run_memory=400_000)
    desk.create()
    with pytest.raises(Invalid, match="400000 are allowed"):
        desk.create(WIDE, "b")
    with pytest.raises(Invalid, match="400000 are allowed"):
        desk.ask(Update(run_id="a", config=WIDE))
    assert desk.state(Inspect(run_id="a")).config == RunConfig()


def test_a_run_that_does_not_fit_beside_the_others_is_refused_until_one_is_gone() -> None:
    desk = Desk(runs_memory=3 * memory_of(RunConfig()) + EVENT)
    for run_id in "abc":
        desk.create(run_id=run_id)
    with pytest.raises(TooMany, match="All runs together take"):
        desk.create(run_id="d")
    desk.ask(Update(run_id="c", config=SLOW))
    with pytest.raises(TooMany):
        desk.ask(Update(run_id="c", config=RunConfig(max_steps=10_000)))
    desk.ask(Delete(run_id="b"))
    desk.create(run_id="d")
