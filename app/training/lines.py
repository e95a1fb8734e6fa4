"""One line of the training loop, and the tensors it made or changed, before and after."""

from collections.abc import Mapping
from typing import Literal

from torch import Tensor

from app.protocol.lines import MAX_SHOWN, LineRan, TensorChange
from app.protocol.runs import LineName
from app.protocol.snapshots import Nested
from app.training.loop import Loop

What = Literal["value", "grad"]
TOUCHES: Mapping[LineName, What] = {"zero_grad": "grad", "backward": "grad", "step": "value"}
"""Whether a line changes each parameter's value or its `.grad`."""


def run_line(loop: Loop, step: int) -> LineRan:
    """Run the next line. step: the step that the line is part of. Raises: as `Loop.run_line`."""
    loop.revive()
    line = loop.left[0]
    what = TOUCHES.get(line, "value")
    shapes = {parameter.name: parameter.shape for parameter in loop.parameters}
    before = {name: shown(tensor) for name, tensor in touched(loop, line).items()}
    lr = loop.lr if line == "step" else None
    loop.run_line()
    samples = loop.batches.last.tolist() if line == "forward" and loop.batches else None
    changes = []
    for name, tensor in touched(loop, line).items():
        shape = shapes.get(name) or tuple(tensor.shape if tensor is not None else ())
        changes.append(
            TensorChange(name=name, what=what, shape=shape, before=before[name], after=shown(tensor))
        )
    return LineRan(step=step, line=line, changes=changes, samples=samples, lr=lr)


def touched(loop: Loop, line: LineName) -> dict[str, Tensor | None]:
    """The tensors that a line makes or changes, by name, as they are now; None where there is none."""
    match line:
        case "forward":
            return {"prediction": loop.variables.get("prediction")}
        case "loss":
            return {"loss": loop.variables.get("loss")}
        case "zero_grad" | "backward":
            tensors = [leaf.grad if loop.has_grads else None for leaf in loop.leaves]
        case "step":
            tensors = [*loop.leaves]
    return {parameter.name: tensor for parameter, tensor in zip(loop.parameters, tensors, strict=True)}


def shown(tensor: Tensor | None) -> Nested | None:
    """A tensor's values; None if there are more than MAX_SHOWN."""
    if tensor is None or tensor.numel() > MAX_SHOWN:
        return None
    values: Nested = tensor.tolist()
    return values
