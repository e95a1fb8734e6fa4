"""Commands that look back at what a run was."""

from app.engine.commands import GetNorms, GetSnapshot, GetSnapshots
from app.engine.reports import Reply
from app.engine.worker.background import Answer, Errand, Errands, Work
from app.engine.worker.scheduler import Scheduler
from app.errors import N_, Conflict, NotFound, TooMany
from app.protocol.history import layers_of
from app.protocol.snapshots import PackedSnapshot
from app.training.alone import Alone
from app.training.double import Double, picture_size
from app.training.retrace import retrace
from app.training.run import Run

MAX_RETRACES = 8
"""Steps between kept ones that may be looked for at once: each takes a run's memory meanwhile."""


class Recall:
    """Answers as errands: none of it takes time from the runs that train."""

    def __init__(self, scheduler: Scheduler, errands: Errands) -> None:
        self._scheduler = scheduler
        self._errands = errands
        self._retraces = 0

    def begin(self, command: GetSnapshot | GetSnapshots | GetNorms, number: int, run: Run) -> None:
        """Begin to carry it out. Raises: NotFound: the step was not taken. TooMany."""
        self._scheduler.hand_over(run)
        match command:
            case GetSnapshot(step=step):
                work = self._snapshot(run, step, number)
            case GetSnapshots():
                work = pictures(run, command, number)
            case GetNorms(first_step=first_step):
                work = norms(run, first_step, number)
        self._errands.add(Errand(run.id, number, work))

    def _snapshot(self, run: Run, step: int, number: int) -> Work:
        refuse_if_not_taken(run, step)
        moment = run.history.at(step)
        if moment is not None:
            return shown(run, Double(run).picture(moment), number)
        if step == run.step:
            return shown(run, self._scheduler.snapshots([run])[run], number)
        return self._retraced(run, step, number)

    def _retraced(self, run: Run, step: int, number: int) -> Work:
        if self._retraces >= MAX_RETRACES:
            template = N_("The trainer is computing as many earlier steps anew as it may. Try again later.")
            raise TooMany(5.0, template)
        self._retraces += 1
        try:
            again = Run(run.id, run.log.begin, run.device, run.values)
            yield from retrace(again, run.history, run.log.until(step), step)
            return answer(again, Alone(again).snapshots()[again].head, number)
        finally:
            self._retraces -= 1


def refuse_if_not_taken(run: Run, step: int) -> None:
    """Raises: NotFound: the run did not come that far."""
    if step > run.step:
        raise NotFound(N_("The run has not taken step {step}; it is at step {at}."), step=step, at=run.step)


def answer(run: Run, heads: bytes, number: int) -> Answer:
    """The reply that shows pictures of a run."""
    return Reply(number=number, parameters=tuple(run.parameters)), heads


def shown(run: Run, picture: PackedSnapshot, number: int) -> Work:
    """Work that is done."""
    yield
    return answer(run, picture.head, number)


def pictures(run: Run, command: GetSnapshots, number: int) -> Work:
    """The kept ones of these steps, as many as are asked for and fit."""
    query = command.query
    count = max(1, min(query.count, command.max_bytes // picture_size(run)))
    history, double, heads = run.history, Double(run), []
    for step in history.steps_between(query.first, query.last, count):
        if not double.is_up_to_date:
            raise Conflict(N_("The run began anew meanwhile."))
        if (moment := history.at(step)) is not None:
            heads.append(double.picture(moment).head)
        yield
    return answer(run, b"".join(heads), number)


def norms(run: Run, first_step: int, number: int) -> Work:
    """Of its layers."""
    yield
    steps, values = run.history.norms(max(1, first_step), [*layers_of(run.parameters).values()])
    reply = Reply(
        number=number, parameters=tuple(run.parameters), steps=(steps.start, steps.stop, steps.step)
    )
    return reply, values.numpy().tobytes()
