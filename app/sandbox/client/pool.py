"""The pool of processes: one zygote, replaced when it dies, and the children that it keeps ready."""

import asyncio
import contextlib
import logging
import math
import socket
from collections import Counter, deque
from collections.abc import Callable

from app.frames import Malformed
from app.sandbox import features
from app.sandbox.client.process import Child, NotReady, Zygote, running_zygote
from app.sandbox.messages import Confined, Ended, Forked, Ready
from app.settings import Settings

log = logging.getLogger(__name__)

START = 300.0
"""Seconds that a zygote has to import torch and warm up, on a slow disk or a busy machine."""
ROUND = 1.0
"""Seconds between two checks of processes that have not answered."""
PATIENCE = 60
"""Rounds that a zygote has to fork, and a child to be ready. A process that only lacks processor time is not
replaced, because the next one would have to import torch on the same machine. Rounds, not seconds: however
long this process itself stood still, it reads what came meanwhile before it counts another round."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 30.0
"""Seconds between a zygote's death and the next start, doubling while no child becomes ready."""
STILLBIRTHS = 3
"""Children in a row that die before they are ready, after which the zygote counts as broken."""


class Broken(Exception):
    """The zygote must be replaced."""


class Pool:
    """Keeps `settings.sandbox_children` children ready, while as many others may be at work.

    available: called when a child becomes ready.
    """

    def __init__(self, settings: Settings, jobs: str, available: Callable[[], None]) -> None:
        self._settings = settings
        self._jobs = jobs
        self._available = available
        self._zygote: Zygote | None = None
        self._asked = 0
        self._unanswered = 0
        """Rounds since the zygote last forked, while it is asked to."""
        self._starting: Counter[Child] = Counter()
        """Children that are not ready yet, and the rounds since they were forked."""
        self._idle: deque[Child] = deque()
        self._alive: dict[int, Child] = {}
        self._kept: set[int] = set()
        """Those at work for long, which leave their place to others."""
        self._stillborn = 0
        self._pause = FIRST_PAUSE
        self.up = asyncio.Event()
        """Set while the present zygote has had a child ready."""
        self.features: asyncio.Future[features.Features] = asyncio.get_running_loop().create_future()
        """The barriers that hold on this machine; raises `Insecure` if they are not enough."""

    def take(self) -> Child | None:
        """A ready child, which the caller must `release`; None if all are at work or starting."""
        if not self._idle:
            return None
        child = self._idle.popleft()
        if not self._idle:
            self._refill()  # Else when this child has ended: forking another one would slow its program down.
        return child

    def keep(self, child: Child) -> None:
        """The child will be at work for long."""
        if child.pid in self._alive:
            self._kept.add(child.pid)
            self._refill()

    def memory(self) -> dict[str, int]:
        """Bytes that the zygote and its children hold, what they share counted in each."""
        zygote = 0
        if self._zygote is not None:
            zygote = self._zygote.resident(waits=self.features.result().process_namespace)
        return {"zygote": zygote, "children": sum(child.resident() for child in self._alive.values())}

    async def supervise(self) -> None:
        """Have a zygote running until cancelled."""
        memory = self._settings.sandbox_memory
        # For when this process stands still: else it ends programs itself.
        cpu_seconds = (
            math.ceil(max(self._settings.sandbox_wall_clock, self._settings.live_processor_seconds)) + 1
        )
        while True:
            try:
                async with running_zygote(self._jobs, memory, cpu_seconds) as zygote:
                    await self._attend(zygote)
            except* Exception as errors:  # Whatever it was, programs must be run again.
                log.warning("sandbox: %r; the next zygote starts in %.1f s", errors.exceptions, self._pause)
            finally:
                self._forget_all()
            if (this := asyncio.current_task()) is not None and this.cancelling():
                return  # Python 3.11's TaskGroup swallows a cancellation that comes while it ends its tasks
            await asyncio.sleep(self._pause)
            self._pause = min(2 * self._pause, LONGEST_PAUSE)

    async def _attend(self, zygote: Zygote) -> None:
        async with asyncio.timeout(START):
            self._judge((await zygote.receive())[0])
            if not isinstance((await zygote.receive())[0], Ready):
                raise Broken("out of order")
        self._zygote = zygote
        self._refill()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch())
            while True:
                message, descriptors = await zygote.receive()
                if isinstance(message, Forked):
                    tasks.create_task(self._welcome(self._adopt(message, descriptors)))
                elif isinstance(message, Ended):
                    self._bury(message)

    async def _watch(self) -> None:
        """End children that do not become ready. Raises: Broken: the zygote does not fork."""
        while self._unanswered < PATIENCE:
            await asyncio.sleep(ROUND)
            self._unanswered = self._unanswered + 1 if self._asked else 0
            for child in self._starting:
                self._starting[child] += 1
                if self._starting[child] > PATIENCE:
                    child.kill()
        raise Broken("it does not answer")

    def _judge(self, message: object) -> None:
        if not isinstance(message, Confined):
            raise Broken("out of order")
        try:
            features.require(message.features, self._settings)
        except features.Insecure as error:
            if not self.features.done():
                self.features.set_exception(error)
            raise
        if not self.features.done():
            log.info("sandbox: %s", message.features)
            self.features.set_result(message.features)

    def _adopt(self, message: Forked, descriptors: list[int]) -> Child:
        self._asked -= 1
        self._unanswered = 0
        connection, pidfd, sheet = descriptors
        child = Child(message.pid, pidfd, socket.socket(fileno=connection), sheet)
        child.connection.setblocking(False)
        self._alive[message.pid] = child
        self._starting[child] = 0
        return child

    async def _welcome(self, child: Child) -> None:
        try:
            await child.ready()
        except (NotReady, Malformed, OSError) as error:
            del self._starting[child]
            child.release()
            self._stillborn += 1
            if self._stillborn >= STILLBIRTHS:
                raise Broken(f"children are not ready: {str(error) or type(error).__name__}") from error
            self._refill()
        else:
            del self._starting[child]
            self._stillborn = 0
            self._pause = FIRST_PAUSE
            self.up.set()
            self._idle.append(child)
            self._available()

    def _bury(self, ended: Ended) -> None:
        child = self._alive.pop(ended.pid)
        self._kept.discard(ended.pid)
        if child in self._idle:
            self._idle.remove(child)
            child.release()
        child.bury(ended)
        self._refill()

    def _refill(self) -> None:
        if self._zygote is None:
            return
        target = self._settings.sandbox_children
        wanted = target - len(self._idle) - len(self._starting) - self._asked
        room = 2 * target - (len(self._alive) - len(self._kept)) - self._asked
        with contextlib.suppress(OSError):  # it has died, of which `_attend` is about to hear
            for _ in range(min(wanted, room)):
                self._zygote.fork()
                self._asked += 1

    def _forget_all(self) -> None:
        self._zygote = None
        self.up.clear()
        self._asked = self._unanswered = 0
        while self._starting:
            self._starting.popitem()[0].release()
        while self._idle:
            self._idle.pop().release()
        self._kept.clear()
        while self._alive:
            self._alive.popitem()[1].bury(None)
