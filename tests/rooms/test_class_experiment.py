"""The class as one experiment: whose value is which, and that nobody's is another's."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import PlaygroundError
from app.protocol.class_experiment import MAX_EXPERIMENTS, Experiment
from app.protocol.data import DataConfig
from app.protocol.optimizers import Adam
from app.protocol.rooms import MemberChange, RoomChange, ShowsCode, ShowsExperiment
from app.protocol.runs import RunConfig
from app.rooms import events as happened
from app.rooms import rules, views
from app.rooms.class_experiment import settings, value_at
from app.rooms.events import EVENT, Event
from app.rooms.room import Room, after, folded

RATES = Experiment(vary="lr", low=0.001, high=10)


class Log:
    """A room that is made by its log."""

    def __init__(self, *, members: int = 0) -> None:
        opened = happened.Opened(at=0, id="r", code="K7Q2MX", owner="o", names="own", screen=ShowsCode())
        self.events: list[Event] = []
        self.room: Room
        self.note(opened)
        for _ in range(members):
            self.join()

    def note(self, event: Event | None) -> None:
        if event is not None:
            self.events.append(event)
            self.room = after(getattr(self, "room", None), event)

    def join(self) -> int:
        number = self.room.n_joined + 1
        self.note(rules.join(self.room, 0, f"n{number}", "en", f"t{number}", 9, random.Random(number)))
        return number

    def deal(self, member: int) -> float:
        self.note(rules.deal(self.room, 0, member=member, run=f"run {member}"))
        return rules.experiment_of(self.room).parts[member].value

    def end(self, member: int, loss: float | None) -> None:
        self.note(happened.PartEnded(at=0, member=member, step=9, loss=loss))


@given(n=st.integers(2, 200), scale=st.sampled_from(["log", "linear"]))
def test_however_many_rates_are_dealt_they_lie_over_the_whole_range(n: int, scale: str) -> None:
    asked = RATES.model_copy(update={"scale": scale})
    rates = sorted(value_at(asked, place) for place in range(n))
    assert (rates[0], rates[-1], len(set(rates))) == (0.001, 10, n)
    gaps = (
        [b / a for a, b in itertools.pairwise(rates)]
        if scale == "log"
        else [b - a for a, b in itertools.pairwise(rates)]
    )
    # No gap is more than twice as wide as if all were the same; a little more, for rates of three digits.
    even = (10 / 0.001) ** (1 / (n - 1)) if scale == "log" else (10 - 0.001) / (n - 1)
    assert max(gaps) <= (even**2 if scale == "log" else 2 * even) * 1.05


def test_settings_differ_in_the_value_alone() -> None:
    config = RunConfig(seed=7, optimizer=Adam(name="Adam"), stop_loss=0.1, data=DataConfig(n_samples=5))
    seeds = Experiment(config=config)
    assert [value_at(seeds, place) for place in range(3)] == [7, 8, 9]
    assert settings(seeds, 9.0) == config.model_copy(update={"seed": 9, "stop_loss": None})
    rates = RATES.model_copy(update={"config": config})
    expected = config.model_copy(update={"optimizer": Adam(name="Adam", lr=0.5), "stop_loss": None})
    assert settings(rates, 0.5) == expected


def test_a_range_has_two_ends() -> None:
    with pytest.raises(ValueError, match="above the lowest"):
        Experiment(vary="lr", low=0.5, high=0.5)


def test_a_member_has_one_value_and_late_comers_the_next_ones() -> None:
    log = Log(members=3)
    with pytest.raises(PlaygroundError):
        log.deal(1)
    log.note(rules.begin_experiment(log.room, 0, RATES))
    assert log.room.screen == ShowsExperiment()
    values = [log.deal(member) for member in (2, 1, 2, 3)]
    assert values == [0.001, 10, 0.001, value_at(RATES, 2)]
    assert {log.room.members[one].run for one in (1, 2, 3)} == {"run 1", "run 2", "run 3"}
    # Who was removed takes the value along: nobody else has it.
    log.note(rules.remove(log.room, 0, 2))
    assert log.deal(log.join()) == value_at(RATES, 3)
    log.note(rules.change(log.room, 0, RoomChange(locked=True)))
    waiting = log.join()
    with pytest.raises(PlaygroundError):
        log.deal(waiting)
    log.note(rules.change_member(log.room, 0, waiting, MemberChange(admitted=True), by_owner=True))
    assert log.deal(waiting) == value_at(RATES, 4)
    assert folded(EVENT.validate_json(event.model_dump_json()) for event in log.events) == log.room


def test_a_room_has_so_many_experiments_and_the_newest_counts() -> None:
    log = Log(members=1)
    for _ in range(MAX_EXPERIMENTS):
        log.note(rules.begin_experiment(log.room, 0, Experiment()))
        assert log.deal(1) == 0
    with pytest.raises(PlaygroundError, match="100 experiments"):
        rules.begin_experiment(log.room, 0, Experiment())


def test_what_everybody_sees_is_the_ends_in_their_order_and_diverged_ones_too() -> None:
    log = Log(members=4)
    log.note(rules.begin_experiment(log.room, 0, Experiment()))
    for member in (1, 2, 3, 4):
        log.deal(member)
    log.end(3, None)
    log.end(1, 0.25)
    log.end(2, 0.5)
    log.note(rules.remove(log.room, 0, 2))
    state = views.experiment_state(log.room, views.Now(changed=frozenset({4})))
    assert state is not None
    assert (state.members, state.values, state.losses) == ([3, 1], [2, 0], [None, 0.25])
    assert (state.n_dealt, state.n_changed, state.max_steps) == (3, 1, 1000)
    me = views.me(log.room, log.room.members[1], views.Now())
    assert me.part is not None
    assert (me.part.value, me.part.loss, me.part.step) == (0, 0.25, 9)
    log.note(rules.close_experiment(log.room, 0))
    assert (log.room.experiment, log.room.screen) == (None, ShowsCode())
    assert views.me(log.room, log.room.members[1], views.Now()).part is None
