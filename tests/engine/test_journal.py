import pytest

from app.engine.journal import MAX_CHANGES, Journal
from app.errors import Conflict
from app.protocol.runs import RunConfig, RunState, Status


def state(step: int, config: RunConfig | None = None, status: Status = "paused") -> RunState:
    return RunState(id="a", config=config or RunConfig(), step=step, status=status)


def config(lr: float) -> RunConfig:
    return RunConfig.model_validate({"optimizer": {"lr": lr}})


def test_a_rebuild_tells_what_happened_and_where() -> None:
    journal = Journal(state(0))
    journal.change(state(10, config(0.1)))
    journal.change(state(20, config(0.3)))
    journal.state = state(35, config(0.3))
    rebuild = journal.rebuild(stopped=False)
    assert rebuild.begin == RunConfig()
    assert [(change.step, change.config) for change in rebuild.changes] == [
        (10, config(0.1)),
        (20, config(0.3)),
    ]
    assert (rebuild.step, rebuild.playing) == (35, False)


def test_of_changes_at_one_step_only_the_last_counts() -> None:
    journal = Journal(state(0))
    for lr in (0.1, 0.2, 0.3):
        journal.change(state(10, config(lr)))
    assert [change.config for change in journal.rebuild(stopped=False).changes] == [config(0.3)]


@pytest.mark.parametrize("anew", [RunConfig(seed=5), RunConfig.model_validate({"model": {"hidden": [3]}})])
def test_what_begins_anew_forgets_what_was_before(anew: RunConfig) -> None:
    journal = Journal(state(0))
    journal.change(state(10, config(0.1)))
    journal.change(state(0, anew, "ready"))
    rebuild = journal.rebuild(stopped=False)
    assert (rebuild.begin, rebuild.changes, rebuild.step) == (anew, (), 0)


def test_a_reset_begins_with_the_present_settings() -> None:
    journal = Journal(state(0))
    journal.change(state(10, config(0.1)))
    journal.begin_anew(state(0, config(0.1), "ready"))
    rebuild = journal.rebuild(stopped=False)
    assert (rebuild.begin, rebuild.changes) == (config(0.1), ())


@pytest.mark.parametrize(
    ("status", "stopped", "playing"),
    [("playing", False, True), ("playing", True, False), ("failed", False, True), ("paused", False, False)],
)
def test_who_plays_on(status: Status, stopped: bool, playing: bool) -> None:
    assert Journal(state(5, status=status)).rebuild(stopped).playing is playing


def test_the_changes_it_remembers_are_bounded() -> None:
    journal = Journal(state(0))
    for step in range(MAX_CHANGES):
        journal.refuse_if_full()
        journal.change(state(step, config(0.1)))
    with pytest.raises(Conflict, match="Reset the run first"):
        journal.refuse_if_full()
