"""Runs a program and records what it did: printed text, tensors, error and explanation."""

from collections.abc import Mapping
from typing import Any, TypeVar

from app.calculator.explain.explanation import explained
from app.calculator.explain.recording import Recording
from app.calculator.failures import failed, text_error
from app.calculator.output import visible
from app.calculator.program.observer import Observer
from app.calculator.program.read import RefusedAt, Script, TextError, read
from app.calculator.program.run import Program, Run
from app.calculator.remedies.mending import mended
from app.calculator.variables import variables
from app.protocol.gradients import Derivation, ProgramError, ProgramWarning, Remark, Variable

Fixed = TypeVar("Fixed", ProgramError, ProgramWarning, Remark)


def derive(program: str, observer: Observer | None = None, curves: bool = False) -> Derivation:
    """Run a program and tell what it printed, what became of its tensors, and why.

    observer: watches instead of the recording that the explanation is made from. curves: whether the checks
    follow f around each leaf of one element.
    Never raises for anything a program does: that is in the record's `error`, with everything up to it.
    """
    try:
        script = read(program)
    except (TextError, RefusedAt) as problem:
        return Derivation(printed="", variables=[], truncated=False, error=text_error(problem))
    running, recording = Program(script), Recording()
    run = running.run(observer or recording)
    if observer is not None:
        return record(run, script)
    return told(running, run, recording, curves)


def told(running: Program, run: Run, recording: Recording, curves: bool = False) -> Derivation:
    """What a program did that was recorded, and why."""
    script, result = run.script, record(run, run.script)
    if recording.gave_up:
        return result

    def again(watcher: Observer) -> Mapping[str, Any]:
        return running.run(watcher).names

    try:
        explanation = explained(result, recording, run.names, again, curves)
        result = mended(explanation, running, run, recording, again)
        return without_edits(result) if script.left_out else result
    except BaseException:
        # An unforeseen kind of tensor, a part of torch that the program has broken, or no time left: the
        # result is right without its explanation.
        return result


def without_edits(derivation: Derivation) -> Derivation:
    """The same without edits, which are worked out for a text without the lines that were left out."""

    def bare(told: Fixed) -> Fixed:
        return told.model_copy(update={"fixes": []})

    return derivation.model_copy(
        update={
            "error": derivation.error and bare(derivation.error),
            "warnings": [bare(warning) for warning in derivation.warnings],
            "remarks": [bare(remark) for remark in derivation.remarks],
            "variables": [one.model_copy(update={"retain": None}) for one in derivation.variables],
            "jacobians": [one.model_copy(update={"weights": None}) for one in derivation.jacobians],
        }
    )


def record(run: Run, script: Script) -> Derivation:
    """The record of a run: what it printed, its tensors, and how it ended."""
    left_out = [
        ProgramWarning(message=visible(f"Left out, for it is no Python: {text[:100]}"), line=line)
        for line, text in script.left_out
    ]
    return Derivation(
        printed=run.output.text,
        variables=tensors(run.names),
        truncated=run.output.truncated,
        warnings=[*left_out, *(ProgramWarning(message=message, line=line) for message, line in run.warned)],
        deterministic=run.chance.deterministic,
        error=failed(run, script),
    )


def tensors(names: Mapping[str, Any]) -> list[Variable]:
    """The records of the program's tensors; none if the program has broken what writes them."""
    try:
        return variables(names)
    except BaseException:
        return []
