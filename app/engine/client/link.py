"""The connection to one engine process: requests, replies and reports, until either side ends."""

import asyncio
import logging
import os
import socket
import sys
from collections import deque
from contextlib import suppress
from math import inf
from pathlib import Path
from time import monotonic
from typing import cast

from pydantic import ValidationError

import app
from app.engine.client.ledger import Ledger
from app.engine.commands import AnyCommand, EngineOptions, Ping, Rebuild, Request
from app.engine.reports import REPORT, Feed, Gone, Noted, Ready, Refusal, Reply, Saved
from app.errors import N_, Conflict
from app.frames import Deframer, Malformed, frame
from app.protocol.arithmetic import ARITHMETIC

END_TIMEOUT = 1.0
SLICE = 0.002
"""Seconds of taking in frames after which the event loop serves others."""
LOOKS = 5
"""How often an answer is looked for before an engine is given up."""
logger = logging.getLogger(__name__)

Answer = tuple[Reply, bytes] | None
"""A reply and its payload; None if the engine was lost before it answered."""


class EngineLost(Exception):
    """The engine process ended, is stuck, or sent invalid data."""


class UnknownReply(Exception):
    """The engine answered what it was not asked."""


class Link(asyncio.Protocol):
    """Talks with one engine process, and reports everything it receives to the ledger, in order.

    ready: set when commands are answered. lost: set when the connection has ended, for whatever reason.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._deframer = Deframer()
        self._frames: deque[tuple[bytes, bytes]] = deque()
        self._pending: dict[int, tuple[AnyCommand, asyncio.Future[Answer]]] = {}
        self._last_number = 0
        self._transport: asyncio.Transport | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._reason = ""
        self.ready = asyncio.Event()
        self.lost = asyncio.Event()
        self.rebuilding: frozenset[str] = frozenset()
        """Ids of the runs that were being rebuilt when the connection was lost."""
        self.n_steps = 0
        """The steps that the process has taken of all runs, as of its last answer to a ping."""

    async def open(self, options: EngineOptions) -> None:
        """Start the process. Raises: OSError."""
        ours, theirs = socket.socketpair()
        try:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "app.engine", str(theirs.fileno()), options.model_dump_json(),
                cwd=Path(app.__path__[0]).parent,
                env={**os.environ, **ARITHMETIC},
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                # In its own session: Ctrl-C in a terminal reaches only this process, which ends that one.
                start_new_session=True,
            )  # fmt: skip
            await asyncio.get_running_loop().create_unix_connection(lambda: self, sock=ours)
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()

    @property
    def pid(self) -> int:
        """The id of the engine process."""
        assert self._process is not None
        return self._process.pid

    @property
    def n_pending(self) -> int:
        """Number of commands that are not answered yet."""
        return len(self._pending)

    @property
    def busy(self) -> set[str]:
        """Ids of the runs of those commands."""
        return {command.run_id for command, _ in self._pending.values()}

    def post(self, command: AnyCommand, payload: bytes = b"") -> "asyncio.Future[Answer]":
        """Send a command. The future holds its answer."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._last_number += 1
        self._pending[self._last_number] = (command, future)
        if self._transport is None or self.lost.is_set():
            future.set_result(None)
        else:
            request = Request(number=self._last_number, command=command)
            try:
                self._transport.write(frame(request.model_dump_json().encode(), payload))
            except Malformed as error:
                logger.error("%s cannot be sent: %s", type(command).__name__, error)
                del self._pending[self._last_number]
                refusal = Refusal.of(Conflict(N_("The request is too large for the trainer.")))
                future.set_result((Reply(number=self._last_number, refusal=refusal), b""))
        return future

    async def wait_ready(self, patience: float) -> None:
        """Wait until commands are answered. Raises: EngineLost."""
        ready = asyncio.ensure_future(self.ready.wait())
        lost = asyncio.ensure_future(self.lost.wait())
        try:
            await asyncio.wait((ready, lost), timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
            lost.cancel()
        if not self.ready.is_set() or self.lost.is_set():
            raise EngineLost(self._reason or "it did not start")

    async def ping(self, patience: float) -> None:
        """Check that the engine answers. patience: in seconds. Raises: EngineLost.

        The time in which this process itself stood still counts as one look: the answer may be there already.
        """
        answer = self.post(Ping())
        for _ in range(LOOKS):
            await asyncio.wait((answer,), timeout=patience / LOOKS)
        if not answer.done():
            raise EngineLost("it does not answer")
        if (found := answer.result()) is None:
            raise EngineLost(self._reason)
        self.n_steps = found[0].n_steps or 0

    async def end(self) -> None:
        """End the process, and wait until it is gone."""
        if self._transport is not None:
            self._transport.abort()
        self._lose()
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.terminate()
            try:
                async with asyncio.timeout(END_TIMEOUT):
                    await process.wait()
            except TimeoutError:
                process.kill()
        await process.wait()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Part of `asyncio.Protocol`."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Part of `asyncio.Protocol`. What has come before counts."""
        self._take_in(inf)
        self._lose()

    def data_received(self, data: bytes) -> None:
        """Part of `asyncio.Protocol`."""
        if self.lost.is_set():
            return
        try:
            self._frames += self._deframer.feed(data)
        except Malformed as error:
            self._lose(f"it sent invalid data: {error}")
        self._take_in(monotonic() + SLICE)

    def _take_in(self, until: float) -> None:
        """Take in frames up to that time, and the others in a later turn of the event loop."""
        try:
            while self._frames and not self.lost.is_set():
                self._dispatch(*self._frames.popleft())
                if self._frames and monotonic() > until:
                    break
        except (Malformed, ValidationError, UnknownReply) as error:
            # The data that follows cannot be trusted either.
            self._lose(f"it sent invalid data: {error}")
        except Exception:
            logger.exception("a report of the engine process could not be taken in")
            self._lose("a report of it could not be taken in")
        if self.lost.is_set() or self._transport is None or self._transport.is_closing():
            return
        if self._frames:
            self._transport.pause_reading()
            asyncio.get_running_loop().call_soon(lambda: self._take_in(monotonic() + SLICE))
        else:
            self._transport.resume_reading()

    def _dispatch(self, header: bytes, payload: bytes) -> None:
        report = REPORT.validate_json(header)
        match report:
            case Reply(number=number):
                if number not in self._pending:
                    raise UnknownReply(f"a reply to request {number}, which is not open")
                command, future = self._pending.pop(number)
                self._ledger.on_reply(command, report, payload)
                if not future.done():
                    future.set_result((report, payload))
            case Feed():
                self._ledger.on_feed(report, payload)
            case Noted():
                self._ledger.on_news(report.news)
            case Gone():
                self._ledger.on_gone(report)
            case Saved():
                self._ledger.on_saved(report, payload)
            case Ready():
                self.ready.set()

    def _lose(self, reason: str = "its connection closed") -> None:
        if self.lost.is_set():
            return
        self.lost.set()
        self._reason = reason
        commands = [command for command, _ in self._pending.values()]
        self.rebuilding = frozenset(c.run_id for c in commands if isinstance(c, Rebuild))
        for _, future in list(self._pending.values()):
            if not future.done():
                future.set_result(None)
