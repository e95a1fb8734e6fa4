"""Results of programs whose process was ended: ordinary results with `error` set."""

import signal

from app.errors import N_
from app.protocol.data import Values
from app.protocol.exercises import Questions
from app.protocol.gradients import Derivation, ProgramError
from app.protocol.scripts import Observation
from app.sandbox.messages import Ended

STOPPED = frozenset({"Timeout", "MemoryError", "Crashed", "LimitReached"})
"""The types of error of a program that had to be stopped."""


def is_stopped(answer: Derivation | Values | Questions | Observation | ProgramError) -> bool:
    """Whether the program had to be stopped."""
    error = answer.error if isinstance(answer, Derivation) else answer
    return isinstance(error, ProgramError) and error.type in STOPPED


def kind_of(answer: Derivation | Values | Questions | Observation | ProgramError) -> str:
    """How the program ended: "ok", "error" (of whatever type it chose), or how it was stopped."""
    error = answer.error if isinstance(answer, Derivation) else answer
    if not isinstance(error, ProgramError):
        return "ok"
    return error.type if error.type in STOPPED else "error"


def failed(error: ProgramError, printed: str = "") -> Derivation:
    """The result of a program whose process ended. printed: what it had printed until then."""
    return Derivation(printed=printed, variables=[], truncated=False, error=error)


def timeout() -> ProgramError:
    """The error of a program that ran out of wall-clock or processor time."""
    return _failed(
        "Timeout",
        N_("The program took too long and was ended."),
        explanation=N_("A program may compute for a moment here, so that everybody gets a turn."),
        remedy=N_("Look for a loop that never ends, or make the computation smaller."),
    )


def stopped() -> ProgramError:
    """The error of a program that its owner has ended."""
    return _failed("Stopped", N_("You stopped the program."))


def ended(by: Ended, memory: int) -> ProgramError:
    """It died. `memory`: bytes a program may take."""
    if by.signal in (signal.SIGXCPU, signal.SIGUSR1):
        return timeout()
    # torch reports a refused allocation; Python and libc may die of one instead, in various ways.
    if by.memory > memory / 2:
        return _out_of_memory()
    return crashed()


def crashed() -> ProgramError:
    """The error of a program that crashed torch or Python, did something forbidden, or sent a bad reply."""
    return _failed(
        "Crashed",
        N_("The program crashed the process that ran it."),
        explanation=N_("Some calls crash torch itself. Nobody else's program is affected."),
    )


def _out_of_memory() -> ProgramError:
    return _failed(
        "MemoryError",
        N_("The program took too much memory and was ended."),
        explanation=N_(
            "A program has a share of the server's memory here, so that there is some for everybody."
        ),
        remedy=N_("Make the tensors or lists smaller: a few thousand numbers show the same."),
    )


def _failed(
    kind: str, message: str, *, explanation: str | None = None, remedy: str | None = None
) -> ProgramError:
    return ProgramError(
        type=kind,
        message=message,
        template=message,
        explanation=explanation,
        remedy=remedy,
        line=None,
        column=None,
    )
