"""A program's result with what to change: fixes of its error and warnings, and where weights stand."""

import ast
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from app.calculator.program.read import Script
from app.calculator.remedies.causes import refined
from app.calculator.remedies.culprit import Rerun
from app.calculator.remedies.gradients import GRADIENTS
from app.calculator.remedies.keeping import kept
from app.calculator.remedies.library import LIBRARY
from app.calculator.remedies.source import Source
from app.calculator.remedies.tensors import TENSORS
from app.calculator.remedies.trouble import Trouble
from app.calculator.remedies.weighing import weights_of
from app.protocol.edits import Fix
from app.protocol.gradients import Derivation, ProgramError, ProgramWarning

REMEDIES = {**GRADIENTS, **TENSORS, **LIBRARY}
MOST_FIXES = 2


def mended(
    result: Derivation,
    script: Script,
    at: ast.AST,
    names: Mapping[str, Any],
    again: Rerun,
) -> Derivation:
    """The same with causes and edits of the error and the warnings, and edits of what else can change.

    at: where the program stopped. names: the variables to be seen there. again: runs it once more.
    """
    source = Source(script.tree, script.lines)
    error = result.error
    if error is not None:
        trouble = Trouble(source, at, names, texts(error.params), error.message, again)
        error = error.model_copy(update={**told(error, trouble), "end_column": source.end_column(at)})
    begun = {step.backward: step.line for step in result.steps if step.event == "backward"}
    return result.model_copy(
        update={
            "error": error,
            "warnings": [warned(warning, source, names) for warning in result.warnings],
            "variables": [
                variable.model_copy(update={"retain": kept(source, variable.name)})
                if variable.grad_state == "not_retained"
                else variable
                for variable in result.variables
            ],
            "jacobians": [
                jacobian.model_copy(update={"weights": weights_of(source, begun.get(jacobian.backward))})
                for jacobian in result.jacobians
            ],
        }
    )


def warned(warning: ProgramWarning, source: Source, names: Mapping[str, Any]) -> ProgramWarning:
    """A warning is known by its line only: the first statement there is meant."""
    for statement in source.all(ast.stmt):
        if statement.lineno == warning.line:  # type: ignore[attr-defined]
            trouble = Trouble(source, statement, names, texts(warning.params), warning.message)
            return warning.model_copy(update=told(warning, trouble))
    return warning


def told(about: ProgramError | ProgramWarning, trouble: Trouble) -> dict[str, Any]:
    """The topic that fits the program, its fields, and its remedies."""
    topic = about.topic
    try:
        better = refined(topic, trouble)
    except Exception:  # an object odder than foreseen: the message's own topic is true, too
        better = None
    if better is None:
        return {"fixes": fixes(topic, trouble)}
    topic, params = better
    return {"topic": topic, "params": params, "fixes": fixes(topic, replace(trouble, params=params))}


def fixes(topic: str | None, trouble: Trouble) -> list[Fix]:
    """The remedies of a topic for this program, the best first."""
    remedy = REMEDIES.get(topic or "")
    return [] if remedy is None else [Fix(edits=edits) for edits in islice(remedy(trouble), MOST_FIXES)]


def texts(params: Mapping[str, Any] | None) -> dict[str, str]:
    """A topic's fields."""
    return {name: str(value) for name, value in (params or {}).items()}
