"""A network in a script: a class, or a `Sequential`, as the settings of a model."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from app.errors import N_
from app.protocol.runs import Activation
from app.script.model import ACTIVATIONS
from app.script.reader.names import Constant, Names, refused, unknown

CLASSES: Mapping[str, Activation] = {f"torch.nn.{name}": name for name in get_args(Activation)}
FUNCTIONS: Mapping[str, Activation] = {
    **{text.replace("F.", "torch.nn.functional."): name for name, text in ACTIVATIONS.items() if text},
    "torch.relu": "ReLU",
    "torch.nn.functional.tanh": "Tanh",
    "torch.nn.functional.sigmoid": "Sigmoid",
}
MAX_PARTS = 100
"""That x goes through."""

METHODS: Mapping[str, Activation] = {"relu": "ReLU", "tanh": "Tanh", "sigmoid": "Sigmoid"}


@dataclass(frozen=True)
class Linear:
    """A layer. n_in, n_out: as they are written."""

    node: ast.Call
    n_in: ast.expr
    n_out: ast.expr


Part = Linear | Activation
"""What a network is made of, in the order in which x goes through."""


@dataclass
class NetClass:
    """A class of networks.

    parameters: of `__init__`, with their defaults. parts: by attribute. passed: what x goes through.
    """

    node: ast.ClassDef
    parameters: dict[str, ast.expr | None] = field(default_factory=dict)
    parts: dict[str, list[Part]] = field(default_factory=dict)
    passed: list[Part] = field(default_factory=list)

    def bound(self, call: ast.Call, names: Names) -> dict[str, Constant]:
        """The arguments of a call, by parameter. Raises: Invalid: they do not fit."""
        given = dict(zip(self.parameters, call.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg in self.parameters}
        if len(given) != len(call.args) + len(call.keywords):
            raise refused(call, N_("line {line}: {name} does not take these arguments"), name=self.node.name)
        local: dict[str, Constant] = {}
        for name, default in self.parameters.items():
            value = given.get(name, default)
            if value is None:
                raise refused(
                    call, N_("line {line}: {name} needs {argument}"), name=self.node.name, argument=name
                )
            local[name] = names.constant(value)
        return local


def read_class(node: ast.ClassDef, names: Names) -> NetClass:
    """A class of networks. Raises: Invalid: it is something else, or has what a run's network has not."""
    if [names.path(base) for base in node.bases] != ["torch.nn.Module"] or node.keywords:
        raise refused(node, N_("line {line}: only a class of torch.nn.Module can be read"))
    net = NetClass(node)
    for statement in node.body:
        match statement:
            case ast.FunctionDef(name="__init__"):
                read_init(net, statement, names)
            case ast.FunctionDef(name="forward"):
                read_forward(net, statement, names)
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case _:
                raise unknown(statement)
    return net


def parameters_of(function: ast.FunctionDef) -> dict[str, ast.expr | None]:
    """Its parameters after `self`, with their defaults."""
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    if not positional or arguments.vararg or arguments.kwarg or function.decorator_list:
        raise unknown(function)
    defaults = [*[None] * (len(positional) - len(arguments.defaults)), *arguments.defaults]
    pairs = [
        *zip(positional, defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return {argument.arg: default for argument, default in pairs[1:]}


def read_init(net: NetClass, function: ast.FunctionDef, names: Names) -> None:
    """The layers that it makes."""
    net.parameters = parameters_of(function)
    for statement in function.body:
        match statement:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)], value=value):
                if name in net.parts:
                    raise unknown(statement)
                net.parts[name] = made_parts(value, names)
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="__init__"))):
                pass
            case _:
                raise unknown(statement)


def made_parts(node: ast.expr, names: Names) -> list[Part]:
    """A layer, an activation, or several of them in a row."""
    path = names.called(node)
    if not isinstance(node, ast.Call) or path is None:
        raise unknown(node)
    if path in CLASSES and not node.args and not node.keywords:
        return [CLASSES[path]]
    if path == "torch.nn.Sequential" and not node.keywords:
        return [part for argument in node.args for part in made_parts(argument, names)]
    if path == "torch.nn.Linear":
        given = dict(zip(("in_features", "out_features", "bias"), node.args, strict=False))
        given |= {keyword.arg or "**": keyword.value for keyword in node.keywords}
        bias = given.pop("bias", ast.Constant(True))
        has_bias = isinstance(bias, ast.Constant) and bias.value is True
        if has_bias and given.keys() == {"in_features", "out_features"} and len(node.args) <= 3:
            return [Linear(node, given["in_features"], given["out_features"])]
    raise unknown(node)


def read_forward(net: NetClass, function: ast.FunctionDef, names: Names) -> None:
    """What x goes through, on its way to what is returned."""
    parameters = parameters_of(function)
    if len(parameters) != 1:
        raise unknown(function)
    known: dict[str, list[Part]] = {name: [] for name in parameters}
    for statement in function.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                known[name] = passed_parts(net, value, known, names)
                if len(known[name]) > MAX_PARTS:
                    raise unknown(statement)
            case ast.Return(value=ast.expr() as value):
                net.passed = passed_parts(net, value, known, names)
                return
            case ast.Expr(value=ast.Constant()):
                pass
            case _:
                raise unknown(statement)
    raise refused(function, N_("line {line}: forward returns nothing"))


def passed_parts(net: NetClass, node: ast.expr, known: Mapping[str, list[Part]], names: Names) -> list[Part]:
    """What the value of an expression in `forward` went through."""
    match node:
        case ast.Name(id=name) if name in known:
            return known[name]
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name), args=[inner], keywords=[]):
            if name in net.parts:
                return passed_parts(net, inner, known, names) + net.parts[name]
        case ast.Call(func=function, args=[inner], keywords=[]):
            path = names.path(function)
            if path is not None and path in FUNCTIONS:
                return [*passed_parts(net, inner, known, names), FUNCTIONS[path]]
            if isinstance(function, ast.Call):
                return passed_parts(net, inner, known, names) + made_parts(function, names)
        case ast.Call(func=ast.Attribute(value=inner, attr=name), args=[], keywords=[]) if name in METHODS:
            return [*passed_parts(net, inner, known, names), METHODS[name]]
    raise unknown(node)


def model_of(
    node: ast.AST, passed: Sequence[Part], made: Sequence[Part], names: Names, local: Mapping[str, Constant]
) -> dict[str, Any]:
    """The settings of a network that x passes like this. made: its parts in the order they are made in.

    Raises: Invalid: it is not linear layers with one kind of activation between them.
    """
    layers = [part for part in passed if isinstance(part, Linear)]
    if layers != [part for part in made if isinstance(part, Linear)] or not layers:
        raise refused(node, N_("line {line}: each layer must be used once, in the order they are made in"))
    between = activations_between(node, passed)
    sizes = [(names.number(layer.n_in, local), names.number(layer.n_out, local)) for layer in layers]
    wanted: float = 1
    for layer, (n_in, n_out) in zip(layers, sizes, strict=True):
        if n_in != wanted:
            raise refused(
                layer.node,
                N_("line {line}: this layer takes {n_in} {n_in:number|numbers}, but gets {wanted}"),
                n_in=n_in,
                wanted=wanted,
            )
        wanted = n_out
    if wanted != 1:
        raise refused(
            layers[-1].node, N_("line {line}: the last layer must give 1 number, not {n}"), n=wanted
        )
    model: dict[str, Any] = {"hidden": [n_out for _, n_out in sizes[:-1]]}
    return {**model, "activation": between} if between else model


def activations_between(node: ast.AST, passed: Sequence[Part]) -> Activation | None:
    """The activation after every layer but the last; None where there is only one layer."""
    kinds: list[Activation] = []
    for i, part in enumerate(passed):
        if not isinstance(part, Linear):
            follows_layer = i > 0 and isinstance(passed[i - 1], Linear)
            if not follows_layer or i == len(passed) - 1:
                raise refused(node, N_("line {line}: an activation belongs between two layers"))
            kinds.append(part)
        elif i > 0 and isinstance(passed[i - 1], Linear):
            kinds.append("Identity")
    if len(set(kinds)) > 1:
        raise refused(node, N_("line {line}: all activations must be of one kind"))
    return kinds[0] if kinds else None
