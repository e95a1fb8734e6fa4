"""The points that a script makes, beside the same made step by step."""

from itertools import product
from typing import Any

import pytest
import torch

from app.errors import Invalid
from app.protocol.data import PRESETS, DataConfig, preset_of
from app.protocol.events import Event, EventLog
from app.protocol.runs import RunConfig
from app.script.write import write
from tests.script.scripts import run_scripts

SEED = 11
FORMULAS = ["torch.sin(3*x) + 1", "x - x.mean()", "x.clamp(-0.5, 0.5).exp()", "x**3 / 2", "-x", "x.mean()"]


def step_by_step(data: DataConfig) -> tuple[list[Any], list[Any]]:
    """As the contract of `DataConfig` says."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        if data.points is not None:
            x = torch.tensor([point[0] for point in data.points])
            y = torch.tensor([point[1] for point in data.points])
        else:
            x = torch.linspace(data.x_min, data.x_max, data.n_samples)
            made = preset_of(data.target)
            if made and made.x:
                x = eval(made.x, {"x": x})
            y = eval(made.y if made else data.target, {"x": x, "torch": torch})
            y = y.expand_as(x)
            if data.noise:
                y = y + data.noise * torch.randn(y.size())
        if data.scale_x:
            x = (x - x.mean()) / x.std()
        if data.test_fraction:
            order = torch.randperm(len(x))
            train = order[round(data.test_fraction * len(x)) :].sort().values
            x, y = x[train], y[train]
    x = torch.unsqueeze(x, dim=1) if data.unsqueeze_x else x
    y = torch.unsqueeze(y, dim=1) if data.unsqueeze_y else y
    return x.tolist(), y.tolist()


def test_x_and_y_are_made_as_the_settings_say() -> None:
    targets: list[dict[str, Any]] = [{"target": target} for target in (*PRESETS, *FORMULAS)]
    targets.append({"points": [(float(i), i / 3) for i in range(30)], "n_samples": 30})
    switches: list[dict[str, Any]] = [
        {},
        {"noise": 0.5},
        {"scale_x": True, "noise": 0.1},
        {"test_fraction": 0.25, "scale_x": True},
        {"test_fraction": 0.3, "unsqueeze_y": False},
        {"unsqueeze_y": False},
    ]
    datas = [DataConfig.model_validate({**target, **more}) for target, more in product(targets, switches)]
    configs = [RunConfig(seed=SEED, data=data, max_steps=1) for data in datas]
    ran = run_scripts([write(EventLog(config)).script.script for config in configs])
    assert [its.error for its in ran if its.error] == []
    assert [data for data, its in zip(datas, ran, strict=True) if (its.x, its.y) != step_by_step(data)] == []
    held_out = [its.test_loss is not None for its in ran]
    assert held_out == [data.test_fraction > 0 for data in datas]


def test_points_that_were_moved_on_the_way_are_those_of_the_next_step() -> None:
    """Beside the losses of the same lines, written by hand."""
    moved = DataConfig(points=((0.0, 1.0), (0.5, 0.25), (1.0, 2.0)), n_samples=3)
    begin = RunConfig.model_validate(
        {"max_steps": 6, "seed": SEED, "data": {"n_samples": 5}, "batch_size": 2}
    )
    log = EventLog(begin)
    log.add(Event(step=1, line="loss", config=begin.model_copy(update={"data": moved})))
    scaled = moved.model_copy(update={"scale_x": True, "test_fraction": 0.34})
    log.add(Event(step=4, line=None, config=begin.model_copy(update={"data": scaled})))
    [ran] = run_scripts([write(log).script.script])
    assert ran.error is None
    assert ran.losses == by_hand(begin, {2: moved, 4: scaled})
    assert ran.test_loss is not None


def by_hand(config: RunConfig, datas: dict[int, DataConfig]) -> list[float]:
    """The losses of a run whose points change before these rounds."""
    losses, order = [], torch.empty(0, dtype=torch.int64)
    x, y = (torch.tensor(points) for points in step_by_step(config.data))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        hidden, predict = torch.nn.Linear(1, 10), torch.nn.Linear(10, 1)
        optimizer = torch.optim.SGD([*hidden.parameters(), *predict.parameters()], lr=0.2)
        for t in range(config.max_steps):
            if t in datas:
                n = len(x)
                x, y = (torch.tensor(points) for points in step_by_step(datas[t]))
                order = order if len(x) == n else order[:0]
            if not len(order):
                order = torch.randperm(len(x))
            batch, order = order[: config.batch_size], order[config.batch_size :]
            loss = torch.nn.functional.mse_loss(predict(hidden(x[batch]).relu()), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    return losses


def test_without_unsqueeze_the_script_meets_torchs_own_error() -> None:
    config = RunConfig.model_validate({"data": {"unsqueeze_x": False}})
    [ran] = run_scripts([write(EventLog(config)).script.script])
    assert ran.error
    assert "mat1 and mat2" in ran.error or "size mismatch" in ran.error
    assert ran.losses == []


@pytest.mark.parametrize(
    "formula",
    [
        "x\nimport os",
        "x # nothing",
        "x; x",
        "x = 1",
        "",
        "(",
        "torch.load('x')",
        "torch.os.getpid()",
        "torch.hub.list()",
        "torch.serialization.os",
        "x.__class__",
        "x.numpy().tofile('x')",
        "torch.save(x, x.type())",
        "torch.save(x, torch.typename(x))",
        "torch.load(x.numpy().tobytes().decode(), weights_only=False)",
        "torch.save(x, torch.tensor([46, 98]).byte().numpy().tobytes().decode())",
        "torch.from_file(x.type())",
        "x.numpy().dump(x.type())",
        "torch.compile(x.abs)",
        "f'{x}'",
        "open(x)",
        "__import__",
        "eval(x)",
        "torch",
        "[torch][0].os",
        "(torch if 1 else math).os",
        "(lambda: x)()",
        "(y := x)",
        "x" * 3,
        "getattr(x, x)",
    ],
)
def test_no_formula_gets_into_a_script_that_could_do_harm_there(formula: str) -> None:
    config = RunConfig(data=DataConfig.model_construct(**{**dict(DataConfig()), "target": formula}))
    with pytest.raises(Invalid) as caught:
        write(EventLog(config))
    assert caught.value.field == "data.target"
