"""Runs that keep step with each other, whatever their settings."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.engine.commands import (
    Create,
    Delete,
    Edit,
    GetLosses,
    Inspect,
    Lines,
    Pause,
    Play,
    Rebuild,
    Reset,
    Steps,
    Unwatch,
    Update,
    Watch,
)
from app.errors import Conflict, Invalid
from app.protocol.runs import RunConfig, RunState
from tests.engine.worker.test_host import Desk
from tests.training.plain import plain

SETTINGS: dict[str, dict[str, Any]] = {
    "lesson": {},
    "no zero_grad": {"loop": {"zero_grad": False}},
    "Adam": {"optimizer": {"name": "Adam", "lr": 0.02}},
    "wide": {"model": {"hidden": [64, 64]}},
    "too fast": {"optimizer": {"lr": 2.0}},
}


def config_of(name: str) -> RunConfig:
    return RunConfig.model_validate(SETTINGS[name])


class Comparison:
    """A desk with one comparison at it, a run for each of SETTINGS, and a run that is in none."""

    def __init__(self, **options: float) -> None:
        self.desk = Desk(**options)
        for name in SETTINGS:
            self.desk.ask(Create(run_id=name, config=config_of(name), comparison="comparison"))
        self.desk.create(run_id="single")

    def states(self) -> dict[str, RunState]:
        return {name: self.desk.state(Inspect(run_id=name)) for name in SETTINGS}

    def steps(self) -> set[int]:
        """Where those stand that have not ended."""
        return {state.step for state in self.states().values() if state.reason is None}

    def ticks(self, count: int) -> Iterator[None]:
        for _ in range(count):
            self.desk.host.scheduler.run()
            yield


@pytest.mark.parametrize("pace", [None, 50.0])
def test_at_every_moment_all_that_have_not_ended_are_at_the_same_step(pace: float | None) -> None:
    comparison = Comparison()
    comparison.desk.ask(Play(run_id="Adam", steps_per_second=pace))
    seen = set()
    for _ in comparison.ticks(300):
        assert len(comparison.steps()) <= 1
        seen |= comparison.steps()
    assert len(seen) > 3
    assert comparison.desk.state(Inspect(run_id="single")).status == "ready"


def test_a_pause_a_reset_and_a_play_of_one_are_those_of_all() -> None:
    comparison = Comparison()
    comparison.desk.ask(Play(run_id="lesson", steps_per_second=None))
    for _ in comparison.ticks(5):
        pass
    comparison.desk.ask(Pause(run_id="wide"))
    assert {state.status for state in comparison.states().values()} == {"paused", "diverged"}
    assert len(comparison.steps()) == 1
    comparison.desk.ask(Reset(run_id="no zero_grad"))
    assert {(state.status, state.step) for state in comparison.states().values()} == {("ready", 0)}


def test_one_that_has_ended_stays_at_its_end_while_the_others_go_on() -> None:
    comparison = Comparison()
    number = comparison.desk.post(Steps(run_id="too fast", count=50))
    comparison.desk.train()
    assert comparison.desk.snapshot(number).step == comparison.states()["too fast"].step == 7
    assert comparison.steps() == {50}
    comparison.desk.ask(Play(run_id="too fast", steps_per_second=None))
    comparison.desk.train()
    assert {state.step for state in comparison.states().values()} == {7, 1000}
    with pytest.raises(Conflict, match="diverged"):
        comparison.desk.ask(Play(run_id="too fast", steps_per_second=None))


def test_steps_are_answered_when_all_have_taken_them_and_refused_when_none_has_so_many() -> None:
    comparison = Comparison()
    number = comparison.desk.post(Steps(run_id="too fast", count=500))
    for _ in comparison.ticks(1):
        assert number not in comparison.desk.replies
    with pytest.raises(Conflict, match="still busy"):
        comparison.desk.ask(Steps(run_id="wide", count=1))
    comparison.desk.train()
    comparison.desk.answer(number)
    with pytest.raises(Invalid, match="the 500 left"):
        comparison.desk.ask(Steps(run_id="lesson", count=501))
    assert comparison.steps() == {500}


def test_those_with_fewer_steps_to_take_end_earlier() -> None:
    desk = Desk()
    for run_id, max_steps in (("short", 10), ("long", 30)):
        desk.ask(Create(run_id=run_id, config=RunConfig(max_steps=max_steps), comparison="comparison"))
    desk.steps(20, "short")
    assert [desk.state(Inspect(run_id=run_id)).step for run_id in ("short", "long")] == [10, 20]


@pytest.mark.parametrize(
    "command",
    [
        Lines(run_id="Adam", count=1),
        Edit(run_id="Adam", name="hidden.bias", index=(0,), value=1),
        Update(run_id="Adam", config=RunConfig()),
    ],
    ids=lambda command: command.kind,
)
def test_none_can_be_changed_alone(command: Lines | Edit | Update) -> None:
    comparison = Comparison()
    with pytest.raises(Conflict, match="keep step"):
        comparison.desk.ask(command)


def test_a_comparison_computes_what_plain_scripts_do() -> None:
    comparison = Comparison()
    comparison.desk.steps(100, "lesson")
    for name, expected in zip(SETTINGS, plain([(config_of(name), 100) for name in SETTINGS]), strict=True):
        ours = comparison.desk.losses(name)
        assert ours[:7] == pytest.approx(expected.losses[:7], rel=1e-5)
        assert len(ours) == (7 if name == "too fast" else 100)
    # Adam and the wide net had nobody to share a cohort with.
    assert comparison.desk.losses("Adam") == plain([(config_of("Adam"), 100)])[0].losses


def test_a_comparison_is_forgotten_as_a_whole_or_not_at_all() -> None:
    comparison = Comparison(run_retention=100)
    comparison.desk.ask(Watch(run_id="Adam"))
    comparison.desk.now += 200
    assert comparison.desk.host.forget_unused() == ("single",)
    comparison.desk.ask(Unwatch(run_id="Adam"))
    comparison.desk.now += 60
    comparison.desk.ask(GetLosses(run_id="wide", first_step=1))
    comparison.desk.now += 60
    assert comparison.desk.host.forget_unused() == ()
    comparison.desk.now += 60
    assert set(comparison.desk.host.forget_unused()) == SETTINGS.keys()


def test_one_that_is_deleted_leaves_the_others_in_step() -> None:
    desk = Desk()
    for run_id in "abc":
        desk.ask(Create(run_id=run_id, config=RunConfig(), comparison="comparison"))
    desk.ask(Play(run_id="a", steps_per_second=None))
    desk.ask(Delete(run_id="b"))
    desk.host.scheduler.run()
    states = desk.ask(Pause(run_id="a"))[0]
    assert states.state is not None
    assert [(news.state.id, news.state.step) for news in states.news] == [
        ("a", states.state.step),
        ("c", states.state.step),
    ]


def test_rebuilt_runs_wait_for_each_other_and_then_go_on_together() -> None:
    desk = Desk()
    for name, step in (("lesson", 300), ("Adam", 300), ("too fast", 7)):
        desk.post(
            Rebuild(
                run_id=name,
                begin=config_of(name),
                events=(),
                step=step,
                last=RunState(id=name, config=config_of(name), step=0, status="playing"),
                playing=True,
                steps_per_second=None,
                comparison="comparison",
                n_members=3,
            )
        )
    steps = set()
    for _ in range(400):
        desk.host.scheduler.run()
        live = {name: desk.host._runs[name] for name in ("lesson", "Adam", "too fast")}
        waiting = {name for name, each in live.items() if each.rebuild is not None}
        assert waiting in (set(), live.keys())
        if not waiting:
            assert live["lesson"].run.step == live["Adam"].run.step >= 300
            steps.add(live["Adam"].run.step)
    assert len(steps) > 1
    assert live["too fast"].run.status == "diverged"
