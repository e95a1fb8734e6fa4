"""The surface, the accuracy and the confusion matrix of snapshots, beside what plain torch says of them."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from app.protocol.runs import RunConfig
from app.protocol.snapshots import Snapshot
from app.training.alone import Alone
from app.training.cohort import form
from app.training.run import Run
from app.training.snapshots import snapshot_of

TASKS: dict[str, dict[str, Any]] = {
    "three classes": {"data": {"target": "spirals", "classes": 3, "n_samples": 60, "test_fraction": 0.25}},
    "logits": {"data": {"target": "moons", "noise": 0.2}, "loss": "BCEWithLogitsLoss", "l1": 0.001},
    "classes as numbers": {"data": {"target": "rings", "classes": 4}, "loss": "MSELoss"},
    "a surface": {"data": {"target": "saddle", "test_fraction": 0.2}},
    "mini-batches": {"data": {"target": "blobs", "classes": 6, "scale_x": True}, "batch_size": 20},
}
MODEL = {"model": {"hidden": [8, 5], "activation": "Tanh"}, "optimizer": {"name": "Adam", "lr": 0.02}}
CPU = torch.device("cpu")


def run_of(task: str, seed: int = 15) -> Run:
    return Run(task, RunConfig.model_validate({**TASKS[task], **MODEL, "seed": seed}), CPU)


def unpacked(run: Run) -> Snapshot:
    return snapshot_of(run).unpack(run.parameters)


def plain(snapshot: Snapshot, x: torch.Tensor) -> torch.Tensor:
    """The lesson's network with a snapshot's parameters."""
    values = {name: torch.tensor(value) for name, value in snapshot.parameters.items()}
    for layer in ("hidden1", "hidden2"):
        x = torch.tanh(nn.functional.linear(x, values[f"{layer}.weight"], values[f"{layer}.bias"]))
    return nn.functional.linear(x, values["predict.weight"], values["predict.bias"])


def middles(snapshot: Snapshot, area: tuple[float, float, float, float]) -> torch.Tensor:
    """The middle of each cell, row by row, worked out cell by cell."""
    assert snapshot.surface is not None
    width, height = snapshot.surface.width, snapshot.surface.height
    x1_from, x1_to, x2_from, x2_to = area
    places = [
        (x1_from + (i + 0.5) / width * (x1_to - x1_from), x2_from + (j + 0.5) / height * (x2_to - x2_from))
        for j in range(height)
        for i in range(width)
    ]
    return torch.tensor(places)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("plays", [False, True])
def test_a_surface_is_the_model_at_the_middle_of_each_cell(task: str, plays: bool) -> None:
    run = run_of(task)
    run.play(None)
    for _ in range(30):
        Alone(run).step()
    if not plays:
        run.pause()
    snapshot, data, classes = unpacked(run), run.data, run.config.data.classes
    assert data.area is not None
    assert snapshot.surface is not None
    assert snapshot.surface.width == snapshot.surface.height == (40 if plays else 100)
    assert snapshot.grid_prediction == []
    on_grid = plain(snapshot, middles(snapshot, data.area))
    at_data, at_test = plain(snapshot, data.x), plain(snapshot, data.test_x)
    found = torch.tensor([float("nan") if value is None else value for value in snapshot.surface.values])
    if classes is None:
        step = (on_grid.max() - on_grid.min()).item() / 255
        assert (found - on_grid.flatten()).abs().max().item() < 0.51 * step
        assert (snapshot.surface.classes, snapshot.accuracy, snapshot.confusion) == (None, None, None)
        assert snapshot.prediction == pytest.approx(at_data.flatten().tolist(), abs=1e-5)
        return
    readings: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
        "CrossEntropyLoss": lambda out: out.argmax(dim=1),
        "BCEWithLogitsLoss": lambda out: (out > 0).long().flatten(),
        "MSELoss": lambda out: out.round().clamp(0, classes - 1).long().flatten(),
    }
    taken = readings[run.config.loss]
    # Cells on a boundary may fall to either side of it by a last bit.
    agree = torch.tensor(snapshot.surface.classes) == taken(on_grid)
    assert agree.float().mean().item() > 0.999
    if run.config.loss == "CrossEntropyLoss":
        sure = on_grid.softmax(dim=1).amax(dim=1)
        assert (found - sure).abs().max().item() < 0.51 / 255 + 1e-5
    labels, test_labels = data.labels, data.test_labels
    assert labels is not None
    assert test_labels is not None
    assert snapshot.prediction == taken(at_data).tolist()
    assert snapshot.accuracy == pytest.approx((taken(at_data) == labels).float().mean().item())
    pairs = list(zip(labels.tolist(), taken(at_data).tolist(), strict=True))
    assert snapshot.confusion == [[pairs.count((i, j)) for j in range(classes)] for i in range(classes)]
    if len(test_labels):
        right = (taken(at_test) == test_labels).float().mean().item()
        assert snapshot.test_accuracy == pytest.approx(right)
    else:
        assert snapshot.test_accuracy is None


@pytest.mark.parametrize("task", TASKS)
def test_runs_that_train_together_come_out_as_each_of_them_alone(task: str) -> None:
    together, apart = ([run_of(task, seed) for seed in range(15, 19)] for _ in range(2))
    cohort = form(together)
    for run in (*together, *apart):
        run.play(None)
    for _ in range(25):
        cohort.step()
        for run in apart:
            Alone(run).step()
    pictures = cohort.snapshots()
    for run, alone in zip(together, apart, strict=True):
        assert list(run.losses) == pytest.approx(list(alone.losses), rel=1e-4)
        one, other = pictures[run].unpack(run.parameters), unpacked(alone)
        assert (one.test_loss or 0.0) == pytest.approx(other.test_loss or 0.0, rel=1e-4)
        assert (one.accuracy, one.test_accuracy) == (other.accuracy, other.test_accuracy)
        assert one.confusion == other.confusion
        assert one.surface is not None
        assert other.surface is not None
        assert one.surface.values == pytest.approx(other.surface.values, abs=0.02)
