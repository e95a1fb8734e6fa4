"""What runs look like now, as packed snapshots."""

from collections.abc import Sequence

from torch import Tensor

from app.protocol.snapshots import PackedSnapshot
from app.training.model import CAN_DIE, dead_units
from app.training.run import Run


def pictures_of(
    runs: Sequence[Run],
    layers: Sequence[Tensor],
    theta: Tensor,
    grad: Tensor | None,
    lrs: Sequence[float],
    *,
    is_point: Tensor | None = None,
    test_losses: Sequence[float] | None,
) -> dict[Run, PackedSnapshot]:
    """A picture of each run.

    layers: the output of every layer on the grid and then at the data points, (runs, grid + points, units).
    theta, grad: rows as the runs' layout lays them, (runs, N); None where torch has no gradients.
    lrs: the learning rate of each run's next step. is_point: which of the points are data and not padding at
    the end, (runs, points, 1), bool; None: all. test_losses: None where no points are held out.
    """
    layout = runs[0].loop.layout
    values = layers[-1].squeeze(2).cpu().numpy()
    weights = layout.values(theta).cpu().numpy()
    grads = None if grad is None else layout.values(grad).cpu().numpy()
    dead = dead_in(runs, layers[:-1], is_point)
    pictures = {}
    for i, run in enumerate(runs):
        n, n_grid = run.data.x.shape[0], run.data.grid.shape[0]
        pictures[run] = PackedSnapshot.build(
            step=run.step,
            loss=run.losses[-1] if run.losses else None,
            test_loss=None if test_losses is None else test_losses[i],
            lr=lrs[i],
            diverged=run.status == "diverged",
            prediction=values[i, n_grid : n_grid + n].tobytes(),
            grid_prediction=values[i, :n_grid].tobytes(),
            parameters=weights[i].tobytes(),
            gradients=None if grads is None else grads[i].tobytes(),
            dead_units=dead[i],
        )
    return pictures


def dead_in(
    runs: Sequence[Run], hidden: Sequence[Tensor], is_point: Tensor | None
) -> Sequence[Sequence[int]]:
    """The dead units of each run, counted through its hidden layers."""
    first = runs[0]
    if not hidden or first.config.model.activation not in CAN_DIE:
        return [()] * len(runs)
    n_grid = first.data.grid.shape[0]
    dead = dead_units([outputs[:, n_grid:] for outputs in hidden], is_point)
    found: list[list[int]] = [[] for _ in runs]
    for i, unit in dead.nonzero().tolist():
        found[i].append(unit)
    return found
