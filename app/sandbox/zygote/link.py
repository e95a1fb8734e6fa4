"""A child's connection while its program runs: messages to the web process, and orders from it."""

import contextlib
import os
import signal
from collections.abc import Callable

from app.frames import frame
from app.sandbox.messages import ORDER


class Link:
    """The descriptor that a child keeps, for a program that is followed while it runs."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def send(self, body: bytes) -> None:
        """Send one frame, blocking: a program that says more than may be sent waits."""
        unsent = memoryview(frame(body))
        while unsent:
            unsent = unsent[os.write(self._descriptor, unsent) :]

    def listen(self, obey: Callable[[str, float], None]) -> None:
        """From now on call `obey` with each order, between any two instructions of the program.

        The web process has written the order when it sends the signal, so reading it does not block.
        """

        def take(*_: object) -> None:
            with contextlib.suppress(OSError):
                kind, value = ORDER.unpack(os.read(self._descriptor, ORDER.size))
                obey(kind.decode(), value)

        signal.signal(signal.SIGUSR2, take)
