from typing import Any

import pytest

from app.engine.client.ledger import ANSWER_BYTES, MAX_ANSWERS, Journal
from app.engine.commands import Reset, Steps
from app.engine.reports import News, Reply
from app.errors import Invalid
from app.protocol.data import Values
from app.protocol.events import Beginning, Event, UnderWay
from app.protocol.runs import ModelConfig, RunConfig, RunState, Status


def state(step: int, config: RunConfig | None = None, status: Status = "paused") -> RunState:
    return RunState(id="a", config=config or RunConfig(), step=step, status=status)


def config(lr: float) -> RunConfig:
    return RunConfig.model_validate({"optimizer": {"lr": lr}})


def begun(state: RunState, values: Values | None = None, **more: Any) -> News:
    begin = Beginning(config=state.config, values=values)
    return News(begin=begin, first=0, events=(), state=state, **more)


def test_a_rebuild_tells_what_the_engine_has_told() -> None:
    journal = Journal(begun(state(0)))
    changes = [Event(step=10 * k, line=None, config=config(0.1 * k)) for k in (1, 2)]
    journal.take(News(first=0, events=(changes[0],), state=state(10, config(0.1))))
    journal.take(News(first=1, events=(changes[1],), state=state(20, config(0.2))))
    journal.state = state(35, config(0.2))
    rebuild = journal.rebuild(stopped=False, members=[journal])
    assert (rebuild.begin, rebuild.events) == (RunConfig(), (*changes,))
    assert (rebuild.step, rebuild.last, rebuild.playing) == (35, journal.state, False)


def test_an_event_that_replaces_another_is_stored_in_its_place() -> None:
    journal = Journal(begun(state(0)))
    first, second = (Event(step=10, line=None, config=config(lr)) for lr in (0.1, 0.3))
    journal.take(News(first=0, events=(first,), state=state(10, config(0.1))))
    assert journal.change_to_store().events == {0: first}
    journal.take(News(first=0, events=(second,), state=state(10, config(0.3))))
    change = journal.change_to_store()
    assert (change.begin, change.events) == (None, {0: second})


def test_a_run_that_came_out_with_fewer_events_is_stored_anew() -> None:
    journal = Journal(begun(state(0)))
    events = tuple(Event(step=step, line=None, config=config(0.1)) for step in (3, 5))
    journal.take(News(first=0, events=events, state=state(5)))
    journal.change_to_store()
    journal.take(News(first=0, events=events[:1], state=state(4, status="failed")))
    change = journal.change_to_store()
    assert change.begin == Beginning(config=RunConfig())
    assert change.events == {0: events[0]}


@pytest.mark.parametrize("anew", [RunConfig(seed=5), RunConfig.model_validate({"model": {"hidden": [3]}})])
def test_what_begins_anew_forgets_what_was_before(anew: RunConfig) -> None:
    journal = Journal(begun(state(0)))
    journal.take(News(first=0, events=(Event(step=10, line=None, config=config(0.1)),), state=state(10)))
    journal.take(begun(state(0, anew, "ready")))
    rebuild = journal.rebuild(stopped=False, members=[journal])
    assert (rebuild.begin, rebuild.events, rebuild.step) == (anew, (), 0)


def test_values_of_a_formula_come_along_and_are_left_out_without_it() -> None:
    by_formula = RunConfig.model_validate({"data": {"target": "2*x", "n_samples": 2}})
    recipe = by_formula.recipe
    assert recipe is not None
    values = Values(recipe=recipe, y=[-2.0, 2.0], order=[0, 1])
    wider = by_formula.model_copy(update={"model": ModelConfig(hidden=(3,))})
    journal = Journal(begun(state(0, wider), values))
    assert journal.rebuild(stopped=False, members=[journal]).values == values
    journal.take(begun(state(0, RunConfig(), "ready"), values))
    assert journal.rebuild(stopped=False, members=[journal]).values is None


STEPS = UnderWay(command_id="k", until=90)


@pytest.mark.parametrize(
    ("status", "under_way", "stopped", "playing"),
    [
        ("playing", None, False, True),
        ("playing", STEPS, False, False),
        ("playing", None, True, False),
        ("failed", None, False, False),
        ("paused", None, False, False),
    ],
)
def test_who_plays_on(status: Status, under_way: UnderWay | None, stopped: bool, playing: bool) -> None:
    journal = Journal(begun(state(5, status=status), under_way=under_way))
    assert journal.rebuild(stopped, members=[journal]).playing is playing


def test_a_repeat_of_steps_that_an_engine_died_with_takes_those_that_are_left() -> None:
    journal = Journal(begun(state(5, status="playing"), under_way=STEPS))
    journal.take(News(first=0, events=(), state=state(50)))
    repeated = journal.rest_of(Steps(run_id="a", count=85, command_id="k"))
    assert repeated == Steps(run_id="a", count=85, until=90, command_id="k")
    other = Steps(run_id="a", count=85, command_id="other")
    assert journal.rest_of(other) == other
    journal.take(News(first=0, events=(), state=state(50, status="playing")))
    again = Steps(run_id="a", count=85, command_id="k")
    assert journal.rest_of(again) == again


def test_so_many_replies_are_remembered_and_their_places_are_used_again() -> None:
    journal, reply = Journal(begun(state(0))), Reply(number=1, state=state(0))
    places: dict[int, Any] = {}
    for i in range(MAX_ANSWERS + 3):
        journal.remember(Reset(run_id="a", command_id=str(i)), reply, b"")
        places |= journal.change_to_store().answers
    known = [i for i in range(MAX_ANSWERS + 3) if journal.answer_to(Reset(run_id="a", command_id=str(i)))]
    assert known == [*range(3, MAX_ANSWERS + 3)]
    assert sorted(int(answered.command_id) for answered in places.values()) == known
    for i in range(2):
        journal.remember(Reset(run_id="a", command_id=f"large {i}"), reply, bytes(ANSWER_BYTES))
    places |= journal.change_to_store().answers
    assert [answered.command_id for answered in places.values() if answered] == ["large 1"]
    with pytest.raises(Invalid, match="another request"):
        journal.answer_to(Steps(run_id="a", count=1, command_id="large 1"))
