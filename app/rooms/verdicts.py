"""What torch's own numbers say to a question."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from app.errors import N_
from app.exercises.marking import truth
from app.exercises.reasons import chain_of, reason
from app.protocol.exercises import ChoiceAnswer, NumberAnswer, Question
from app.protocol.gradients import Derivation
from app.protocol.rooms import SKETCHED, RankAnswer, SketchAnswer
from app.protocol.runs import FinishReason
from app.rooms.events import Verdict, Words, verbatim


class End(NamedTuple):
    """How a run ended. loss: of its last step; NaN where it diverged. curve: what it fitted."""

    reason: FinishReason
    step: int
    loss: float
    curve: tuple[float | None, ...]
    error: str | None = None


def of_program(question: Question, derivation: Derivation) -> Verdict:
    """The answer to a question about a program."""
    found = truth(question, derivation)
    if found is None:
        template = N_("Torch gives no answer: the program was not watched to this place.")
        return Verdict(answer=None, shown=Words(template=template))
    right, shown = found
    why = reason(question, right, derivation)
    return Verdict(
        answer=right,
        shown=verbatim(shown),
        reason=None if why is None else Words(template=why[0], params=why[1]),
        chain=chain_of(question.name, derivation),
    )


def of_runs(kind: str, ends: Sequence[End]) -> Verdict:
    """The answer to a question about runs."""
    failed = next((end for end in ends if end.reason == "failed"), None)
    if failed is not None:
        return Verdict(answer=None, shown=verbatim(failed.error or ""))
    if kind == "diverges":
        return of_divergence(ends[0])
    if kind == "order":
        order = sorted(range(len(ends)), key=lambda i: worth(ends[i]))
        return Verdict(
            answer=RankAnswer(order=tuple(order)),
            shown=verbatim(" < ".join(f"{i + 1}: {written(ends[i].loss)}" for i in order)),
        )
    best = min(range(len(ends)), key=lambda i: worth(ends[i]))
    end = ends[best]
    if not math.isfinite(end.loss):
        template = N_("{n:The run|Every run} diverged, so there is no such answer.")
        return Verdict(answer=None, shown=Words(template=template, params={"n": len(ends)}))
    if kind == "winner":
        template = N_("Run {n}, with a loss of {loss}.")
        params = {"n": best + 1, "loss": written(end.loss)}
        return Verdict(answer=ChoiceAnswer(choice=best), shown=Words(template=template, params=params))
    if kind == "loss":
        return Verdict(answer=NumberAnswer(numbers=[end.loss]), shown=verbatim(written(end.loss)))
    template = N_("The curve after {steps} {steps:step|steps}, with a loss of {loss}.")
    params = {"steps": end.step, "loss": written(end.loss)}
    return Verdict(answer=SketchAnswer(heights=end.curve), shown=Words(template=template, params=params))


def of_divergence(end: End) -> Verdict:
    """Whether a run diverged."""
    if end.reason == "diverged":
        shown = Words(template=N_("It diverges at step {step}."), params={"step": end.step})
        return Verdict(answer=ChoiceAnswer(choice=1), shown=shown)
    template = N_("It does not diverge: the loss is {loss}.")
    shown = Words(template=template, params={"loss": written(end.loss)})
    return Verdict(answer=ChoiceAnswer(choice=0), shown=shown)


def worth(end: End) -> tuple[float, int]:
    """The lower, the better: the loss; of runs that diverged, the one that lasted longer."""
    return (end.loss, 0) if math.isfinite(end.loss) else (math.inf, -end.step)


def written(loss: float) -> str:
    """A loss as it is shown."""
    return f"{loss:.4g}" if math.isfinite(loss) else "NaN"


def resampled(
    places: Sequence[float], heights: Sequence[float], first: float, last: float
) -> tuple[float | None, ...]:
    """A curve at SKETCHED equal distances from `first` to `last`; None where it is not finite.

    places: ascending.

    >>> resampled([-1.0, 1.0, 4.0], [-10.0, 10.0, 40.0], 0, 3)[::33]
    (0.0, 10.0, 20.0, 30.0)
    """
    found = [
        heights[before] + part * (heights[before + 1] - heights[before])
        for before, part in parts(tuple(places), first, last)
    ]
    return tuple(height if math.isfinite(height) else None for height in found)


@lru_cache(maxsize=256)
def parts(places: tuple[float, ...], first: float, last: float) -> tuple[tuple[int, float], ...]:
    """Between which places each of SKETCHED equal distances lies, and at which part of the way.

    A class's runs have the same places, step after step.
    """
    found = []
    before = 0
    for i in range(SKETCHED):
        place = first + (last - first) * i / (SKETCHED - 1)
        while before < len(places) - 2 and places[before + 1] < place:
            before += 1
        found.append((before, (place - places[before]) / (places[before + 1] - places[before])))
    return tuple(found)
