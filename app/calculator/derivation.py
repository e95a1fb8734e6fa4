"""A program in, what it did out."""

import ast
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import torch

from app.calculator.explain.explanation import explained
from app.calculator.explain.recording import Recording
from app.calculator.explain.rerun import Arrived
from app.calculator.formatting import check_shown
from app.calculator.interpreter.language import compile_program
from app.calculator.interpreter.run import CURRENT, Observer, Run
from app.calculator.limits import MAX_MESSAGE, MAX_WARNINGS, RECURSION_LIMIT
from app.calculator.output import public, visible
from app.calculator.parse import RefusedAt, TextError, parse, position, text_lines
from app.calculator.refusals import LimitReached, Refusal, TextTooLong
from app.calculator.remedies.mending import mended
from app.calculator.variables import variables
from app.errors import N_
from app.protocol.gradients import Derivation, ProgramError, ProgramWarning

OUT_OF_MEMORY = re.compile(
    r"can't allocate memory|not enough memory|out of memory|bad_alloc|Storage size calculation overflowed"
)
HIDDEN_WARNINGS = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)
"""Python shows these to developers only."""


def derive(program: str, observer: Observer | None = None, curves: bool = False) -> Derivation:
    """Run a program and tell what it printed, what became of its tensors, and why.

    observer: watches instead of the recording that the explanation is made from. curves: whether the checks
    follow f around each leaf of one element.
    Never raises for anything a program does: that is in the record's `error`, with everything up to it.
    """
    recording = Recording()
    run = Run(observer or recording)
    start = torch.get_rng_state()
    lines = text_lines(program)
    seen: dict[tuple[str, int], None] = {}
    tree = None

    def work() -> None:
        nonlocal tree
        tree = parse(program)
        compile_program(tree, run)()

    with confined(run, seen):
        error = error_of(work, run, lines)
        result = record(run, seen, error)
    if tree is None or observer is not None or recording.gave_up:
        return result
    try:
        explanation = explained(result, recording, run.names, partial(again, tree, start), curves)
        return mended(explanation, tree, lines, run.node, run.names)
    except Exception:  # a tensor odder than foreseen: what the program did is true without the reasons
        return result


def error_of(work: Callable[[], None], run: Run, lines: list[str]) -> ProgramError | None:
    """What a program fails with, if it does. work: reads and runs it. lines: its text."""
    try:
        work()
    except TextError as bad:
        return ProgramError(type=bad.kind, message=str(bad), line=bad.line, column=bad.column)
    except RefusedAt as refused:
        return refusal_record(refused.refusal, refused.line, refused.column)
    except Refusal as refusal:
        run.output.truncated |= isinstance(refusal, TextTooLong)
        return refusal_record(refusal, *place(run, lines))
    except MemoryError:
        return refusal_record(out_of_memory(), *place(run, lines))
    except Exception as failure:
        return failure_record(failure, *place(run, lines))
    return None


def record(run: Run, seen: dict[tuple[str, int], None], error: ProgramError | None) -> Derivation:
    """What it printed, what became of its tensors, how it ended."""
    return Derivation(
        printed=run.output.text,
        variables=variables(run.names),
        truncated=run.output.truncated,
        warnings=[ProgramWarning(message=message, line=line) for message, line in seen],
        deterministic=run.randomness.deterministic,
        error=error,
    )


def again(tree: ast.Module, random: torch.Tensor, observer: Observer) -> Mapping[str, Any]:
    """Run a program once more with the same random numbers, for the observer; gives its variables."""
    run = Run(observer)
    torch.set_rng_state(random)
    with confined(run, {}), suppress(Exception, Arrived):
        compile_program(tree, run)()
    return run.names


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
            restore_defaults()


def restore_defaults() -> None:
    """Put torch's process-wide settings back to what a fresh process has."""
    torch.set_grad_enabled(True)
    torch.set_default_dtype(torch.float32)
    torch.set_printoptions(profile="default")  # type: ignore[no-untyped-call]
    torch.autograd.set_detect_anomaly(False)


def keep_warning(
    run: Run, seen: dict[tuple[str, int], None], message: Warning | str, kind: type[Warning], *_: object
) -> None:
    """What takes the place of Python's `showwarning`: each text once per line, without the server's paths."""
    if not issubclass(kind, HIDDEN_WARNINGS) and len(seen) < MAX_WARNINGS:
        seen[public(str(message))[:MAX_MESSAGE], getattr(run.node, "lineno", 1)] = None


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
    try:
        check_shown(failure.args)
        message = str(failure)
    except (Refusal, RecursionError):
        message = "..."  # more than anyone would read, or than there is room for
    if len(message) > MAX_MESSAGE:
        message = message[:MAX_MESSAGE] + " ..."
    return ProgramError(type=type(failure).__name__, message=public(message), line=line, column=column)
