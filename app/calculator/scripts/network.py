"""The network of a script, read from the calls that lead to its prediction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor

from app.calculator.scripts.reasons import Reasons
from app.calculator.scripts.tape import Call
from app.protocol.runs import Activation
from app.protocol.runs import Linear as Form

VIEWS = frozenset({
    "squeeze", "unsqueeze", "view", "reshape", "flatten", "ravel", "view_as", "reshape_as", "contiguous",
    "clone", "to", "float", "cpu", "type", "alias", "identity",
})  # fmt: skip
"""Calls that change no number where they change no count of numbers and no type."""
SINGLE = frozenset({"getitem", "t", "T", "transpose", "permute", "mean", "sum"})
"""Others that change none of a single column or a single number."""
TRANSPOSED = frozenset({"t", ".T", ".mT", "transpose"})
ACTIVATIONS: Mapping[str, tuple[Activation, Callable[[Call], bool]]] = {
    "relu": ("ReLU", lambda _: True),
    "tanh": ("Tanh", lambda _: True),
    "sigmoid": ("Sigmoid", lambda _: True),
    "leaky_relu": ("LeakyReLU", lambda call: call.argument(1, "negative_slope", 0.01) == 0.01),
    "elu": ("ELU", lambda call: call.argument(1, "alpha", 1.0) == 1.0),
    "gelu": ("GELU", lambda call: call.argument(1, "approximate", "none") == "none"),
    "silu": ("SiLU", lambda _: True),
    "softplus": (
        "Softplus",
        lambda call: (call.argument(1, "beta", 1), call.argument(2, "threshold", 20)) == (1, 20),
    ),
    "clamp": ("ReLU", lambda call: call.argument(1, "min") == 0 and call.argument(2, "max") is None),
}
"""The activation that a call is, if its settings are torch's own."""


@dataclass(frozen=True)
class Layer:
    """A linear layer. weight: its values, (out, in). bias: (out,). form: how it is written."""

    weight: Tensor
    bias: Tensor
    line: int
    form: Form


@dataclass
class Network:
    """What leads to a prediction, from the end to the beginning.

    activations: after each layer, those of the last one first. x: what it is given; call: the first layer's.
    parameters: the leaves, in the order of the layers.
    """

    layers: list[Layer] = field(default_factory=list)
    activations: list[Activation | None] = field(default_factory=list)
    parameters: list[Tensor] = field(default_factory=list)
    x: Tensor | None = None
    call: Call | None = None


def network_of(prediction: Tensor, made: Call | None, reasons: Reasons) -> Network:
    """Read the network. What no run has goes to `reasons`, and what leads to it is read on."""
    network, value, call = Network(), prediction, made
    pending: Activation | None = None
    while value.requires_grad:
        if value.is_leaf and network.layers:  # x: a gradient of it changes nothing
            break
        if call is None or value.is_leaf:
            reasons.add("no_layer")
            break
        if (inner := through(call, value)) is not None:
            value, call = inner, call.source(inner)
            continue
        if (found := linear(call)) is not None:
            add_layer(network, found, call, reasons)
            network.activations.append(pending)
            pending, network.x = None, found.x
            value, call = found.x, found.call
            continue
        kind, as_usual = ACTIVATIONS.get(call.name, (None, None))
        if kind is not None and as_usual is not None and as_usual(call) and pending is None:
            pending = kind
        elif kind is not None:
            reasons.add("other_activation", call.line, call=call.name)
        else:
            reasons.add("not_a_layer", call.line, call=call.name)
        inner = next((tensor for tensor in call.tensors if tensor.requires_grad), None)
        if inner is None:
            break
        value, call = inner, call.source(inner)
    network.call = call
    network.layers.reverse()
    network.activations.reverse()
    network.parameters.reverse()
    return network


def through(call: Call, value: Tensor) -> Tensor | None:
    """What a call was given, where it changes no number of it."""
    inner = call.args[0] if call.args else None
    if not isinstance(inner, Tensor) or inner.numel() != value.numel() or inner.dtype != value.dtype:
        return None
    if call.name in VIEWS and (inner.shape[-1:] == value.shape[-1:] or single(inner)):
        return inner
    return inner if call.name.strip(".") in SINGLE and single(inner) else None


def single(tensor: Tensor) -> bool:
    """Whether a tensor is one column, one row, or one number."""
    return sum(n != 1 for n in tensor.shape) <= 1


class Linear(NamedTuple):
    """What a linear layer is given. turned: whether the weight is (in, out). call: what made x."""

    form: Form
    x: Tensor
    weight: Tensor
    turned: bool
    bias: Tensor | None
    call: Call | None


def linear(call: Call) -> Linear | None:
    """The layer that a call is, `x @ w + b` and `w * x + b` included; None: it is none."""
    match call.name:
        case "linear":
            x = call.args[0]
            weight, bias = call.argument(1, "weight"), call.argument(2, "bias")
            return Linear("Linear", x, weight, False, bias, call.source(x))
        case "addmm":
            bias, x, weight = call.args[:3]
            return Linear("Linear", x, weight, True, bias, call.source(x))
        case "matmul" | "mm":
            x, weight = call.args[:2]
            return Linear("matmul", x, weight, True, None, call.source(x))
        case "mul":
            return product(call, None)
        case "add" if len(call.args) == 2 and not call.kwargs:
            return sum_of(call, *call.args) or sum_of(call, *reversed(call.args))
    return None


def sum_of(call: Call, rest: Any, bias: Any) -> Linear | None:
    """`x @ w + b` or `w * x + b`."""
    inner = call.source(rest)
    if parameter(call, bias) is None or inner is None or parameter(call, rest) is not None:
        return None
    if inner.name == "mul":
        return product(inner, bias)
    found = linear(inner) if inner.name in ("matmul", "mm") else None
    return found and found._replace(bias=bias)


def product(call: Call, bias: Tensor | None) -> Linear | None:
    """`w * x` of one weight, or of a row of weights and one input."""
    for weight, given in (call.args, reversed(call.args)):
        known = parameter(call, weight)
        x = torch.tensor([given], dtype=torch.float32) if type(given) in (int, float) else given
        if known is None or not isinstance(x, Tensor) or parameter(call, x) is not None:
            continue
        if known.numel() == 1 and single(x):
            return Linear("mul", x, weight, False, bias, call.source(x))
        if weight.shape[:-1] in ((), (1,)) and x.dim() == 2 and x.shape[1] == 1:
            return Linear("mul", x, weight, True, bias, call.source(x))
    return None


def parameter(call: Call, value: Any) -> Tensor | None:
    """The leaf that a weight is, or is a view of."""
    if not isinstance(value, Tensor):
        return None
    if value.is_leaf:
        return value if value.requires_grad else None
    source = call.source(value)
    if source is not None and source.name in (TRANSPOSED | VIEWS) and source.args:
        return parameter(source, source.args[0])
    return None


def add_layer(network: Network, found: Linear, call: Call, reasons: Reasons) -> None:
    """Add a layer to the network. Reasons: its parameters are none, or it has no bias."""
    weight = found.weight.detach()
    weight = weight.reshape(1, -1) if weight.numel() == 1 or found.form == "mul" else weight
    if weight.dim() != 2:
        reasons.add("not_a_layer", call.line, call=call.name)
        return
    weight = weight.t() if found.turned else weight
    if found.bias is None:
        reasons.add("no_bias", call.line)
        bias = torch.zeros(len(weight))
    else:
        bias = found.bias.detach().reshape(-1).expand(len(weight))
    for value in (found.bias, found.weight):
        if value is not None:
            calls = (call, *call.sources.values())
            leaf = next((leaf for owner in calls if (leaf := parameter(owner, value)) is not None), None)
            if leaf is None:
                reasons.add("weights_computed", call.line)
            else:
                network.parameters.append(leaf)
    network.layers.append(Layer(weight, bias, call.line, found.form))
