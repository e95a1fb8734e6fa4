"""A run's way to one of its steps, taken once more by another run."""

from collections.abc import Generator

from app.protocol.events import EventLog
from app.training.alone import Alone
from app.training.history import History
from app.training.replay import Replay
from app.training.run import Run


def retrace(run: Run, past: History, log: EventLog, step: int) -> Generator[None]:
    """Train `run` from step 0 to that step, as the run that `past` is of came there; pauses after each step.

    log: what was done to that one until then.

    Losses are taken from `past`, and parameters and gradients where it has them. Where that run trained by
    itself these are the same bits anyway; where it trained in a cohort, they keep last bits from growing.
    """
    run.past = past
    replay = Replay(run, log.events, step, None)
    alone = Alone(run)
    while replay.go_on():
        while run.status == "playing":
            try:
                alone.step()
            except (RuntimeError, NameError) as error:
                run.fail(str(error))
            yield
    run.past = None
