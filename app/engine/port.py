"""The seam between the web process and whatever trains: today one engine process, later many machines.

A run is addressed by its id. Every call may raise `app.errors.NotFound` (no such run), `Invalid` or
`Conflict` (the command is refused), or `Unavailable` (the engine is starting or being replaced).
"""

from collections import deque
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol

from app.protocol.data import Values
from app.protocol.events import EventLog
from app.protocol.history import Norms, SnapshotsQuery
from app.protocol.lines import LineRan, LinesRan, ParameterEdit
from app.protocol.runs import Losses, ParameterInfo, RunConfig, RunState
from app.protocol.snapshots import PackedSnapshot, Snapshot
from app.protocol.stream import Points


class Album(NamedTuple):
    """Pictures of one run. parameters: what their values mean."""

    parameters: Sequence[ParameterInfo]
    snapshots: Sequence[PackedSnapshot]


class Engine(Protocol):
    """Owns all runs. Async throughout; nothing here blocks or imports torch."""

    @property
    def ready(self) -> bool:
        """Whether torch is imported and commands are answered."""

    def holds(self, run_id: str) -> bool:
        """Whether there is such a run, as far as is known without asking."""

    async def create(
        self, config: RunConfig, values: Values | None = None, race: str | None = None
    ) -> RunState:
        """A new run at step 0, status "ready". Its id is unguessable (`secrets.token_urlsafe(16)`).

        values: what the formula of its data gave, where `config.recipe` is one.

        Runs of the same race keep step: `play`, `pause`, `step` and `reset` of one are done to all at the
        same moment, and those that can go on take each step together. They cannot be changed one by one.
        """

    async def inspect(self, run_id: str) -> RunState:
        """The run as it is now."""

    async def snapshot(self, run_id: str) -> Snapshot:
        """The run's picture now."""

    async def losses(self, run_id: str, first_step: int) -> Losses:
        """The losses of all steps taken from `first_step` on."""

    async def snapshot_at(self, run_id: str, step: int) -> Snapshot:
        """The run's picture after any step it took. Raises: NotFound: it did not come that far."""

    async def snapshots(self, run_id: str, query: SnapshotsQuery, max_bytes: int) -> Album:
        """Its pictures at steps that are kept, of those asked for as many as fit."""

    async def norms(self, run_id: str, first_step: int) -> Norms:
        """Gradient and update norms of the steps from `first_step` on that are kept."""

    async def fork(self, run_id: str, step: int) -> RunState:
        """Another run, which stands where this one stood after that step. Returns when it does."""

    async def history(self, run_id: str) -> tuple[EventLog, RunState]:
        """What was done to the run since step 0, and where it is now."""

    async def weights(self, run_id: str) -> bytes:
        """Its parameters now, as a file that `torch.load` reads into a `state_dict`."""

    async def play(self, run_id: str, steps_per_second: float | None) -> None:
        """Train until paused or finished; None: as fast as possible without starving other runs."""

    async def pause(self, run_id: str) -> None:
        """Stop after the step in hand."""

    async def step(self, run_id: str, count: int) -> Snapshot:
        """Run exactly `count` further steps, then pause. Returns when they are done."""

    async def lines(self, run_id: str, count: int) -> LinesRan:
        """Run the next lines of the loop, and tell what each did."""

    async def edit(self, run_id: str, edit: ParameterEdit) -> Snapshot:
        """Set an element of a parameter. Returns the picture after it."""

    async def update(self, run_id: str, config: RunConfig, values: Values | None = None) -> RunState:
        """Change the settings. Those that `config.goes_on_from` does not allow for begin the run anew.

        values: of their formula, where `config.recipe` is another one than before.
        """

    async def reset(self, run_id: str) -> RunState:
        """Back to step 0 with the same initial weights."""

    async def delete(self, run_id: str) -> None:
        """Forget the run and free its memory."""

    def watch(self, run_id: str) -> AbstractAsyncContextManager["Watch"]:
        """Follow one run; leaving the context ends it."""


class Watch(Protocol):
    """One follower of a run. Whoever waits slowly misses pictures, never numbers: there is no queue."""

    @property
    def mirror(self) -> "Mirror":
        """The newest that is known of the run. Replaced or advanced in place as the run goes on."""

    async def changed(self) -> None:
        """Wait until the mirror differs from when this last returned."""


class Mirror(Protocol):
    """What the web process knows of a watched run: enough to bring any viewer up to date at any time.

    A viewer compares this with what it was last sent: a new `generation` means `started`, a newer
    snapshot means `snapshot`, another config or other points `updated`, another status `playing`, `paused`
    or `finished`.
    """

    generation: int
    """Grows when the run begins anew (reset, data made anew, another model) or was rebuilt after a trainer's
    death."""
    state: RunState
    points: Points
    """Replaced whenever the run goes on with others."""
    parameters: list[ParameterInfo]
    losses: bytearray
    """float32, one per step taken in this generation; step k's is at byte 4 * (k - 1)."""
    lines: deque[LineRan]
    """The last lines that ran one at a time while it was watched. n_lines: how many there ever were."""
    n_lines: int
    snapshot: PackedSnapshot
    available: bool
    """False while the engine is being replaced."""
    gone: bool
    """True once the run was deleted."""
