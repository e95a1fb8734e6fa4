"""Limits on the number of runs and on their memory."""

from collections.abc import Collection

from app.engine.commands import EngineOptions
from app.engine.worker.live_run import LiveRun
from app.errors import N_, Invalid, TooMany

RETRY_AFTER = 60.0


class Quota:
    """Checks new runs and changes against the options. runs: all runs of the engine."""

    def __init__(self, options: EngineOptions, runs: Collection[LiveRun]) -> None:
        self._options = options
        self._runs = runs

    def check_number(self) -> None:
        """Check that there may be one more run. Raises: TooMany."""
        if len(self._runs) >= self._options.max_runs:
            raise TooMany(
                RETRY_AFTER,
                N_("The server holds {max_runs} {max_runs:run|runs}, as many as it may. Try again later."),
                max_runs=self._options.max_runs,
            )

    def check_memory(self, needed: int, instead_of: LiveRun | None = None) -> None:
        """Check that a run may take `needed` bytes, in place of the run `instead_of`.

        Raises: Invalid: that is too much for one run. TooMany: it is too much together with all other runs.
        """
        allowed = self._options.run_memory
        if needed > allowed:
            raise Invalid(
                "",
                N_(
                    "A run with these settings takes {needed} {needed:byte|bytes} of memory;"
                    " {allowed} {allowed:is|are} allowed."
                ),
                needed=needed, allowed=allowed,
            )  # fmt: skip
        taken = sum(live.memory for live in self._runs if live is not instead_of)
        if taken + needed > self._options.runs_memory:
            raise TooMany(
                RETRY_AFTER,
                N_(
                    "All runs together take {taken} {taken:byte|bytes} of memory; {allowed}"
                    " {allowed:is|are} allowed. Try again later."
                ),
                taken=taken, allowed=self._options.runs_memory,
            )  # fmt: skip
