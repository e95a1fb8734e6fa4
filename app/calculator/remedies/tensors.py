"""Remedies of the topics about shapes, dtypes and names: `app.protocol.topics.tensors`, `.programs`."""

import ast
import builtins
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

import torch

from app.calculator.remedies.gradients import Remedy
from app.calculator.remedies.trouble import Trouble
from app.protocol.edits import TextEdit

IMPORTS = {
    "torch": "import torch",
    "nn": "from torch import nn",
    "optim": "from torch import optim",
    "F": "import torch.nn.functional as F",
    "Variable": "from torch.autograd import Variable",
    "math": "import math",
}
"""What a name is usually imported by."""


def operands(trouble: Trouble) -> list[ast.expr]:
    """The two sides of an operator, or the arguments of a call."""
    for node in trouble.nearby(ast.BinOp | ast.Call):  # type: ignore[arg-type]
        if isinstance(node, ast.BinOp):
            return [node.left, node.right]
        if isinstance(node, ast.Call) and node.args:
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            return (
                [owner, *node.args] if owner is not None and trouble.tensor(owner) is not None else node.args
            )
    return []


def transpose(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`a @ b.T` where that fits, or one more dimension for a row of data."""
    first, second = (trouble.params.get(name, "").split("x") for name in ("first", "second"))
    sides = operands(trouble)
    if len(sides) == 2 and first[-1] == second[-1]:
        yield [trouble.source.append(sides[1], ".T")]
    elif len(sides) == 2 and first[0] == second[0]:
        yield [trouble.source.append(sides[0], ".T")]
    elif len(sides) == 1 and second[0] == "1" and is_row(trouble.tensor(sides[0])):
        yield [trouble.source.append(sides[0], ".unsqueeze(dim=1)")]


def is_row(tensor: torch.Tensor | None) -> bool:
    """Whether it has one dimension."""
    return tensor is not None and tensor.dim() == 1


def same_shape(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """A target of the prediction's shape."""
    dimensions = {name: text.count(",") + (text != "[]") for name, text in trouble.params.items()}
    for call in trouble.nearby(ast.Call):
        if isinstance(call, ast.Call) and len(call.args) == 2:
            change = {(2, 1): ".unsqueeze(dim=1)", (1, 2): ".squeeze(dim=1)"}.get(
                (dimensions.get("input", 0), dimensions.get("target", 0))
            )
            if change is not None:
                yield [trouble.source.append(call.args[1], change)]
                return


def as_float(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`.float()` behind whatever is no float32."""
    found = [(side, trouble.tensor(side)) for side in operands(trouble)]
    edits = [
        trouble.source.append(side, ".float()")
        for side, tensor in found
        if tensor is not None and tensor.dtype != torch.float32
    ]
    if edits:
        yield edits


def float_first(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`x.float().mean()`."""
    for call in trouble.nearby(ast.Call):
        method = call.func if isinstance(call, ast.Call) else None
        if isinstance(method, ast.Attribute) and trouble.tensor(method.value) is not None:
            if edit := trouble.source.in_front_of_attribute(method, ".float()"):
                yield [edit]
            return


def as_tensor(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`torch.exp(torch.tensor(2.0))`."""
    sides = operands(trouble)
    if sides and trouble.torch:
        yield [trouble.source.replace(sides[0], f"{trouble.torch}.tensor({trouble.source.text(sides[0])})")]


def known_name(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """The import that is missing, or the name that was probably meant."""
    name = trouble.params.get("name", "")
    if name in IMPORTS and trouble.source.tree.body:
        yield [trouble.source.before(trouble.source.tree.body[0], IMPORTS[name])]
        return
    known = [known for known in (*trouble.names, *dir(builtins)) if not known.startswith("__")]
    for meant in get_close_matches(name, known, n=1, cutoff=0.6):
        for node in trouble.nearby(ast.Name):
            if isinstance(node, ast.Name) and node.id == name:
                yield [trouble.source.replace(node, meant)]
                return


def in_a_list(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`SGD([x], ...)`."""
    for call in trouble.nearby(ast.Call):
        if isinstance(call, ast.Call) and call.args and trouble.tensor(call.args[0]) is not None:
            yield [trouble.source.replace(call.args[0], f"[{trouble.source.text(call.args[0])}]")]
            return


TENSORS: Mapping[str, Remedy] = {
    "matmul_shapes": transpose,
    "one_row_of_many": transpose,
    "target_size": same_shape,
    "dtype_mismatch": as_float,
    "needs_floating_point": float_first,
    "needs_a_tensor": as_tensor,
    "name_not_defined": known_name,
    "optimizer_needs_a_list": in_a_list,
}
