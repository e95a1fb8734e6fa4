"""Handles in the web process for the zygote and its children."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from app.frames import Deframer, Malformed, frame
from app.sandbox import paper
from app.sandbox.messages import FORK, MAX_OBSTACLE, MESSAGES, MOST, ORDER, Ended, Message

LOOK = 0.05
"""Seconds between two looks at a program's memory, and between two requests to stop."""
PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).resolve().parents[3]

CHUNK = 64 * 1024
BOOTSTRAP = """
import socket, sys
root, link, jobs, memory, cpu_seconds = sys.argv[1:]
sys.path.insert(0, root)
from app.sandbox.zygote.parent import main
main(socket.socket(fileno=int(link)), jobs, int(memory), int(cpu_seconds))
"""


class NotReady(Exception):
    """A child could not lock or warm itself; the text says why."""


@dataclass(eq=False)
class Child:
    """One locked process, from the web process's side. pid: as the zygote knows it."""

    pid: int
    pidfd: int
    connection: socket.socket
    sheet: int = -1
    """The descriptor of its paper (`app.sandbox.paper`)."""
    ended: "asyncio.Future[Ended | None]" = field(default_factory=asyncio.Future)
    """How the process ended; None if the zygote died before it could say."""
    _resident_at_first: int = 0
    """Bytes of memory that it held before its job."""

    async def ready(self) -> None:
        """Wait until the process is locked and warm. Raises: NotReady, Malformed: that failed."""
        obstacle = await receive(self.connection, most=4 * MAX_OBSTACLE)
        if obstacle:
            raise NotReady(obstacle.decode())
        self._resident_at_first = self.resident()

    async def perform(self, job: bytes, most: int) -> bytes:
        """Send the process its one job and return the reply, which may be anything up to `most` bytes.

        Raises: Malformed, OSError: no reply came.
        """
        await asyncio.get_running_loop().sock_sendall(self.connection, frame(job))
        return await receive(self.connection, most)

    def kill(self) -> None:
        """End the process now, whatever it does."""
        if not self.ended.done():
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)

    def stop(self) -> None:
        """Ask it until it ends to stop what it does and tell how far it came. A program may refuse."""
        if not self.ended.done():
            self.signal(signal.SIGUSR1)
            asyncio.get_running_loop().call_later(LOOK, self.stop)

    def signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if not self.ended.done():
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.pidfd, number)

    def order(self, kind: str, value: float = 0.0) -> None:
        """Tell its program something while it runs (`ORDER`). One that does not listen is not waited for."""
        with contextlib.suppress(OSError):
            self.connection.send(ORDER.pack(kind.encode(), value))
            self.signal(signal.SIGUSR2)

    def processor_seconds(self) -> float:
        """Processor time it has taken; 0: nobody can tell."""
        try:
            with open(f"/proc/{self._process_id()}/stat", "rb") as file:  # noqa: PTH123
                fields = file.read().rpartition(b")")[2].split()
                return (int(fields[11]) + int(fields[12])) / TICKS
        except (OSError, IndexError, ValueError):
            return 0.0

    def watch_memory(self, room: int) -> None:
        """From now on, kill it as soon as it holds more than `room` bytes beyond those that it began with.

        The kernel's limit counts the addresses it asks for, not what it writes to of the zygote's memory.
        """
        asyncio.get_running_loop().call_later(LOOK, self._look_at_memory, room)

    def _look_at_memory(self, room: int) -> None:
        if self.ended.done():
            return
        if self.resident() > self._resident_at_first + room:
            self.kill()
        else:
            self.watch_memory(room)

    def resident(self) -> int:
        """Bytes of memory it holds, those that it shares with the zygote included; 0: nobody can tell."""
        return resident(self._statm)

    @cached_property
    def _statm(self) -> str:
        return f"/proc/{self._process_id()}/statm"

    def _process_id(self) -> int:
        """Its process id here: `pid` is that in the zygote's process namespace."""
        lines = contents(f"/proc/self/fdinfo/{self.pidfd}").splitlines()
        return next((int(line[4:]) for line in lines if line.startswith(b"Pid:")), -1)

    def yield_processor(self) -> None:
        """Give the process a lower priority than everything else on this machine."""
        if not self.ended.done():
            with contextlib.suppress(OSError):
                if (process_id := self._process_id()) > 0:  # it is gone, or not of this process namespace
                    os.setpriority(os.PRIO_PROCESS, process_id, 10)

    def printed(self) -> str:
        """What its program has printed so far."""
        try:
            return paper.read(self.sheet)
        except OSError:
            return ""

    def release(self) -> None:
        """End the process and close its connection; called by whoever has taken it."""
        self.kill()
        self.connection.close()
        if self.sheet >= 0:
            os.close(self.sheet)
            self.sheet = -1

    def bury(self, ended: Ended | None) -> None:
        """Note how the process ended, and close its descriptor."""
        self.kill()
        os.close(self.pidfd)
        self.ended.set_result(ended)


def resident(statm: str) -> int:
    """Bytes of memory that a process holds, by its `/proc/PID/statm`; 0: nobody can tell."""
    try:
        return int(contents(statm).split()[1]) * PAGE
    except (OSError, IndexError, ValueError):
        return 0


def contents(path: str) -> bytes:
    """What a small file of `/proc` says now. Twenty times a second, so without Python's layers of files."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, PAGE)
    finally:
        os.close(descriptor)


async def receive(connection: socket.socket, most: int) -> bytes:
    """Receive the one frame that an untrusted process sends, of at most `most` bytes.

    Raises: Malformed: the frame is longer, cut short, or followed by more. Sets no time limit.
    """
    loop = asyncio.get_running_loop()
    deframer = Deframer(max_header=most, max_payload=0)
    received: list[tuple[bytes, bytes]] = []
    while not received:
        chunk = await loop.sock_recv(connection, CHUNK)
        if not chunk:
            raise Malformed("the connection closed in the middle of a frame")
        received = deframer.feed(chunk)
    if len(received) > 1 or deframer.n_unfinished:
        raise Malformed("a frame is followed by more")
    return received[0][0]


class Zygote:
    """The handle of a running zygote."""

    def __init__(self, process: asyncio.subprocess.Process, link: socket.socket) -> None:
        self._process = process
        self._link = link

    def resident(self, *, waits: bool) -> int:
        """Bytes of memory it holds; 0: nobody can tell.

        waits: whether the process that was started waits for its only child, which does the work.
        """
        pid = str(self._process.pid)
        if waits:
            try:
                pid = contents(f"/proc/{pid}/task/{pid}/children").decode().strip()
            except OSError:
                return 0
        return resident(f"/proc/{pid}/statm")

    def kill(self) -> None:
        """End the zygote, and with it all its children."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def fork(self) -> None:
        """Ask the zygote for one more child. Raises: OSError: it is gone or stuck."""
        self._link.send(FORK)

    async def receive(self) -> tuple[Message, list[int]]:
        """The zygote's next message and the descriptors that came with it. Raises: EOFError: it is gone."""
        while True:
            try:
                data, descriptors, _, _ = socket.recv_fds(self._link, MOST, 3, socket.MSG_CMSG_CLOEXEC)
            except BlockingIOError:
                await _readable(self._link)
                continue
            except ConnectionResetError:
                data = b""
            if not data:
                raise EOFError("the zygote ended")
            return MESSAGES.validate_json(data), descriptors


async def _readable(connection: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    arrived = asyncio.Event()
    loop.add_reader(connection, arrived.set)
    try:
        await arrived.wait()
    finally:
        loop.remove_reader(connection)


@contextlib.asynccontextmanager
async def running_zygote(jobs: str, memory: int, cpu_seconds: int) -> AsyncIterator[Zygote]:
    """Start a zygote for the `JOBS` of the module `jobs`; leaving the context kills it and its children."""
    link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with link:
        link.setblocking(False)
        with theirs:
            arguments = (str(ROOT), str(theirs.fileno()), jobs, str(memory), str(cpu_seconds))
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-I", "-c", BOOTSTRAP),
                *arguments,
                env={},
                cwd="/",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C in the terminal is the web process's to handle
            )
        zygote = Zygote(process, link)
        try:
            yield zygote
        finally:
            zygote.kill()
            await process.wait()
