"""Surfaces of models that are no curve: what they give over the plane, and how many points they get right."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from app.protocol.runs import Loss
from app.protocol.surfaces import pack_surface
from app.training.data import COARSE, FINE, GRID_POINTS
from app.training.run import Run

SHAPES = {COARSE**2: (COARSE, COARSE), FINE**2: (FINE, FINE), GRID_POINTS: (GRID_POINTS, 1)}
"""Width and height of a surface, by its number of cells."""


class Tested(NamedTuple):
    """The points held out. losses: one of each run. prediction: the model there, (runs, points, outputs)."""

    losses: Sequence[float]
    prediction: Tensor


class Surfaces(NamedTuple):
    """The surfaces of some runs. packed: one of each run. prediction: at their points, (runs, n)."""

    packed: Sequence[bytes]
    prediction: Tensor


def surfaces_of(runs: Sequence[Run], outputs: Tensor, n_grid: int, test: Tested | None) -> Surfaces | None:
    """The surfaces of runs with equal settings; None if their models are curves.

    outputs: of the model, on the grid and then at the data points, (runs, grid + points, outputs).
    """
    config = runs[0].config
    if config.data.is_curve:
        return None
    if config.data.classes is None:
        values = outputs.squeeze(2)
        packed = [numbers(row) for row in values[:, :n_grid]]
        return Surfaces(packed, values[:, n_grid:])
    classes, sure = classified(outputs, config.loss, config.data.classes)
    tested = None if test is None else classified(test.prediction, config.loss, config.data.classes)[0]
    # Two planes of bytes for each run.
    planes = torch.stack((sure[:, :n_grid] * 255, classes[:, :n_grid].float()), dim=1).round()
    rows = planes.to(torch.uint8).cpu().numpy()
    found = classes.cpu().numpy()
    packed = [
        of_classes(run, rows[i], found[i, n_grid:], None if tested is None else tested[i].cpu().numpy())
        for i, run in enumerate(runs)
    ]
    return Surfaces(packed, classes[:, n_grid:].float())


def classified(outputs: Tensor, loss: Loss, n_classes: int) -> tuple[Tensor, Tensor]:
    """The class that outputs stand for, int64, and how sure the model is of it, 0 to 1.

    outputs: (..., classes) for CrossEntropyLoss, else (..., 1). Sure of nothing where they are not finite.
    """
    if loss == "CrossEntropyLoss":
        sure, classes = outputs.softmax(dim=-1).max(dim=-1)
    elif loss == "BCEWithLogitsLoss":
        probability = outputs.squeeze(-1).sigmoid()
        classes = (probability > 0.5).long()
        sure = torch.maximum(probability, 1 - probability)
    else:
        value = outputs.squeeze(-1)
        nearest = value.nan_to_num(0).round().clamp(0, n_classes - 1)
        classes, sure = nearest.long(), (1 - (value - nearest).abs()).clamp(1 / n_classes, 1)
    return classes, sure.nan_to_num(0)


def numbers(values: Tensor) -> bytes:
    """The packed surface of a model that gives numbers. values: on the grid, (cells,)."""
    finite = values[values.isfinite()]
    low, high = (finite.min().item(), finite.max().item()) if len(finite) else (torch.nan, torch.nan)
    spread = (high - low) or 1.0
    levels = ((values.double() - low) / spread * 255).nan_to_num(0).clamp(0, 255).round()
    width, height = SHAPES[len(values)]
    return pack_surface(
        width=width, height=height, low=low, high=high, planes=levels.to(torch.uint8).cpu().numpy().tobytes(),
        accuracy=torch.nan, test_accuracy=torch.nan, confusion=b"",
    )  # fmt: skip


def of_classes(
    run: Run, planes: NDArray[np.uint8], found: NDArray[np.int64], tested: NDArray[np.int64] | None
) -> bytes:
    """The packed surface of a model that tells classes apart.

    planes: how sure it is of each cell and the cell's class, (2, cells). found, tested: the class it takes
    each point for, possibly followed by padding.
    """
    data = run.data
    assert data.labels is not None
    assert data.test_labels is not None
    assert run.config.data.classes is not None
    n, labels = run.config.data.classes, data.labels.cpu().numpy()
    confusion = np.bincount(n * labels + found[: len(labels)], minlength=n * n).astype(np.uint32)
    test_accuracy = np.nan
    if tested is not None:
        test_labels = data.test_labels.cpu().numpy()
        test_accuracy = float((tested[: len(test_labels)] == test_labels).mean())
    width, height = SHAPES[planes.shape[1]]
    return pack_surface(
        width=width, height=height, low=0.0, high=1.0, planes=planes.tobytes(),
        accuracy=float(confusion.reshape(n, n).trace() / len(labels)), test_accuracy=test_accuracy,
        confusion=confusion.tobytes(),
    )  # fmt: skip
