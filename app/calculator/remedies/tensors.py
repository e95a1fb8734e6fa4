"""Remedies of the topics about shapes, dtypes and names: `app.protocol.topics.tensors`, `.programs`."""

import ast
from collections.abc import Iterator, Mapping

import torch

from app.calculator.remedies import naming
from app.calculator.remedies.gradients import Remedy
from app.calculator.remedies.trouble import Trouble
from app.protocol.edits import TextEdit


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
    """The import that is missing."""
    name = trouble.params.get("name", "")
    if name in naming.IMPORTS and trouble.source.tree.body:
        yield [trouble.source.before(trouble.source.tree.body[0], naming.IMPORTS[name])]


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
