"""What runs look like now, as packed snapshots."""

from collections.abc import Sequence

from torch import Tensor

from app.protocol.snapshots import PackedSnapshot
from app.training.history import Floats
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
    return {
        run: picture_of(
            run,
            step=run.step,
            curve=values[i],
            weights=weights[i],
            grads=None if grads is None else grads[i],
            lr=lrs[i],
        )
        for i, run in enumerate(runs)
    }


def picture_of(
    run: Run, *, step: int, curve: Floats, weights: Floats, grads: Floats | None, lr: float
) -> PackedSnapshot:
    """A picture of the run after that step. The rest as for `pictures_of`, of this run alone."""
    n, n_grid = run.data.x.shape[0], run.data.grid.shape[0]
    return PackedSnapshot.build(
        step=step,
        loss=run.losses[step - 1] if step else None,
        test_loss=None,
        lr=lr,
        diverged=run.status == "diverged" and step == run.step,
        prediction=curve[n_grid : n_grid + n].tobytes(),
        grid_prediction=curve[:n_grid].tobytes(),
        parameters=weights.tobytes(),
        gradients=None if grads is None else grads.tobytes(),
    )
