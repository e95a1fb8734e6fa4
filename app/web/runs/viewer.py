"""What one client was sent of a run, and what to send it next. No input or output of its own.

There is no queue: what the client was sent is compared with the run as it is now. So a slow client misses
snapshots, never losses.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from app.engine.port import Mirror
from app.errors import N_, Unavailable
from app.protocol.runs import RunConfig, RunState
from app.protocol.snapshots import PackedSnapshot
from app.protocol.stream import (
    Failed,
    Finished,
    Hello,
    Lines,
    Paused,
    Playing,
    Points,
    Started,
    Stored,
    Updated,
    Warned,
)
from app.store.trouble import TROUBLES, Kind
from app.tally import Tally
from app.web.edge.catalogue import Language
from app.web.edge.explanations import explained_run, topic_texts
from app.web.edge.problems import problem_of
from app.web.runs.snapshots import SnapshotTexts, losses_of

LARGE = 16 * 1024
"""Bytes of a packed snapshot, and of points, above which a message is written in a thread."""
MAX_IN_FLIGHT = 2
"""Snapshots that a client need not have acknowledged before it is sent another one."""


Message = str | bytes | Callable[[], str]
"""A message, or what writes it and takes longer than a few milliseconds."""


class Pace(NamedTuple):
    """Whether a run trains, and how fast. step: where it stands; -1 while it plays."""

    status: str
    steps_per_second: float | None
    step: int


class Sent:
    """What one client was sent of one run.

    generation: of the last `started`, None before it. snapshot: the last one sent. next_loss: the first step
    whose loss the client lacks. n_snapshots: how many the mirror had had when the last one was sent.
    """

    def __init__(self, mirror: Mirror, next_loss: int, tally: Tally) -> None:
        self.mirror = mirror
        self.next_loss = next_loss
        self.n_snapshots = mirror.n_snapshots
        self._tally = tally
        self.generation: int | None = None
        self.snapshot: PackedSnapshot | None = None

    @property
    def is_current(self) -> bool:
        """Whether the client was sent the beginning of what the mirror shows."""
        return self.generation == self.mirror.generation

    @property
    def lacks_snapshot(self) -> bool:
        """Whether the mirror's snapshot differs from the last one sent."""
        # A change of status brings the same snapshot once more, as another object.
        last, now = self.snapshot, self.mirror.snapshot
        return last is None or (now is not last and now.body != last.body)

    def begin(self) -> None:
        """Note that the client is sent the run's beginning."""
        n_losses = len(self.mirror.losses) // 4
        if self.generation is not None or self.next_loss > n_losses + 1:
            self.next_loss = 1
        self.generation = self.mirror.generation
        self.snapshot = None

    def take(self) -> tuple[PackedSnapshot, int, bytes]:
        """The snapshot to send now, the first step whose loss goes with it, and those losses (float32)."""
        snapshot, first_step = self.mirror.snapshot, self.next_loss
        self.snapshot = snapshot
        self._tally.count("snapshot", "sent")
        if (skipped := self.mirror.n_snapshots - self.n_snapshots - 1) > 0:
            self._tally.count("snapshot", "skipped", skipped)
        self.n_snapshots = self.mirror.n_snapshots
        self.next_loss = max(first_step, snapshot.step + 1)
        return snapshot, first_step, losses_of(self.mirror.losses, first_step, snapshot.step)


class Viewer(ABC):
    """One client's view of one run, or of several that keep step.

    mirrors: what is known of the runs. control: whether the client may command them. trouble: what keeps the
    server from storing what is done to them.
    """

    def __init__(
        self,
        mirrors: Sequence[Mirror],
        hello: Hello,
        *,
        control: bool,
        language: Language,
        texts: SnapshotTexts,
        trouble: Callable[[], Kind | None] = lambda: None,
    ) -> None:
        self.mirrors = mirrors
        self._trouble = trouble
        self._told_trouble: Kind | None = None
        self._has_begun = False
        self._binary = hello.format == "binary"
        self._control = control
        self._language = language
        self._texts = texts
        self._announced: Pace | None = None
        self._told_unavailable = False
        self._in_flight: deque[int] = deque()

    def acknowledge(self, step: int) -> bool:
        """Note that the client has drawn the snapshot of this step, or skipped it for a later one.

        Returns whether there may be a message for it now that had to wait.
        """
        waited = not self._may_send
        if step in self._in_flight:
            while self._in_flight.popleft() != step:
                pass
        return waited

    def next_message(self) -> Message | None:
        """The next message for the client; None when it is up to date or has to acknowledge first."""
        available = True
        for mirror in self.mirrors:
            if mirror.gone:
                return None
            available = available and mirror.available
        if not available:
            return self._unavailable()
        self._told_unavailable = False
        if self._has_begun and (trouble := self._trouble()) != self._told_trouble:
            self._told_trouble = trouble
            text = self._language.text(TROUBLES[trouble]) if trouble is not None else None
            return Stored(trouble=text).model_dump_json()
        self._has_begun = True
        return self._news()

    @abstractmethod
    def _news(self) -> Message | None:
        """The next message while all runs are available."""

    @abstractmethod
    def _pace(self) -> Pace:
        """The pace of the runs now."""

    def _unavailable(self) -> str | None:
        if self._told_unavailable:
            return None
        self._told_unavailable = True
        error = Unavailable(2.0, N_("The trainer is being restarted. The run will go on from where it was."))
        return Failed(problem=problem_of(error, self._language)).model_dump_json()

    def _playing(self) -> str | None:
        """The message that training began or changed its speed, if that is news."""
        pace = self._pace()
        if pace.status != "playing" or pace == self._announced:
            return None
        self._announced = pace
        return Playing(steps_per_second=pace.steps_per_second).model_dump_json()

    @property
    def _may_send(self) -> bool:
        """Whether few enough snapshots are unacknowledged."""
        return len(self._in_flight) < MAX_IN_FLIGHT


class RunViewer(Viewer):
    """One client's view of one run. tally: counts the snapshots that are sent and skipped."""

    def __init__(
        self,
        mirror: Mirror,
        hello: Hello,
        *,
        control: bool,
        language: Language,
        texts: SnapshotTexts,
        trouble: Callable[[], Kind | None] = lambda: None,
        tally: Tally | None = None,
    ) -> None:
        super().__init__([mirror], hello, control=control, language=language, texts=texts, trouble=trouble)
        self._mirror = mirror
        self._sent = Sent(mirror, hello.losses_from, tally or Tally())
        self._config: RunConfig | None = None
        self._points: Points | None = None
        self._warning: str | None = None
        self._n_lines = mirror.n_lines

    def _news(self) -> Message | None:
        mirror, sent = self._mirror, self._sent
        if not sent.is_current:
            return self._started()
        config = mirror.head.config
        if mirror.points is not self._points or (config is not self._config and config != self._config):
            return self._updated()
        # So that the next look finds the very same object: comparing two takes as long as sending a snapshot.
        self._config = config
        if playing := self._playing():
            return playing
        if mirror.n_lines != self._n_lines:
            return self._lines()
        if mirror.head.warning != self._warning:
            return self._warned()
        if sent.lacks_snapshot:
            return self._snapshot() if self._may_send else None
        return self._standing() if self._pace() != self._announced else None

    def _pace(self) -> Pace:
        head = self._mirror.head
        # A run that took steps and stands again is news, though it stood before.
        step = -1 if head.status == "playing" else self._mirror.state.step
        return Pace(head.status, head.steps_per_second, step)

    def _started(self) -> str:
        mirror = self._mirror
        self._sent.begin()
        self._config, self._points = mirror.head.config, mirror.points
        self._announced = self._warning = None
        return Started(
            run=explained_run(mirror.state, self._language),
            control=self._control,
            parameters=mirror.parameters,
            **dict(mirror.points),
        ).model_dump_json()

    def _updated(self) -> str:
        state, points = self._mirror.state, self._mirror.points
        changed = None if points is self._points else points
        self._config, self._points = state.config, points
        return Updated(step=state.step, config=state.config, points=changed).model_dump_json()

    def _warned(self) -> str:
        warning = self._warning = self._mirror.head.warning
        texts = topic_texts(None, None, warning or "", self._language)
        message = Warned(warning=warning, explanation=texts["explanation"], remedy=texts["remedy"])
        return message.model_dump_json()

    def _lines(self) -> str:
        mirror = self._mirror
        n_new = min(mirror.n_lines - self._n_lines, len(mirror.lines))
        self._n_lines = mirror.n_lines
        return Lines(lines=list(mirror.lines)[len(mirror.lines) - n_new :]).model_dump_json()

    def _snapshot(self) -> Message:
        snapshot, first_step, losses = self._sent.take()
        self._in_flight.append(snapshot.step)
        if self._binary:
            return snapshot.with_losses(first_step, losses)
        write = partial(self._texts.message, snapshot, self._mirror.parameters, first_step, losses)
        return write if len(snapshot.body) + len(losses) > LARGE else write()

    def _standing(self) -> str | None:
        announced, self._announced = self._announced, self._pace()
        state = self._mirror.state
        # A run that was paused before its first step is "ready" again.
        if state.status == "paused" or (state.status == "ready" and announced is not None):
            return Paused(step=state.step).model_dump_json()
        if state.reason is not None:
            return finished(state, self._language).model_dump_json()
        return None


def finished(state: RunState, language: Language) -> Finished:
    """The message that a run has ended, with the reason in the reader's language."""
    assert state.reason is not None
    run = explained_run(state, language)
    return Finished(
        step=run.step,
        reason=state.reason,
        error=run.error,
        topic=run.topic,
        explanation=run.explanation,
        remedy=run.remedy,
        suggestion=run.suggestion,
    )
