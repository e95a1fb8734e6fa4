"""Remedies of the topics about the library's calls, and about what an optimizer is given."""

import ast
from collections.abc import Iterator, Mapping

from torch import Tensor, nn

from app.calculator.remedies import causes, naming
from app.calculator.remedies.gradients import Remedy, track
from app.calculator.remedies.trouble import Trouble, called
from app.protocol.edits import TextEdit


def instantiate(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`nn.ReLU()(x)` instead of `nn.ReLU(x)`."""
    made = naming.layer_made(
        trouble, trouble.params.get("given") or trouble.params.get("name", "").rpartition(".")[2]
    )
    if made is not None:
        yield [trouble.source.append(made.func, "()")]


def spell_right(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """The name that was meant, in the place of the misspelt one."""
    name, meant = trouble.params.get("name", ""), trouble.params.get("meant", "")
    for node in trouble.nearby(ast.expr):
        if isinstance(node, ast.Attribute) and node.attr == name:
            yield [trouble.source.rename(node, name, meant)]
            return
        if isinstance(node, ast.Name) and node.id == name:
            yield [trouble.source.replace(node, meant)]
            return
    for keyword in trouble.nearby(ast.keyword):
        if isinstance(keyword, ast.keyword) and keyword.arg == name:
            yield [trouble.source.keyword(keyword, meant)]
            return
    for alias in trouble.nearby(ast.alias):
        if isinstance(alias, ast.alias) and alias.name == name:
            written = meant if alias.asname is None else f"{meant} as {alias.asname}"
            yield [trouble.source.replace(alias, written)]
            return


def as_number(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`loss.item()` instead of `loss.data[0]`."""
    for node in trouble.nearby(ast.Subscript):
        if isinstance(node, ast.Subscript):
            inner = node.value
            if isinstance(inner, ast.Attribute) and inner.attr == "data":
                inner = inner.value
            yield [trouble.source.replace(node, f"{trouble.source.text(inner)}.item()")]
            return


def new_keyword(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`retain_graph`."""
    for keyword in trouble.nearby(ast.keyword):
        if isinstance(keyword, ast.keyword) and keyword.arg == "retain_variables":
            yield [trouble.source.keyword(keyword, "retain_graph")]
            return


def track_afterwards(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`torch.Tensor([1.]).requires_grad_()`."""
    for call in trouble.nearby(ast.Call):
        if isinstance(call, ast.Call) and [keyword.arg for keyword in call.keywords] == ["requires_grad"]:
            given = ", ".join(trouble.source.text(argument) for argument in call.args)
            yield [
                trouble.source.replace(call, f"{trouble.source.text(call.func)}({given}).requires_grad_()")
            ]
            return


def give_the_loss(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`scheduler.step(loss)`."""
    found = trouble.method("step")
    loss = trouble.names.get("loss")
    if found and not found[0].args and isinstance(loss, Tensor | float):
        yield [trouble.source.argument(found[0], "loss.item()" if isinstance(loss, Tensor) else "loss")]


def random_each(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`vmap(f, randomness="different")`."""
    for call in trouble.source.all(ast.Call):
        if isinstance(call, ast.Call) and called(call) == "vmap":
            yield [trouble.source.argument(call, 'randomness="different"')]
            return


def full_hook(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`register_full_backward_hook`."""
    for node in trouble.source.all(ast.Attribute):
        if isinstance(node, ast.Attribute) and node.attr == "register_backward_hook":
            yield [trouble.source.rename(node, node.attr, "register_full_backward_hook")]
            return


def new_reduction(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`reduction="sum"` instead of `size_average=False`."""
    for keyword in trouble.nearby(ast.keyword):
        match keyword:
            case ast.keyword(arg="size_average", value=ast.Constant(value=bool(mean))):
                edit = trouble.source.replace(keyword, f'reduction="{"mean" if mean else "sum"}"')
                yield [edit]
                return


def return_it(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`return x` at the end of the function that has none."""
    function = causes.without_return(trouble)
    match None if function is None else function.body[-1]:
        case ast.Assign(targets=[ast.Name(id=name)]) as last:
            yield [trouble.source.after(last, f"return {name}")]
        case ast.Expr(value=value) as last if not isinstance(value, ast.Constant):
            yield [trouble.source.replace(last, f"return {trouble.source.text(value)}")]


def module_list(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`self.layers = nn.ModuleList([...])`."""
    name = trouble.params.get("name", "")
    prefix = "nn" if trouble.names.get("nn") is nn else f"{trouble.torch}.nn"
    for statement in trouble.source.all(ast.Assign):
        match statement:
            case ast.Assign(
                targets=[ast.Attribute(attr=attr)], value=ast.List() | ast.ListComp() as value
            ) if attr == name:
                text = "" if isinstance(value, ast.List) and not value.elts else trouble.source.text(value)
                yield [trouble.source.replace(value, f"{prefix}.ModuleList({text})")]
                return


def wrap_last(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`nn.Parameter(torch.randn(3).to(device))` instead of `nn.Parameter(torch.randn(3)).to(device)`."""
    for call in trouble.source.all(ast.Call):
        match call:
            case ast.Call(func=ast.Attribute(value=ast.Call(args=[inner]) as made, attr=method)) if (
                called(made) == "Parameter"
            ):
                given = [trouble.source.text(argument) for argument in call.args]
                given += [f"{one.arg}={trouble.source.text(one.value)}" for one in call.keywords]
                text = f"{trouble.source.text(inner)}.{method}({', '.join(given)})"
                yield [trouble.source.replace(call, f"{trouble.source.text(made.func)}({text})")]
                return


def as_list(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`params = list(filter(...))`."""
    assignment = trouble.assigned(trouble.params.get("name", ""))
    if assignment is not None:
        yield [trouble.source.replace(assignment.value, f"list({trouble.source.text(assignment.value)})")]


def without_import(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """The program without an import that nothing in it uses."""
    statement = trouble.source.statement(trouble.node)
    if not isinstance(statement, ast.Import | ast.ImportFrom):
        return
    names = {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
    used = any(isinstance(node, ast.Name) and node.id in names for node in trouble.source.all(ast.Name))
    edit = None if used else trouble.source.without(statement)
    if edit is not None:
        yield [edit]


LIBRARY: Mapping[str, Remedy] = {
    "package_for_display": without_import,
    "class_called_with_data": instantiate,
    "layer_instead_of_tensor": instantiate,
    "takes_no_data": instantiate,
    "misspelt": spell_right,
    "single_number_has_no_index": as_number,
    "old_keyword": new_keyword,
    "old_constructor": track_afterwards,
    "metric_is_missing": give_the_loss,
    "vmap_random": random_each,
    "old_hook": full_hook,
    "old_reduction": new_reduction,
    "returns_nothing": return_it,
    "layers_in_a_list": module_list,
    "parameter_is_a_result": wrap_last,
    "iterator_used_up": as_list,
    "retain_grad_untracked": track,
}
