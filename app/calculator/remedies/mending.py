"""A program's result with what to change: fixes of its error and warnings, and where weights stand."""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from app.calculator.explain.recording import Recording
from app.calculator.program.run import Program, Run
from app.calculator.remedies.causes import refined
from app.calculator.remedies.culprit import Rerun
from app.calculator.remedies.gradients import GRADIENTS
from app.calculator.remedies.keeping import is_made_once, kept
from app.calculator.remedies.library import LIBRARY
from app.calculator.remedies.proving import MOST_FIXES, Proof, proven
from app.calculator.remedies.remarks import remarks
from app.calculator.remedies.source import Source
from app.calculator.remedies.tensors import TENSORS
from app.calculator.remedies.trouble import Trouble
from app.calculator.remedies.weighing import weights_of
from app.protocol.edits import Fix
from app.protocol.explanation import Graph
from app.protocol.gradients import Derivation, ProgramError, ProgramWarning

REMEDIES = {**GRADIENTS, **TENSORS, **LIBRARY}
MOST_REMARKS = 10


def mended(result: Derivation, program: Program, run: Run, recording: Recording, again: Rerun) -> Derivation:
    """The same with causes and edits of the error and the warnings, and edits of what else can change.

    program, run, recording: what ran, how that went, and what was seen. again: runs it once more.
    """
    source = Source(program.script.tree, program.script.lines)
    at = ast.Pass() if run.place is None else run.place.node
    names = run.names_there
    proof = Proof(program, run, recording.n_lines, source.statement(at))
    error = result.error
    if error is not None:
        trouble = Trouble(source, at, names, texts(error.params), error.message, again)
        error = error.model_copy(
            update={**told(error, trouble, proof.cures), "end_column": source.end_column(at)}
        )
    begun = {step.backward: step.line for step in result.steps if step.event == "backward"}
    return result.model_copy(
        update={
            "error": error,
            "warnings": [warned(warning, source, names, proof) for warning in result.warnings],
            "remarks": list(islice(remarks(source, names, recording.calls.broadcasts, proof), MOST_REMARKS)),
            "variables": [
                variable.model_copy(update={"retain": retained(variable.name, source, result.graph, proof)})
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


def retained(name: str, source: Source, graph: Graph | None, proof: Proof) -> Fix | None:
    """What keeps a result's gradient. Not tried where that is plain: it would slow the lesson."""
    fix = kept(source, name)
    if fix is None:
        return None
    reached = any(name in node.names and node.grad is not None for node in graph.nodes) if graph else False
    return fix if (reached and is_made_once(source, name)) or proof.keeps(fix, name) else None


def warned(warning: ProgramWarning, source: Source, names: Mapping[str, Any], proof: Proof) -> ProgramWarning:
    """A warning is known by its line only: the first statement there is meant."""
    for statement in source.all(ast.stmt):
        if statement.lineno == warning.line:  # type: ignore[attr-defined]
            trouble = Trouble(source, statement, names, texts(warning.params), warning.message)
            proves = partial(proof.silences, warning=warning)
            return warning.model_copy(update=told(warning, trouble, proves))
    return warning


def told(
    about: ProgramError | ProgramWarning, trouble: Trouble, proves: Callable[[Fix], bool]
) -> dict[str, Any]:
    """The topic that fits the program, its fields, and its remedies."""
    topic = about.topic
    try:
        better = refined(topic, trouble)
    except Exception:  # an object odder than foreseen: the message's own topic is true, too
        better = None
    if better is None:
        return {"fixes": proven(fixes(topic, trouble), proves, MOST_FIXES)}
    topic, params = better
    found = fixes(topic, replace(trouble, params=params))
    return {"topic": topic, "params": params, "fixes": proven(found, proves, MOST_FIXES)}


def fixes(topic: str | None, trouble: Trouble) -> Iterator[Fix]:
    """The remedies of a topic for this program, the best first."""
    remedy = REMEDIES.get(topic or "")
    return iter(()) if remedy is None else (Fix(edits=edits) for edits in remedy(trouble))


def texts(params: Mapping[str, Any] | None) -> dict[str, str]:
    """A topic's fields."""
    return {name: str(value) for name, value in (params or {}).items()}
