"""What is sent of a program while it runs, and when; and what it is told meanwhile."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from app.calculator.live.figures import Figures
from app.calculator.live.loops import Loop
from app.calculator.output import Output
from app.calculator.program.run import CURRENT
from app.calculator.program.stage import STOPPABLE
from app.protocol.programs import MAX_ROWS, ChildEvent, Printed, Stood

BETWEEN = 0.05
"""Seconds between two messages about rounds."""
NAP = 0.02
"""Seconds of sleep while the program stands or is slowed down, after which it looks again."""

Send = Callable[[bytes], None]


class Wire:
    """Sends what happens to whoever follows the program, as a `Watcher` of its rounds. send: one message."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._loops: dict[int, Loop] = {}
        self._printed = 0
        self._next = 0.0
        self._sending = False
        self._ended = False
        self._standing_at: int | None = None
        """The loop at the end of whose next round to stand; -1: of any."""
        self._asked_at = 0
        """How many rounds had ended when that was asked for."""
        self._stands = False
        self._pause = 0.0
        """Seconds that a round takes at least."""
        self._due = 0.0
        self.figures = Figures(self._send_one)

    # What the program does

    def began_round(self, loop: Loop, names: Mapping[str, Any]) -> None:
        """A round begins."""

    def ended_round(self, loop: Loop, names: Mapping[str, Any]) -> None:
        """A round has ended."""
        self._loops[loop.number] = loop
        self.figures.tick = tick = self._tick + 1
        run = CURRENT.get()
        loop.end_round(names, tick, 0 if run is None else run.output.length)
        self.figures.send()
        now = time.monotonic()
        if now >= self._next or len(loop.pending) >= MAX_ROWS:
            self.flush()
        if self._pause:
            self._slow_down()
        if self._standing_at in (-1, loop.number) and tick > self._asked_at:
            self._stand()
        loop.quiet = loop.stride > 1 and not self._pause and self._standing_at is None

    @property
    def _tick(self) -> int:
        """How many rounds have ended, of all loops."""
        return sum(loop.count for loop in self._loops.values())

    def _slow_down(self) -> None:
        self.flush()
        while self._pause and (left := self._due - time.monotonic()) > 0:
            time.sleep(min(left, NAP))
        self._due = time.monotonic() + self._pause

    def _stand(self) -> None:
        self._standing_at = None
        self._stands = True
        self.figures.send(all_of_them=True)
        self.flush()
        self._send_one(Stood())
        while self._stands:
            time.sleep(NAP)

    # What it is told

    def command(self, kind: str, value: float) -> None:
        """An order of whoever follows it; comes between any two instructions of the program.

        kind: "f": send what there is. "r": stand at the end of a round of the loop `value`, or of any (-1).
        "g": go on. "s": so many rounds per second at most, 0: as many as it can.
        """
        for loop in self._loops.values():
            loop.quiet = False
        if kind == "r":
            self._standing_at, self._asked_at, self._stands = int(value), self._tick, False
        elif kind == "g":
            self._standing_at, self._stands = None, False
        elif kind == "s":
            self._pause = 1 / value if value > 0 else 0.0
        elif kind == "f":
            self.flush()

    # Sending

    def flush(self) -> None:
        """Send the text and the rounds that were not sent yet."""
        self._next = time.monotonic() + BETWEEN
        with self._undisturbed() as free:
            if free and not self._ended:
                if run := CURRENT.get():
                    self._send_text(run.output)
                for loop in list(self._loops.values()):
                    while loop.changed:
                        self._write(loop.take())

    def finish(self, output: Output) -> None:
        """The program has ended, with this output: send the rest, and nothing of what runs it again."""
        self.figures.send(all_of_them=True)
        self.flush()
        self._send_text(output)
        self._ended = True

    def _send_text(self, output: Output) -> None:
        if output.length > self._printed:
            text = output.text[self._printed :]
            self._printed += len(text)
            self._write(Printed(text=text))

    def _send_one(self, event: ChildEvent) -> None:
        with self._undisturbed() as free:
            if free:
                self._write(event)

    def _write(self, event: ChildEvent) -> None:
        with suppress(OSError):  # whoever followed it has gone
            self._send(event.model_dump_json().encode())

    @contextmanager
    def _undisturbed(self) -> Iterator[bool]:
        """Without a stop in the middle of a message, of which half would be left: it is asked for again.

        False: this is already the middle of one.
        """
        if self._sending:
            yield False
            return
        self._sending, stoppable = True, STOPPABLE.get()
        STOPPABLE.set(False)
        try:
            yield True
        finally:
            STOPPABLE.set(stoppable)
            self._sending = False
