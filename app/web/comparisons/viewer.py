"""What one viewer of a comparison was sent, and what to send it next: all runs at the same step, or nothing.

As with a single run there is no queue: whoever is slow misses pictures, never numbers.
"""

from collections import deque
from collections.abc import Sequence

from app.engine.port import Mirror
from app.errors import N_, Unavailable
from app.protocol.comparisons import (
    ComparedStart,
    ComparisonEnded,
    ComparisonFinished,
    ComparisonStarted,
    pack,
)
from app.protocol.snapshots import PackedSnapshot
from app.protocol.stream import Failed, Hello, Paused, Playing
from app.web.edge.catalogue import Language
from app.web.edge.explanations import explained_run
from app.web.edge.problems import problem_of
from app.web.runs.members import Entrant
from app.web.runs.snapshots import SnapshotTexts, losses_of
from app.web.runs.viewer import MAX_IN_FLIGHT, Pace, finished


class Lane:
    """One run of the comparison, and what the viewer has had of it."""

    def __init__(self, entrant: Entrant, mirror: Mirror, next_loss: int) -> None:
        self.entrant = entrant
        self.mirror = mirror
        self.next_loss = next_loss
        self.generation: int | None = None
        self.snapshot: PackedSnapshot | None = None
        self.told_end = False

    @property
    def has_ended(self) -> bool:
        """Whether the run has."""
        return self.mirror.state.reason is not None

    def begin(self) -> None:
        """It is being told from its beginning."""
        has_losses = len(self.mirror.losses) // 4
        if self.generation is not None or self.next_loss > has_losses + 1:
            self.next_loss = 1
        self.generation = self.mirror.generation
        self.snapshot = None
        self.told_end = False

    def take(self) -> tuple[PackedSnapshot, int, bytes]:
        """Its picture, and the losses the viewer lacks, from which step on."""
        snapshot, first_step = self.mirror.snapshot, self.next_loss
        self.snapshot = snapshot
        self.next_loss = max(first_step, snapshot.step + 1)
        return snapshot, first_step, losses_of(self.mirror.losses, first_step, snapshot.step)


class Lineup:
    """One client's view of a comparison."""

    def __init__(
        self,
        comparison_id: str,
        runs: Sequence[tuple[Entrant, Mirror]],
        hello: Hello,
        *,
        control: bool,
        language: Language,
        texts: SnapshotTexts,
    ) -> None:
        self._id = comparison_id
        self._lanes = [Lane(entrant, mirror, hello.losses_from) for entrant, mirror in runs]
        self._binary = hello.format == "binary"
        self._control = control
        self._language = language
        self._texts = texts
        self._announced: Pace | None = None
        self._told_unavailable = False
        self._in_flight: deque[int] = deque()

    def acknowledge(self, step: int) -> None:
        """The client has drawn the picture of this step, or skipped it for a later one."""
        if step in self._in_flight:
            while self._in_flight.popleft() != step:
                pass

    def next_message(self) -> str | bytes | None:
        """What the client should be sent now; None when it is up to date or has to acknowledge first."""
        mirrors = [lane.mirror for lane in self._lanes]
        if any(mirror.gone for mirror in mirrors):
            return None
        if not all(mirror.available for mirror in mirrors):
            return self._unavailable()
        self._told_unavailable = False
        if not self._is_in_step():
            return None
        if any(lane.mirror.generation != lane.generation for lane in self._lanes):
            return self._started()
        if self._pace()[0] == "playing" and self._pace() != self._announced:
            self._announced = self._pace()
            return Playing(steps_per_second=self._announced[1]).model_dump_json()
        if any(is_new(lane) for lane in self._lanes):
            return self._picture() if len(self._in_flight) < MAX_IN_FLIGHT else None
        return self._ended() or self._standing()

    def _is_in_step(self) -> bool:
        """Whether what is known of the runs is of one moment, as in every frame of the feed."""
        return len({lane.mirror.snapshot.step for lane in self._lanes if not lane.has_ended}) <= 1

    @property
    def _step(self) -> int:
        return max(lane.mirror.snapshot.step for lane in self._lanes)

    def _pace(self) -> Pace:
        playing = (lane.mirror.state for lane in self._lanes if lane.mirror.state.status == "playing")
        if (state := next(playing, None)) is not None:
            return "playing", state.steps_per_second, -1
        return "ended" if all(lane.has_ended for lane in self._lanes) else "paused", None, self._step

    def _unavailable(self) -> str | None:
        if self._told_unavailable:
            return None
        self._told_unavailable = True
        error = Unavailable(2.0, N_("The trainer is being restarted. The run will go on from where it was."))
        return Failed(problem=problem_of(error, self._language)).model_dump_json()

    def _started(self) -> str:
        self._announced = None
        for lane in self._lanes:
            lane.begin()
        runs = [
            ComparedStart(
                label=lane.entrant.label,
                vary=dict(lane.entrant.vary),
                run=explained_run(lane.mirror.state, self._language),
                parameters=lane.mirror.parameters,
                **dict(lane.mirror.points),
            )
            for lane in self._lanes
        ]
        return ComparisonStarted(id=self._id, control=self._control, runs=runs).model_dump_json()

    def _picture(self) -> str | bytes:
        step = self._step
        self._in_flight.append(step)
        taken = [lane.take() for lane in self._lanes]
        if self._binary:
            return pack(step, [snapshot.with_losses(first, losses) for snapshot, first, losses in taken])
        runs = ",".join(
            self._texts.message(snapshot, lane.mirror.parameters, first, losses)
            for lane, (snapshot, first, losses) in zip(self._lanes, taken, strict=True)
        )
        return f'{{"type":"snapshot","step":{step},"runs":[{runs}]}}'

    def _ended(self) -> str | None:
        for lane in self._lanes:
            if lane.has_ended and not lane.told_end:
                lane.told_end = True
                told = finished(lane.mirror.state, self._language).model_dump(exclude={"type"})
                return ComparisonEnded(run=lane.mirror.state.id, **told).model_dump_json()
        return None

    def _standing(self) -> str | None:
        pace = self._pace()
        if pace[0] == "playing" or pace == self._announced:
            return None
        announced, self._announced = self._announced, pace
        if pace[0] == "ended":
            return ComparisonFinished(step=self._step).model_dump_json()
        # Those that have not begun are not told to stand, but where they were told to play.
        return Paused(step=self._step).model_dump_json() if self._step or announced is not None else None


def is_new(lane: Lane) -> bool:
    """Whether its picture is another one than was sent last."""
    last, now = lane.snapshot, lane.mirror.snapshot
    return last is None or (now is not last and now.head != last.head)
