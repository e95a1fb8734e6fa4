"""What one viewer of a run was sent, and what to send it next. No input or output of its own.

There is no queue: the viewer's past is compared with the run's present, so whoever is slow misses pictures,
never numbers.
"""

from collections import deque

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
    Updated,
    Warned,
)
from app.web.edge.catalogue import Language
from app.web.edge.explanations import explained_run, topic_texts
from app.web.edge.problems import problem_of
from app.web.runs.snapshots import SnapshotTexts, losses_of

MAX_IN_FLIGHT = 2
"""Snapshots that a viewer need not have acknowledged before it is sent a further one."""


Pace = tuple[str, float | None, int]
"""What was said of how a run goes: its status, its speed, and where it stands if it does."""


class Viewer:
    """One client's view of one run."""

    def __init__(
        self, mirror: Mirror, hello: Hello, *, control: bool, language: Language, texts: SnapshotTexts
    ) -> None:
        self._mirror = mirror
        self._binary = hello.format == "binary"
        self._control = control
        self._language = language
        self._texts = texts
        self._next_loss = hello.losses_from
        self._generation: int | None = None
        self._config: RunConfig | None = None
        self._points: Points | None = None
        self._snapshot: PackedSnapshot | None = None
        self._announced: Pace | None = None
        self._warning: str | None = None
        self._n_lines = mirror.n_lines
        self._told_unavailable = False
        self._in_flight: deque[int] = deque()

    def acknowledge(self, step: int) -> None:
        """The client has drawn the snapshot of this step, or skipped it for a later one."""
        if step in self._in_flight:
            while self._in_flight.popleft() != step:
                pass

    def next_message(self) -> str | bytes | None:
        """What the client should be sent now; None when it is up to date or has to acknowledge first."""
        mirror = self._mirror
        if mirror.gone:
            return None
        if not mirror.available:
            return self._unavailable()
        self._told_unavailable = False
        if mirror.generation != self._generation:
            return self._started()
        # Mostly the very same objects; comparing two configs takes as long as sending a picture.
        config = mirror.state.config
        if mirror.points is not self._points or (config is not self._config and config != self._config):
            return self._updated()
        if mirror.state.status == "playing" and self._pace() != self._announced:
            self._announced = self._pace()
            return Playing(steps_per_second=mirror.state.steps_per_second).model_dump_json()
        if mirror.n_lines != self._n_lines:
            return self._lines()
        if mirror.state.warning != self._warning:
            return self._warned()
        if self._is_new(mirror.snapshot):
            return self._next_snapshot() if len(self._in_flight) < MAX_IN_FLIGHT else None
        return self._standing() if self._pace() != self._announced else None

    def _pace(self) -> Pace:
        state = self._mirror.state
        # A run that took steps and stands again is news, though it stood before.
        return state.status, state.steps_per_second, -1 if state.status == "playing" else state.step

    def _unavailable(self) -> str | None:
        if self._told_unavailable:
            return None
        self._told_unavailable = True
        error = Unavailable(2.0, N_("The trainer is being restarted. The run will go on from where it was."))
        return Failed(problem=problem_of(error, self._language)).model_dump_json()

    def _started(self) -> str:
        mirror = self._mirror
        has_losses = len(mirror.losses) // 4
        if self._generation is not None or self._next_loss > has_losses + 1:
            self._next_loss = 1
        self._generation = mirror.generation
        self._config, self._points = mirror.state.config, mirror.points
        self._snapshot = self._announced = self._warning = None
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
        warning = self._warning = self._mirror.state.warning
        texts = topic_texts(None, None, warning or "", self._language)
        told = Warned(warning=warning, explanation=texts["explanation"], remedy=texts["remedy"])
        return told.model_dump_json()

    def _lines(self) -> str:
        mirror = self._mirror
        n_new = min(mirror.n_lines - self._n_lines, len(mirror.lines))
        self._n_lines = mirror.n_lines
        return Lines(lines=list(mirror.lines)[len(mirror.lines) - n_new :]).model_dump_json()

    def _is_new(self, snapshot: PackedSnapshot) -> bool:
        # A change of status comes with the picture again, the same as before.
        return self._snapshot is None or (
            snapshot is not self._snapshot and snapshot.head != self._snapshot.head
        )

    def _next_snapshot(self) -> str | bytes:
        mirror, first_step = self._mirror, self._next_loss
        snapshot = self._snapshot = mirror.snapshot
        self._in_flight.append(snapshot.step)
        self._next_loss = max(first_step, snapshot.step + 1)
        losses = losses_of(mirror.losses, first_step, snapshot.step)
        if self._binary:
            return snapshot.with_losses(first_step, losses)
        return self._texts.message(snapshot, mirror.parameters, first_step, losses)

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
    """That a run has ended, and why."""
    assert state.reason is not None
    told = explained_run(state, language)
    return Finished(
        step=told.step,
        reason=state.reason,
        error=told.error,
        topic=told.topic,
        explanation=told.explanation,
        remedy=told.remedy,
        suggestion=told.suggestion,
    )
