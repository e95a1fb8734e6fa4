"""A mistake in this program, wherever it strikes, ends the run it strikes and no other."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from app.engine.commands import (
    AnyCommand,
    Create,
    Edit,
    Fork,
    GetLosses,
    GetSnapshot,
    Inspect,
    Lines,
    Pause,
    Play,
    Reset,
    SaveWeights,
    Steps,
    TakeSnapshot,
    Update,
    Watch,
)
from app.engine.reports import Feed
from app.engine.worker import feed, host
from app.engine.worker.feed import FeedWriter
from app.errors import Conflict, NotFound
from app.protocol.runs import RunConfig
from app.training import diagnosis, snapshots
from app.training.run import Run
from app.training.trace import Trace
from app.training.weights import state_dict_file
from tests.engine.worker.test_host import Desk

BAD, GOOD = "bad", ("good", "better")
SLOWER = RunConfig.model_validate({"optimizer": {"lr": 0.05}})
CONFIG = RunConfig(max_steps=200)


class Mistake(Exception):
    """No error that this program expects."""


def failing(method: Callable[..., Any], is_bad: Callable[..., bool]) -> Callable[..., Any]:
    """A function that fails for the bad run."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if is_bad(*args):
            raise Mistake("a mistake of ours")
        return method(*args, **kwargs)

    return call


def of_bad_run(run: Run, *_: object) -> bool:
    return run.id == BAD


class Struck:
    """Three runs that train together, and what is seen of them. One of them is bad."""

    def __init__(self, config: RunConfig = CONFIG) -> None:
        self.desk = Desk()
        self.writer = FeedWriter(self.desk.host.scheduler, self.desk.host.on_no_entry)
        for i, name in enumerate((*GOOD, BAD)):
            self.desk.ask(Create(run_id=name, config=config.model_copy(update={"seed": i}), values=None))
            self.desk.ask(Watch(run_id=name))

    def play(self) -> None:
        for name in (*GOOD, BAD):
            self.desk.ask(Play(run_id=name, steps_per_second=None))

    def turns(self, n: int) -> None:
        """What the engine process does again and again."""
        for _ in range(n):
            self.desk.host.scheduler.run()
            self.desk.host.background.run()
            for header, _ in self.writer.write(self.desk.host.watched()):
                Feed.model_validate_json(header)
            self.desk.host.forget_unused()

    def finish(self) -> None:
        while self.desk.host.scheduler.run() or self.desk.host.background.run():
            self.turns(1)
        self.turns(3)


def undisturbed() -> dict[str, list[float]]:
    """The losses of the good runs where there is no mistake and no other run."""
    struck = Struck()
    struck.play()
    struck.finish()
    return {name: struck.desk.losses(name) for name in GOOD}


STEPS = ("record", "trace", "snapshot", "entry", "state", "diagnosis")


@pytest.mark.parametrize("place", STEPS)
def test_a_mistake_while_runs_train_together(
    place: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    expected = undisturbed()
    struck = Struck()
    bad_trace = struck.desk.host._runs[BAD].run.trace
    struck.play()
    struck.turns(3)
    match place:
        case "record":
            monkeypatch.setattr(Run, "record", failing(Run.record, of_bad_run))
        case "trace":
            monkeypatch.setattr(Trace, "extend", failing(Trace.extend, lambda trace, *_: trace is bad_trace))
        case "snapshot":
            monkeypatch.setattr(
                snapshots, "dead_in", failing(snapshots.dead_in, lambda runs, *_: has_bad(runs))
            )
        case "entry":
            monkeypatch.setattr(
                feed, "write_entry", failing(feed.write_entry, lambda live, *_: live.run.id == BAD)
            )
        case "state":
            state = Run.state.fget  # type: ignore[attr-defined]
            monkeypatch.setattr(Run, "state", property(failing(state, of_bad_run)))
        case "diagnosis":
            monkeypatch.setattr(
                "app.training.run.diagnose",
                failing(diagnosis.diagnose, lambda ending: ending.config.seed == len(GOOD)),
            )
    struck.finish()
    assert {name: struck.desk.losses(name) for name in GOOD} == expected
    for name in GOOD:
        assert struck.desk.state(Inspect(run_id=name)).status == "finished"
    assert "a mistake of ours" in caplog.text
    assert f"run {BAD}" in caplog.text
    assert not any(f"run {name} " in caplog.text for name in GOOD)
    monkeypatch.undo()
    if BAD not in struck.desk.host._runs:
        # Nothing could be reported of it, not even its end.
        assert place in ("entry", "state")
        return
    state = struck.desk.state(Inspect(run_id=BAD))
    assert (state.status, state.topic) == ("failed", "broken_down")
    assert "a mistake of ours" in (state.error or "")
    with pytest.raises(Conflict, match="had to end"):
        struck.desk.ask(Play(run_id=BAD, steps_per_second=None))
    struck.desk.ask(Reset(run_id=BAD))
    struck.desk.ask(Play(run_id=BAD, steps_per_second=None))
    struck.finish()
    assert struck.desk.state(Inspect(run_id=BAD)).topic == "max_steps_reached"


def has_bad(runs: Any) -> bool:
    return any(run.id == BAD for run in runs)


COMMANDS: dict[str, tuple[AnyCommand, str]] = {
    "play": (Play(run_id=BAD, steps_per_second=None), "play"),
    "pause": (Pause(run_id=BAD), "pause"),
    "steps": (Steps(run_id=BAD, count=5), "play_steps"),
    "lines": (Lines(run_id=BAD, count=5), "run_lines"),
    "edit": (Edit(run_id=BAD, name="hidden.bias", index=(0,), value=1.0), "edit"),
    "update": (Update(run_id=BAD, config=SLOWER), "update"),
    "reset": (Reset(run_id=BAD), "reset"),
}


@pytest.mark.parametrize(("command", "method"), COMMANDS.values(), ids=COMMANDS)
def test_a_mistake_in_a_command_is_answered(
    command: AnyCommand, method: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    struck = Struck()
    monkeypatch.setattr(Run, method, failing(getattr(Run, method), of_bad_run))
    # A command that comes to all members of a comparison is carried out on those that it can be.
    with suppress(Conflict):
        struck.desk.ask(command)
    struck.turns(3)
    state = struck.desk.state(Inspect(run_id=BAD))
    assert (state.status, state.topic) == ("failed", "broken_down")
    assert f"run {BAD}" in caplog.text
    for name in GOOD:
        assert struck.desk.state(Inspect(run_id=name)).status == "ready"


@pytest.mark.parametrize(
    "command",
    [
        TakeSnapshot(run_id=BAD),
        SaveWeights(run_id=BAD),
        GetLosses(run_id=BAD, first_step=1),
        GetSnapshot(run_id=BAD, step=2),
        Inspect(run_id=BAD),
    ],
    ids=lambda command: command.kind,
)
def test_a_mistake_in_an_answer_is_answered(command: AnyCommand, monkeypatch: pytest.MonkeyPatch) -> None:
    struck = Struck()
    struck.desk.steps(5, BAD)
    state = Run.state.fget  # type: ignore[attr-defined]
    with monkeypatch.context() as patch:
        patch.setattr(Run, "state", property(failing(state, of_bad_run)))
        patch.setattr(host, "state_dict_file", failing(state_dict_file, lambda *_: True))
        patch.setattr(snapshots, "dead_in", failing(snapshots.dead_in, lambda runs, *_: has_bad(runs)))
        with pytest.raises(Conflict, match="had to end"):
            struck.desk.ask(command)
    assert struck.desk.state(Inspect(run_id=BAD)).topic == "broken_down"
    for name in GOOD:
        struck.desk.steps(5, name)


def test_a_mistake_in_a_fork_is_answered_and_spares_its_source(monkeypatch: pytest.MonkeyPatch) -> None:
    struck = Struck()
    struck.desk.steps(5, "good")
    monkeypatch.setattr(Run, "end_step", failing(Run.end_step, of_bad_fork))
    with pytest.raises(Conflict, match="had to end"):
        struck.desk.ask(Fork(run_id="good", fork_id="fork", step=3))
    assert struck.desk.state(Inspect(run_id="good")).status == "paused"
    with pytest.raises(NotFound):
        struck.desk.ask(Inspect(run_id="fork"))


def of_bad_fork(run: Run, *_: object) -> bool:
    return run.id == "fork"


def test_a_mistake_in_one_run_of_a_comparison_leaves_the_others_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desk()
    for i, name in enumerate((*GOOD, BAD)):
        config = RunConfig.model_validate({"optimizer": {"lr": 0.1 * (i + 1)}, "max_steps": 50})
        desk.ask(Create(run_id=name, config=config, comparison="comparison"))
    monkeypatch.setattr(Run, "record", failing(Run.record, of_bad_run))
    desk.ask(Play(run_id=BAD, steps_per_second=None))
    desk.train()
    assert [desk.state(Inspect(run_id=name)).status for name in (*GOOD, BAD)] == [
        "finished",
        "finished",
        "failed",
    ]
