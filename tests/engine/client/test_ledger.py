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
    journal.change(state(10, config(0.1)))
    journal.change(state(20, config(0.3)))
    journal.state = state(35, config(0.3))
    rebuild = journal.rebuild(stopped=False, members=[journal])
    assert rebuild.begin == RunConfig()
    assert [(event.step, event.config) for event in rebuild.events] == [
        (10, config(0.1)),
        (20, config(0.3)),
    ]
    assert (rebuild.step, rebuild.playing) == (35, False)


def test_an_edit_is_told_with_the_line_that_was_next() -> None:
    edit = ParameterEdit(name="hidden.bias", index=(3,), value=0.5)
    journal = Journal(state(0))
    journal.edit(state(4).model_copy(update={"line": "backward"}), edit)
    rebuild = journal.rebuild(stopped=False, members=[journal])
    assert rebuild.events == (Event(step=4, line="backward", edit=edit),)
    assert (rebuild.step, rebuild.line) == (4, "backward")


def test_a_change_is_told_with_the_line_that_was_next_before_it() -> None:
    journal = Journal(state(0))
    journal.state = state(4).model_copy(update={"line": "backward"})
    without = RunConfig.model_validate({"loop": {"backward": False}})
    journal.change(state(4, without).model_copy(update={"line": "step"}))
    journal.change(state(9, RunConfig(), "playing"))
    assert [
        (event.step, event.line) for event in journal.rebuild(stopped=False, members=[journal]).events
    ] == [
        (4, "backward"),
        (9, None),
    ]


@pytest.mark.parametrize("anew", [RunConfig(seed=5), RunConfig.model_validate({"model": {"hidden": [3]}})])
def test_what_begins_anew_forgets_what_was_before(anew: RunConfig) -> None:
    journal = Journal(state(0))
    journal.change(state(10, config(0.1)))
    journal.change(state(0, anew, "ready"))
    rebuild = journal.rebuild(stopped=False, members=[journal])
    assert (rebuild.begin, rebuild.events, rebuild.step) == (anew, (), 0)


def test_values_of_a_formula_come_along_and_are_forgotten_with_it() -> None:
    by_formula = RunConfig.model_validate({"data": {"target": "2*x", "n_samples": 2}})
    recipe = by_formula.recipe
    assert recipe is not None
    values = Values(recipe=recipe, y=[-2.0, 2.0], order=[0, 1])
    journal = Journal(state(0, by_formula), values)
    wider = by_formula.model_copy(update={"model": ModelConfig(hidden=(3,))})
    journal.change(state(0, wider, "ready"))
    assert journal.rebuild(stopped=False, members=[journal]).values == values
    journal.change(state(0, RunConfig(), "ready"))
    assert journal.rebuild(stopped=False, members=[journal]).values is None


def test_a_reset_begins_with_the_present_settings() -> None:
    journal = Journal(state(0))
    journal.change(state(10, config(0.1)))
    journal.begin_anew(state(0, config(0.1), "ready"))
    rebuild = journal.rebuild(stopped=False, members=[journal])
    assert (rebuild.begin, rebuild.events) == (config(0.1), ())


@pytest.mark.parametrize(
    ("status", "stopped", "playing"),
    [("playing", False, True), ("playing", True, False), ("failed", False, True), ("paused", False, False)],
)
def test_who_plays_on(status: Status, stopped: bool, playing: bool) -> None:
    journal = Journal(state(5, status=status))
    assert journal.rebuild(stopped, members=[journal]).playing is playing
