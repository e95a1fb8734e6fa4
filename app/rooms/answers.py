"""Answers: which a question takes, and how often each was given."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from app.errors import N_, Invalid
from app.exercises.marking import leaves
from app.protocol.exercises import ChoiceAnswer, NumberAnswer, TextAnswer
from app.protocol.rooms import (
    About,
    AboutProgram,
    AboutRuns,
    Answer,
    Count,
    RankAnswer,
    SketchAnswer,
    Tally,
)
from app.rooms.marks import Mark
from app.rooms.room import Question

MAX_NUMBERS = 64
MAX_COUNTS = 12
"""Different answers that a tally tells."""
LONGEST = 120
"""Characters of an answer as it is told to others."""

KINDS = {
    "winner": ("choice",),
    "order": ("rank",),
    "diverges": ("choice",),
    "loss": ("number",),
    "curve": ("sketch",),
    "poll": ("choice",),
}


def n_choices(about: About) -> int:
    """How many there are to choose from."""
    if isinstance(about, AboutProgram):
        return max(2, len(about.question.choices))
    if isinstance(about, AboutRuns):
        return 2 if about.kind == "diverges" else len(about.trial.vary)
    return len(about.choices)


def check(about: About, answer: Answer) -> None:
    """Refuse an answer that the question does not take. Raises: Invalid."""
    kinds = about.question.answers if isinstance(about, AboutProgram) else KINDS[about.kind]
    if answer.kind not in kinds:
        template = N_("The question takes another kind of answer: {kinds}.")
        raise Invalid("answer.kind", template, kinds=", ".join(kinds))
    n = n_choices(about)
    if isinstance(answer, ChoiceAnswer) and answer.choice >= n:
        raise Invalid("answer.choice", N_("There are {n} to choose from, counted from 0."), n=n)
    if isinstance(answer, RankAnswer) and sorted(answer.order) != list(range(n)):
        raise Invalid("answer.order", N_("Each of the {n} must be there once, counted from 0."), n=n)
    if isinstance(answer, NumberAnswer):
        given = list(leaves(answer.numbers))
        most = MAX_NUMBERS if isinstance(about, AboutProgram) else 1
        if not 1 <= len(given) <= most or len(answer.model_dump_json()) > 60 + 40 * most:
            template = N_("At most {most} {most:number is|numbers are} taken, and at least one.")
            raise Invalid("answer.numbers", template, most=most)


class Given(NamedTuple):
    """An answer and what torch says to it."""

    answer: Answer
    mark: Mark


def tally(question: Question, number: int, members: Iterable[int], most_sketches: int) -> Tally:
    """What those members answered in one round of a revealed question. number: of the round, from 0."""
    answers, marks = question.rounds[number], question.marks[number]
    given = [Given(answers[member], marks[member]) for member in members if member in answers]
    if question.ask.about.kind == "curve":
        drawn = chosen(sorted(given, key=far), most_sketches)
        sketches = [one.answer for one in drawn if isinstance(one.answer, SketchAnswer)]
        return Tally(
            n_answers=len(given),
            n_right=None,
            counts=[],
            sketches=[SketchAnswer(heights=tuple(map(rounded, one.heights))) for one in sketches],
            distances=[rounded(one.mark.distance) for one in drawn],
        )
    known = question.verdict is not None and question.verdict.answer is not None
    return Tally(
        n_answers=len(given),
        n_right=sum(one.mark.right is True for one in given) if known else None,
        counts=counted(given),
        sketches=[],
        distances=[],
    )


def far(given: Given) -> float:
    """How far a sketch is off; without a curve to compare with, all are as far."""
    return math.inf if given.mark.distance is None else given.mark.distance


def chosen(drawn: list[Given], most: int) -> list[Given]:
    """At most so many of them, at equal distances, the first and the last included."""
    if len(drawn) <= most:
        return drawn
    return [drawn[i * (len(drawn) - 1) // max(1, most - 1)] for i in range(most)]


def counted(given: Iterable[Given]) -> list[Count]:
    """How often each answer was given, those given most often first."""
    alike: dict[str, list[Given]] = {}
    for one in given:
        alike.setdefault(sameness(one.answer), []).append(one)
    most = sorted(alike.values(), key=lambda group: -len(group))[:MAX_COUNTS]
    return [
        Count(answer=brief(group[0].answer), count=len(group), right=group[0].mark.right) for group in most
    ]


def sameness(answer: Answer) -> str:
    """The same for answers that say the same."""
    if isinstance(answer, NumberAnswer):
        return f"number {[float(f'{number:.6g}') for number in leaves(answer.numbers)]}"
    if isinstance(answer, TextAnswer):
        return f"text {' '.join(answer.text.split())}"
    return answer.model_dump_json()


def brief(answer: Answer) -> Answer:
    """An answer as others are told it."""
    if isinstance(answer, TextAnswer):
        return TextAnswer(text=answer.text[:LONGEST])
    if isinstance(answer, NumberAnswer) and len(answer.model_dump_json()) > LONGEST:
        return TextAnswer(text=plain(answer)[:LONGEST] + "…")
    return answer


def plain(answer: Answer) -> str:
    """An answer as a table has it.

    >>> plain(RankAnswer(order=(1, 0))), plain(NumberAnswer(numbers=[[1.5], [2]]))
    ('2 < 1', '1.5 2.0')
    """
    match answer:
        case NumberAnswer():
            return " ".join(str(number) for number in leaves(answer.numbers))
        case TextAnswer():
            return answer.text
        case ChoiceAnswer():
            return str(answer.choice + 1)
        case RankAnswer():
            return " < ".join(str(one + 1) for one in answer.order)
        case SketchAnswer():
            return " ".join("" if one is None else f"{one:.4g}" for one in answer.heights)
    return answer.kind


def rounded(number: float | None) -> float | None:
    """A number with three digits, which is as exact as a hand draws."""
    return None if number is None else float(f"{number:.3g}")
