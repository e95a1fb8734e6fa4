"""What torch says to one answer."""

import math
from typing import NamedTuple

from app.exercises import marking
from app.protocol.exercises import TOLERANCE
from app.protocol.rooms import About, AboutProgram, AboutRuns, Answer, RankAnswer, SketchAnswer


class Mark(NamedTuple):
    """Whether an answer is right, and how far a sketch is off; None: that is not told."""

    right: bool | None = None
    distance: float | None = None


def mark(about: About, right: Answer | None, given: Answer) -> Mark:
    """Compare an answer with the right one."""
    if right is None:
        return Mark()
    if isinstance(given, SketchAnswer) and isinstance(right, SketchAnswer):
        return Mark(distance=distance(given, right))
    if isinstance(given, RankAnswer | SketchAnswer) or isinstance(right, RankAnswer | SketchAnswer):
        return Mark(given == right)
    return Mark(marking.is_right(given, right, tolerance(about)))


def tolerance(about: About) -> float:
    """How far a number may be off."""
    if isinstance(about, AboutProgram):
        return about.question.tolerance
    return about.tolerance if isinstance(about, AboutRuns) else TOLERANCE


def distance(given: SketchAnswer, right: SketchAnswer) -> float | None:
    """The mean squared distance of a sketch from torch's curve, where it was drawn."""
    squares = [
        (drawn - there) ** 2
        for drawn, there in zip(given.heights, right.heights, strict=True)
        if drawn is not None and there is not None
    ]
    return math.fsum(squares) / len(squares) if squares else None
