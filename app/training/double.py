"""A run as it was at earlier steps."""

from app.protocol.snapshots import HEADER, PackedSnapshot
from app.training.alone import Alone
from app.training.history import Moment
from app.training.run import Run


class Double:
    """Stands in for a run: is given its parameters of earlier steps, and has its picture taken.

    Predictions are then those of a run that trains by itself, in their last bits too, even where this one was
    in a cohort.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._history = run.history
        self._double: Run | None = None

    @property
    def is_up_to_date(self) -> bool:
        """Whether the run has not begun anew since."""
        return self._run.history is self._history

    def picture(self, moment: Moment) -> PackedSnapshot:
        """The run's picture after that step."""
        run, double = self._run, self._with_points_of(moment.step)
        double.losses = run.losses[: moment.step]
        double.status = run.status if moment.step == run.step else "paused"
        loop = double.loop
        loop.theta.copy_(self._history.spread(moment.values))
        loop.has_grads = moment.grads is not None
        if moment.grads is not None:
            loop.grad.copy_(self._history.spread(moment.grads))
        optimizer = loop.config.optimizer.model_copy(update={"lr": moment.lr})
        loop.schedule = None
        loop.config = loop.config.model_copy(update={"optimizer": optimizer})
        return Alone(double).snapshots()[double]

    def _with_points_of(self, step: int) -> Run:
        config = self._run.log.until(step).config
        double = self._double
        if double is None or double.config.data != config.data:
            double = self._double = Run(self._run.id, config, self._run.device, self._run.values)
        return double


def picture_size(run: Run) -> int:
    """Bytes of a picture of it, at most."""
    n_floats = len(run.data.x) + len(run.data.grid) + 2 * run.loop.layout.n_values
    return HEADER.size + 4 * (n_floats + sum(run.config.model.hidden))
