"""Pictures of what a run was at steps that its history keeps."""

from app.protocol.snapshots import PackedSnapshot
from app.training.alone import curve
from app.training.history import Moment
from app.training.model import activation_of, forward_alone
from app.training.pictures import picture_of
from app.training.run import Run


def picture_at(run: Run, moment: Moment) -> PackedSnapshot:
    """The picture of the run as it was then: the model with the parameters it had, computed anew."""
    loop = run.loop
    theta = run.history.spread(moment.values).to(run.device)
    net = forward_alone(loop.layout.blocks(theta), activation_of(run.config.model))
    return picture_of(
        run,
        step=moment.step,
        curve=curve(run.data, net).flatten().cpu().numpy(),
        weights=moment.values,
        grads=moment.grads,
        lr=moment.lr,
    )


def picture_size(run: Run) -> int:
    """Bytes of a picture of it, about."""
    return 4 * (len(run.data.x) + len(run.data.grid) + 2 * run.loop.layout.n_values) + 64
