"""Whether an answer is right: compared with what torch did, as the program's `Derivation` tells it."""

import math
import re
from collections.abc import Iterator, Sequence

from app.protocol.exercises import (
    MAX_GIVEN,
    MAX_TEXT,
    Answer,
    ChoiceAnswer,
    ErrorAnswer,
    NoneAnswer,
    NumberAnswer,
    Question,
    TextAnswer,
)
from app.protocol.gradients import Derivation, Variable
from app.protocol.record import Numbers

TO_ITS_END, STOPPED = 0, 1
"""The choices of the question how the program ends."""
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|inf|nan)")
AROUND = re.compile(
    r",?\s*(?:dtype=torch\.\w+|requires_grad=True|grad_fn=<\w*>|size=\([\d, ]*\)|device='[\w:]+')"
)
"""What torch writes beside a tensor's numbers."""
BARE = re.compile(r"[\s\[\](),;]*|tensor")
"""What may stand around numbers in an answer that is nothing but numbers."""


def truth(question: Question, derivation: Derivation) -> tuple[Answer, str] | None:
    """The right answer, and how torch or Python writes it. None where the derivation does not tell."""
    error = derivation.error
    stopped = ErrorAnswer(), "" if error is None else f"{error.type}: {error.message}"[:MAX_TEXT]
    if question.about == "end":
        return ChoiceAnswer(choice=TO_ITS_END if error is None else STOPPED), stopped[1]
    if question.about == "printed":
        text = last_printed(question.line, derivation)
        if text is None:
            return None if error is None else stopped
        return (NoneAnswer() if text.strip() == "None" else TextAnswer(text=text[:MAX_TEXT])), text[:MAX_TEXT]
    if error is not None:
        return stopped
    variable = next((one for one in derivation.variables if one.name == question.name), None)
    return None if variable is None else gradient(variable)


def gradient(variable: Variable) -> tuple[Answer, str] | None:
    """The `.grad` of a tensor as an answer."""
    if variable.grad is None:
        return NoneAnswer(), "None"
    if variable.grad_numbers is None:
        return None
    return NumberAnswer(numbers=variable.grad_numbers), variable.grad[:MAX_TEXT]


def last_printed(line: int | None, derivation: Derivation) -> str | None:
    """What a line printed the last time it did; None if it never ran, or nobody watched."""
    found, before, known = None, 0, True
    for step in derivation.steps:
        if step.event == "skipped":
            known = False
        elif step.printed is not None:
            if step.line == line and known and step.printed > before:
                found = derivation.printed[before : step.printed]
            before, known = step.printed, True
    if (
        found is None
        and derivation.error is None
        and not any(step.event == "skipped" for step in derivation.steps)
    ):
        return "" if derivation.steps else None
    return found


def is_right(answer: Answer, right: Answer, tolerance: float) -> bool:
    """Whether an answer says the same as the right one."""
    match answer, right:
        case NumberAnswer(), NumberAnswer():
            return close(flat(answer.numbers), flat(right.numbers), tolerance)
        case NumberAnswer(), TextAnswer():
            return close(flat(answer.numbers), numbers_in(right.text), tolerance)
        case TextAnswer(), TextAnswer():
            return same_text(answer.text, right.text, tolerance)
        case TextAnswer(), NoneAnswer():
            return answer.text.strip() == "None"
        case ChoiceAnswer(), ChoiceAnswer():
            return answer.choice == right.choice
    return answer.kind == right.kind


def same_text(given: str, right: str, tolerance: float) -> bool:
    """Whether a text is the printed one, or names the numbers in it and nothing else."""
    if given.split() == right.split():
        return True
    only_numbers = BARE.sub("", NUMBER.sub("", given)) == ""
    numbers = numbers_in(given)
    return bool(numbers) and only_numbers and close(numbers, numbers_in(right), tolerance)


def numbers_in(text: str) -> list[float]:
    """The numbers in a printed text, without those that torch writes beside a tensor's own.

    >>> numbers_in("tensor([6., 1.], dtype=torch.float64)")
    [6.0, 1.0]
    """
    return [float(found) for found in NUMBER.findall(AROUND.sub("", text))]


def flat(numbers: Numbers) -> list[float]:
    """Numbers in any brackets as one list; NaN for what is not finite."""
    return list(leaves(numbers))[:MAX_GIVEN]


def leaves(numbers: Numbers) -> Iterator[float]:
    """The numbers in any brackets, in their order."""
    if isinstance(numbers, list):
        for part in numbers:
            yield from leaves(part)
    else:
        yield math.nan if numbers is None else float(numbers)


def close(given: Sequence[float], right: Sequence[float], tolerance: float) -> bool:
    """Whether each number is near enough to its own; what is not finite must be the same or not finite."""
    return len(given) == len(right) and all(
        (not math.isfinite(one) and not math.isfinite(other))
        or abs(one - other) <= tolerance * max(1.0, abs(other))
        for one, other in zip(given, right, strict=True)
    )
