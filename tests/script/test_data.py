"""The points that a script makes, beside the same made step by step."""

from itertools import product
from typing import Any

import pytest
import torch

from app.errors import Invalid
from app.protocol.data import PRESETS, DataConfig, preset_of
from app.protocol.events import EventLog
from app.protocol.runs import RunConfig
from app.script.write import write
from tests.script.scripts import run_scripts

SEED = 11
FORMULAS = ["torch.sin(3*x) + 1", "x - x.mean()", "x.clamp(-0.5, 0.5).exp()", "x**3 / 2", "-x"]


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
