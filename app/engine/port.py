"""The interface between the web process and the trainer: today one engine process, later many machines.

A run is addressed by its id. What is done to it is a command (`app.engine.commands`), whichever it is.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol

from app.engine.commands import Command
from app.engine.reports import Reply
from app.protocol.events import Event
from app.protocol.lines import LineRan
from app.protocol.runs import ParameterInfo, RunState
from app.protocol.snapshots import PackedSnapshot
from app.protocol.stream import Points


class Answer(NamedTuple):
    """What was replied to a command. payload: what the command promises; empty where it promises nothing."""

    reply: Reply
    payload: bytes

    @property
    def state(self) -> RunState:
        """The run's state after the command, where that promises one."""
        assert self.reply.state is not None
        return self.reply.state


class Engine(Protocol):
    """Owns all runs. No method blocks, and no implementation imports torch into the web process.

    What every implementation promises is in `tests/engine/test_port.py`.
    """

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

    def known(self, run_id: str) -> RunState | None:
        """The state of a run in memory as it was last told; the step of one that plays may lie behind."""

    async def ask(self, command: Command) -> Answer:
        """Have a command carried out. What it changed is stored when this returns.

        The commands on one run, and on one comparison, are carried out in the order in which this is called.
        One with a `command_id` is carried out once: while it is under way a repeat waits for its reply, and
        later has the same; of each run the last 8 replies are remembered, and stored. One that an engine died
        with is carried out again, and steps of which some were taken are taken to their end.

        Raises: NotFound: there is no such run. Invalid, Conflict, TooMany: it is refused. Unavailable: the
        engine is starting, being replaced, or closed.
        """

    def watch(self, run_id: str, changed: asyncio.Event) -> AbstractAsyncContextManager["Mirror"]:
        """Watch one run until the context is left. `changed` is set whenever the mirror changes.

        There is no queue: a slow watcher misses snapshots, never losses or events.
        """


class Mirror(Protocol):
    """A watched run as the web process knows it: enough to bring any viewer up to date at any time.

    A viewer compares the mirror with what it was last sent: a new `generation` means `started`, a newer
    snapshot `snapshot`, another config or other points `updated`, another status `playing`, `paused` or
    `finished`.
    """

    generation: int
    """Grows when the run begins anew (reset, data made anew, another model) or is rebuilt in a new engine."""
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
    events: tuple[Event, ...]
    """What has happened to the run since it began: changes, and ends."""
    available: bool
    """False while the engine is being replaced."""
    gone: bool
    """Whether the run was deleted."""

    @property
    def head(self) -> RunState:
        """The run's state, except that its step may lie behind."""

    @property
    def state(self) -> RunState:
        """Where the run stands."""
