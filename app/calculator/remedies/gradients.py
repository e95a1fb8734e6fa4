"""Remedies of the topics about gradients: `app.protocol.topics.autograd`."""

import ast
from collections.abc import Callable, Iterator, Mapping

import torch

from app.calculator.remedies.keeping import kept
from app.calculator.remedies.trouble import Trouble, called, is_creator
from app.protocol.edits import TextEdit

Remedy = Callable[[Trouble], Iterator[list[TextEdit]]]
NO_KEYWORD = ("FloatTensor", "DoubleTensor", "Tensor")
"""These take no `requires_grad`."""


def reduce_or_weigh(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`y.sum().backward()`, or `y.backward(gradient=torch.ones_like(y))`."""
    if found := trouble.method("backward"):
        call, method = found
        if edit := trouble.source.in_front_of_attribute(method, ".sum()"):
            yield [edit]
        if trouble.torch and isinstance(method.value, ast.Name):
            yield [trouble.source.argument(call, f"gradient={trouble.torch}.ones_like({method.value.id})")]


def weights_like_output(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`gradient=torch.ones_like(y)`."""
    if (found := trouble.method("backward")) and trouble.torch:
        call, method = found
        given = [keyword.value for keyword in call.keywords if keyword.arg == "gradient"] + call.args
        if given:
            text = f"{trouble.torch}.ones_like({trouble.source.text(method.value)})"
            yield [trouble.source.replace(given[0], text)]


def keep_graph(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`retain_graph=True` in every `backward()` before this one, or in itself where it is in a loop."""
    again = trouble.method("backward")
    if again is None:
        return
    repeated = any(
        isinstance(node, ast.For | ast.While | ast.FunctionDef) for node in trouble.source.above(again[0])
    )
    edits = [
        trouble.source.argument(call, "retain_graph=True")
        for call in trouble.source.all(ast.Call)
        if isinstance(call, ast.Call)
        and called(call) == "backward"
        and (call.lineno, call.col_offset) < (again[0].lineno, again[0].col_offset + repeated)
        and all(keyword.arg != "retain_graph" for keyword in call.keywords)
    ]
    if edits:
        yield edits


def track(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """Without the `detach()` that cuts the way, or with `requires_grad=True` where the input is made."""
    found = trouble.method("backward")
    if found is None:
        return
    origin = list(trouble.made_from(found[1].value))
    cuts = [
        node
        for part in origin
        for node in ast.walk(part)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "detach"
    ]
    for cut in cuts[:1]:
        yield [trouble.source.replace(cut, trouble.source.text(cut.func.value))]  # type: ignore[attr-defined]
    if cuts:
        return
    for call in origin:
        if isinstance(call, ast.Call) and is_creator(call):
            yield [
                trouble.source.append(call, ".requires_grad_()")
                if called(call) in NO_KEYWORD
                else trouble.source.argument(call, "requires_grad=True")
            ]
            return


def with_decimal_point(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`2.` instead of `2` where the leaf is made."""
    places = [trouble.node, *trouble.nearby(ast.Call)]
    for made in (part for place in places for part in trouble.made_from(place)):
        numbers = [
            node
            for node in ast.walk(made)
            if isinstance(node, ast.Constant) and type(node.value) is int and is_creator(made)
        ]
        if numbers:
            ordered = sorted(numbers, key=lambda node: (node.lineno, node.col_offset))
            yield [trouble.source.append(node, ".") for node in ordered]
            return


def without_tracking(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """The statement under `with torch.no_grad():`."""
    statement = trouble.source.statement(trouble.node)
    if statement is not None and trouble.torch:
        edit = trouble.source.under(statement, f"with {trouble.torch}.no_grad():")
        if edit is not None:
            yield [edit]


def out_of_place(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`y = y + 1` instead of `y += 1`, of the last such statement."""
    line = getattr(trouble.node, "lineno", 0)
    for statement in reversed(list(trouble.source.all(ast.stmt))):
        if statement.lineno < line and (text := new_tensor(trouble, statement)):  # type: ignore[attr-defined]
            yield [trouble.source.replace(statement, text)]
            return


def new_tensor(trouble: Trouble, statement: ast.AST) -> str | None:
    """An in-place statement, written so that it makes a new tensor; None for any other statement."""
    match statement:
        case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
            written = ast.unparse(ast.BinOp(ast.Name(name), op, ast.Name("_"))).removesuffix("_")
            return f"{name} = {written}{trouble.source.text(value)}"
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) as call):
            plain = attr.removesuffix("_")
            if plain != attr and not attr.startswith("_") and hasattr(torch.Tensor, plain):
                parts = [trouble.source.text(part) for part in call.args]
                parts += [f"{part.arg}={trouble.source.text(part.value)}" for part in call.keywords]
                return f"{name} = {name}.{plain}({', '.join(parts)})"
    return None


def retain_grad(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`y.retain_grad()` where the non-leaf is made."""
    for node in trouble.nearby(ast.Attribute):
        if isinstance(node, ast.Attribute) and node.attr == "grad" and isinstance(node.value, ast.Name):
            fix = kept(trouble.source, node.value.id)
            if fix is not None:
                yield fix.edits
                return


def update_the_leaf(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`with torch.no_grad(): x -= ...` instead of `x = x - ...`."""
    name = trouble.params.get("name", "")
    for statement in trouble.source.all(ast.Assign):
        match statement:
            case ast.Assign(
                targets=[ast.Name(id=target)],
                value=ast.BinOp(left=ast.Name(id=left), op=ast.Sub() | ast.Add() as op, right=right),
            ) if target == left == name and trouble.torch:
                sign = "-" if isinstance(op, ast.Sub) else "+"
                text = f"{name} {sign}= {trouble.source.text(right)}"
                edit = trouble.source.under(statement, f"with {trouble.torch}.no_grad():", text)
                if edit is not None:
                    yield [edit]
                return


def only_if_there(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`if x.grad is not None:` around `x.grad.zero_()`."""
    statement = trouble.source.statement(trouble.node)
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Attribute(attr="grad") as grad))):
            edit = trouble.source.under(statement, f"if {trouble.source.text(grad)} is not None:")
            if edit is not None:
                yield [edit]


def detach_first(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`x.detach().numpy()`."""
    if found := trouble.method("numpy"):
        edit = trouble.source.in_front_of_attribute(found[1], ".detach()")
        if edit is not None:
            yield [edit]


def keep_the_tensor(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """Without the `item()` that made a plain number of it."""
    if found := trouble.method("item", "tolist"):
        yield [trouble.source.replace(found[0], trouble.source.text(found[1].value))]


GRADIENTS: Mapping[str, Remedy] = {
    "backward_non_scalar": reduce_or_weigh,
    "gradient_shape": weights_like_output,
    "gradient_not_a_tensor": weights_like_output,
    "backward_twice": keep_graph,
    "nothing_requires_grad": track,
    "integer_leaf": with_decimal_point,
    "inplace_on_leaf": without_tracking,
    "inplace_on_saved": out_of_place,
    "grad_of_non_leaf": retain_grad,
    "update_makes_non_leaf": update_the_leaf,
    "grad_is_none": only_if_there,
    "numpy_on_tracked": detach_first,
    "number_has_no_grad": keep_the_tensor,
}
