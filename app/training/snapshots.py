"""Snapshots of runs: as they are now, and as they were after earlier steps."""

import struct
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from app.protocol.snapshots import (
    DIVERGED,
    HAS_GRADIENTS,
    HAS_LOSS,
    HAS_TEST_LOSS,
    HEADER,
    VERSION,
    PackedSnapshot,
)
from app.training.model import CAN_DIE, dead_units
from app.training.run import Run
from app.training.surfaces import Tested, surfaces_of
from app.training.trace import Moment

HEAD = np.dtype([
    ("version", "u1"), ("flags", "u1"), ("n_dead", "<u2"), ("step", "<u4"), ("loss", "<f4"),
    ("test_loss", "<f4"), ("losses_from", "<u4"), ("n_prediction", "<u4"), ("n_grid", "<u4"),
    ("n_values", "<u4"), ("n_losses", "<u4"), ("lr", "<f8"), ("n_surface", "<u4"),
])  # fmt: skip
"""`HEADER`, by which the headers of many snapshots are written at once."""


def snapshot_of(run: Run, *, coarse: bool = False) -> PackedSnapshot:
    """The snapshot of a run whose loop is up to date. coarse: with the surface of a run that plays."""
    loop = run.loop
    grad = loop.grad.unsqueeze(0) if loop.has_grads else None
    grid = run.data.surface_grid(fine=not coarse and run.status != "playing")
    with torch.no_grad():
        layers, test = _layers_of(run, grid), _test_of(run)
    rows = [outputs.unsqueeze(0) for outputs in layers]
    made = snapshots_of([run], rows, loop.theta.unsqueeze(0), grad, [loop.lr], n_grid=len(grid), test=test)
    return made[run]


def _layers_of(run: Run, grid: Tensor) -> list[Tensor]:
    """Every layer's output on the grid and then at the data points, (grid + points, units).

    NaN at the data points where torch refuses their shape, as it refuses the step.
    """
    layers, data = run.loop.layers, run.data
    if data.x.shape[1:] == grid.shape[1:]:
        return layers(torch.cat((grid, data.x)))
    on_grid = layers(grid)
    try:
        at_data = [outputs.view(len(data.x), -1) for outputs in layers(data.x)]
    except RuntimeError:
        at_data = [outputs.new_full((len(data.x), outputs.shape[1]), torch.nan) for outputs in on_grid]
    return [torch.cat(both) for both in zip(on_grid, at_data, strict=True)]


def _test_of(run: Run) -> Tested | None:
    """How the run does at the points held out; None where there are none, or torch refuses their shape."""
    loop, data = run.loop, run.data
    if not len(data.test_x):
        return None
    try:
        prediction = loop.net(data.test_x)
        loss, _ = loop.compare(prediction, data.test_y)
    except (RuntimeError, ValueError):
        return None
    return Tested([loss.item()], prediction.unsqueeze(0))


def snapshots_of(
    runs: Sequence[Run],
    layers: Sequence[Tensor],
    theta: Tensor,
    grad: Tensor | None,
    lrs: Sequence[float],
    *,
    n_grid: int,
    is_point: Tensor | None = None,
    test: Tested | None,
) -> dict[Run, PackedSnapshot]:
    """A snapshot of each run, from the results of one forward pass of all of them.

    layers: the output of every layer on the grid and then at the data points, (runs, grid + points, units).
    theta, grad: rows of the runs' `Layout`, (runs, N); None where the script's `.grad` are None.
    lrs: the learning rate of each run's next step. n_grid: the points of the grid. is_point: which of the
    points are data and not padding at the end, (runs, points, 1), bool; None: all. test: None where no points
    are held out.
    """
    layout = runs[0].loop.layout
    dead = dead_in(runs, [outputs[:, n_grid:] for outputs in layers[:-1]], is_point)
    heads = heads_of(
        runs, lrs, dead, has_grads=grad is not None, test_losses=None if test is None else test.losses
    )
    rows = [layout.values(theta)] + ([] if grad is None else [layout.values(grad)])
    surfaces = surfaces_of(runs, layers[-1], n_grid, test)
    if surfaces is not None:
        heads["n_surface"] = [len(surface) for surface in surfaces.packed]
        values, n_grid = surfaces.prediction, 0
    else:
        values = layers[-1].squeeze(2)
    heads["n_grid"] = n_grid
    by_length: dict[int, list[int]] = {}
    for i, run in enumerate(runs):
        by_length.setdefault(run.data.x.shape[0], []).append(i)
    snapshots = {}
    for n, places in by_length.items():
        at = places if len(by_length) > 1 else slice(None)
        parts = [values[at, n_grid : n_grid + n], values[at, :n_grid], *(row[at] for row in rows)]
        floats = torch.cat(parts, dim=1).cpu().numpy()
        bodies = np.hstack((heads[at, None].view(np.uint8), floats.view(np.uint8)))  # (runs, bytes)
        for i, body in zip(places, bodies, strict=True):
            units = struct.pack(f"<{len(dead[i])}I", *dead[i])
            surface = surfaces.packed[i] if surfaces is not None else b""
            snapshots[runs[i]] = PackedSnapshot(body.tobytes() + units + surface)
    return snapshots


def heads_of(
    runs: Sequence[Run],
    lrs: Sequence[float],
    dead: Sequence[Sequence[int]],
    *,
    has_grads: bool,
    test_losses: Sequence[float] | None,
) -> NDArray[np.void]:
    """The header of each run's snapshot, written for all of them at once: (runs,), of HEAD."""
    heads = np.zeros(len(runs), HEAD)
    steps = np.array([len(run.losses) for run in runs], np.uint32)
    has_diverged = np.array([run.status == "diverged" for run in runs], np.uint8)
    heads["version"], heads["lr"] = VERSION, lrs
    heads["flags"] = HAS_GRADIENTS * has_grads | HAS_TEST_LOSS * (test_losses is not None)
    heads["flags"] |= HAS_LOSS * (steps > 0).astype(np.uint8) | DIVERGED * has_diverged
    heads["n_dead"] = [len(units) for units in dead]
    heads["step"], heads["losses_from"] = steps, steps + 1
    heads["loss"] = [run.losses[-1] if run.losses else 0.0 for run in runs]
    heads["test_loss"] = 0.0 if test_losses is None else test_losses
    heads["n_prediction"] = [run.data.x.shape[0] for run in runs]
    heads["n_values"] = runs[0].loop.layout.n_values
    return heads


def blank_snapshot(run: Run) -> PackedSnapshot:
    """The snapshot of a run of which none can be made: NaN in place of all numbers."""
    n, n_values = len(run.data.x), run.loop.layout.n_values
    n_grid = len(run.data.grid) if run.data.area is None else 0
    nan = np.float32("nan").tobytes()
    return PackedSnapshot.build(
        step=run.step,
        loss=run.losses[-1] if run.losses else None,
        test_loss=None,
        lr=0.0,
        diverged=False,
        prediction=n * nan,
        grid_prediction=n_grid * nan,
        parameters=n_values * nan,
        gradients=None,
        dead_units=(),
    )


def dead_in(
    runs: Sequence[Run], hidden: Sequence[Tensor], is_point: Tensor | None
) -> Sequence[Sequence[int]]:
    """The dead units of each run, numbered from 0 through all of its hidden layers.

    hidden: the outputs of the hidden layers at the data, (runs, points, units) each.
    """
    first = runs[0]
    if not hidden or first.config.model.activation not in CAN_DIE:
        return [()] * len(runs)
    dead = dead_units(hidden, is_point)
    found: list[list[int]] = [[] for _ in runs]
    for i, unit in dead.nonzero().tolist():
        found[i].append(unit)
    return found


class EarlierSnapshots:
    """Renders snapshots of a run's earlier steps, from the parameters in its trace.

    A second run with the same settings takes over the parameters of a step and computes its predictions. They
    are those of a run that trains alone, to the last bit, also where this run was in a cohort.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._trace = run.trace
        self._double: Run | None = None

    @property
    def is_up_to_date(self) -> bool:
        """Whether the run has not begun anew since this was made."""
        return self._run.trace is self._trace

    def render(self, moment: Moment, *, coarse: bool = False) -> PackedSnapshot:
        """The snapshot of the run after the step of `moment`. coarse: with a smaller surface."""
        run, double = self._run, self._with_points_of(moment.step)
        double.losses = run.losses[: moment.step]
        double.status = run.status if moment.step == run.step else "paused"
        loop = double.loop
        loop.theta.copy_(self._trace.spread(moment.values))
        loop.has_grads = moment.grads is not None
        if moment.grads is not None:
            loop.grad.copy_(self._trace.spread(moment.grads))
        optimizer = loop.config.optimizer.model_copy(update={"lr": moment.lr})
        loop.schedule = None
        loop.config = loop.config.model_copy(update={"optimizer": optimizer})
        return snapshot_of(double, coarse=coarse)

    def _with_points_of(self, step: int) -> Run:
        config = self._run.log.until(step).config
        double = self._double
        if double is None or double.config.data != config.data:
            double = self._double = Run(self._run.id, config, self._run.device, self._run.values)
        return double


def snapshot_size(run: Run) -> int:
    """The most bytes that a snapshot of the run takes, with a coarse surface."""
    n_floats = len(run.data.x) + len(run.data.grid) + 2 * run.loop.layout.n_values
    return HEADER.size + 4 * (n_floats + sum(run.config.model.hidden))
