import pytest

from app.engine.client.ledger import Journal
from app.protocol.data import Values
from app.protocol.events import Event
from app.protocol.lines import ParameterEdit
from app.protocol.runs import ModelConfig, RunConfig, RunState, Status


def state(step: int, config: RunConfig | None = None, status: Status = "paused") -> RunState:
    return RunState(id="a", config=config or RunConfig(), step=step, status=status)


def config(lr: float) -> RunConfig:
    return RunConfig.model_validate({"optimizer": {"lr": lr}})


def test_a_rebuild_tells_what_happened_and_where() -> None:
    journal = Journal(state(0))
    journal.change(state(10, config(0.1)), Event(step=10, line=None, config=config(0.1)))
    journal.change(state(20, config(0.3)), Event(step=20, line=None, config=config(0.3)))
    journal.state = state(35, config(0.3))
    rebuild = journal.rebuild(stopped=False, members=[journal])
    assert rebuild.begin == RunConfig()
    assert [(event.step, event.config) for event in rebuild.events] == [
        (10, config(0.1)),
        (20, config(0.3)),
    ]
    assert (rebuild.step, rebuild.playing) == (35, False)


def test_changes_are_told_as_the_engine_has_logged_them() -> None:
    edit = ParameterEdit(name="hidden.bias", index=(3,), value=0.5)
    edited = Event(step=4, line="backward", edit=edit)
    journal = Journal(state(0))
    at_a_line = state(4).model_copy(update={"line": "backward"})
    journal.change(at_a_line, edited)
    rebuild = journal.rebuild(stopped=False, members=[journal])
    assert rebuild.events == (edited,)
    assert (rebuild.step, rebuild.last) == (4, at_a_line)


def test_the_changes_before_and_after_a_refused_step_are_told_apart() -> None:
    before = Event(step=3, line=None, config=config(0.1))
    after = Event(step=5, line=None, config=config(0.3))
    journal = Journal(state(0))
    journal.change(state(3, config(0.1)), before)
    failed = state(5, config(0.1), "failed").model_copy(update={"reason": "failed"})
    journal.state = failed
    journal.change(failed.model_copy(update={"config": config(0.3)}), after)
    rebuild = journal.rebuild(stopped=False, members=[journal])
    assert rebuild.events == (before, Event(step=5, line=None), after)
    assert not rebuild.playing


@pytest.mark.parametrize("anew", [RunConfig(seed=5), RunConfig.model_validate({"model": {"hidden": [3]}})])
def test_what_begins_anew_forgets_what_was_before(anew: RunConfig) -> None:
    journal = Journal(state(0))
    journal.change(state(10, config(0.1)), Event(step=10, line=None, config=config(0.1)))
    journal.change(state(0, anew, "ready"), None)
    rebuild = journal.rebuild(stopped=False, members=[journal])
    assert (rebuild.begin, rebuild.events, rebuild.step) == (anew, (), 0)


def test_values_of_a_formula_come_along_and_are_forgotten_with_it() -> None:
    by_formula = RunConfig.model_validate({"data": {"target": "2*x", "n_samples": 2}})
    recipe = by_formula.recipe
    assert recipe is not None
    values = Values(recipe=recipe, y=[-2.0, 2.0], order=[0, 1])
    journal = Journal(state(0, by_formula), values)
    wider = by_formula.model_copy(update={"model": ModelConfig(hidden=(3,))})
    journal.change(state(0, wider, "ready"), None)
    assert journal.rebuild(stopped=False, members=[journal]).values == values
    journal.change(state(0, RunConfig(), "ready"), None)
    assert journal.rebuild(stopped=False, members=[journal]).values is None


def test_a_reset_begins_with_the_present_settings() -> None:
    journal = Journal(state(0))
    journal.change(state(10, config(0.1)), Event(step=10, line=None, config=config(0.1)))
    journal.begin_anew(state(0, config(0.1), "ready"))
    rebuild = journal.rebuild(stopped=False, members=[journal])
    assert (rebuild.begin, rebuild.events) == (config(0.1), ())


@pytest.mark.parametrize(
    ("status", "stopped", "playing"),
    [("playing", False, True), ("playing", True, False), ("failed", False, False), ("paused", False, False)],
)
def test_who_plays_on(status: Status, stopped: bool, playing: bool) -> None:
    journal = Journal(state(5, status=status))
    assert journal.rebuild(stopped, members=[journal]).playing is playing
