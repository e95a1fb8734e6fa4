"""Scripts as settings: our own come back as they were, others as they are meant."""

import re
import time
from contextlib import suppress
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from app.errors import Invalid
from app.protocol.data import PRESETS
from app.protocol.events import EventLog
from app.protocol.runs import RunConfig
from app.script.reader.script import read
from app.script.write import write
from tests.script.histories import eventful
from tests.script.listings import LESSON, MODERN, SEQUENTIAL
from tests.script.test_write import script_of
from tests.training.configs import random_config

FORMULAS = [
    *PRESETS,
    "torch.sin(3*x) + 1",
    "x - x.mean()",
    "x.mean()",
    "torch.where(x > 0, x, 0*x)",
    "-x",
    "2*x + 1e-3",
]


def config_in(script: str) -> RunConfig:
    return RunConfig.model_validate(read(script).values)


def refusal(script: str) -> str:
    with pytest.raises(Invalid) as caught:
        read(script)
    assert caught.value.field == "script"
    return str(caught.value)


@st.composite
def configs(draw: st.DrawFn) -> RunConfig:
    """Settings that say nothing which does not count."""
    random = Random(draw(st.integers(0, 2**32)))
    config = random_config(random).model_dump(exclude={"data"})
    x_min, x_max = -random.random(), random.random() + 0.1
    config["data"] = {"n_samples": random.randint(3, 500), "x_min": x_min, "x_max": x_max}
    config["batch_size"] = draw(st.sampled_from([None, 1]))
    data = {
        "unsqueeze_x": draw(st.booleans()),
        "unsqueeze_y": draw(st.booleans()),
        "scale_x": draw(st.booleans()),
        "test_fraction": draw(st.sampled_from([0.0, 0.2, 1 / 3])),
    }
    number = st.floats(-1e6, 1e6)
    if points := draw(st.none() | st.lists(st.tuples(number, number), min_size=3, max_size=30)):
        config["data"] = {**data, "points": points, "n_samples": len(points)}
    else:
        config["data"] |= {
            **data,
            "target": draw(st.sampled_from(FORMULAS)),
            "noise": draw(st.sampled_from([0.0, 0.3])),
        }
    if config["data"].get("target") == "parabola":
        del config["data"]["target"]
    if not config["model"]["hidden"]:
        config["model"]["activation"] = "ReLU"
    config["stop_loss"] = draw(st.none() | st.floats(0, 1))
    config["max_steps"] = draw(st.integers(1, 100_000))
    config["loop"] = {line: draw(st.booleans()) for line in config["loop"]}
    return RunConfig.model_validate(config)


@settings(max_examples=150)
@given(configs())
def test_our_own_scripts_come_back_as_they_were(config: RunConfig) -> None:
    reading = read(write(EventLog(config)).script.script)
    assert RunConfig.model_validate(reading.values) == config
    assert reading.remarks == []


def test_the_lessons_listing_is_the_lessons_run() -> None:
    reading = read(LESSON)
    assert RunConfig.model_validate(reading.values) == RunConfig()
    assert [remark.line for remark in reading.remarks] == [27, 1]


def test_other_peoples_style_is_understood() -> None:
    assert config_in(MODERN) == RunConfig.model_validate(
        {
            "seed": 3,
            "data": {"target": "torch.sin(3 * x)", "x_min": -2, "x_max": 2, "n_samples": 50},
            "model": {"hidden": [8, 8], "activation": "Tanh"},
            "loss": "SmoothL1Loss",
            "optimizer": {"name": "AdamW", "lr": 0.01, "weight_decay": 0.1},
            "scheduler": {"name": "StepLR", "step_size": 100, "gamma": 0.5},
            "max_steps": 300,
        }
    )


def test_a_row_of_layers_and_listed_points_are_understood() -> None:
    config = config_in(SEQUENTIAL)
    assert config.data.points == ((0.0, 1.0), (1.0, 2.5), (2.0, 2.0))
    assert config.model.hidden == (4,)
    assert config.optimizer.lr == 0.001
    assert not config.loop.zero_grad


def test_torchs_own_default_rate_is_meant_where_none_is_given() -> None:
    assert config_in(SEQUENTIAL.replace("Adam(", "SGD(")).optimizer.lr == 0.001


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("lr=0.2", "lr=0.2, maximize=True", "maximize"),
        ("lr=0.2", "lr=rate", "lr=rate"),
        ("torch.optim.SGD", "torch.optim.LBFGS", "LBFGS"),
        ("range(1000)", "data_loader", "data_loader"),
        ("F.relu", "F.dropout", "F.dropout"),
        ("n_hidden=10", "n_hidden=10, bias=False", "n_hidden=10"),
        ("Linear(n_hidden, n_output)", "Linear(n_hidden, n_output, bias=False)", "bias"),
        ("Linear(n_hidden, n_output)", "Linear(7, n_output)", "7"),
        ("Linear(n_hidden, n_output)", "Conv1d(n_hidden, n_output, 1)", "Conv1d"),
        ("loss.backward()", "net.hidden.weight.data.zero_()", "zero_()"),
        ("loss.backward()", "loss.backward(); loss.backward()", "for t"),
        ("loss.backward()", "(2 * loss).backward()", "2 * loss"),
        ("    optimizer.zero_grad()\n", "    loss += 0.1 * net.hidden.weight.norm()\n", "loss +="),
        ("    optimizer.zero_grad()\n", "    prediction = 2 * prediction\n", "2 * prediction"),
        ("loss.backward()", "prediction.mean().backward()", "mean"),
        ("loss_func = ", "optimizer = torch.optim.Adam(net.parameters())\nloss_func = ", "Adam"),
        ("optimizer.step()", "optimizer.step(); optimizer.zero_grad()", "for t"),
        ("loss.backward()", "loss.backward(); net.zero_grad()", "for t"),
        ("print(net)", "import os; os.system('true')", "os.system"),
        ("print(net)", "print(optimizer.step())", "print(optimizer.step())"),
        ("print(net)", "y = open('secret').read()", "secret"),
        ("x.pow(2)", "torch.load('x')", "torch.load"),
        ("x.pow(2)", "torch.save(x, x.type())", "torch.save"),
        ("x.pow(2)", "x" + " + x" * 60, "x + x"),
        ("lr=0.2", "lr=0x" + "f" * 5000, "0xff"),
        ("lr=0.2", "lr=(10**12)**30", "10**12"),
        ("lr=0.2", "lr=" + "-" * 200 + "1", "---"),
        ("print(net)", "y = y + z*torch.randn(y.size())", "z*torch"),
        ("x.pow(2)", "torch.os.getpid()", "torch.os"),
        ("x.pow(2)", "x.__class__", "__class__"),
        ("dim=1)", "dim=1).unsqueeze(1)", "unsqueeze(1)"),
        ("for t", "while True: pass\nfor t", "while"),
        ("plt.show()", "loss.backward()", "loss.backward()"),
        ("plt.show()", "torch.manual_seed(1)", "manual_seed"),
    ],
)  # fmt: skip
def test_what_a_run_has_not_is_named_with_its_line(old: str, new: str, named: str) -> None:
    script = LESSON.replace(old, new, 1)
    line = re.match(r"line (\d+): ", refusal(script))
    assert line
    assert named in script.splitlines()[int(line[1]) - 1]


def test_a_formula_may_be_written_over_several_lines() -> None:
    assert config_in(LESSON.replace("x.pow(2)", "x.pow(\n    2)")) == config_in(LESSON)


def test_what_was_done_on_the_way_is_not_read() -> None:
    random = Random(2)
    runs = [eventful(random) for _ in range(5)]
    for run in runs:
        assert "line " in refusal(script_of(run))


@pytest.mark.parametrize("missing", ["net = ", "optimizer = ", "x = "])
def test_what_is_missing_is_said(missing: str) -> None:
    lines = [line for line in LESSON.splitlines() if not line.startswith(missing)]
    assert refusal("\n".join(lines))
    assert refusal("") == "There is no network in this script."


def test_values_that_no_run_may_have_are_left_to_the_settings_to_refuse() -> None:
    with pytest.raises(ValidationError):
        config_in(LESSON.replace("n_hidden=10", "n_hidden=1000"))


@pytest.mark.parametrize(
    "hostile",
    [
        "\0",
        "(" * 60_000,
        "-" * 60_000 + "1",
        "[" * 90 + "]" * 90,
        "x = " + "9" * 5000,
        "x = " + "9" * 4000,
        "x = 9**9**9**9",
        "if 0x" + "f" * 5000 + ": pass",
        "import torch\nx = torch.tensor([1., (10**12)**30])",
        "import torch\nx = torch.linspace(-1, 1, 9)\nn = round((10**12)**99 * len(x))",
        "import torch\nx = torch.linspace(-1, 1, 9)\ny = [" + "x, " * 4000 + "]" + "[:, None]" * 45,
        "x = 1e999",
        "x = round(" + "9" * 4000 + " * len(x))",
        "if 1:\n" + "".join(" " * i + "if 1:\n" for i in range(1, 99)) + " " * 99 + "pass",
        "x = " + "+".join(["1"] * 5000),
        "a;" * 30_000,
        "\ud800",
        "\u202e",
        "ｘ = 1",
        "async def f(): await f()",
        "class Net(torch.nn.Module): pass",
        "from . import x",
        "from torch import *",
        "def f(): yield",
        "x: int = 3",
        "x = lambda: 0",
        "match 1:\n    case _: pass",
        "print(" * 90 + ")" * 90,
        "if 1:\n print()\n" + "elif 1:\n print()\n" * 3000,
        "\n".join(f"x{i} = torch.linspace(0, 1, 2)" for i in range(2000)),
        "import torch\nx = torch.linspace(0, 1, 5)\n" + "y = x\n" * 7000,
    ],
)
def test_hostile_scripts_are_refused_and_cost_little(hostile: str) -> None:
    begin = time.process_time()
    assert refusal(hostile)
    # None takes a fifth of a second of the processor; what grows without bound takes minutes.
    assert time.process_time() - begin < 3


@settings(max_examples=200)
@given(st.data())
def test_whatever_is_changed_in_a_script_it_is_read_or_refused(data: st.DataObject) -> None:
    lines = (LESSON + MODERN).splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        other = data.draw(st.sampled_from(lines) | st.text(max_size=20))
        lines[at : at + data.draw(st.integers(0, 2))] = [other]
    with suppress(Invalid, ValidationError):
        RunConfig.model_validate(read("\n".join(lines)).values)
