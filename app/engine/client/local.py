"""The engine on this machine: `app.engine.port.Engine` by one engine process that is kept alive."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from time import monotonic

from app.engine.client import link as links
from app.engine.client.ledger import Ledger
from app.engine.client.link import EngineLost, Link
from app.engine.client.mirror import RunMirror
from app.engine.commands import (
    AnyCommand,
    Command,
    Create,
    Delete,
    EngineOptions,
    Fork,
    Inspect,
    Play,
    Unwatch,
    Watch,
    is_known,
)
from app.engine.port import Answer
from app.engine.reports import Refusal, Reply, no_such_run, sent_before
from app.errors import N_, Invalid, Unavailable
from app.protocol.runs import RunState
from app.settings import Settings
from app.store.changes import StoredRun
from app.store.store import Store
from app.store.trouble import StoreTrouble
from app.tally import Tally

START_TIMEOUT = 120.0
"""Seconds for importing torch, on a slow machine with a cold disk."""
REPLY_TIMEOUT = 15.0
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
SAVE_INTERVAL = 3.5
"""Seconds after which it is stored how far a playing run has come, unless its last checkpoint said so."""
SAVE_CHECKS = 0.5
"""Seconds between two looks for runs of which it is long ago that it was stored how far they have come."""

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
        self._under_way: dict[tuple[str, str | None], tuple[bytes, asyncio.Future[links.Answer]]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.on_wake: Callable[[str], None] = lambda run_id: None

    def tell_gone(self, forget: Callable[[str], None]) -> None:
        """Have a function called with the id of each run that is no more."""
        self._ledger.forget_all = forget

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

    def known(self, run_id: str) -> RunState | None:
        """The state of a run that the engine has, as it was last told."""
        return self._ledger.journal(run_id).state if run_id in self._ledger else None

    def is_live(self, run_id: str) -> bool:
        """Whether the engine has the run, as far as the ledger knows."""
        return run_id in self._ledger

    async def ask(self, command: Command) -> Answer:
        """Have a command carried out; with a `command_id`, not twice. Raises: as `app.engine.port.Engine`."""
        if not is_known(command):
            raise Invalid("kind", N_("The trainer does not know this command."))
        if isinstance(command, Delete) and await self._forgotten(command.run_id):
            return Answer(Reply(number=0), b"")
        if not isinstance(command, Create) or self.holds(command.run_id):
            await self._wake(command.run_id)
            journal = self._ledger.journal(command.run_id)
            journal.used = monotonic()
            if command.command_id is not None:
                if (before := journal.answer_to(command)) is not None:
                    return await self._stored(command, Answer(*before))
                command = journal.rest_of(command)
            if isinstance(command, Create):
                command = Inspect(run_id=command.run_id)
            elif isinstance(command, Fork) and self.holds(command.fork_id):
                return await self.ask(Inspect(run_id=command.fork_id))
        is_woken = False
        while True:
            answer = await self._stored(command, Answer(*await self._asked(command)))
            refusal = answer.reply.refusal
            if refusal is None:
                return answer
            if refusal.template == no_such_run("").template and not is_woken:
                # The engine has put it out of its memory meanwhile.
                is_woken = True
                self._ledger.put_away(command.run_id)
                await self._wake(command.run_id)
            elif not (
                command.makes_run
                and self._makes_room_after(refusal, command.run_id, getattr(command, "comparison", None))
            ):
                raise refusal.exception()

    async def _asked(self, command: AnyCommand) -> tuple[Reply, bytes]:
        """Send a command, or wait with whoever sent it before, until it is answered."""
        key = (command.run_id, command.command_id)
        fingerprint, under_way = self._under_way.get(key, (b"", None)) if command.command_id else (b"", None)
        if under_way and fingerprint != command.fingerprint:
            raise sent_before()
        if self._link is None:
            raise self._unavailable()
        too_busy = Unavailable(1.0, N_("The trainer is too busy. Try again in a moment."))
        if self._link.n_pending >= MAX_PENDING:
            raise too_busy
        asked = monotonic()
        future = under_way or self._link.post(command)
        if command.command_id and not under_way:
            self._under_way[key] = command.fingerprint, future
            future.add_done_callback(lambda _: self._under_way.pop(key, None))
        try:
            async with asyncio.timeout(command.patience):
                answer = await asyncio.shield(future)
        except TimeoutError:
            raise too_busy from None
        if answer is None:
            raise self._unavailable()
        self._tally.took(monotonic() - asked, "engine_command", type(command).__name__)
        return answer

    async def _stored(self, command: Command, answer: Answer) -> Answer:
        """The answer, once what it says is stored."""
        for run_id in {command.run_id, answer.reply.state.id if answer.reply.state else command.run_id}:
            await self._store.saved(run_id)
        return answer

    async def _forgotten(self, run_id: str) -> bool:
        """Delete a run that is only stored. Returns whether it was one."""
        await self._opened(run_id)
        if run_id in self._ledger or not self._store.holds(run_id):
            return False
        self._ledger.forget(run_id)
        await self._store.saved(run_id)
        return True

    def _makes_room_after(self, refusal: Refusal, *ids: str | None) -> bool:
        """Put the run that was not used for longest out of an engine that refused a command for want of room.

        ids: of runs and comparisons that are needed. Returns whether there was any other.
        """
        if refusal.error != "TooMany" or self._link is None or not self._store.is_well:
            return False
        idle = self._ledger.idle({*self._link.busy, *ids})
        self._put_away(idle)
        return bool(idle)

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
                await self.ask(Watch(run_id=run_id))
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
        if not stored and self._store.trouble is not None:
            raise StoreTrouble(self._store.trouble, "it does not give a run").refusal()
        if not stored or not self._store.holds(run_id):
            raise no_such_run(run_id)
        if this is not None:
            self._waking |= dict.fromkeys(stored, this)
        while (refusal := await self._rebuilt(stored)) is not None:
            self._put_away(stored)
            if not self._makes_room_after(refusal, run_id):
                raise refusal.exception()
        self.on_wake(run_id)

    async def _rebuilt(self, stored: Mapping[str, StoredRun]) -> Refusal | None:
        """Have stored runs rebuilt. Returns why one cannot be."""
        if self._link is None:
            raise self._unavailable()
        commands = self._ledger.take_in(stored)
        answers = [self._link.post(command, self._ledger.payload(command)) for command in commands]
        for next_one in asyncio.as_completed(answers):
            answer = await next_one
            if answer is not None and answer[0].refusal is not None:
                return answer[0].refusal
        return None

    def _put_away(self, run_ids: Iterable[str]) -> None:
        """Take runs out of the engine, and leave them in the store."""
        for run_id in run_ids:
            self._ledger.put_away(run_id)
            if self._link is not None:
                self._link.post(Delete(run_id=run_id, for_good=False))

    async def _save(self) -> None:
        while True:
            await asyncio.sleep(SAVE_CHECKS)
            self._ledger.put_moved(unless_within=SAVE_INTERVAL)

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
        for run_id in self._ledger.mirrors:
            link.post(Watch(run_id=run_id))
