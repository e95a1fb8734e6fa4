"""What one client was sent of a comparison, and what to send it next: all runs at the same step."""

from collections.abc import Callable, Sequence

from app.engine.port import Mirror
from app.protocol.comparisons import (
    ComparedStart,
    ComparisonEnded,
    ComparisonFinished,
    ComparisonStarted,
    pack,
)
from app.protocol.stream import Hello, Paused
from app.store.trouble import Kind
from app.tally import Tally
from app.web.edge.catalogue import Language
from app.web.edge.explanations import explained_run
from app.web.runs.registry import Member
from app.web.runs.snapshots import FLOAT, SnapshotTexts
from app.web.runs.viewer import LARGE, Message, Pace, Sent, Viewer, finished


class SentMember(Sent):
    """What one client was sent of one run of a comparison. told_end: whether that the run has ended."""

    def __init__(self, member: Member, mirror: Mirror, next_loss: int, tally: Tally) -> None:
        super().__init__(mirror, next_loss, tally)
        self.member = member
        self.told_end = False

    @property
    def has_ended(self) -> bool:
        """Whether the run has ended."""
        return self.mirror.head.reason is not None

    def begin(self) -> None:
        """Note that the client is sent the run's beginning."""
        super().begin()
        self.told_end = False


class ComparisonViewer(Viewer):
    """One client's view of a comparison. tally: counts the snapshots that are sent and skipped."""

    def __init__(
        self,
        comparison_id: str,
        runs: Sequence[tuple[Member, Mirror]],
        hello: Hello,
        *,
        control: bool,
        language: Language,
        texts: SnapshotTexts,
        trouble: Callable[[], Kind | None] = lambda: None,
        tally: Tally | None = None,
    ) -> None:
        mirrors = [mirror for _, mirror in runs]
        super().__init__(mirrors, hello, control=control, language=language, texts=texts, trouble=trouble)
        self._id = comparison_id
        counted = tally or Tally()
        self._sent = [SentMember(member, mirror, hello.losses_from, counted) for member, mirror in runs]

    def _news(self) -> Message | None:
        if not self._is_in_step():
            return None
        if not all(sent.is_current for sent in self._sent):
            return self._started()
        if playing := self._playing():
            return playing
        if any(sent.lacks_snapshot for sent in self._sent):
            return self._snapshot() if self._may_send else None
        return self._ended() or self._standing()

    def _is_in_step(self) -> bool:
        """Whether all mirrors show the same moment, as they do after every frame of the feed."""
        return len({sent.mirror.snapshot.step for sent in self._sent if not sent.has_ended}) <= 1

    @property
    def _step(self) -> int:
        return max(mirror.snapshot.step for mirror in self.mirrors)

    def _pace(self) -> Pace:
        playing = (mirror.head for mirror in self.mirrors if mirror.head.status == "playing")
        if (head := next(playing, None)) is not None:
            return Pace("playing", head.steps_per_second, -1)
        ended = all(sent.has_ended for sent in self._sent)
        return Pace("ended" if ended else "paused", None, self._step)

    def _started(self) -> Message:
        self._announced = None
        for sent in self._sent:
            sent.begin()
        runs = [
            ComparedStart(
                label=sent.member.label,
                vary=dict(sent.member.vary),
                run=explained_run(sent.mirror.state, self._language),
                parameters=sent.mirror.parameters,
                **dict(sent.mirror.points),
            )
            for sent in self._sent
        ]
        started = ComparisonStarted(id=self._id, control=self._control, runs=runs)
        n_points = sum(len(run.x) for run in runs)
        return started.model_dump_json if FLOAT * n_points > LARGE else started.model_dump_json()

    def _snapshot(self) -> Message:
        step = self._step
        self._in_flight.append(step)
        taken = [sent.take() for sent in self._sent]
        if self._binary:
            return pack(step, [snapshot.with_losses(first, losses) for snapshot, first, losses in taken])
        parameters = [mirror.parameters for mirror in self.mirrors]

        def write() -> str:
            runs = ",".join(
                self._texts.message(snapshot, its, first, losses)
                for its, (snapshot, first, losses) in zip(parameters, taken, strict=True)
            )
            return f'{{"type":"snapshot","step":{step},"runs":[{runs}]}}'

        size = sum(len(snapshot.body) + len(losses) for snapshot, _, losses in taken)
        return write if size > LARGE else write()

    def _ended(self) -> str | None:
        for sent in self._sent:
            if sent.has_ended and not sent.told_end:
                sent.told_end = True
                state = sent.mirror.state
                fields = finished(state, self._language).model_dump(exclude={"type"})
                return ComparisonEnded(run=state.id, **fields).model_dump_json()
        return None

    def _standing(self) -> str | None:
        pace = self._pace()
        if pace.status == "playing" or pace == self._announced:
            return None
        announced, self._announced = self._announced, pace
        if pace.status == "ended":
            return ComparisonFinished(step=self._step).model_dump_json()
        # Runs that have not begun are not reported as paused, unless they were reported as playing.
        return Paused(step=self._step).model_dump_json() if self._step or announced is not None else None
