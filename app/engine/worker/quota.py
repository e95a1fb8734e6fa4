"""How many runs there may be, and what they may take."""

from collections.abc import Collection

from app.engine.commands import EngineOptions
from app.engine.worker.live_run import Hosted
from app.errors import N_, Invalid, TooMany

RETRY_AFTER = 60.0


class Allowance:
    """What the options allow, of which `hosted` take some already."""

    def __init__(self, options: EngineOptions, hosted: Collection[Hosted]) -> None:
        self._options = options
        self._hosted = hosted

    def check_number(self) -> None:
        """Raises: TooMany: there is no room for one more run."""
        if len(self._hosted) >= self._options.max_runs:
            raise TooMany(
                RETRY_AFTER,
                N_("The server holds {max_runs} runs, as many as it may. Try again later."),
                max_runs=self._options.max_runs,
            )

    def check_memory(self, needed: int, instead_of: Hosted | None = None) -> None:
        """Raises: Invalid, TooMany: one run, or all, may not take so many bytes."""
        allowed = self._options.run_memory
        if needed > allowed:
            raise Invalid(
                "",
                N_("A run with these settings takes {needed} bytes of memory; {allowed} are allowed."),
                needed=needed, allowed=allowed,
            )  # fmt: skip
        taken = sum(hosted.memory for hosted in self._hosted if hosted is not instead_of)
        if taken + needed > self._options.runs_memory:
            raise TooMany(
                RETRY_AFTER,
                N_("All runs together take {taken} bytes of memory; {allowed} are allowed. Try again later."),
                taken=taken, allowed=self._options.runs_memory,
            )  # fmt: skip
