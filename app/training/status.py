"""The statuses a run may change to, and the refusals of a run that has ended."""

from collections.abc import Mapping

from app.errors import N_, Conflict
from app.protocol.runs import FinishReason, Status

TRANSITIONS: Mapping[Status, frozenset[Status]] = {
    "ready": frozenset({"playing", "paused", "finished", "diverged", "failed"}),
    "playing": frozenset({"ready", "paused", "finished", "diverged", "failed"}),
    "paused": frozenset({"playing", "finished", "diverged", "failed"}),
    "finished": frozenset({"paused"}),
    "diverged": frozenset(),
    "failed": frozenset(),
}
"""The statuses that may follow each status; beginning anew makes any run "ready" again.

A "ready" run stands still at step 0, a "paused" run at a later step.
"""
STATUS_OF: Mapping[FinishReason | None, Status] = {
    None: "paused",
    "max_steps": "finished",
    "stop_loss": "finished",
    "diverged": "diverged",
    "failed": "failed",
}
"""The status of a run that stands still after a step, by the reason why it does."""
ENDED = frozenset[Status]({"finished", "diverged", "failed"})


def refuse_if_ended(status: Status, step: int, error: str | None) -> None:
    """Refuse a run that cannot go on.

    step: the run's last step. error: torch's words, if it failed. Raises: Conflict.
    """
    if status == "finished":
        raise Conflict(
            N_("The run finished at step {step}. Reset it, or raise max_steps to train on."), step=step
        )
    if status == "diverged":
        raise Conflict(
            N_("The run diverged at step {step}. Change what it says made it diverge, and reset it."),
            step=step,
        )
    if status == "failed":
        raise Conflict(N_("torch refused step {step}: {error}"), step=step + 1, error=error)


def set_aside(error: str | None) -> Conflict:
    """The refusal of a run that the server had to end."""
    return Conflict(N_("The server had to end this run: {error}. Reset it to begin anew."), error=error)
