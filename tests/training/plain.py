"""The oracle: the lesson's program, run with nothing but Python and torch, in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from app.protocol.runs import RunConfig
from tests.training.device import DEVICE

PROGRAM = """
import json, sys
import torch

torch.set_num_threads(1)


class Net(torch.nn.Module):
    def __init__(self, n_feature, n_hidden, n_output, activation):
        super().__init__()
        sizes = [n_feature, *n_hidden]
        for i in range(len(n_hidden)):
            name = "hidden" if len(n_hidden) == 1 else f"hidden{i + 1}"
            setattr(self, name, torch.nn.Linear(sizes[i], sizes[i + 1]))
        self.predict = torch.nn.Linear(sizes[-1], n_output)
        self.f = getattr(torch.nn, activation)()

    def forward(self, x):
        *hidden, predict = [m for m in self.children() if isinstance(m, torch.nn.Linear)]
        for layer in hidden:
            x = self.f(layer(x))
        return predict(x)


def run(config, steps, device):
    data, model, loop = config["data"], config["model"], config["loop"]
    torch.manual_seed(config["seed"])
    x = torch.unsqueeze(torch.linspace(data["x_min"], data["x_max"], data["n_samples"]), dim=1)
    y = x.pow(2) + 0.2 * torch.rand(x.size())
    x, y = x.to(device), y.to(device)
    torch.manual_seed(config["seed"])
    net = Net(1, model["hidden"], 1, model["activation"])
    if model["init"] != "default":
        for layer in [m for m in net.children() if isinstance(m, torch.nn.Linear)]:
            getattr(torch.nn.init, model["init"])(layer.weight)
    initial = [p.tolist() for p in net.parameters()]
    net.to(device)
    settings = dict(config["optimizer"])
    optimizer = getattr(torch.optim, settings.pop("name"))(net.parameters(), **settings)
    scheduler = None
    if config["scheduler"]:
        settings = dict(config["scheduler"])
        scheduler = getattr(torch.optim.lr_scheduler, settings.pop("name"))(optimizer, **settings)
    loss_func = getattr(torch.nn, config["loss"])()
    losses = []
    rest = []
    for t in range(steps):
        batch_x, batch_y = x, y
        if config["batch_size"]:
            if len(rest) == 0:
                rest = torch.randperm(len(x))
            batch, rest = rest[: config["batch_size"]], rest[config["batch_size"] :]
            batch_x, batch_y = x[batch], y[batch]
        prediction = net(batch_x)
        loss = loss_func(prediction, batch_y)
        losses.append(loss.item())
        if loop["zero_grad"]:
            optimizer.zero_grad()
        if loop["backward"]:
            loss.backward()
        if loop["step"]:
            optimizer.step()
            if scheduler:
                scheduler.step()
    parameters = dict(net.named_parameters())
    return {
        "x": x.tolist(),
        "y": y.tolist(),
        "initial": initial,
        "losses": losses,
        "parameters": {name: p.tolist() for name, p in parameters.items()},
        "gradients": {name: None if p.grad is None else p.grad.tolist() for name, p in parameters.items()},
        "prediction": net(x).flatten().tolist(),
    }


json.dump([run(*job, sys.argv[1]) for job in json.load(sys.stdin)], sys.stdout)
"""


@dataclass(frozen=True)
class Plain:
    """What the program computed; every number exactly as torch had it."""

    x: list[list[float]]
    y: list[list[float]]
    initial: list[object]
    losses: list[float]
    parameters: dict[str, object]
    gradients: dict[str, object | None]
    prediction: list[float]


def plain(jobs: Sequence[tuple[RunConfig, int]]) -> list[Plain]:
    """Run the program for each of these settings and numbers of steps."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", PROGRAM, str(DEVICE)],
        input=json.dumps([(config.model_dump(mode="json"), steps) for config, steps in jobs]),
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    return [Plain(**result) for result in json.loads(done.stdout)]
