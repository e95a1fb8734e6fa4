import pytest

from app.errors import Conflict
from app.protocol.events import MAX_EVENTS, Event, EventLog
from app.protocol.lines import ParameterEdit
from app.protocol.runs import RunConfig


def config(**patch: object) -> RunConfig:
    return RunConfig.model_validate(patch)


def lr(value: float) -> RunConfig:
    return config(optimizer={"lr": value})


def change(settings: RunConfig, step: int = 10) -> Event:
    return Event(step=step, line=None, config=settings)


def edit(index: int, value: float) -> Event:
    return Event(step=10, line=None, edit=ParameterEdit(name="hidden.bias", index=(index,), value=value))


def log(*events: Event, begin: RunConfig | None = None) -> list[Event]:
    kept = EventLog(begin or RunConfig())
    for event in events:
        kept.add(event)
    return kept.events


def test_of_a_slider_that_is_dragged_while_the_run_stands_only_the_end_is_kept() -> None:
    assert log(change(lr(0.1)), change(lr(0.2)), change(lr(0.3))) == [change(lr(0.3))]
    assert log(edit(0, 0.1), edit(0, 0.2)) == [edit(0, 0.2)]


def test_changes_elsewhere_are_kept_beside_each_other() -> None:
    events = [change(lr(0.1), step=1), change(lr(0.2), step=2), edit(0, 0.1), edit(1, 0.1), change(lr(0.2))]
    assert log(*events) == events


@pytest.mark.parametrize(
    ("between", "begin"),
    [
        (config(optimizer={"name": "Adam"}), RunConfig()),
        (config(batch_size=10), RunConfig()),
        (config(scheduler={"name": "ExponentialLR", "gamma": 0.5}), RunConfig()),
    ],
)
def test_what_leaves_a_trace_although_it_is_taken_back_is_kept(between: RunConfig, begin: RunConfig) -> None:
    events = [change(between), change(begin)]
    assert log(*events, begin=begin) == events


def test_a_rate_that_is_taken_back_has_moved_a_schedule() -> None:
    begin = config(scheduler={"name": "ExponentialLR", "gamma": 0.5})
    events = [change(begin.model_copy(update={"optimizer": lr(0.1).optimizer})), change(begin)]
    assert log(*events, begin=begin) == events


def test_events_are_bounded() -> None:
    kept = EventLog(RunConfig())
    for step in range(MAX_EVENTS):
        kept.refuse_if_full()
        kept.add(change(lr(0.1), step))
    with pytest.raises(Conflict, match="Reset it first"):
        kept.refuse_if_full()
