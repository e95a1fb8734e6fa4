"""Remedies of the topics about gradients: `app.protocol.topics.autograd`."""

import ast
from collections.abc import Callable, Iterator, Mapping

import torch
from torch import Tensor

from app.calculator.parameters import named_parameters
from app.calculator.remedies import rounds
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
    found = trouble.method("backward", "retain_grad")
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
            said = [one for one in call.keywords if one.arg == "requires_grad"]
            if said:  # False becomes True; where it is True already, something else is wrong
                if getattr(said[0].value, "value", None) is False:
                    yield [trouble.source.replace(said[0].value, "True")]
                continue
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
    """`y = y + 1` instead of `y += 1`, in the line that changed what was needed."""
    for statement in trouble.source.all(ast.stmt):
        if str(statement.lineno) == trouble.params.get("line"):  # type: ignore[attr-defined]
            target = trouble.tensor(statement.target) if isinstance(statement, ast.AugAssign) else None
            if target is not None and target.is_leaf and target.requires_grad:
                return  # it would be no leaf any more, and have no gradient
            text = new_tensor(trouble, statement)
            if text is not None:
                yield [trouble.source.replace(statement, text)]
                return


def loss_again(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """The lines that compute the loss once more, behind the step that changed the weights."""
    found, statement = trouble.method("backward"), trouble.source.statement(trouble.node)
    if found is None or statement is None:
        return
    step = int(trouble.params.get("line", 0))
    lines: list[ast.Assign] = []
    for part in trouble.made_from(found[1].value):
        assignment = next(
            (one for one in trouble.source.all(ast.Assign) if getattr(one, "value", None) is part), None
        )
        if not isinstance(assignment, ast.Assign) or assignment.lineno > step:
            continue
        lines.append(assignment)
        if runs_a_model(trouble, part):
            break
    else:
        return
    ordered = sorted(lines, key=lambda one: one.lineno)
    yield [trouble.source.before(statement, ast.unparse(one)) for one in ordered]


def runs_a_model(trouble: Trouble, value: ast.expr) -> bool:
    """Whether a model with parameters is called in it."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(trouble.value(node.func), torch.nn.Module)
        and any(True for _ in named_parameters(trouble.value(node.func)))
        for node in ast.walk(value)
    )


def new_tensor(trouble: Trouble, statement: ast.AST) -> str | None:
    """An in-place statement, written so that it makes a new tensor; None for any other statement."""
    match statement:
        case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
            written = ast.unparse(ast.BinOp(ast.Name(name), op, ast.Name("_"))).removesuffix("_")
            return f"{name} = {written}{trouble.source.text(value)}"
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) as call):
            plain = attr.removesuffix("_")
            if plain != attr and not attr.startswith("_") and callable(getattr(torch.Tensor, plain, None)):
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
    """`if x.grad is not None:` around `x.grad.zero_()`, where a `backward()` further down fills it."""
    statement = trouble.source.statement(trouble.node)
    line = getattr(trouble.node, "lineno", 0)
    follows = any(
        isinstance(call, ast.Call) and called(call) == "backward" and call.lineno > line
        for call in trouble.source.all(ast.Call)
    )
    if leaf_without_grad(trouble) is None or not follows:
        return
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


def leaf_without_grad(trouble: Trouble) -> ast.Attribute | None:
    """`x.grad` of a tracked leaf, that is None."""
    for node in trouble.nearby(ast.Attribute):
        if isinstance(node, ast.Attribute) and node.attr == "grad":
            tensor = trouble.value(node.value)
            if isinstance(tensor, Tensor) and tensor.is_leaf and tensor.requires_grad and tensor.grad is None:
                return node
    return None


def tracked_last(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`.detach().requires_grad_()` behind what gives the leaf's name to a result."""
    line, name = trouble.params.get("line"), trouble.params.get("name", "")
    for statement in trouble.source.all(ast.Assign):
        meant = isinstance(statement, ast.Assign) and line in (None, str(statement.lineno))
        if meant and name in rounds.targets(statement):
            yield [trouble.source.append(statement.value, ".detach().requires_grad_()")]  # type: ignore[attr-defined]
            return


def with_a_graph(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`create_graph=True` where the first derivative is computed."""
    for part in trouble.made_from(trouble.node):
        for node in ast.walk(part):
            if isinstance(node, ast.Call) and called(node) == "grad" and node is not trouble.node:
                yield [trouble.source.argument(node, "create_graph=True")]
                return


def update_in_place(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`x -= ...` instead of `x = x - ...`, under the `no_grad()` that is there."""
    for statement in trouble.source.all(ast.Assign):
        match statement:
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.BinOp(op=ast.Sub() | ast.Add() as op, right=right)
            ) if str(statement.lineno) == trouble.params.get("line"):
                sign = "-" if isinstance(op, ast.Sub) else "+"
                yield [trouble.source.replace(statement, f"{name} {sign}= {trouble.source.text(right)}")]
                return


def copy_of_grad(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`x.grad.clone()` where a `.grad` is computed with."""
    for statement in trouble.source.all(ast.Assign):
        for node in ast.walk(statement.value):  # type: ignore[attr-defined]
            if isinstance(node, ast.Attribute) and node.attr == "grad":
                yield [trouble.source.append(node, ".clone()")]
                return


def zeros_instead(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`zero_grad(set_to_none=False)`."""
    for call in trouble.source.all(ast.Call):
        meant = isinstance(call, ast.Call) and str(call.lineno) == trouble.params.get("line")
        if meant and called(call) == "zero_grad":  # type: ignore[arg-type]
            yield [trouble.source.argument(call, "set_to_none=False")]  # type: ignore[arg-type]
            return


GRADIENTS: Mapping[str, Remedy] = {
    "backward_non_scalar": reduce_or_weigh,
    "gradient_shape": weights_like_output,
    "gradient_not_a_tensor": weights_like_output,
    "backward_twice": keep_graph,
    "nothing_requires_grad": track,
    "integer_leaf": with_decimal_point,
    "inplace_on_leaf": without_tracking,
    "changed_after_use": out_of_place,
    "step_before_backward": loss_again,
    "grad_used_further": copy_of_grad,
    "state_of_last_round": rounds.detach_each_round,
    "made_once_outside": rounds.detach_or_compute_again,
    "leaf_replaced": tracked_last,
    "copy_of_a_leaf": tracked_last,
    "derivative_without_graph": with_a_graph,
    "assigned_without_tracking": update_in_place,
    "grad_was_cleared": zeros_instead,
    "grad_of_non_leaf": retain_grad,
    "update_makes_non_leaf": update_the_leaf,
    "grad_is_none": only_if_there,
    "numpy_on_tracked": detach_first,
    "number_has_no_grad": keep_the_tensor,
}
