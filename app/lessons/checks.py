"""Whether a task is done, by what the reader's run or program really did."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pydantic import JsonValue

from app.errors import N_, Params
from app.lessons.settings import flat
from app.protocol.gradients import Derivation
from app.protocol.lessons import ProgramCheck, RunCheck
from app.protocol.patches import Patch, patched
from app.protocol.runs import RunConfig, RunState


class Missing(NamedTuple):
    """What is not yet as it should be. template: marked for translation."""

    template: str
    params: Params


def of_run(check: RunCheck, state: RunState, loss: float | None, scene: Patch) -> Iterator[Missing]:
    """What a run lacks. loss: that of its last step, if it took one. scene: the settings it began from."""
    own = state.config.model_dump(mode="json")
    wanted = patched(state.config, check.settings).model_dump(mode="json")
    for path, value in different(wanted, own):
        yield Missing(N_("{name} is not {value} yet."), {"name": path, "value": str(value)})
    before = dict(flat(patched(RunConfig(), scene).model_dump(mode="json")))
    for path in check.changed:
        if dict(flat(own)).get(path) == before.get(path):
            yield Missing(N_("{name} is still as it was."), {"name": path})
    if check.steps is not None and state.step < check.steps:
        yield Missing(
            N_("The run has taken {step} of {steps} {steps:step|steps}."),
            {"step": state.step, "steps": check.steps},
        )
    if check.status and state.status not in check.status:
        yield Missing(N_("The run has not come to that yet."), {})
    if check.loss_below is not None and not (loss is not None and loss < check.loss_below):
        yield Missing(N_("The loss is not below {loss} yet."), {"loss": check.loss_below})
    if check.loss_above is not None and not (loss is not None and loss > check.loss_above):
        yield Missing(N_("The loss is not above {loss} yet."), {"loss": check.loss_above})


def of_program(check: ProgramCheck, program: str, derivation: Derivation) -> Iterator[Missing]:
    """What a program lacks."""
    for word in check.uses:
        if word not in program:
            yield Missing(N_("The program does not use {word} yet."), {"word": word})
    error = derivation.error.type if derivation.error else None
    if error != check.error:
        if check.error is None:
            yield Missing(N_("The program stops with {error}."), {"error": error})
        else:
            yield Missing(N_("The program does not stop with {error} yet."), {"error": check.error})
    printed = [line.strip() for line in derivation.printed.splitlines()]
    for line in check.prints:
        if line.strip() not in printed:
            yield Missing(N_("It does not print {line} yet."), {"line": line})
    grads = {variable.name: variable for variable in derivation.variables}
    for name, numbers in check.grads.items():
        if name not in grads:
            yield Missing(N_("There is no tensor {name} yet."), {"name": name})
        elif not same(grads[name].grad_numbers, numbers):
            yield Missing(N_("{name}.grad is not as the task wants it yet."), {"name": name})


def same(found: object, wanted: object) -> bool:
    """Whether numbers, nested alike, are the same up to the rounding of float32."""
    if isinstance(found, list) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(same, found, wanted))
    if isinstance(found, int | float) and isinstance(wanted, int | float):
        return abs(found - wanted) <= 1e-4 * max(1.0, abs(wanted))
    return found is None and wanted is None


def different(
    wanted: Mapping[str, JsonValue], own: Mapping[str, JsonValue]
) -> Iterator[tuple[str, JsonValue]]:
    """The settings that are not as they are wanted."""
    has = dict(flat(own))
    yield from ((path, value) for path, value in flat(wanted) if has.get(path) != value)
