"""A program in a locked child, followed while it runs: what it sends, how it is paused and ended."""

import asyncio
import secrets
import signal
from collections.abc import Callable
from contextlib import suppress

from pydantic import ValidationError

from app.errors import PlaygroundError
from app.frames import Deframer, Malformed, frame
from app.protocol.gradients import Derivation, ProgramError
from app.protocol.programs import (
    CHILD_EVENT,
    ChildEvent,
    FigureShown,
    LiveJob,
    Printed,
    ProgramPaused,
    ProgramQueued,
    ProgramRunning,
    Reason,
    Rounds,
    Stood,
)
from app.sandbox.affordable import MOST_AT_ONCE, MOST_BYTES, is_affordable
from app.sandbox.client import outcomes
from app.sandbox.client.live_places import LivePlaces
from app.sandbox.client.process import CHUNK, Child
from app.sandbox.client.replies import Hostile, derivation
from app.sandbox.client.sandbox import GRACE, SHORT, Sandbox
from app.sandbox.messages import END, encode
from app.settings import Settings

BYTES_PER_SECOND = 200_000
BURST = 2 * MOST_BYTES
"""Bytes that may come at once: the reply at the end is long."""
MOST_OF_AN_EVENT = 2 * MOST_AT_ONCE
"""What one event may cost: a figure has more numbers than a part of a reply."""
LOOK = 0.1
"""Seconds between two looks at how long a program has run; it is asked for what it has as often."""
WAITING = 4
"""Programs that wait in line for each that may run."""

Event = Printed | Rounds | FigureShown | ProgramQueued | ProgramRunning | ProgramPaused


class LiveSandbox:
    """Runs programs that are followed. One that takes long stands still until it has a place."""

    def __init__(self, sandbox: Sandbox, settings: Settings) -> None:
        self.sandbox = sandbox
        self.settings = settings
        self.places = LivePlaces(settings.live_programs, WAITING * settings.live_programs)

    def run(self, program: str, client: str, told: Callable[[Event], None]) -> "LiveRun":
        """A program that is ready to run. told: called with each event; it raises Hostile for a bad one."""
        return LiveRun(self, LiveJob(program=program, seed=secrets.randbits(62)), client, told)

    def explain(self, job: LiveJob, client: str) -> "LiveRun":
        """The same program again, for the explanation of a round."""
        return LiveRun(self, job, client, lambda _: None)


class LiveRun:
    """One program. job: what the child is told. client: whose it is."""

    def __init__(self, live: LiveSandbox, job: LiveJob, client: str, told: Callable[[Event], None]) -> None:
        self.job = job
        self.client = client
        self._sandbox, self._settings, self._places = live.sandbox, live.settings, live.places
        self._told = told
        self._child: Child | None = None
        self._kept = False
        self._queued = 0
        self._paused = False
        self._speed: float | None = None
        self._ran = self._stood = 0.0
        self._stopping: Reason | None = None
        self._stop_by = 0.0
        self._room = float(BURST)
        self._heard = False
        self.is_long = asyncio.Event()
        """Set once it has turned out to take longer than a moment."""

    async def run(self) -> tuple[Reason, Derivation]:
        """Run it to its end. Raises: Unavailable: there is no process for it."""
        child = await self._sandbox.borrow(self.client)
        well: bool | None = None
        self._child = child
        patience = asyncio.get_running_loop().call_later(SHORT, child.yield_processor)
        try:
            self._told(ProgramRunning(rounds_per_second=None))
            child.watch_memory(self._settings.sandbox_memory)
            answer = await self._follow(child)
            well = isinstance(answer, Derivation) and not outcomes.is_stopped(answer)
            derivation = self._ended(answer, child.printed())
            self._sandbox.note(derivation)
            return self._stopping or "ended", derivation
        finally:
            self._child = None
            patience.cancel()
            self._places.leave(self)
            self._sandbox.give_back(self.client, child, well, kept=self._kept)

    # Orders

    @property
    def paused(self) -> bool:
        """Whether it stands still because somebody said so."""
        return self._paused

    def pause(self) -> None:
        """Make it stand still."""
        if self._child is not None and not self._paused:
            self._paused = True
            self._child.signal(signal.SIGSTOP)
            self._told(ProgramPaused())

    def resume(self) -> None:
        """Let it go on."""
        self._go("g")

    def one_round(self, loop: int | None) -> None:
        """Let it go on to the end of a round."""
        self._go("r", -1 if loop is None else loop)

    def _go(self, order: str, value: float = 0) -> None:
        if self._child is None:
            return
        self._child.order(order, value)
        if self._paused:
            self._paused = False
            if not self._queued:
                self._child.signal(signal.SIGCONT)
                self._told(ProgramRunning(rounds_per_second=self._speed))

    def speed(self, rounds_per_second: float | None) -> None:
        """Let it run so many rounds per second at most."""
        self._speed = rounds_per_second
        if self._child is None:
            return
        self._child.order("s", rounds_per_second or 0)
        if not (self._paused or self._queued):
            self._told(ProgramRunning(rounds_per_second=rounds_per_second))

    def stop(self, reason: Reason = "stopped") -> None:
        """End it; it tells how far it came if it does so within a moment."""
        if self._stopping is None:
            self._stopping = reason
            self._stop_by = asyncio.get_running_loop().time() + GRACE
            self._room = BURST
            self._nudge()

    def _nudge(self) -> None:
        if self._child is not None:
            self._child.signal(signal.SIGUSR1)
            self._child.signal(signal.SIGCONT)

    # What it does

    async def _follow(self, child: Child) -> Derivation | ProgramError:
        loop = asyncio.get_running_loop()
        job = encode("live", self.job.model_dump_json())
        await loop.sock_sendall(child.connection, frame(job))
        reading = asyncio.create_task(self._read(child))
        try:
            before = loop.time()
            while not reading.done():
                await asyncio.wait([reading], timeout=LOOK)
                now = loop.time()
                self._look(child, now, now - before)
                before = now
            return reading.result()
        except Hostile:
            return outcomes.crashed()
        except (Malformed, OSError):
            if self._stopping:
                child.kill()
                return outcomes.timeout()
            return await self._sandbox.autopsy(child)
        finally:
            reading.cancel()
            with suppress(asyncio.CancelledError, Hostile, Malformed, OSError, PlaygroundError):
                await reading

    async def _read(self, child: Child) -> Derivation:
        """Take what the child sends, up to its reply. Raises: Hostile, Malformed, OSError."""
        loop, deframer = asyncio.get_running_loop(), Deframer(max_header=MOST_BYTES, max_payload=0)
        while True:
            chunk = await loop.sock_recv(child.connection, CHUNK)
            if not chunk:
                raise Malformed("the connection closed without a reply")
            self._heard = True
            for body, _ in deframer.feed(chunk):
                if body.startswith(END):
                    return await self._end(body[len(END) :])
                self._take(child, read(body))
            await self._throttle(len(chunk))

    async def _end(self, reply: bytes) -> Derivation:
        if self.job.loop is None and not self._stopping:
            return await self._sandbox.derivation(reply, self.job.program, self.client, curves=True)
        return await derivation(reply)

    def _take(self, child: Child, event: ChildEvent) -> None:
        if isinstance(event, Stood):
            self.pause()
        else:
            self._told(event)

    async def _throttle(self, size: int) -> None:
        """Read no faster than a program may send; it waits when what it has sent is not read."""
        self._room -= size
        if self._room < 0:
            await asyncio.sleep(size / BYTES_PER_SECOND)

    def _look(self, child: Child, now: float, passed: float) -> None:
        self._room = min(BURST, self._room + passed * BYTES_PER_SECOND)
        if self._stopping:
            if now > self._stop_by:
                child.kill()
            else:
                self._nudge()  # again: it does not listen in the middle of a message
            return
        if self._paused or self._queued:
            self._stood += passed
        else:
            self._ran += passed
        if not self._kept and self._ran > self._settings.sandbox_wall_clock:
            self._go_live(child)
        if self._kept:
            self._wait_in_line(child)
        if self._ran > self._settings.live_seconds:
            self.stop("time")
        elif self._stood > self._settings.live_pause:
            self.stop("pause")
        elif child.processor_seconds() > self._settings.live_processor_seconds:
            self.stop("time")
        elif not (self._heard or self._paused or self._queued):
            child.order("f")
        self._heard = False

    def _go_live(self, child: Child) -> None:
        """It was no matter of a moment."""
        if self._places.full:
            self.stop("time")
            return
        self._kept = True
        self.is_long.set()
        self._sandbox.keep(self.client, child)
        self._places.join(self)

    def _wait_in_line(self, child: Child) -> None:
        place = self._places.place(self)
        if place == self._queued:
            return
        self._queued = place
        if place:
            child.signal(signal.SIGSTOP)
            self._told(ProgramQueued(place=place))
        elif not self._paused:
            child.signal(signal.SIGCONT)
            self._told(ProgramRunning(rounds_per_second=self._speed))

    def _ended(self, answer: Derivation | ProgramError, printed: str) -> Derivation:
        derivation = outcomes.failed(answer, printed) if isinstance(answer, ProgramError) else answer
        error = derivation.error
        if self._stopping == "stopped" and error is not None and error.type == "Timeout":
            where = {"line": error.line, "column": error.column}
            return derivation.model_copy(update={"error": outcomes.stopped().model_copy(update=where)})
        if self._stopping is not None and error is None:
            self._stopping = None  # it had just come to its end
        return derivation


def read(body: bytes) -> ChildEvent:
    """An event in a frame. Raises: Hostile."""
    if not is_affordable(body, MOST_OF_AN_EVENT):
        raise Hostile
    try:
        return CHILD_EVENT.validate_json(body, strict=True)
    except ValidationError as error:
        raise Hostile from error
