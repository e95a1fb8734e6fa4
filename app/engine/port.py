"""The interface between the web process and the trainer: today one engine process, later many machines.

A run is addressed by its id. Every call may raise `app.errors.NotFound` (no such run), `Invalid` or
`Conflict` (the command is refused), or `Unavailable` (the engine is starting or being replaced).
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from app.protocol.data import Values
from app.protocol.events import EventLog
from app.protocol.lines import LineRan, LinesRan, ParameterEdit
from app.protocol.lookback import Norms, SnapshotsQuery
from app.protocol.runs import Losses, ParameterInfo, RunConfig, RunState
from app.protocol.snapshots import PackedSnapshot, Snapshot
from app.protocol.stream import Points


class Engine(Protocol):
    """Owns all runs. No method blocks, and no implementation imports torch into the web process."""

    @property
    def ready(self) -> bool:
        """Whether torch is imported and commands are answered."""

    @property
    def pid(self) -> int | None:
        """The id of its process on this machine, if it has one now."""

    @property
    def n_waiting(self) -> int:
        """Number of commands that are not answered yet."""

    def statuses(self) -> Mapping[str, int]:
        """How many of the runs in memory have each status."""

    def holds(self, run_id: str) -> bool:
        """Whether there is such a run, as far as the web process knows."""

    async def create(
        self, config: RunConfig, values: Values | None = None, comparison: str | None = None
    ) -> RunState:
        """Make a run at step 0, status "ready". Its id is unguessable (`secrets.token_urlsafe(16)`).

        values: the values of the formula in its data, where `config.recipe` is not None.
        comparison: the id of the comparison that the run is a member of.

        Members of a comparison keep step: `play`, `pause`, `step` and `reset` of one are done to all at the
        same moment, and those that can go on take each step together. They cannot be changed one by one.
        """

    async def inspect(self, run_id: str) -> RunState:
        """The run's state now."""

    async def snapshot(self, run_id: str) -> Snapshot:
        """The run's snapshot now."""

    async def losses(self, run_id: str, first_step: int) -> Losses:
        """The losses of all steps taken from `first_step` on."""

    async def snapshot_at(self, run_id: str, step: int) -> Snapshot:
        """The run's snapshot after a step it took. Raises: NotFound: it has not taken that step."""

    async def snapshots(
        self, run_id: str, query: SnapshotsQuery, max_bytes: int
    ) -> tuple[Sequence[ParameterInfo], Sequence[PackedSnapshot]]:
        """Snapshots of kept steps, as many of those asked for as fit; and the run's parameters."""

    async def norms(self, run_id: str, first_step: int) -> Norms:
        """Gradient and update norms of the kept steps from `first_step` on."""

    async def fork(self, run_id: str, step: int) -> RunState:
        """Make another run that stands where this one stood after a step. Returns when it has caught up."""

    async def log(self, run_id: str) -> tuple[EventLog, RunState]:
        """The run's events since step 0, and its state now."""

    async def weights(self, run_id: str) -> bytes:
        """The run's parameters now, as a file that `torch.load` reads into a `state_dict`."""

    async def play(self, run_id: str, steps_per_second: float | None) -> None:
        """Train until paused or finished.

        steps_per_second: None for as fast as possible without starving other runs.
        """

    async def pause(self, run_id: str) -> None:
        """Stop after the step that is being taken."""

    async def step(self, run_id: str, count: int) -> Snapshot:
        """Run exactly `count` further steps, then pause. Returns when they are done."""

    async def lines(self, run_id: str, count: int) -> LinesRan:
        """Run the next lines of the loop. Returns what each one did."""

    async def edit(self, run_id: str, edit: ParameterEdit) -> Snapshot:
        """Set an element of a parameter. Returns the snapshot after it."""

    async def update(self, run_id: str, config: RunConfig, values: Values | None = None) -> RunState:
        """Change the settings. The run begins anew if `config.goes_on_from` says that it must.

        values: the values of the formula, where `config.recipe` is another one than before.
        """

    async def reset(self, run_id: str) -> RunState:
        """Go back to step 0 with the same initial weights."""

    async def delete(self, run_id: str) -> None:
        """Delete the run and free its memory."""

    def watch(self, run_id: str, changed: asyncio.Event) -> AbstractAsyncContextManager["Mirror"]:
        """Watch one run until the context is left. `changed` is set whenever the mirror changes.

        There is no queue: a slow watcher misses snapshots, never losses.
        """


class Mirror(Protocol):
    """A watched run as the web process knows it: enough to bring any viewer up to date at any time.

    A viewer compares the mirror with what it was last sent: a new `generation` means `started`, a newer
    snapshot `snapshot`, another config or other points `updated`, another status `playing`, `paused` or
    `finished`.
    """

    generation: int
    """Grows when the run begins anew (reset, data made anew, another model) or is rebuilt in a new engine."""
    state: RunState
    points: Points
    """Replaced whenever the run goes on with other points."""
    parameters: list[ParameterInfo]
    losses: bytearray
    """float32, one per step of this generation; the loss of step k is at byte 4 * (k - 1)."""
    lines: deque[LineRan]
    """The last lines that ran one at a time while the run was watched. n_lines: how many there ever were."""
    n_lines: int
    snapshot: PackedSnapshot
    n_snapshots: int
    """Number of steps that it has had snapshots of."""
    available: bool
    """False while the engine is being replaced."""
    gone: bool
    """Whether the run was deleted."""
