"""What is known of a program that runs live: bounded, and enough for a page that comes later."""

import math
from array import array
from collections.abc import Iterator

from app.protocol.gradients import Derivation
from app.protocol.programs import (
    MAX_LOOPS,
    MAX_ROUNDS_IN_ALL,
    MAX_ROWS,
    MAX_TEXT,
    FigureShown,
    LiveStatus,
    Printed,
    ProgramPaused,
    ProgramQueued,
    ProgramRunning,
    Round,
    Rounds,
)
from app.sandbox.client.live import Event
from app.sandbox.client.replies import Hostile

MAX_FIGURES = 100
"""Pictures kept, so that one can go back to what was shown; of more, every second is dropped."""
MAX_FIGURE_BYTES = 4 * 1024 * 1024


class RoundsKept:
    """The rounds of one loop. last: the last message about it."""

    def __init__(self, first: Rounds) -> None:
        self.last = first
        self._width = len(first.names)
        self._ticks = array("q")
        self._printed = array("q")
        self._values = array("d")

    def __len__(self) -> int:
        return len(self._ticks)

    def add(self, message: Rounds) -> None:
        """Rounds that have ended. Raises: Hostile: they do not go on from those before."""
        last = self.last
        if message.names != last.names or message.line != last.line or message.stride % last.stride:
            raise Hostile
        if message.stride != last.stride:
            self._thin(message.stride // last.stride)
        if message.rows and message.first != 1 + len(self) * message.stride:
            raise Hostile
        for row in message.rows:
            if len(row.values) != self._width:
                raise Hostile
            self._ticks.append(row.tick)
            self._printed.append(row.printed)
            self._values.extend(math.nan if value is None else value for value in row.values)
        self.last = message.model_copy(update={"rows": []})

    def _thin(self, keep: int) -> None:
        kept = range(0, len(self), keep)
        width = self._width
        self._values = array("d", (v for k in kept for v in self._values[k * width : (k + 1) * width]))
        self._ticks, self._printed = self._ticks[::keep], self._printed[::keep]

    def messages(self) -> Iterator[Rounds]:
        """All rounds, in as many messages as they need."""
        for start in range(0, max(1, len(self)), MAX_ROWS):
            yield self.last.model_copy(
                update={
                    "first": 1 + start * self.last.stride,
                    "rows": [self._row(k) for k in range(start, min(len(self), start + MAX_ROWS))],
                }
            )

    def _row(self, k: int) -> Round:
        values = self._values[k * self._width : (k + 1) * self._width]
        return Round(
            tick=self._ticks[k],
            printed=self._printed[k],
            values=[None if math.isnan(value) else value for value in values],
        )


class FiguresKept:
    """The pictures of a program, thinned evenly; of each figure the last one stays."""

    def __init__(self) -> None:
        self._kept: list[tuple[FigureShown, str]] = []
        self._stride = 1
        self._seen = 0

    def add(self, figure: FigureShown, text: str) -> None:
        """One more. text: the same as JSON."""
        self._seen += 1
        if self._seen % self._stride and self._kept and self._kept[-1][0].number == figure.number:
            self._kept.pop()  # the one before is not the last any more, and none to stay
        self._kept.append((figure, text))
        while len(self._kept) > 1 and (
            len(self._kept) > MAX_FIGURES or sum(len(text) for _, text in self._kept) > MAX_FIGURE_BYTES
        ):
            self._stride *= 2
            last = {figure.number: k for k, (figure, _) in enumerate(self._kept)}
            stays = [k % 2 == 1 or last[figure.number] == k for k, (figure, _) in enumerate(self._kept)]
            if all(stays):
                del self._kept[0]
            self._kept = [kept for kept, stay in zip(self._kept, stays, strict=False) if stay]

    def texts(self) -> list[str]:
        """All of them, in order."""
        return [text for _, text in self._kept]


class Log:
    """One program. status, place, speed: how it is now. derivation: once it has ended."""

    def __init__(self, program: str) -> None:
        self.program = program
        self.status: LiveStatus = "queued"
        self.place: int | None = None
        self.speed: float | None = None
        self.derivation: Derivation | None = None
        self.figures = FiguresKept()
        self._printed: list[str] = []
        self._length = 0
        self._loops: dict[int, RoundsKept] = {}

    @property
    def printed(self) -> str:
        """All that it has printed."""
        return "".join(self._printed)

    def add(self, event: Event, text: str) -> None:
        """Note an event. text: the same as JSON. Raises: Hostile: no working child sends it."""
        match event:
            case Printed(text=printed):
                self._length += len(printed)
                if self._length > MAX_TEXT:
                    raise Hostile
                self._printed.append(printed)
            case Rounds():
                self._add_rounds(event)
            case FigureShown():
                self.figures.add(event, text)
            case ProgramQueued(place=place):
                self.status, self.place = "queued", place
            case ProgramRunning(rounds_per_second=speed):
                self.status, self.place, self.speed = "running", None, speed
            case ProgramPaused():
                self.status, self.place = "paused", None

    def rounds(self) -> Iterator[Rounds]:
        """All rounds that are kept."""
        for loop in self._loops.values():
            yield from loop.messages()

    def _add_rounds(self, message: Rounds) -> None:
        loop = self._loops.get(message.loop)
        if loop is None:
            loop = self._loops[message.loop] = RoundsKept(message.model_copy(update={"stride": 1}))
        loop.add(message)
        if sum(map(len, self._loops.values())) > MAX_ROUNDS_IN_ALL + MAX_LOOPS:
            raise Hostile
