"""Answers to commands that ask for earlier steps of a run: snapshots and norms."""

import logging

from app.engine.commands import GetNorms, GetSnapshot, GetSnapshots
from app.engine.reports import Reply
from app.engine.worker.background import Answer, BackgroundWork, Work, WorkItem
from app.engine.worker.scheduler import Scheduler
from app.errors import N_, Conflict, NotFound, TooMany
from app.protocol.lookback import layers_of
from app.protocol.snapshots import PackedSnapshot
from app.training.catch_up import Strayed, bring
from app.training.run import Run
from app.training.snapshots import EarlierSnapshots, snapshot_of, snapshot_size
from app.training.trace import Trace

logger = logging.getLogger(__name__)

MAX_RETRACES = 8
"""Steps that may be computed anew at once, because the trace did not keep them: each takes a run's memory."""


class Lookback:
    """Answers as background work, so that it takes no time from the runs that train."""

    def __init__(self, scheduler: Scheduler, background: BackgroundWork) -> None:
        self._scheduler = scheduler
        self._background = background
        self._retraces = 0
        self._pasts: set[Trace] = set()

    def begin(self, command: GetSnapshot | GetSnapshots | GetNorms, number: int, run: Run) -> None:
        """Begin to carry out a command. Raises: NotFound: the step was not taken. TooMany."""
        self._scheduler.hand_over(run)
        match command:
            case GetSnapshot(step=step):
                work = self._snapshot(run, step, number)
            case GetSnapshots():
                work = self._with_past(run, kept_snapshots(run, command, number))
            case GetNorms(first_step=first_step):
                work = self._with_past(run, norms(run, first_step, number))
        self._background.add(WorkItem(run.id, number, work))

    def _snapshot(self, run: Run, step: int, number: int) -> Work:
        refuse_if_not_taken(run, step)
        moment = run.trace.at(step)
        if moment is not None:
            return answer_with(run, EarlierSnapshots(run).render(moment), number)
        if step == run.step:
            return answer_with(run, self._scheduler.snapshots([run])[run], number)
        return self._retraced(run, step, number)

    def _with_past(self, run: Run, work: Work) -> Work:
        """Do work that looks at all kept steps, once those before the run was rebuilt are there again."""
        trace = run.trace
        if trace.first and trace not in self._pasts:
            self._pasts.add(trace)
            try:
                again = Run(run.id, run.log.begin, run.device, run.values)
                yield from bring(again, run, trace.first - 1)
                trace.adopt(again.trace)
            except Strayed as error:
                logger.warning("the first steps of run %s are lost: %s", run.id, error)
            finally:
                self._pasts.discard(trace)
        while trace in self._pasts:
            yield
        return (yield from work)

    def _retraced(self, run: Run, step: int, number: int) -> Work:
        if self._retraces >= MAX_RETRACES:
            template = N_("The trainer is computing as many earlier steps anew as it may. Try again later.")
            raise TooMany(5.0, template)
        self._retraces += 1
        try:
            again = Run(run.id, run.log.begin, run.device, run.values)
            yield from bring(again, run, step)
            return answer(again, snapshot_of(again).body, number)
        finally:
            self._retraces -= 1


def refuse_if_not_taken(run: Run, step: int) -> None:
    """Refuse a step that the run has not taken. Raises: NotFound."""
    if step > run.step:
        raise NotFound(N_("The run has not taken step {step}; it is at step {at}."), step=step, at=run.step)


def answer(run: Run, bodies: bytes, number: int) -> Answer:
    """The reply that carries snapshots of a run."""
    return Reply(number=number, parameters=tuple(run.parameters)), bodies


def answer_with(run: Run, snapshot: PackedSnapshot, number: int) -> Work:
    """Work that only replies with a snapshot."""
    yield
    return answer(run, snapshot.body, number)


def kept_snapshots(run: Run, command: GetSnapshots, number: int) -> Work:
    """Work that renders snapshots of kept steps, as many as are asked for and fit."""
    query = command.query
    count = max(1, min(query.count, command.max_bytes // snapshot_size(run)))
    trace, earlier, bodies = run.trace, EarlierSnapshots(run), []
    for step in trace.steps_between(query.first, query.last, count):
        if not earlier.is_up_to_date:
            raise Conflict(N_("The run began anew meanwhile."))
        if (moment := trace.at(step)) is not None:
            bodies.append(earlier.render(moment, coarse=True).body)
        yield
    return answer(run, b"".join(bodies), number)


def norms(run: Run, first_step: int, number: int) -> Work:
    """Work that computes gradient and update norms of the run's layers."""
    yield
    steps, values = run.trace.norms(max(1, first_step), [*layers_of(run.parameters).values()])
    reply = Reply(
        number=number, parameters=tuple(run.parameters), steps=(steps.start, steps.stop, steps.step)
    )
    return reply, values.numpy().tobytes()
