"""The engine process: one thread that reads commands, trains the runs, and sends replies and the feed."""

import logging
import selectors
import socket
from collections import deque
from time import monotonic

from pydantic import ValidationError

from app.engine.commands import EngineOptions, Request
from app.engine.reports import Gone, Ready, Refusal, Reply
from app.engine.worker.feed import FeedWriter
from app.engine.worker.host import Host
from app.errors import N_, Conflict
from app.frames import Deframer, Malformed, frame
from app.protocol.record import Record

RECEIVE = 256 * 1024
RETENTION_CHECKS = 10.0
"""Seconds between two searches for unused runs."""
SAVE_CHECKS = 0.1
"""Seconds between two searches for checkpoints that are due."""

logger = logging.getLogger(__name__)


class Closed(Exception):
    """The client has closed the connection or sent invalid data, so the process ends."""


class EngineProcess:
    """Serves one client over a connected stream socket until the client closes it.

    A slow client holds up nothing: no frame of the feed is made while another one is unsent, and the number
    of replies is bounded by the number of requests that the client has open.
    """

    def __init__(self, connection: socket.socket, options: EngineOptions) -> None:
        self._connection = connection
        connection.setblocking(False)
        self._options = options
        self._selector = selectors.DefaultSelector()
        self._selector.register(connection, selectors.EVENT_READ)
        self._deframer = Deframer()
        self._unsent: deque[memoryview] = deque()
        self._host = Host(options, monotonic, self._send)
        self._writer = FeedWriter(self._host.scheduler, self._host.on_no_entry)
        self._wanted = selectors.EVENT_READ
        self._has_news = False
        self._feed_due = 0.0
        self._retention_due = 0.0
        self._save_due = 0.0

    def serve(self) -> None:
        """Serve until the client closes the connection."""
        self._send(Ready())
        try:
            while True:
                self._selector.select(self._patience())
                self._read()
                self._has_news |= self._host.scheduler.run()
                self._has_news |= self._host.background.run()
                self._forget_unused()
                self._save()
                self._feed()
                self._write()
        except Closed:
            return

    def _patience(self) -> float:
        """Seconds until something is to be done, if the client sends nothing before."""
        now = monotonic()
        until = self._retention_due
        if self._has_news and not self._unsent:
            until = min(until, self._feed_due)
        due = 0.0 if self._host.background else self._host.scheduler.due()
        return max(0.0, min(until, due) - now)

    def _send(self, message: Record, payload: bytes = b"") -> None:
        try:
            self._send_frame(message.model_dump_json().encode(), payload)
        except Malformed as error:
            logger.error("%s cannot be sent: %s", type(message).__name__, error)
            if isinstance(message, Reply):
                refusal = Refusal.of(Conflict(N_("The answer is too large to be sent.")))
                self._send(Reply(number=message.number, refusal=refusal))

    def _send_frame(self, header: bytes, payload: bytes) -> None:
        self._unsent.append(memoryview(frame(header, payload)))

    def _read(self) -> None:
        try:
            data = self._connection.recv(RECEIVE)
        except BlockingIOError:
            return
        except ConnectionError as error:
            raise Closed from error
        if not data:
            raise Closed
        self._has_news = True
        try:
            for header, payload in self._deframer.feed(data):
                self._host.execute(Request.model_validate_json(header), payload)
        except (Malformed, ValidationError) as error:
            raise Closed(str(error)) from error

    def _forget_unused(self) -> None:
        now = monotonic()
        if now < self._retention_due:
            return
        self._retention_due = now + min(RETENTION_CHECKS, self._options.run_retention)
        if run_ids := self._host.forget_unused():
            self._send(Gone(run_ids=run_ids))

    def _save(self) -> None:
        now = monotonic()
        if self._unsent or now < self._save_due:
            return
        self._save_due = now + SAVE_CHECKS
        for report, payload in self._host.save():
            self._send(report, payload)

    def _feed(self) -> None:
        now = monotonic()
        if not self._has_news or self._unsent or now < self._feed_due:
            return
        frames = self._writer.write(self._host.watched())
        # There may be more news than are reported at once.
        self._has_news = bool(frames)
        if not frames:
            return
        for header, payload in frames:
            self._send_frame(header, payload)
        interval = 1 / self._options.snapshots_per_second
        # At regular intervals; after a missed one, counted from now on.
        late = now - self._feed_due > interval
        self._feed_due = (now if late else self._feed_due) + interval

    def _write(self) -> None:
        try:
            while self._unsent:
                first = self._unsent[0]
                sent = self._connection.send(first)
                if sent == len(first):
                    self._unsent.popleft()
                else:
                    self._unsent[0] = first[sent:]
        except BlockingIOError:
            pass
        except ConnectionError as error:
            raise Closed from error
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._unsent else 0)
        if wanted != self._wanted:
            self._selector.modify(self._connection, wanted)
            self._wanted = wanted
