"""The oracle: the lesson's program, run with nothing but Python and torch, in a process of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.calculator import evaluate
from app.protocol.data import PRESETS, DataConfig, Values
from app.protocol.runs import RunConfig
from tests.oracle import Oracle
from tests.training.device import DEVICE

PROGRAM = """
import sys, warnings
import torch

torch.set_num_threads(1)


class Net(torch.nn.Module):
    def __init__(self, n_feature, n_hidden, n_output, activation, linear):
        super().__init__()
        sizes = [n_feature, *n_hidden]
        for i in range(len(n_hidden)):
            name = "hidden" if len(n_hidden) == 1 else f"hidden{i + 1}"
            setattr(self, name, torch.nn.Linear(sizes[i], sizes[i + 1]))
        self.predict = torch.nn.Linear(sizes[-1], n_output)
        self.f = getattr(torch.nn, activation)()
        self.linear = linear

    def layer(self, layer, x):
        if self.linear == "Linear":
            return layer(x)
        if self.linear == "mul" and layer.in_features == 1:
            return x * layer.weight.t() + layer.bias
        return torch.matmul(x, layer.weight.t()) + layer.bias

    def forward(self, x):
        *hidden, predict = [m for m in self.children() if isinstance(m, torch.nn.Linear)]
        for layer in hidden:
            x = self.f(self.layer(layer, x))
        return self.layer(predict, x)


def make(data, seed, presets):
    torch.manual_seed(seed)
    if data["points"]:
        x = torch.tensor([x for x, _ in data["points"]])
        y = torch.tensor([y for _, y in data["points"]])
    else:
        x = torch.linspace(data["x_min"], data["x_max"], data["n_samples"])
        preset = presets.get(data["target"], {"x": None, "y": data["target"]})
        if preset["x"]:
            x = eval(preset["x"], {"torch": torch, "x": x})
        y = eval(preset["y"], {"torch": torch, "x": x}).expand_as(x)
        if data["noise"] != 0:
            y = y + data["noise"] * torch.randn(y.size())
    if data["scale_x"]:
        x = (x - x.mean()) / x.std()
    n_test = round(data["test_fraction"] * len(x))
    order = torch.randperm(len(x)) if data["test_fraction"] > 0 else torch.arange(len(x))
    test, train = order[:n_test].sort().values, order[n_test:].sort().values
    if data["unsqueeze_x"]:
        x = torch.unsqueeze(x, dim=1)
    if data["unsqueeze_y"]:
        y = torch.unsqueeze(y, dim=1)
    return x[train], y[train], x[test], y[test]


def batches(order, n, size):
    # Those of one epoch.
    if order == "DataLoader":
        return iter(torch.utils.data.DataLoader(torch.arange(n), size, shuffle=True))
    return iter((torch.arange(n) if order == "in_order" else torch.randperm(n)).split(size))


def run(config, steps, changes, device, presets):
    data, model, loop = config["data"], config["model"], config["loop"]
    x, y, test_x, test_y = [part.to(device) for part in make(data, config["seed"], presets)]
    torch.manual_seed(config["seed"])
    torch.rand(model["drawn"])
    net = Net(1, model["hidden"], 1, model["activation"], model["linear"])
    if model["init"] != "default":
        for layer in [m for m in net.children() if isinstance(m, torch.nn.Linear)]:
            getattr(torch.nn.init, model["init"])(layer.weight)
    initial = [p.tolist() for p in net.parameters()]
    net.to(device)
    settings = dict(config["optimizer"])
    by_hand = settings.pop("by_hand", False)
    optimizer = getattr(torch.optim, settings.pop("name"))(net.parameters(), **settings)
    scheduler = None
    if config["scheduler"]:
        settings = dict(config["scheduler"])
        scheduler = getattr(torch.optim.lr_scheduler, settings.pop("name"))(optimizer, **settings)
    loss_func = getattr(torch.nn, config["loss"])(reduction=config["reduction"])
    losses = []
    epoch = iter(())
    error = None
    for t in range(steps):
        if str(t) in changes:
            with torch.random.fork_rng():
                others = make(changes[str(t)], config["seed"], presets)
            if len(others[0]) != len(x):
                epoch = iter(())
            x, y, test_x, test_y = [part.to(device) for part in others]
        batch_x, batch_y = x, y
        if config["batch_size"]:
            batch = None if config["batch_order"] == "steps" else next(epoch, None)
            if batch is None:
                epoch = batches(config["batch_order"], len(x), config["batch_size"])
                batch = next(epoch)
            batch_x, batch_y = x[batch], y[batch]
        try:
            prediction = net(batch_x)
        except RuntimeError as refusal:
            error = str(refusal)
            break
        loss = loss_func(prediction, batch_y)
        losses.append(loss.item())
        if loop["zero_grad"]:
            optimizer.zero_grad()
        if loop["backward"]:
            loss.backward()
        if loop["step"]:
            if not by_hand:
                optimizer.step()
            elif loop["backward"]:
                with torch.no_grad():
                    for p in net.parameters():
                        p -= optimizer.param_groups[0]["lr"] * p.grad
            if scheduler:
                scheduler.step()
    parameters = dict(net.named_parameters())
    with torch.no_grad():
        test_loss = loss_func(net(test_x), test_y).item() if len(test_x) and data["unsqueeze_x"] else None
    return {
        "x": x.tolist(),
        "y": y.tolist(),
        "initial": initial,
        "losses": losses,
        "parameters": {name: p.tolist() for name, p in parameters.items()},
        "gradients": {name: None if p.grad is None else p.grad.tolist() for name, p in parameters.items()},
        "prediction": net(x).flatten().tolist() if data["unsqueeze_x"] else None,
        "test_loss": test_loss,
        "error": error,
        "warnings": list(seen),
    }


def noted(*job):
    seen.clear()
    return run(*job)


seen = {}
warnings.simplefilter("always")
warnings.showwarning = lambda message, *_: seen.setdefault(str(message))


def answer(question):
    jobs, presets = question
    return [noted(*job, sys.argv[1], presets) for job in jobs]
"""
ORACLE = Oracle(PROGRAM, str(DEVICE))


@dataclass(frozen=True)
class Plain:
    """What the program computed; every number exactly as torch had it."""

    x: list[Any]
    y: list[Any]
    initial: list[object]
    losses: list[float]
    parameters: dict[str, object]
    gradients: dict[str, object | None]
    prediction: list[float] | None
    test_loss: float | None
    error: str | None
    warnings: list[str]


Changes = Mapping[int, DataConfig]
"""Points that take the place of the ones before, by the number of steps taken until then."""


def plain(jobs: Sequence[tuple[RunConfig, int]], changes: Mapping[int, Changes] | None = None) -> list[Plain]:
    """Run the program for each of these settings and numbers of steps.

    changes: of some of the jobs, by their place among them.
    """
    texts = {name: asdict(preset) for name, preset in PRESETS.items()}
    changed = changes or {}
    sent = [
        (
            config.model_dump(mode="json"),
            steps,
            {step: data.model_dump(mode="json") for step, data in changed.get(i, {}).items()},
        )
        for i, (config, steps) in enumerate(jobs)
    ]
    return [Plain(**result) for result in ORACLE.ask((sent, texts))]


def values_of(config: RunConfig) -> Values | None:
    """What the sandbox gives for the settings' formula, if they have one."""
    recipe = config.recipe
    return None if recipe is None else evaluate(recipe).values_of(recipe)
