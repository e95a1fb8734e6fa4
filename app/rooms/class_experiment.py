"""The class as one experiment: which value is the next one, and what the members' runs came to."""

from dataclasses import dataclass, field, replace

from app.protocol.class_experiment import Experiment, Part
from app.protocol.patches import Patch, patched
from app.protocol.runs import MAX_SEED, RunConfig
from app.rooms import events as happened

DIGITS = 3
"""Significant digits of a learning rate that is dealt."""


@dataclass(frozen=True, slots=True)
class ClassExperiment:
    """An experiment. parts: of members, as they got them, and of those who left: no value is dealt twice.

    ended: members in the order in which theirs ended.
    """

    number: int
    asked: Experiment
    parts: dict[int, Part] = field(default_factory=dict)
    ended: tuple[int, ...] = ()

    @property
    def next_value(self) -> float:
        """The value that is dealt next."""
        return value_at(self.asked, len(self.parts))


def of_experiment(
    experiment: ClassExperiment | None,
    event: happened.ExperimentBegun | happened.Dealt | happened.PartEnded | happened.ExperimentClosed,
) -> ClassExperiment | None:
    """The experiment once this has happened."""
    if isinstance(event, happened.ExperimentBegun):
        return ClassExperiment(event.number, event.asked)
    if experiment is None or isinstance(event, happened.ExperimentClosed):
        return None
    part = (
        Part(value=event.value, run=event.run)
        if isinstance(event, happened.Dealt)
        else experiment.parts[event.member].model_copy(update={"step": event.step, "loss": event.loss})
    )
    parts = {**experiment.parts, event.member: part}
    ended = (event.member,) if isinstance(event, happened.PartEnded) else ()
    return replace(experiment, parts=parts, ended=(*experiment.ended, *ended))


def value_at(asked: Experiment, place: int) -> float:
    """The value at a place among all that are dealt."""
    if asked.vary == "seed":
        return (asked.config.seed + place) % (MAX_SEED + 1)
    share = spread(place)
    if asked.scale == "log":
        rate = asked.low * (asked.high / asked.low) ** share
    else:
        rate = asked.low + (asked.high - asked.low) * share
    return float(f"{rate:.{DIGITS}g}") if 0 < share < 1 else (asked.high if share else asked.low)


def spread(place: int) -> float:
    """A number from 0 to 1: however many there are, they lie over the whole range (van der Corput 1935).

    >>> [spread(place) for place in range(6)]
    [0.0, 1.0, 0.5, 0.25, 0.75, 0.125]
    """
    if place < 2:
        return float(place)
    number, share, digit = place - 1, 0.0, 0.5
    while number:
        number, bit = divmod(number, 2)
        share += bit * digit
        digit /= 2
    return share


def settings(asked: Experiment, value: float) -> RunConfig:
    """The settings of the run with this value. Raises: pydantic.ValidationError: they are not allowed."""
    patch: Patch = {"seed": int(value)} if asked.vary == "seed" else {"optimizer": {"lr": value}}
    return patched(asked.config, {**patch, "stop_loss": None})
