"""What ended a program, as a record: Python's and torch's own errors, and what ran out."""

import re
from collections.abc import Callable

from app.calculator.limits import MAX_MESSAGE
from app.calculator.output import public, visible
from app.calculator.program.place import Place
from app.calculator.program.read import RefusedAt, Script, TextError
from app.calculator.program.run import Run
from app.calculator.program.stage import Stopped
from app.calculator.refusals import OutOfMemory, Refusal, TookTooLong
from app.errors import N_
from app.protocol.gradients import ProgramError

OUT_OF_MEMORY = re.compile(
    r"can't allocate memory|not enough memory|out of memory|bad_alloc|Storage size calculation overflowed"
)


def text_error(problem: TextError | RefusedAt) -> ProgramError:
    """The record of a text that cannot be read as a program."""
    if isinstance(problem, RefusedAt):
        return refused(problem.refusal, problem.line, problem.column)
    return ProgramError(
        type=problem.kind,
        message=visible(str(problem)),
        line=problem.line,
        column=problem.column,
        end_column=problem.end_column,
    )


def failed(run: Run, script: Script) -> ProgramError | None:
    """The record of what a program ended with, if it did not come to its end."""
    failure, place = run.failure, run.place
    if failure is None or (isinstance(failure, SystemExit) and failure.code in (None, 0)):
        return None
    line, column = position(place, script)
    if isinstance(failure, Refusal):
        return refused(failure, line, column)
    if isinstance(failure, Stopped):
        return refused(TookTooLong(N_("The program took too long and was ended.")), line, column)
    message = text_of(failure)
    if isinstance(failure, MemoryError) or (
        isinstance(failure, RuntimeError) and OUT_OF_MEMORY.search(message)
    ):
        return refused(OutOfMemory(N_("Out of memory.")), line, column)
    if len(message) > MAX_MESSAGE:
        message = message[:MAX_MESSAGE] + " ..."
    kind = type.__dict__["__name__"].__get__(type(failure))
    return ProgramError(type=visible(kind[:100]), message=public(message), line=line, column=column)


def position(place: Place | None, script: Script) -> tuple[int | None, int | None]:
    """Line and column as the person who typed the program counts them."""
    return (None, None) if place is None else (place.line, script.column(place.line, place.column))


def text_of(failure: BaseException) -> str:
    """An error's text. Where the error is the program's own, its `str()` may fail."""
    return tried(lambda: str(failure), "<exception str() failed>")


def tried(text: Callable[[], str], otherwise: str) -> str:
    """What `text` returns, or `otherwise` where it fails: it may call the program's own code."""
    try:
        return text()
    except BaseException:
        return otherwise


def refused(refusal: Refusal, line: int | None, column: int | None) -> ProgramError:
    """The record of an error of the calculator itself."""
    return ProgramError(
        type=refusal.kind,
        message=visible(str(refusal)),
        line=line,
        column=column,
        template=refusal.template,
        params=dict(refusal.params),
        explanation=refusal.explanation,
        remedy=refusal.remedy,
    )
