"""The engine on this machine: `app.engine.port.Engine` by one engine process that is kept alive."""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from time import monotonic

from app.engine.client.answers import losses_of, norms_of, snapshot_of
from app.engine.client.ledger import Ledger
from app.engine.client.link import EngineLost, Link
from app.engine.client.mirror import RunMirror
from app.engine.commands import (
    AnyCommand,
    AwaitFork,
    Create,
    Delete,
    Edit,
    EngineOptions,
    Fork,
    GetLosses,
    GetNorms,
    GetSnapshot,
    GetSnapshots,
    Inspect,
    Lines,
    Pause,
    Ping,
    Play,
    Reset,
    SaveWeights,
    Steps,
    TakeSnapshot,
    Unwatch,
    Update,
    Watch,
)
from app.engine.reports import Reply, no_such_run
from app.errors import N_, PlaygroundError, Unavailable
from app.protocol.data import Values
from app.protocol.events import EventLog
from app.protocol.lines import LinesRan, ParameterEdit
from app.protocol.lookback import Norms, SnapshotsQuery
from app.protocol.runs import Losses, ParameterInfo, RunConfig, RunState
from app.protocol.snapshots import PackedSnapshot, Snapshot
from app.settings import Settings
from app.store.store import Store
from app.store.trouble import StoreTrouble
from app.tally import Tally

START_TIMEOUT = 120.0
"""Seconds for importing torch, on a slow machine with a cold disk."""
REPLY_TIMEOUT = 15.0
STEPS_TIMEOUT = 600.0
MAX_PENDING = 4096
"""Most commands that wait for their replies; one more is refused."""
PING_INTERVAL = 2.0
PING_TIMEOUT = 10.0
"""Seconds without an answer after which the engine counts as stuck."""
BACK_OFF = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds before the first, second, ... replacement in a row; the last value holds from then on."""
STABLE = 60.0
"""Seconds after which an engine that dies does not count as one of a row of failures."""
WARY = 3
"""Engines in a row that ended while no run was rebuilt, after which none plays on by itself: one of those
that play may be what ends them."""
SAVE_INTERVAL = 3.0
"""Seconds between two moments at which it is stored how far playing runs have come."""

logger = logging.getLogger(__name__)


class LocalEngine:
    """Keeps one engine process alive, and rebuilds all runs in the next process when one dies.

    A run that is only stored is rebuilt when it is asked for. Nothing is answered before it is stored.
    on_wake: called with the id of a run that was rebuilt from the store.
    """

    def __init__(self, settings: Settings, store: Store | None = None, tally: Tally | None = None) -> None:
        self._options = EngineOptions(
            device=settings.device,
            max_runs=settings.max_runs,
            run_memory=settings.run_memory,
            runs_memory=settings.runs_memory,
            run_retention=settings.run_retention,
            snapshots_per_second=settings.snapshots_per_second,
            log_format=settings.log_format,
        )
        self._store = store or Store(settings)
        self._tally = tally or Tally()
        self._ledger = Ledger(self._store)
        self._link: Link | None = None
        self._was_ready = False
        self._failures = 0
        self._failures_at_play = 0
        self._waking: dict[str, asyncio.Task[None]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.on_wake: Callable[[str], None] = lambda run_id: None

    def start(self) -> None:
        """Begin to start the process; `ready` becomes true when it is up."""
        self._tasks = [asyncio.create_task(self._supervise()), asyncio.create_task(self._save())]

    async def close(self) -> None:
        """End the process, and have it stored how far the runs have come."""
        tasks = [*self._tasks, *self._waking.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._ledger.put_moved()

    @property
    def ready(self) -> bool:
        """Whether torch is imported and commands are answered."""
        return self._link is not None

    @property
    def pid(self) -> int | None:
        """The id of the engine process, if it is ready."""
        return self._link.pid if self._link else None

    @property
    def n_waiting(self) -> int:
        """Number of commands that the engine has not answered yet."""
        return self._link.n_pending if self._link else 0

    def statuses(self) -> Counter[str]:
        """How many of the engine's runs have each status."""
        return self._ledger.statuses()

    def holds(self, run_id: str) -> bool:
        """Whether there is such a run, in the engine or only stored."""
        return run_id in self._ledger or self._store.holds(run_id)

    def is_live(self, run_id: str) -> bool:
        """Whether the engine has the run, as far as the ledger knows."""
        return run_id in self._ledger

    async def create(
        self, config: RunConfig, values: Values | None = None, comparison: str | None = None
    ) -> RunState:
        """Make a run at step 0, status "ready". Runs of the same comparison keep step."""
        run_id = secrets.token_urlsafe(16)
        return await self._ask_state(
            Create(run_id=run_id, config=config, values=values, comparison=comparison)
        )

    async def inspect(self, run_id: str) -> RunState:
        """The run's state now."""
        return await self._ask_state(Inspect(run_id=run_id))

    async def snapshot(self, run_id: str) -> Snapshot:
        """The run's snapshot now."""
        return await snapshot_of(*await self._ask(TakeSnapshot(run_id=run_id)))

    async def losses(self, run_id: str, first_step: int) -> Losses:
        """The losses of all steps taken from `first_step` on."""
        _, payload = await self._ask(GetLosses(run_id=run_id, first_step=first_step))
        return await losses_of(first_step, payload)

    async def snapshot_at(self, run_id: str, step: int) -> Snapshot:
        """The run's snapshot after a step it took. Raises: NotFound: it has not taken that step."""
        return await snapshot_of(*await self._ask(GetSnapshot(run_id=run_id, step=step), STEPS_TIMEOUT))

    async def snapshots(
        self, run_id: str, query: SnapshotsQuery, max_bytes: int
    ) -> tuple[Sequence[ParameterInfo], list[PackedSnapshot]]:
        """Snapshots of kept steps, as many of those asked for as fit; and the run's parameters."""
        reply, payload = await self._ask(GetSnapshots(run_id=run_id, query=query, max_bytes=max_bytes))
        return reply.parameters, PackedSnapshot.each(payload)

    async def norms(self, run_id: str, first_step: int) -> Norms:
        """Gradient and update norms of the kept steps from `first_step` on."""
        return await norms_of(*await self._ask(GetNorms(run_id=run_id, first_step=first_step)))

    async def fork(self, run_id: str, step: int) -> RunState:
        """Make another run that stands where this one stood after a step. Returns when it has caught up."""
        fork = Fork(run_id=run_id, fork_id=secrets.token_urlsafe(16), step=step)
        await self._ask(fork)
        try:
            return await self._ask_state(AwaitFork(run_id=fork.fork_id), STEPS_TIMEOUT)
        except PlaygroundError:
            # No client knows the id of this fork.
            self._ledger.forget(fork.fork_id)
            if self._link is not None:
                self._link.post(Delete(run_id=fork.fork_id))
            raise

    async def log(self, run_id: str) -> tuple[EventLog, RunState]:
        """The run's events since step 0, and its state now."""
        await self.inspect(run_id)
        journal = self._ledger.journal(run_id)
        return journal.log.copy(), journal.state

    async def weights(self, run_id: str) -> bytes:
        """The run's parameters now, as a file that `torch.load` reads into a `state_dict`."""
        _, payload = await self._ask(SaveWeights(run_id=run_id))
        return payload

    async def play(self, run_id: str, steps_per_second: float | None) -> None:
        """Train until paused or finished. steps_per_second: None for as fast as possible."""
        await self._ask(Play(run_id=run_id, steps_per_second=steps_per_second))

    async def pause(self, run_id: str) -> None:
        """Stop after the step that is being taken."""
        await self._ask(Pause(run_id=run_id))

    async def step(self, run_id: str, count: int) -> Snapshot:
        """Run exactly `count` further steps, then pause. Returns when the run stands still."""
        return await snapshot_of(*await self._ask(Steps(run_id=run_id, count=count), STEPS_TIMEOUT))

    async def lines(self, run_id: str, count: int) -> LinesRan:
        """Run the next lines of the loop. Returns what each one did."""
        reply, _ = await self._ask(Lines(run_id=run_id, count=count))
        assert reply.state is not None
        return LinesRan(run=reply.state, lines=list(reply.lines))

    async def edit(self, run_id: str, edit: ParameterEdit) -> Snapshot:
        """Set an element of a parameter. Returns the snapshot after it."""
        return await snapshot_of(*await self._ask(Edit(run_id=run_id, edit=edit)))

    async def update(self, run_id: str, config: RunConfig, values: Values | None = None) -> RunState:
        """Change the settings. The run begins anew if `config.goes_on_from` says that it must."""
        return await self._ask_state(Update(run_id=run_id, config=config, values=values))

    async def reset(self, run_id: str) -> RunState:
        """Go back to step 0 with the same initial weights."""
        return await self._ask_state(Reset(run_id=run_id))

    async def delete(self, run_id: str) -> None:
        """Delete the run and free its memory."""
        await self._opened(run_id)
        if self._store.holds(run_id) and run_id not in self._ledger:
            self._ledger.forget(run_id)
        else:
            await self._ask(Delete(run_id=run_id))
        await self._store.saved(run_id)

    @asynccontextmanager
    async def watch(self, run_id: str, changed: asyncio.Event) -> AsyncIterator[RunMirror]:
        """The run's mirror, which all watchers share. `changed` is set whenever the mirror changes."""
        await self._wake(run_id)
        self._ledger.journal(run_id)
        mirrors = self._ledger.mirrors
        is_first = run_id not in mirrors
        mirror = mirrors.setdefault(run_id, RunMirror())
        mirror.watchers.add(changed)
        try:
            if is_first:
                await self._ask(Watch(run_id=run_id))
            await self._begun(mirror)
            yield mirror
        finally:
            mirror.watchers.remove(changed)
            if not mirror.watchers and mirrors.get(run_id) is mirror:
                self._unwatch(run_id)

    async def _begun(self, mirror: RunMirror) -> None:
        try:
            async with asyncio.timeout(REPLY_TIMEOUT):
                await mirror.begun.wait()
        except TimeoutError:
            raise self._unavailable() from None

    def _unwatch(self, run_id: str) -> None:
        self._ledger.unwatch(run_id)
        if self._link is not None:
            self._link.post(Unwatch(run_id=run_id))

    async def _ask_state(self, command: AnyCommand, patience: float = REPLY_TIMEOUT) -> RunState:
        reply, _ = await self._ask(command, patience)
        assert reply.state is not None
        return reply.state

    async def _ask(self, command: AnyCommand, patience: float = REPLY_TIMEOUT) -> tuple[Reply, bytes]:
        """Send a command and wait for its reply. Raises: the PlaygroundError of a refusal."""
        assert not isinstance(command, Ping)
        if not isinstance(command, Create):
            await self._wake(command.run_id)
            self._ledger.journal(command.run_id)
        if self._link is None:
            raise self._unavailable()
        too_busy = Unavailable(1.0, N_("The trainer is too busy. Try again in a moment."))
        if self._link.n_pending >= MAX_PENDING:
            raise too_busy
        try:
            async with asyncio.timeout(patience):
                asked = monotonic()
                future = self._link.post(command)
                if isinstance(command, Steps) and not future.done():
                    self._ledger.stepping[command.run_id] += 1
                answer = await future
        except TimeoutError:
            raise too_busy from None
        if answer is None:
            raise self._unavailable()
        self._tally.took(monotonic() - asked, "engine_command", type(command).__name__)
        reply, payload = answer
        await self._store.saved(reply.state.id if reply.state else command.run_id)
        if reply.refusal is not None:
            raise reply.refusal.exception()
        return reply, payload

    def _unavailable(self) -> Unavailable:
        if self._was_ready:
            return Unavailable(
                2.0, N_("The trainer stopped and is being replaced. Your runs come back by themselves.")
            )
        return Unavailable(1.0, N_("The trainer is warming up. Try again in a moment."))

    # Runs that are only stored.

    async def _opened(self, run_id: str) -> None:
        """Wait until it is known whether a run is stored. Raises: Unavailable."""
        try:
            await self._store.opened()
        except StoreTrouble as error:
            if run_id not in self._ledger:
                raise error.refusal() from error

    async def _wake(self, run_id: str) -> None:
        """Have a run rebuilt that is only stored. Returns when it stands where it stood.

        Raises: NotFound, Unavailable, TooMany: there is no room for it.
        """
        await self._opened(run_id)
        waking = self._waking.get(run_id)
        if waking is None:
            if run_id in self._ledger:
                return
            waking = self._waking[run_id] = asyncio.create_task(self._bring_back(run_id))
            waking.add_done_callback(self._woken)
        try:
            async with asyncio.timeout(REPLY_TIMEOUT):
                await asyncio.shield(waking)
        except TimeoutError:
            raise Unavailable(1.0, N_("The run is being trained again to where it was.")) from None

    def _woken(self, waking: asyncio.Task[None]) -> None:
        self._waking = {run_id: task for run_id, task in self._waking.items() if task is not waking}

    async def _bring_back(self, run_id: str) -> None:
        try:
            stored = await self._store.load(run_id)
        except StoreTrouble as error:
            raise error.refusal() from error
        this, waking = asyncio.current_task(), self._waking.get(run_id)
        if this is not None and waking is not None and waking is not this:
            await waking  # Another member of its comparison was asked for before.
            return
        if not stored or not self._store.holds(run_id):
            raise no_such_run(run_id)
        if self._link is None:
            raise self._unavailable()
        commands = self._ledger.take_in(stored)
        answers = [self._link.post(command, self._ledger.payload(command)) for command in commands]
        if this is not None:
            self._waking |= dict.fromkeys(stored, this)
        for next_one in asyncio.as_completed(answers):
            answer = await next_one
            if answer is not None and answer[0].refusal is not None:
                self._put_away(stored)
                raise answer[0].refusal.exception()
        self.on_wake(run_id)

    def _put_away(self, run_ids: Iterable[str]) -> None:
        """Take runs out of the engine, and leave them in the store."""
        for run_id in run_ids:
            self._ledger.put_away(run_id)
            if self._link is not None:
                self._link.post(Delete(run_id=run_id, for_good=False))

    async def _save(self) -> None:
        while True:
            await asyncio.sleep(SAVE_INTERVAL)
            self._ledger.put_moved()

    # Keeping an engine process alive.

    async def _supervise(self) -> None:
        while True:
            started = monotonic()
            link = Link(self._ledger)
            try:
                await link.open(self._options)
                await self._serve(link)
            except (EngineLost, OSError) as error:
                logger.warning("the engine process is lost (%s) and is being replaced", error)
            except Exception:
                # Whatever goes wrong here, no run trains again without this task.
                logger.exception("the engine process is being replaced after an error of the web process")
            finally:
                self._link = None
                self._tally.count("engine_end")
                self._ledger.on_lost()
                await link.end()
            self._ledger.suspect(link.rebuilding)
            if monotonic() - started > STABLE:
                self._failures = self._failures_at_play = 0
            self._failures_at_play += not link.rebuilding
            await asyncio.sleep(BACK_OFF[min(self._failures, len(BACK_OFF) - 1)])
            self._failures += 1

    async def _serve(self, link: Link) -> None:
        """Use one process until it is lost. Raises: EngineLost."""
        await link.wait_ready(START_TIMEOUT)
        await self._rebuild(link)
        self._link = link
        self._was_ready = True
        while True:
            n_steps = link.n_steps
            await link.ping(PING_TIMEOUT)
            self._tally.count("step", n=link.n_steps - n_steps)
            with suppress(TimeoutError):
                async with asyncio.timeout(PING_INTERVAL):
                    await link.lost.wait()

    async def _rebuild(self, link: Link) -> None:
        """Bring all runs back. Nothing else goes on while those are that may end the engine: EngineLost."""
        suspects, others = self._ledger.rebuilding(wary=self._failures_at_play >= WARY)
        for commands in suspects:
            answers = [
                link.post(command.model_copy(update={"playing": False}), self._ledger.payload(command))
                for command in commands
            ]
            while (await asyncio.wait(answers, timeout=PING_INTERVAL))[1]:
                await link.ping(PING_TIMEOUT)
            await link.ping(PING_TIMEOUT)
        for first, *_ in suspects:
            if first.playing:
                link.post(Play(run_id=first.run_id, steps_per_second=first.steps_per_second))
        for commands in others:
            for command in commands:
                link.post(command, self._ledger.payload(command))
        self._ledger.stepping.clear()
        for run_id in self._ledger.mirrors:
            link.post(Watch(run_id=run_id))
