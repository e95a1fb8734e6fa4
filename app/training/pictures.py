"""What runs look like now, as packed snapshots."""

from collections.abc import Sequence

from torch import Tensor

from app.protocol.snapshots import PackedSnapshot
from app.training.run import Run


def pictures_of(
    runs: Sequence[Run], curves: Tensor, theta: Tensor, grad: Tensor | None, lrs: Sequence[float]
) -> dict[Run, PackedSnapshot]:
    """A picture of each run.

    curves: the model on the grid and then at the data points, (runs, grid + points); padding at the end is
    ignored. theta, grad: rows as the runs' layout lays them, (runs, N); None where torch has no gradients.
    lrs: the learning rate of each run's next step.
    """
    layout = runs[0].loop.layout
    values = curves.cpu().numpy()
    weights = layout.values(theta).cpu().numpy()
    grads = None if grad is None else layout.values(grad).cpu().numpy()
    pictures = {}
    for i, run in enumerate(runs):
        n, n_grid = run.data.x.shape[0], run.data.grid.shape[0]
        pictures[run] = PackedSnapshot.build(
            step=run.step,
            loss=run.losses[-1] if run.losses else None,
            test_loss=None,
            lr=lrs[i],
            diverged=run.status == "diverged",
            prediction=values[i, n_grid : n_grid + n].tobytes(),
            grid_prediction=values[i, :n_grid].tobytes(),
            parameters=weights[i].tobytes(),
            gradients=None if grads is None else grads[i].tobytes(),
        )
    return pictures
