"""The explanation of a program's gradients: graph, chain rule, matrices, checks and playback."""

import time
from collections.abc import Mapping
from typing import Any

from torch import Tensor

from app.calculator.explain.bench import Bench
from app.calculator.explain.chain import chains
from app.calculator.explain.drawing import draw
from app.calculator.explain.figures import name_text
from app.calculator.explain.graph import named_tensors, picture
from app.calculator.explain.jacobian import jacobians
from app.calculator.explain.nudge import nudges
from app.calculator.explain.recording import WATCHED, Recording
from app.calculator.explain.rerun import Rerun
from app.calculator.explain.steps import steps
from app.protocol.gradients import Derivation
from app.protocol.topics import find

MAX_SECONDS = 0.5
"""Processor time of a program that may run once more, to be watched to its end."""
MAX_WAIT = 0.8
"""And its time on a busy machine."""


def explained(
    result: Derivation, recording: Recording, names: Mapping[str, Any], rerun: Rerun, curves: bool = False
) -> Derivation:
    """A program's result with its explanation.

    names: the program's variables at its end. rerun: runs it again with the same random numbers.
    """
    late = not recording.complete and (
        recording.seconds > MAX_SECONDS or time.monotonic() - recording.began > MAX_WAIT
    )
    if not recording.complete and not late:
        recording, names = watched_to_the_end(recording, names, rerun)
    if result.error is not None:
        recording.playback.stop(result.error.line or 0)
    seen = picture(recording, names)
    passes = [flow for flow, _ in recording.flows.last.values()]
    relabelled = recording.playback.relabelled
    error = result.error
    if error is not None and error.template is None:
        error = error.model_copy(update=topic_of(error.message, relabelled))
    bench = Bench(rerun, recording.began)
    return result.model_copy(
        update={
            "graph": draw(seen),
            "chain": chains(seen, passes),
            "jacobians": jacobians(seen, passes),
            "nudge": nudges(recording, seen, bench, curves),
            "steps": steps(recording, seen, error),
            "error": error,
            "deterministic": result.deterministic and not bench.late and not late,
            "warnings": [
                warning.model_copy(update=topic_of(warning.message, relabelled))
                for warning in result.warnings
            ],
        }
    )


def watched_to_the_end(
    recording: Recording, names: Mapping[str, Any], rerun: Rerun
) -> tuple[Recording, Mapping[str, Any]]:
    """The recording of a second run that has the last lines too; the first one if that run was another."""
    again = Recording(wakes_at=max(recording.n_lines - WATCHED, WATCHED))
    found = rerun(again)
    return (again, found) if alike(names, found) else (recording, names)


def alike(names: Mapping[str, Any], others: Mapping[str, Any]) -> bool:
    """Whether two runs ended with the same numbers."""
    ours, theirs = dict(named_tensors(names)), dict(named_tensors(others))
    return ours.keys() == theirs.keys() and all(
        tensor.shape == theirs[name].shape and same_numbers(tensor, theirs[name])
        for name, tensor in ours.items()
    )


def same_numbers(tensor: Tensor, other: Tensor) -> bool:
    """Whether two tensors of one shape are equal, NaN to NaN as well."""
    return bool(((tensor == other) | (tensor.isnan() & other.isnan())).all())


def topic_of(message: str, relabelled: Mapping[str, int]) -> dict[str, Any]:
    """The topic of a message and its fields.

    relabelled: names that stood for a leaf and then for a result. With one of those, a missing gradient has
    a cause that the message does not name.
    """
    topic, params = find(message) or (None, None)
    if topic in ("grad_is_none", "grad_of_non_leaf") and relabelled:
        topic, params = "update_makes_non_leaf", {"name": list(relabelled)[-1]}
    return {"topic": topic, "params": params and {key: name_text(value) for key, value in params.items()}}
