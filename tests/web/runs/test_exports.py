"""What can be taken away from a run, as a browser or a program gets it."""

import csv
import io
import json
import math
from typing import Any

import httpx
import torch

from app.web.runs.exports import table
from tests.script.scripts import run_scripts
from tests.web.owner import Run


def numbers(answer: httpx.Response) -> list[float]:
    """The losses of a table."""
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [int(row["step"]) for row in rows] == list(range(1, len(rows) + 1))
    return [float(row["loss"]) for row in rows]


def lesson_with_changes(client: httpx.Client) -> Run:
    """A run of 30 steps to which something is done at each place where it can be."""
    run = Run(client, {"max_steps": 30})
    run.step(10)
    client.patch(run.path, json={"optimizer": {"lr": 0.05}}, headers=run.owner)
    run.step(5)
    client.post(f"{run.path}/lines", json={"count": 2}, headers=run.owner)
    client.patch(run.path, json={"loop": {"zero_grad": False}}, headers=run.owner)
    edit = {"name": "predict.bias", "index": [0], "value": 0.25}
    client.post(f"{run.path}/parameters", json=edit, headers=run.owner)
    run.step(5)
    client.patch(
        run.path, json={"loop": {"zero_grad": True}, "optimizer": {"name": "Adam"}}, headers=run.owner
    )
    run.step(10)
    return run


def test_a_script_prints_the_losses_of_its_run_whatever_was_done_on_the_way(client: httpx.Client) -> None:
    run = lesson_with_changes(client)
    answer = client.get(f"{run.path}/script")
    assert answer.headers["content-type"] == "text/x-python; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="net.py"'
    [ran] = run_scripts([answer.text])
    assert ran.error is None
    assert ran.losses == run.losses()
    assert ran.losses == numbers(client.get(f"{run.path}/losses.csv"))
    weights = client.get(f"{run.path}/weights").json()
    assert ran.parameters == {name: each["values"] for name, each in weights["parameters"].items()}
    cells = json.loads(client.get(f"{run.path}/notebook").text)["cells"]
    assert "".join(cells[-1]["source"]).strip() in answer.text


def test_a_line_switched_on_behind_the_one_that_was_next_is_told_as_it_happened(client: httpx.Client) -> None:
    run = Run(client, {"loop": {"zero_grad": False}, "max_steps": 6})
    run.step(2)
    client.post(f"{run.path}/lines", json={"count": 2}, headers=run.owner)
    state = client.patch(run.path, json={"loop": {"zero_grad": True}}, headers=run.owner).json()
    assert state["line"] == "zero_grad"
    run.step(4)
    [ran] = run_scripts([client.get(f"{run.path}/script").text])
    assert ran.losses == run.losses()


def test_weights_come_with_their_shapes_and_as_a_file_that_the_scripts_net_reads(
    client: httpx.Client,
) -> None:
    run = Run(client, {"model": {"hidden": [3, 2]}, "max_steps": 20})
    run.step(20)
    weights = client.get(f"{run.path}/weights").json()
    assert weights["step"] == 20
    assert {name: each["shape"] for name, each in weights["parameters"].items()} == {
        "hidden1.weight": [3, 1],
        "hidden1.bias": [3],
        "hidden2.weight": [2, 3],
        "hidden2.bias": [2],
        "predict.weight": [1, 2],
        "predict.bias": [1],
    }
    file = client.get(f"{run.path}/weights?format=pt")
    assert file.headers["content-disposition"] == 'attachment; filename="net.pt"'
    loaded = torch.load(io.BytesIO(file.content), weights_only=True)
    script = client.get(f"{run.path}/script").text.partition("\noptimizer = ")[0]
    names: dict[str, Any] = {}
    with torch.random.fork_rng(devices=[]):
        exec(script, names)
    names["net"].load_state_dict(loaded)
    values = {name: parameter.tolist() for name, parameter in names["net"].named_parameters()}
    assert values == {name: each["values"] for name, each in weights["parameters"].items()}


def test_a_diverged_run_is_told_as_torch_writes_it_and_its_script_ends_there_too(
    client: httpx.Client,
) -> None:
    config = {"optimizer": {"lr": 1000.0}, "max_steps": 50, "model": {"activation": "Identity"}}
    run = Run(client, config)
    run.step(50)
    assert run.state()["status"] == "diverged"
    losses = numbers(client.get(f"{run.path}/losses.csv"))
    [ran] = run_scripts([client.get(f"{run.path}/script").text])
    assert losses == ran.losses
    assert len(losses) == run.state()["step"] < 50


def test_a_loss_that_is_not_finite_stands_in_the_table_as_torch_writes_it() -> None:
    losses = [0.5, math.inf, math.nan]
    text = table(losses)
    assert text == "step,loss\n1,0.5\n2,inf\n3,nan\n"
    assert [f"{torch.tensor(loss).item()}" for loss in losses] == ["0.5", "inf", "nan"]


def test_nothing_comes_of_a_run_that_is_not_there(client: httpx.Client) -> None:
    for what in ("script", "notebook", "weights", "weights?format=pt", "losses.csv"):
        assert client.get(f"/api/runs/nobody/{what}").status_code == 404
    run = Run(client)
    assert client.get(f"{run.path}/weights?format=exe").status_code == 422
