"""The class `Net` of a model, in the lesson's style."""

from collections.abc import Mapping
from itertools import pairwise

from app.protocol.runs import Activation, ModelConfig, RunConfig
from app.script.values import tensor

ACTIVATIONS: Mapping[Activation, str] = {
    "ReLU": "F.relu",
    "Tanh": "torch.tanh",
    "Sigmoid": "torch.sigmoid",
    "LeakyReLU": "F.leaky_relu",
    "ELU": "F.elu",
    "GELU": "F.gelu",
    "SiLU": "F.silu",
    "Softplus": "F.softplus",
    "Identity": "",
}
"""The function that each class calls, which computes the same bits."""


def layer_names(model: ModelConfig) -> list[str]:
    """The names of the layers: `hidden` (`hidden1`, `hidden2`, ... if several) and `predict`."""
    several = len(model.hidden) > 1
    return [f"hidden{i}" if several else "hidden" for i, _ in enumerate(model.hidden, start=1)] + ["predict"]


def class_lines(config: RunConfig) -> list[str]:
    """The lines of `class Net(torch.nn.Module)`."""
    model = config.model
    *hidden, predict = layer_names(model)
    sizes = ["n_feature", *(f"n_{name}" for name in hidden), "n_output"]
    activation = ACTIVATIONS[model.activation]
    calls = [layer_call(config, name) for name in hidden]
    layers = zip([*hidden, predict], pairwise(sizes), strict=True)
    drops = "self.dropout(" if model.dropout and hidden else ""
    return [
        "class Net(torch.nn.Module):",
        f"    def __init__(self, {', '.join(sizes)}):",
        "        super(Net, self).__init__()",
        *(f"        self.{name} = torch.nn.Linear({n_in}, {n_out})" for name, (n_in, n_out) in layers),
        *([f"        self.dropout = torch.nn.Dropout({model.dropout!r})"] if drops else []),
        "",
        "    def forward(self, x):",
        *(f"        x = {drops}{activated(activation, call)}{')' if drops else ''}" for call in calls),
        f"        return {layer_call(config, predict)}",
    ]


def activated(activation: str, call: str) -> str:
    """The expression of a hidden layer's output after its activation."""
    return f"{activation}({call})" if activation else call


def layer_call(config: RunConfig, name: str) -> str:
    """The expression of a layer's output."""
    model = config.model
    if model.linear == "Linear":
        return f"self.{name}(x)"
    n_in = config.sizes[layer_names(model).index(name)]
    sign = "*" if model.linear == "mul" and n_in == 1 else "@"
    return f"x {sign} self.{name}.weight.t() + self.{name}.bias"


def net_lines(config: RunConfig) -> list[str]:
    """The lines that make `net`, and its initial weights if they are not torch's default."""
    model = config.model
    names = layer_names(model)
    n_feature, *n_hidden, n_output = config.sizes
    sizes = [f"n_{name}={n}" for name, n in zip(names, n_hidden, strict=False)]
    lines = [f"torch.rand({model.drawn})  # as many numbers are drawn before"] if model.drawn else []
    lines += [f"net = Net({', '.join([f'n_feature={n_feature}', *sizes, f'n_output={n_output}'])})"]
    if model.init != "default":
        layers = ", ".join(f"net.{name}" for name in names)
        comma = "," if len(names) == 1 else ""
        lines += [f"for layer in ({layers}{comma}):", f"    torch.nn.init.{model.init}(layer.weight)"]
    if model.weights is not None:
        first, *others = tensor(model.weights)
        lines += [
            f"weights = {first}", *others,
            "sizes = [parameter.numel() for parameter in net.parameters()]",
            "for parameter, values in zip(net.parameters(), weights.split(sizes)):",
            "    parameter.data.copy_(values.view_as(parameter))",
        ]  # fmt: skip
    return lines
