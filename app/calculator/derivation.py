"""A program in, what it did out."""

import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import torch

from app.calculator.interpreter.language import compile_program
from app.calculator.interpreter.run import CURRENT, Observer, Run
from app.calculator.limits import MAX_MESSAGE, MAX_WARNINGS, RECURSION_LIMIT
from app.calculator.output import visible
from app.calculator.parse import RefusedAt, TextError, parse, position, text_lines
from app.calculator.refusals import LimitReached, Refusal, TextTooLong
from app.calculator.variables import tensor_defaults, variables
from app.errors import N_
from app.protocol.gradients import Derivation, ProgramError, ProgramWarning

TRIGGERED = re.compile(r"\s*\(Triggered internally at [^)]*\)")
OUT_OF_MEMORY = re.compile(
    r"can't allocate memory|not enough memory|out of memory|bad_alloc|Storage size calculation overflowed"
)
HIDDEN_WARNINGS = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)
"""Python shows these to developers only."""


def derive(program: str, observer: Observer | None = None) -> Derivation:
    """Run a program and tell what it printed and what became of its tensors.

    Never raises for anything a program does: that is in the record's `error`, with everything up to it.
    """
    run = Run(observer)
    lines = text_lines(program)
    seen: dict[tuple[str, int], None] = {}
    error = None
    with confined(run, seen):
        try:
            tree = parse(program)
            compile_program(tree, run)()
        except TextError as bad:
            error = ProgramError(type=bad.kind, message=str(bad), line=bad.line, column=bad.column)
        except RefusedAt as refused:
            error = refusal_record(refused.refusal, refused.line, refused.column)
        except Refusal as refusal:
            run.output.truncated |= isinstance(refusal, TextTooLong)
            error = refusal_record(refusal, *place(run, lines))
        except MemoryError:
            error = refusal_record(out_of_memory(), *place(run, lines))
        except Exception as failure:
            error = failure_record(failure, *place(run, lines))
        return record(run, seen, error)


def record(run: Run, seen: dict[tuple[str, int], None], error: ProgramError | None) -> Derivation:
    """Everything there is to tell."""
    return Derivation(
        printed=run.output.text,
        variables=variables(run.names),
        truncated=run.output.truncated,
        warnings=[ProgramWarning(message=message, line=line) for message, line in seen],
        deterministic=run.randomness.deterministic,
        error=error,
    )


@contextmanager
def confined(run: Run, seen: dict[tuple[str, int], None]) -> Iterator[None]:
    """Around one program: its warnings are kept, deep recursion works, torch's settings are put back."""
    limit = sys.getrecursionlimit()
    token = CURRENT.set(run)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = partial(keep_warning, run, seen)
        torch.set_warn_always(True)  # else a warning of torch's comes once per process
        sys.setrecursionlimit(RECURSION_LIMIT)
        try:
            yield
        finally:
            sys.setrecursionlimit(limit)
            CURRENT.reset(token)
            tensor_defaults()


def keep_warning(
    run: Run, seen: dict[tuple[str, int], None], message: Warning | str, kind: type[Warning], *_: object
) -> None:
    """What takes the place of Python's `showwarning`: each text once per line, without the server's paths."""
    if not issubclass(kind, HIDDEN_WARNINGS) and len(seen) < MAX_WARNINGS:
        text = TRIGGERED.sub("", visible(str(message)))[:MAX_MESSAGE]
        seen[text, getattr(run.node, "lineno", 1)] = None


def place(run: Run, lines: list[str]) -> tuple[int, int]:
    """Where the program was when it stopped."""
    return position(run.node, lines)


def out_of_memory() -> LimitReached:
    """The refusal for what only showed when memory ran out."""
    return LimitReached(N_("Out of memory."))


def refusal_record(refusal: Refusal, line: int, column: int) -> ProgramError:
    """The record of what the calculator says no to."""
    return ProgramError(
        type=refusal.kind,
        message=visible(str(refusal)),
        line=line,
        column=column,
        template=refusal.template,
        params=dict(refusal.params),
    )


def failure_record(failure: Exception, line: int, column: int) -> ProgramError:
    """The record of Python's or torch's own error."""
    if isinstance(failure, RuntimeError) and OUT_OF_MEMORY.search(str(failure)):
        return refusal_record(out_of_memory(), line, column)
    message = visible(TRIGGERED.sub("", str(failure)))
    if len(message) > MAX_MESSAGE:
        message = message[:MAX_MESSAGE] + " ..."
    return ProgramError(type=type(failure).__name__, message=message, line=line, column=column)
