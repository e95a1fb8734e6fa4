"""The sandbox as the web layer calls it: a program or a formula in, a record out."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

from app.errors import N_, Unavailable
from app.frames import Malformed
from app.protocol.data import Recipe, Values
from app.protocol.exercises import Questions
from app.protocol.gradients import Derivation, ProgramError
from app.protocol.scripts import Observation
from app.sandbox.affordable import MOST_BYTES
from app.sandbox.client import outcomes, replies
from app.sandbox.client.cache import Cache
from app.sandbox.client.fair_queue import FairQueue, Full
from app.sandbox.client.pool import Pool
from app.sandbox.client.process import Child
from app.sandbox.features import NOTHING, Features, require
from app.sandbox.messages import encode
from app.settings import Settings
from app.tally import Tally

log = logging.getLogger(__name__)

FIRST_WORD = 20.0
"""Seconds the first zygote has to tell what this machine's kernel grants."""
GRACE = 0.7
"""Seconds that a program has to stop and to tell how far it came, before it is killed."""
LONGEST_WAIT = 10.0
"""Most seconds that a program waits for its turn."""
SHORT = 0.25
"""Seconds after which a program gets a lower priority than others."""
REAPED = 5.0
"""Seconds that the zygote has to report how a child ended."""
RETRY_AFTER = 3.0
"""Seconds after which a refused client is asked to come back: about what a new zygote takes to start."""
PRODUCT = "app.sandbox.zygote.work"

T = TypeVar("T", Derivation, Values | ProgramError, Questions, Observation)
Read = Callable[[bytes], Awaitable[T]]
"""Reads a reply, in steps between which others are served."""


class Sandbox:
    """Runs strangers' programs, each in a locked process of its own. jobs: the module that has the `JOBS`."""

    def __init__(self, settings: Settings, jobs: str = PRODUCT, tally: Tally | None = None) -> None:
        self._tally = tally or Tally()
        self._settings = settings
        self._jobs = jobs
        self._queue: FairQueue[Child] = FairQueue(
            settings.sandbox_queue, places=2 * settings.sandbox_children
        )
        self._cache = Cache()
        self._pool: Pool | None = None
        self._supervisor: asyncio.Task[None] | None = None

    @property
    def features(self) -> Features | None:
        """The barriers that hold on this machine; None until they have been tried."""
        if self._pool is None or not self._pool.features.done() or self._pool.features.exception():
            return None
        return self._pool.features.result()

    @property
    def ready(self) -> bool:
        """Whether programs are run."""
        return self._pool is not None and self._pool.up.is_set()

    async def until_ready(self) -> None:
        """Wait until programs are run. Sets no time limit."""
        if self._pool is not None:
            await self._pool.up.wait()

    def memory(self) -> dict[str, int]:
        """Bytes that the "zygote" and its "children" hold, what they share counted in each."""
        return self._pool.memory() if self._pool is not None else {}

    @property
    def load(self) -> dict[str, int]:
        """The numbers of programs that are "waiting" and "running" now."""
        return {"waiting": len(self._queue), "running": self._queue.running}

    async def start(self) -> None:
        """Start the zygote. Returns once the barriers are known, or cannot be found out for now.

        `ready` may become true later. Raises: features.Insecure: the machine lacks a barrier that the
        settings demand.
        """
        if sys.platform != "linux":
            require(NOTHING, self._settings)
            log.warning("sandbox: programs need Linux; the calculator stays unavailable")
            return
        self._pool = Pool(self._settings, self._jobs, self._serve)
        self._supervisor = asyncio.create_task(self._pool.supervise())
        await asyncio.wait([self._pool.features], timeout=FIRST_WORD)
        if self._pool.features.done() and (refusal := self._pool.features.exception()):
            await self.close()
            raise refusal

    async def close(self) -> None:
        """End every process. Programs that still wait or run are refused."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._supervisor
        self._pool = self._supervisor = None
        self._queue.refuse_all()

    async def derive(self, program: str, client: str = "", *, curves: bool = False) -> Derivation:
        """Run a calculator program. One that crashes, hangs or lies gives a Derivation with `error` set.

        client: decides the program's turn (`app.sandbox.client.fair_queue`). curves: see `Program`.
        Raises: Unavailable: the sandbox is starting, restarting or full.
        """
        if known := self.known(program, client, curves=curves):
            self._tally.count("program", "cached")
            return known

        async def read(reply: bytes) -> Derivation:
            return await self.derivation(reply, program, client, curves=curves)

        answer, printed = await self._ask(client, kind_of(curves), program, read)
        return outcomes.failed(answer, printed) if isinstance(answer, ProgramError) else answer

    def known(self, program: str, client: str, *, curves: bool) -> Derivation | None:
        """The result of a program that ran before and gives the same each time."""
        return self._cache.get(f"{kind_of(curves)}\0{program}", client)

    async def derivation(self, reply: bytes, program: str, client: str, *, curves: bool) -> Derivation:
        """The result in a child's reply, which is remembered. Raises: Hostile."""
        derivation = await replies.derivation(reply)
        self._cache.keep(f"{kind_of(curves)}\0{program}", derivation, reply, client)
        return derivation

    async def evaluate(self, recipe: Recipe, client: str = "") -> Values | ProgramError:
        """The values of a training run's formula, or its error. client, Raises: as for `derive`."""
        answer, _ = await self._ask(
            client, "formula", recipe.model_dump_json(), lambda reply: replies.values(reply, recipe)
        )
        return answer

    async def observe(self, script: str, client: str = "") -> Observation | ProgramError:
        """What the first steps of a script show, or how it was ended. client, Raises: as for `derive`."""
        answer, _ = await self._ask(client, "script", script, replies.observation)
        return answer

    async def questions(self, program: str, client: str = "") -> Questions:
        """What can be asked about a program before it runs. client, Raises: as for `derive`."""
        answer, _ = await self._ask(client, "questions", program, replies.questions)
        return Questions(questions=[]) if isinstance(answer, ProgramError) else answer

    # For programs that are followed while they run (`app.sandbox.client.live`)

    async def borrow(self, client: str) -> Child:
        """A child, when it is this client's turn; `give_back` it. Raises: as for `derive`."""
        return await self._turn(client)

    def keep(self, client: str, child: Child) -> None:
        """The program in a borrowed child goes on for long: from now on it takes nobody else's turn."""
        self._queue.finished(client, None)
        if self._pool is not None:
            self._pool.keep(child)
        self._serve()

    def give_back(self, client: str, child: Child, well: bool | None, *, kept: bool) -> None:
        """End a borrowed child. well: whether its program ended by itself. kept: `keep` was called."""
        if kept:
            child.release()
        else:
            self._finish(client, child, well)

    async def autopsy(self, child: Child) -> ProgramError:
        """Why the program of a borrowed child ended without a reply. Raises: as for `derive`."""
        return await self._autopsy(child)

    def note(self, answer: T | ProgramError) -> None:
        """Count how a program has ended."""
        self._tally.count("program", outcomes.kind_of(answer))

    async def _ask(self, client: str, kind: str, text: str, read: Read[T]) -> tuple[T | ProgramError, str]:
        """The answer, and what was printed until then."""
        child = await self._turn(client)
        well = None
        patience = asyncio.get_running_loop().call_later(SHORT, child.yield_processor)
        try:
            with self._tally.timing("program", kind):
                answer = await self._run(child, encode(kind, text), read)
            self.note(answer)
            well = not outcomes.is_stopped(answer)
            return answer, child.printed()
        finally:
            patience.cancel()
            self._finish(client, child, well)

    async def _run(self, child: Child, job: bytes, read: Read[T]) -> T | ProgramError:
        wall_clock = self._settings.sandbox_wall_clock
        stop = asyncio.get_running_loop().call_later(wall_clock, child.stop)
        child.watch_memory(self._settings.sandbox_memory)
        try:
            async with asyncio.timeout(wall_clock + GRACE):
                reply = await child.perform(job, MOST_BYTES)
            return await read(reply)
        except TimeoutError:
            return outcomes.timeout()
        except replies.Hostile:
            return outcomes.crashed()
        except (Malformed, OSError):
            return await self._autopsy(child)
        finally:
            stop.cancel()

    async def _autopsy(self, child: Child) -> ProgramError:
        child.kill()
        await asyncio.wait([child.ended], timeout=REAPED)
        ended = child.ended.result() if child.ended.done() else None
        if ended is None:
            raise _unavailable()
        return outcomes.ended(ended, self._settings.sandbox_memory)

    async def _turn(self, client: str) -> Child:
        try:
            with self._tally.timing("program_wait"):
                return await self._place(client)
        except Unavailable:
            self._tally.count("program", "refused")
            raise

    async def _place(self, client: str) -> Child:
        if not self.ready:
            raise _unavailable()
        try:
            place = self._queue.join(client)
        except Full as error:
            raise _unavailable() from error
        self._serve()
        try:
            if not place.done():
                await asyncio.wait([place], timeout=LONGEST_WAIT)
        except asyncio.CancelledError:
            self._abandon(client, place)
            raise
        if not place.done():
            self._abandon(client, place)
            raise _unavailable()
        if place.exception() is not None:
            raise _unavailable()
        return place.result()

    def _abandon(self, client: str, place: "asyncio.Future[Child]") -> None:
        if not place.done():
            self._queue.leave(client, place)
        elif place.exception() is None:
            self._finish(client, place.result(), well=None)

    def _finish(self, client: str, child: Child, well: bool | None) -> None:
        child.release()
        self._queue.finished(client, well)
        self._serve()

    def _serve(self) -> None:
        if self._pool is not None:
            self._queue.serve(self._pool.take)


def kind_of(curves: bool) -> str:
    """The job that derives a program."""
    return "curves" if curves else "derive"


def _unavailable() -> Unavailable:
    return Unavailable(RETRY_AFTER, N_("The calculator is busy or restarting. Try again in a moment."))
