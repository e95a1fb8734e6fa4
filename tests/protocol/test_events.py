import pytest

from app.errors import Conflict
from app.protocol.data import MAX_SAMPLES
from app.protocol.events import MAX_EVENT_POINTS, MAX_EVENTS, Event, EventLog
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


def points(*y: float, **settings: object) -> RunConfig:
    return config(data={"points": [[i, value] for i, value in enumerate(y)]}, **settings)


def test_of_a_point_that_is_dragged_only_the_end_is_kept_unless_a_new_epoch_began() -> None:
    moved = [change(points(0, 1, 2)), change(points(0, 1, 3)), change(points(0, 1, 4))]
    assert log(*moved) == moved[-1:]
    added = [change(points(0, 1, batch_size=2)), change(points(0, 1, 2, batch_size=2))]
    assert log(*added, begin=points(3, 4, batch_size=2)) == added


def test_other_points_let_a_finished_run_go_on_and_are_kept() -> None:
    events = [change(points(0, 1, stop_loss=0.1)), change(points(3, 4, stop_loss=0.1))]
    assert log(*events, begin=points(3, 4, stop_loss=0.1)) == events


def test_points_in_events_are_bounded() -> None:
    kept = EventLog(RunConfig())
    many = points(*[0.0] * MAX_SAMPLES)
    for step in range(MAX_EVENT_POINTS // MAX_SAMPLES):
        kept.refuse_if_full()
        kept.add(change(many, step))
    with pytest.raises(Conflict, match="changed 100 times since step 0"):
        kept.refuse_if_full()


def test_events_are_bounded() -> None:
    kept = EventLog(RunConfig())
    for step in range(MAX_EVENTS):
        kept.refuse_if_full()
        kept.add(change(lr(0.1), step))
    with pytest.raises(Conflict, match="Reset it first"):
        kept.refuse_if_full()
