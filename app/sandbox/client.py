"""The calculator as the web layer calls it: a program in, a Derivation out, whatever the program does."""

import asyncio
import contextlib

from pydantic import ValidationError

from app.errors import N_, Unavailable
from app.protocol.gradients import Derivation
from app.sandbox import frames, outcomes
from app.sandbox.features import Features
from app.sandbox.jobs import encode
from app.sandbox.pool import Pool
from app.sandbox.process import Child
from app.sandbox.waiting import Full, Waiting
from app.settings import Settings

MOST_REPLY = 2 * 1024 * 1024
"""Bytes in the longest reply taken from a child."""
LONGEST_WAIT = 10.0
"""Seconds a program waits for its turn."""
REAPED = 5.0
"""Seconds the zygote has to tell how a child ended."""
PRODUCT = "app.sandbox.work"


class Sandbox:
    """Runs strangers' programs, each in a locked process of its own. `jobs`: the module with the `JOBS`."""

    def __init__(self, settings: Settings, jobs: str = PRODUCT) -> None:
        self._settings = settings
        self._jobs = jobs
        self._waiting: Waiting[Child] = Waiting(settings.sandbox_queue)
        self._pool: Pool | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self.features: Features | None = None
        """The barriers that hold on this machine, once started."""

    @property
    def ready(self) -> bool:
        """Whether programs are answered."""
        return self._pool is not None and self._pool.ready

    async def start(self) -> None:
        """Return once the barriers are known; `ready` follows when torch is imported.

        Raises features.Insecure when the machine lacks a barrier that the settings demand.
        """
        self._pool = Pool(self._settings, self._jobs, self._match)
        self._supervisor = asyncio.create_task(self._pool.supervise())
        try:
            self.features = await self._pool.features
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """End every process. Programs still waiting are refused."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._supervisor
        self._pool = self._supervisor = None
        self._waiting.refuse_all()

    async def derive(self, program: str, client: str = "") -> Derivation:
        """Run a calculator program. One that crashes, hangs or lies gives a Derivation with `error` set.

        client: who asks; turns are taken client by client.
        Raises Unavailable when the sandbox is starting, restarting or full.
        """
        child = await self._turn(client)
        try:
            async with asyncio.timeout(self._settings.sandbox_wall_clock):
                reply = await child.perform(encode("derive", program), MOST_REPLY)
            return Derivation.model_validate_json(reply, strict=True)
        except TimeoutError:
            return outcomes.timeout()
        except ValidationError:
            return outcomes.crashed()
        except (frames.Malformed, OSError):
            child.kill()
            return await self._autopsy(child)
        finally:
            child.release()

    async def _autopsy(self, child: Child) -> Derivation:
        async with asyncio.timeout(REAPED):
            ended = await asyncio.shield(child.ended)
        if ended is None:
            raise _unavailable()
        return outcomes.ended(ended, self._settings.sandbox_memory)

    async def _turn(self, client: str) -> Child:
        if not self.ready:
            raise _unavailable()
        try:
            place = self._waiting.join(client)
        except Full as error:
            raise _unavailable() from error
        self._match()
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                return await self._arrival(client, place)
        except (Full, TimeoutError) as error:
            raise _unavailable() from error

    async def _arrival(self, client: str, place: "asyncio.Future[Child]") -> Child:
        try:
            return await asyncio.shield(place)
        except asyncio.CancelledError:
            self._waiting.leave(client, place)
            if place.done() and not place.exception():
                place.result().release()
            raise

    def _match(self) -> None:
        while self._waiting and self._pool is not None and (child := self._pool.take()):
            self._waiting.next().set_result(child)


def _unavailable() -> Unavailable:
    return Unavailable(3.0, N_("The calculator is busy or restarting. Try again in a moment."))
