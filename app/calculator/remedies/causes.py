"""What a message does not say: the topic that fits the program, where the message alone leads astray."""

import ast
import re
from collections.abc import Callable, Mapping
from types import GeneratorType
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer

from app.calculator.remedies import naming, rounds
from app.calculator.remedies.culprit import culprit
from app.calculator.remedies.gradients import leaf_without_grad
from app.calculator.remedies.source import Source
from app.calculator.remedies.trouble import Trouble, called, is_creator

Found = tuple[str, dict[str, str]]
"""A topic and its fields."""
Cause = Callable[[Trouble], Found | None]


def refined(topic: str | None, trouble: Trouble) -> Found | None:
    """The better topic for this program; None where the message's own will do."""
    look = CAUSES.get(topic or "")
    return None if look is None else look(trouble)


def changed_in_place(trouble: Trouble) -> Found | None:
    """The line that changed it, and whether that is an optimizer's step, or another backward()."""
    if trouble.again is None:
        return None
    statement = culprit(trouble.again, trouble.source.statement(trouble.node))
    if statement is None:
        return None
    line = {"line": str(statement.lineno)}
    if is_step(statement, trouble.names):
        return "step_before_backward", line
    if any(isinstance(call, ast.Call) and called(call) == "backward" for call in ast.walk(statement)):
        return "grad_used_further", line
    return "changed_after_use", {**trouble.params, **line}


def is_step(statement: ast.stmt, names: Mapping[str, Any]) -> bool:
    """Whether it is `optimizer.step()`."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="step"))):
            return isinstance(names.get(name), Optimizer)
    return False


def not_instantiated(trouble: Trouble) -> Found | None:
    """`nn.MSELoss(a, b)`."""
    made = naming.layer_made(trouble)
    if made is None or not any(made is call for call in trouble.nearby(ast.Call)):
        return None
    return "class_called_with_data", {"name": trouble.source.text(made.func)}


def missing_attribute(trouble: Trouble) -> Found | None:
    """A misspelt name; or a layer where what it computes was meant."""
    owner = trouble.params.get("owner", "")
    if naming.is_layer(getattr(nn, owner, None)) and naming.layer_made(trouble, owner) is not None:
        return "layer_instead_of_tensor", {"given": owner}
    return misspelt(naming.attribute_meant)(trouble)


def misspelt(look_up: Callable[[Trouble], str | None]) -> Cause:
    """The name that was probably meant."""

    def look(trouble: Trouble) -> Found | None:
        meant = look_up(trouble)
        return None if meant is None else ("misspelt", {"name": trouble.params["name"], "meant": meant})

    return look


def misspelt_name(trouble: Trouble) -> Found | None:
    """A variable; but not what is missing its import."""
    return None if trouble.params.get("name") in naming.IMPORTS else misspelt(naming.name_meant)(trouble)


def no_parameters(trouble: Trouble) -> Found | None:
    """Why a model has none, or a list is empty."""
    for call in trouble.nearby(ast.Call):
        if not isinstance(call, ast.Call):
            continue
        for argument in call.args:
            if isinstance(argument, ast.Name) and type(trouble.value(argument)) in ITERATORS:
                return "iterator_used_up", {"name": argument.id}
        if called(call) == "parameters" and isinstance(call.func, ast.Attribute):
            model = trouble.value(call.func.value)
            if isinstance(model, nn.Module):
                return unregistered(model)
    return None


ITERATORS: tuple[type, ...] = (filter, map, zip, GeneratorType)


def unregistered(model: nn.Module) -> Found | None:
    """What a model holds that it does not know as a layer or a parameter."""
    for name, value in (*vars(model).items(),):
        held = value.values() if isinstance(value, dict) else value
        if isinstance(value, list | tuple | dict) and any(isinstance(part, nn.Module) for part in held):
            return None if name.startswith("_") else ("layers_in_a_list", {"name": name})
        if isinstance(value, Tensor) and value.grad_fn is not None:
            return "parameter_is_a_result", {"name": name}
    return None


def package(trouble: Trouble) -> Found | None:
    """A misspelt module; or what a program can do without a package, or in its place."""
    name = trouble.params.get("name", "")
    for topic, names in PACKAGES.items():
        if set(names) & set(name.split(".")):
            return None if topic == "module_not_here" else (topic, {"name": name})
    return misspelt(naming.module_meant)(trouble)


PACKAGES = {
    "package_of_data": (
        "torchvision",
        "torchaudio",
        "torchtext",
        "datasets",
        "tensorflow_datasets",
        "kaggle",
    ),
    "package_for_display": (
        *("IPython", "graphviz", "torchviz", "tensorboard", "tensorboardX", "wandb", "visdom", "seaborn"),
        *("ipywidgets", "torchsummary", "torchinfo"),
    ),
    "package_of_a_book": ("d2l", "fastbook", "fastai"),
    "package_of_the_network": ("requests", "gdown", "wget", "huggingface_hub", "transformers"),
    "module_not_here": (
        *("scipy", "pandas", "sklearn", "skimage", "cv2", "jax", "tensorflow", "keras", "gym", "gymnasium"),
        *("pytorch_lightning", "lightning", "sympy", "numba", "torchmetrics", "einops", "timm", "optuna"),
    ),
}
"""Packages that are spelt right and may not be here, by what to say of them."""


def unnamed(trouble: Trouble) -> Found | None:
    """What a message says nothing of: a key, and what a program ended itself for."""
    for node in trouble.nearby(ast.Subscript):
        value = trouble.value(node.value) if isinstance(node, ast.Subscript) else None
        known = {repr(key) for key in value if type(key) in (str, int)} if type(value) is dict else None
        if known is not None and trouble.message not in known and KEY.fullmatch(trouble.message):
            return "no_such_key", {"key": trouble.message}
    for call in trouble.nearby(ast.Call):
        if isinstance(call, ast.Call) and called(call) in ("parse_args", "parse_known_args"):
            return "no_command_line", {}
        if isinstance(call, ast.Call) and called(call) in ("exit", "quit"):
            return "ended_itself", {"code": trouble.message}
    return None


KEY = re.compile(r"'[^']*'|-?\d+")
"""What Python says of a key that is not there: a text or a whole number, and nothing else."""


def taken_out(trouble: Trouble, names: list[str]) -> Found | None:
    """The line that takes a plain number out of a tensor, of which something is computed."""
    for statement in trouble.source.all(ast.stmt):
        if not isinstance(statement, ast.Assign | ast.AugAssign):
            continue
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        takes = any(isinstance(one, ast.Call) and called(one) in TAKES for one in ast.walk(statement.value))
        if takes and any(isinstance(target, ast.Name) and target.id in names for target in targets):
            return "made_of_numbers", {"line": str(statement.lineno)}
    return None


TAKES = ("item", "tolist", "float")


def none_here(trouble: Trouble) -> Found | None:
    """Whether None comes of a function without return, of a `.grad` that was cleared, or of no `.grad`."""
    if function := without_return(trouble):
        return "returns_nothing", {"name": function.name}
    if call := clearing(trouble):
        return "grad_was_cleared", {"line": str(call.lineno)}
    statement = trouble.source.statement(trouble.node)
    parts = [] if statement is None else [statement, *trouble.made_from(statement)]
    nodes = (node for part in parts for node in ast.walk(part))
    is_about_grad = any(isinstance(node, ast.Attribute) and node.attr == "grad" for node in nodes)
    return None if is_about_grad else ("none_is_used", {})


def without_return(trouble: Trouble) -> ast.FunctionDef | None:
    """The program's function that gave the None of this line."""
    statement = trouble.source.statement(trouble.node)
    here = [] if statement is None else [node for node in ast.walk(statement) if isinstance(node, ast.expr)]
    made = [
        part
        for node in here
        if isinstance(node, ast.Name) and node.id in trouble.names and trouble.names[node.id] is None
        for part in trouble.made_from(node)
    ]
    for call in (*here, *made):
        function = definition(trouble, call) if isinstance(call, ast.Call) else None
        if function is not None and not gives_something(function):
            return function
    return None


def definition(trouble: Trouble, call: ast.Call) -> ast.FunctionDef | None:
    """The function of the program's own that a call runs; of a model its forward."""
    functions = {node.name: node for node in trouble.source.tree.body if isinstance(node, ast.FunctionDef)}
    value = trouble.value(call.func)
    if isinstance(call.func, ast.Name) and call.func.id in functions:
        return functions[call.func.id]
    if isinstance(value, nn.Module):
        return method_of(trouble.source, type(value).__name__, "forward")
    if isinstance(call.func, ast.Call):
        return method_of(trouble.source, called(call.func), "forward")
    if isinstance(call.func, ast.Attribute):
        owner = trouble.value(call.func.value)
        return None if owner is None else method_of(trouble.source, type(owner).__name__, call.func.attr)
    return None


def method_of(source: Source, class_name: str, name: str) -> ast.FunctionDef | None:
    """A method of one of the program's classes."""
    for node in source.all(ast.ClassDef):
        if isinstance(node, ast.ClassDef) and node.name == class_name:
            return next(
                (one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == name), None
            )
    return None


def gives_something(function: ast.FunctionDef) -> bool:
    """Whether it has a return with a value, or yields."""
    own = [node for statement in function.body for node in ast.walk(statement)]
    return any(
        (isinstance(node, ast.Return) and node.value is not None)
        or isinstance(node, ast.Yield | ast.YieldFrom)
        for node in own
    )


def clearing(trouble: Trouble) -> ast.Call | None:
    """The `zero_grad()` that was the last to touch the `.grad` of this line."""
    line = getattr(trouble.node, "lineno", 0)
    if leaf_without_grad(trouble) is None:
        return None
    before = [
        call
        for call in trouble.source.all(ast.Call)
        if isinstance(call, ast.Call) and call.lineno < line and called(call) in ("zero_grad", "backward")
    ]
    cleared = bool(before) and called(before[-1]) == "zero_grad" and len(before) > 1
    return before[-1] if cleared else None


def nothing_to_differentiate(trouble: Trouble) -> Found | None:
    """A constant derivative, one without a graph, or a leaf that was replaced under `no_grad()`."""
    origin = [*trouble.made_from(flowing_from(trouble) or trouble.node)]
    for call in origin:
        for node in ast.walk(call):
            if isinstance(node, ast.Call) and called(node) == "grad" and node is not trouble.node:
                kept = any(one.arg == "create_graph" for one in node.keywords)
                return ("constant_derivative" if kept else "derivative_without_graph"), {}
    for name in names_in(origin):
        if statement := replaced_without_tracking(trouble, name):
            return "assigned_without_tracking", {"name": name, "line": str(statement.lineno)}
    return taken_out(trouble, names_in(origin))


def flowing_from(trouble: Trouble) -> ast.expr | None:
    """What is differentiated: `y` of `y.backward()` and of `autograd.grad(y, x)`."""
    if found := trouble.method("backward"):
        return found[1].value
    for call in trouble.nearby(ast.Call):
        if isinstance(call, ast.Call) and called(call) == "grad":
            given = [keyword.value for keyword in call.keywords if keyword.arg == "outputs"]
            return next(iter([*call.args, *given]), None)
    return None


def names_in(expressions: list[ast.expr]) -> list[str]:
    """The names in some expressions, each once."""
    return list(
        dict.fromkeys(node.id for one in expressions for node in ast.walk(one) if isinstance(node, ast.Name))
    )


def replaced_without_tracking(trouble: Trouble, name: str) -> ast.Assign | None:
    """`x = x - ...` under `torch.no_grad()`, of a name that is not tracked now."""
    tensor = trouble.names.get(name)
    if not isinstance(tensor, Tensor) or tensor.requires_grad:
        return None
    for statement in trouble.source.all(ast.Assign):
        match statement:
            case ast.Assign(targets=[ast.Name(id=target)], value=ast.BinOp(left=ast.Name(id=left))) if (
                target == left == name and is_untracked(trouble.source, statement)
            ):
                return statement
    return None


def is_untracked(source: Source, statement: ast.stmt) -> bool:
    """Whether it is under `with torch.no_grad():`."""
    return any(
        isinstance(node, ast.With)
        and any(
            isinstance(item.context_expr, ast.Call) and called(item.context_expr) == "no_grad"
            for item in node.items
        )
        for node in source.above(statement)
    )


def replaced(trouble: Trouble) -> Found | None:
    """A leaf's name that was given to a result which is no update of it."""
    name = trouble.params.get("name", "")
    assignments = [
        statement
        for statement in trouble.source.all(ast.Assign)
        if isinstance(statement, ast.Assign) and name in rounds.targets(statement)
    ]
    last = next((one for one in reversed(assignments) if not is_creator(one.value)), None)
    if last is None or any(
        isinstance(node, ast.Attribute) and node.attr == "grad" for node in ast.walk(last)
    ):
        return None
    return "leaf_replaced", {"name": name, "line": str(last.lineno)}


def moved_leaf(trouble: Trouble) -> Found | None:
    """`x = torch.ones(2, requires_grad=True).to(device)`."""
    found = leaf_and_copy(trouble)
    return None if found is None else ("copy_of_a_leaf", {"name": found[0]})


def leaf_and_copy(trouble: Trouble) -> tuple[str, ast.Assign] | None:
    """The name whose `.grad` is asked for, and the assignment that makes it from a leaf without a name."""
    for node in trouble.nearby(ast.Attribute):
        if isinstance(node, ast.Attribute) and node.attr == "grad" and isinstance(node.value, ast.Name):
            assignment = trouble.assigned(node.value.id)
            if assignment is not None and is_moved(assignment.value):
                return node.value.id, assignment
    return None


def is_moved(value: ast.expr) -> bool:
    """Whether methods are called on what makes a tracked leaf."""
    inner = value
    while isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and not tracks(inner):
        inner = inner.func.value
    return inner is not value and tracks(inner)


def tracks(node: ast.AST) -> bool:
    """Whether it makes a leaf with `requires_grad=True`."""
    return (
        isinstance(node, ast.Call)
        and is_creator(node)
        and any(
            one.arg == "requires_grad" and getattr(one.value, "value", None) is True for one in node.keywords
        )
    )


CAUSES: Mapping[str, Cause] = {
    "": unnamed,
    "inplace_on_saved": changed_in_place,
    "backward_twice": rounds.cause,
    "several_truths": not_instantiated,
    "no_such_attribute": missing_attribute,
    "name_not_defined": misspelt_name,
    "unknown_keyword": misspelt(naming.keyword_meant),
    "module_not_here": package,
    "no_parameters": no_parameters,
    "grad_is_none": none_here,
    "none_is_used": none_here,
    "nothing_requires_grad": nothing_to_differentiate,
    "update_makes_non_leaf": replaced,
    "grad_of_non_leaf": moved_leaf,
}
"""By the topic of the message."""
