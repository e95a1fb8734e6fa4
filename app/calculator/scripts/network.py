"""The network of a script, read from the calls that lead to its prediction."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from app.calculator.scripts.reasons import Reasons
from app.calculator.scripts.tape import Call
from app.protocol.runs import Activation

VIEWS = frozenset({
    "squeeze", "unsqueeze", "view", "reshape", "flatten", "ravel", "view_as", "reshape_as", "contiguous", "clone",
    "to", "float", "cpu", "type", "alias", "identity",
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
    """A linear layer. weight: its values, (out, in). bias: (out,)."""

    weight: Tensor
    bias: Tensor
    line: int


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
        if call is None or value.is_leaf:
            reasons.add("no_layer")
            break
        if (inner := through(call, value)) is not None:
            value, call = inner, call.source(inner)
            continue
        if (found := linear(call)) is not None:
            value, weight, bias, call_of_input = found
            check_layer(network, weight, bias, call, reasons)
            network.activations.append(pending)
            pending, network.x, call = None, value, call_of_input
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


def linear(call: Call) -> tuple[Tensor, tuple[Tensor, bool], tuple[Tensor, bool] | None, Call | None] | None:
    """The input, weight and bias of a call that is a linear layer, and what made the input; else None.

    Weight and bias come with whether they are turned: (in, out) for a weight.
    """
    match call.name:
        case "linear":
            x, weight, bias = call.args[0], call.argument(1, "weight"), call.argument(2, "bias")
            turned = False
        case "addmm":
            bias, x, weight = call.args[:3]
            turned = True
        case "matmul" | "mm" | "mul" if call.name != "mul":
            x, weight, bias, turned = call.args[0], call.args[1], None, True
        case "mul":
            return product(call, None, call)
        case "add":
            return sum_of(call)
        case _:
            return None
    return x, (weight, turned), None if bias is None else (bias, False), call.source(x)


def sum_of(call: Call) -> Any:
    """`x @ w + b`, `w * x + b`, either way round."""
    for one, other in ((0, 1), (1, 0)):
        if len(call.args) < 2 or call.kwargs:
            return None
        bias, rest = call.args[one], call.args[other]
        inner = call.source(rest)
        if parameter(call, bias) is None or inner is None or parameter(call, rest) is not None:
            continue
        if inner.name in ("matmul", "mm"):
            return inner.args[0], (inner.args[1], True), (bias, False), inner.source(inner.args[0])
        if inner.name == "mul" and (found := product(inner, bias, call)):
            return found
    return None


def product(call: Call, bias: Tensor | None, outer: Call) -> Any:
    """`w * x` of one weight."""
    for one, other in ((0, 1), (1, 0)):
        weight, x = call.args[one], call.args[other]
        known = parameter(call, weight)
        if known is None or known.numel() != 1 or not isinstance(x, Tensor) or parameter(call, x) is not None:
            continue
        if single(x):
            return x, (weight, False), None if bias is None else (bias, False), call.source(x)
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


def check_layer(
    network: Network,
    weight: tuple[Tensor, bool],
    bias: tuple[Tensor, bool] | None,
    call: Call,
    reasons: Reasons,
) -> None:
    """Add a layer to the network. Reasons: its parameters are none, or it has no bias."""
    value, turned = weight
    values = value.detach().reshape(1, 1) if value.numel() == 1 else value.detach()
    values = values.t() if turned and values.dim() == 2 else values
    if values.dim() != 2:
        reasons.add("not_a_layer", call.line, call=call.name)
        return
    if bias is None:
        reasons.add("no_bias", call.line)
        offsets = torch.zeros(len(values))
    else:
        offsets = bias[0].detach().reshape(-1)
        if offsets.numel() == 1:
            offsets = offsets.expand(len(values))
    sources = [found for found in leaves(call, value, bias and bias[0]) if found is not None]
    if len(sources) < 1 + (bias is not None):
        reasons.add("weights_computed", call.line)
    network.parameters += reversed(sources)
    network.layers.append(Layer(values, offsets, call.line))


def leaves(call: Call, weight: Tensor, bias: Tensor | None) -> Iterator[Tensor | None]:
    """The parameters of a layer."""
    for value in (weight, bias):
        if value is not None:
            calls = [call, *call.sources.values()]
            yield next((found for owner in calls if (found := parameter(owner, value)) is not None), None)
