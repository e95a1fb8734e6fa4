"""A program's result with what to change: fixes of its error and warnings, and where weights stand."""

import ast
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from app.calculator.remedies.gradients import GRADIENTS
from app.calculator.remedies.keeping import kept
from app.calculator.remedies.source import Source
from app.calculator.remedies.tensors import TENSORS
from app.calculator.remedies.trouble import Trouble
from app.calculator.remedies.weighing import weights_of
from app.protocol.edits import Fix
from app.protocol.gradients import Derivation, ProgramWarning

REMEDIES = {**GRADIENTS, **TENSORS}
MOST_FIXES = 2


def mended(
    result: Derivation, tree: ast.Module, lines: Sequence[str], at: ast.AST, names: Mapping[str, Any]
) -> Derivation:
    """The same with edits beside the error, the warnings, the results without a gradient and the weights.

    at: where the program stopped. names: its variables then.
    """
    source = Source(tree, lines)
    error = result.error
    if error is not None:
        trouble = Trouble(source, at, names, texts(error.params))
        error = error.model_copy(
            update={"fixes": fixes(error.topic, trouble), "end_column": source.end_column(at)}
        )
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
            trouble = Trouble(source, statement, names, texts(warning.params))
            return warning.model_copy(update={"fixes": fixes(warning.topic, trouble)})
    return warning


def fixes(topic: str | None, trouble: Trouble) -> list[Fix]:
    """The remedies of a topic for this program, the best first."""
    remedy = REMEDIES.get(topic or "")
    return [] if remedy is None else [Fix(edits=edits) for edits in islice(remedy(trouble), MOST_FIXES)]


def texts(params: Mapping[str, Any] | None) -> dict[str, str]:
    """A topic's fields."""
    return {name: str(value) for name, value in (params or {}).items()}
