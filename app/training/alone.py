"""A run that trains by itself, with the plain script's own lines and bits."""

from collections.abc import Collection, Set

from app.protocol.snapshots import PackedSnapshot
from app.training.run import Run
from app.training.snapshots import snapshot_of


class Alone:
    """Steps one run. Has the methods of a `Cohort`."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.runs = (run,)

    def step(self) -> bool:
        """One training step. Returns whether the run plays on.

        Raises: RuntimeError, NameError: as the script would, and no step was recorded.
        """
        return self.run.end_step(self.run.loop.step())

    def snapshots(self, runs: Collection[Run] | None = None) -> dict[Run, PackedSnapshot]:
        """The snapshot of the run as it is now."""
        return {self.run: snapshot_of(self.run)}

    def hand_over(self) -> None:
        """Do nothing: the trace is already up to date."""

    def disband(self) -> None:
        """Do nothing: the run's tensors are its own."""

    def bring_up_to_date(self, runs: Set[Run]) -> None:
        """Do nothing, as before."""
