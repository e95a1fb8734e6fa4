"""The lesson's network, and the same computation for many networks at once."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from app.protocol.runs import Linear, ModelConfig, RunConfig
from app.training.random import seeded

Forward = Callable[[Tensor], Tensor]
Layers = Callable[[Tensor], list[Tensor]]
"""A `forward` that returns the output of every layer after its activation, the prediction last."""

Affine = Callable[[Tensor, Tensor, Tensor], Tensor]
"""A layer: inputs (n, in), weight (out, in) and bias (out) to (n, out)."""


def matmul(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """A layer written out."""
    return x @ w.t() + b


LINEAR: Mapping[Linear, Affine] = {
    "Linear": functional.linear,
    "matmul": matmul,
    "mul": lambda x, w, b: x * w.t() + b if w.shape[1] == 1 else matmul(x, w, b),
}
CAN_DIE = frozenset({"ReLU"})
"""Activations with a side on which their output and their slope are both exactly 0."""


def make_net(config: RunConfig) -> nn.ModuleDict:
    """The lesson's layers: `hidden` (`hidden1`, `hidden2`, ... if several) and `predict`, in that order.

    Each weight is filled by the function of `torch.nn.init` that is asked for.

    >>> make_net(RunConfig())
    ModuleDict(
      (hidden): Linear(in_features=1, out_features=10, bias=True)
      (predict): Linear(in_features=10, out_features=1, bias=True)
    )
    """
    hidden, init = config.model.hidden, config.model.init
    names = [f"hidden{i}" if len(hidden) > 1 else "hidden" for i, _ in enumerate(hidden, start=1)]
    sizes = pairwise(config.sizes)
    layers = {
        name: nn.Linear(n_in, n_out) for name, (n_in, n_out) in zip([*names, "predict"], sizes, strict=True)
    }
    if init != "default":
        fill = getattr(nn.init, init)
        for layer in layers.values():
            fill(layer.weight)
    return nn.ModuleDict(layers)


def initial_parameters(config: RunConfig) -> dict[str, Tensor]:
    """The parameters as in a `state_dict`: those given, or torch's own after `torch.manual_seed(seed)`."""
    with seeded(config.seed):
        torch.rand(config.model.drawn)
        net = make_net(config)
    parameters = {name: parameter.detach() for name, parameter in net.named_parameters()}
    if config.model.weights is not None:
        sizes = [parameter.numel() for parameter in parameters.values()]
        given = torch.split(torch.tensor(config.model.weights), sizes)
        return {
            name: values.view_as(parameters[name]) for name, values in zip(parameters, given, strict=True)
        }
    return parameters


def generator_after(config: RunConfig) -> torch.Generator:
    """A generator in the state of torch's default one after these weights have been made."""
    generator = torch.Generator()
    with seeded(config.seed):
        torch.rand(config.model.drawn)
        make_net(config)
        generator.set_state(torch.default_generator.get_state())
    return generator


def activation_of(config: ModelConfig) -> Forward:
    """The `torch.nn` class of that name, without the module call around it."""
    forward: Forward = getattr(nn, config.activation)().forward
    return forward


def layers_alone(
    leaves: Sequence[Tensor],
    activation: Forward,
    linear: Affine = functional.linear,
    dropout: float = 0.0,
) -> Layers:
    """The lesson's `forward` on given parameters, by the same torch calls and so with the same bits.

    leaves: weight (out, in) and bias (out) of each layer in turn. linear: computes a layer. dropout: of train
    mode; draws from torch's default generator.
    The result maps (n, features) to the layers' outputs, (n, units) each.
    """
    *hidden, (weight, bias) = zip(leaves[::2], leaves[1::2], strict=True)

    def layers(x: Tensor) -> list[Tensor]:
        outputs = []
        for w, b in hidden:
            x = activation(linear(x, w, b))
            if dropout:
                x = functional.dropout(x, dropout)
            outputs.append(x)
        outputs.append(linear(x, weight, bias))
        return outputs

    return layers


def layers_together(leaves: Sequence[Tensor], activation: Forward) -> Layers:
    """The lesson's `forward` of many networks, each on its own inputs, in one call per layer.

    leaves: weight (runs, out, in) and bias (runs, out) of each layer in turn.
    The result maps (runs, n, features) to the layers' outputs, (runs, n, units) each.
    """
    *hidden, (weight, bias) = zip(leaves[::2], leaves[1::2], strict=True)

    def layers(x: Tensor) -> list[Tensor]:
        outputs = []
        for w, b in hidden:
            x = activation(torch.baddbmm(b.unsqueeze(1), x, w.transpose(1, 2)))
            outputs.append(x)
        outputs.append(torch.baddbmm(bias.unsqueeze(1), x, weight.transpose(1, 2)))
        return outputs

    return layers


def dead_units(hidden: Sequence[Tensor], is_point: Tensor | None = None) -> Tensor:
    """Which hidden units are dead, if the activation is one that can die: (runs, units of all layers), bool.

    hidden: the outputs of the hidden layers at the data, (runs, n, units) each. is_point: which of the n are
    data and not padding, (runs, n, 1), bool; None: all.
    """
    outputs = torch.cat(list(hidden), dim=2) if len(hidden) > 1 else hidden[0]
    if is_point is None:
        return outputs.amax(dim=1) == 0  # They are never negative.
    return ((outputs == 0) | ~is_point).all(dim=1)
