"""The web process's record of every run, kept from the engine's reports in the order they come."""

import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from app.engine.client.mirror import RunMirror
from app.engine.commands import (
    AnyCommand,
    Create,
    Delete,
    Edit,
    Fork,
    Lines,
    Pause,
    Play,
    Rebuild,
    Reset,
    Steps,
    Update,
)
from app.engine.reports import Feed, FeedEntry, Gone, Reply, Saved, no_such_run
from app.protocol.data import Values
from app.protocol.events import Event, EventLog
from app.protocol.runs import LineName, RunState
from app.protocol.topics.endings import BEGUN_ANEW, SET_ASIDE
from app.store.changes import CHUNK, Beginning, Checkpoint, RefusedStep, RunChange, Standing, StoredRun
from app.store.store import Store
from app.store.trouble import Kind

FLOAT = 4
MAX_DEATHS = 3
"""Engines that end one after the other while they rebuild a run, whereupon it is set aside. The first may
have ended because of any run; the others rebuild this one alone."""

logger = logging.getLogger(__name__)


class Journal:
    """A record to train one run again from: its first settings, the changes made since, and its last state.

    All numbers of the run follow from these and from the values of its formula.
    checkpoint: the last one that the engine has reported. losses: float32, of all steps until then.
    comparison: the comparison that it is a member of. deaths: number of engines in a row that ended while
    they rebuilt it.
    """

    def __init__(self, state: RunState, values: Values | None = None, comparison: str | None = None) -> None:
        self.values = values
        self.comparison = comparison
        self.deaths = 0
        self.begin_anew(state)

    @classmethod
    def stored(cls, run: StoredRun) -> "Journal":
        """The journal of a run as it was stored."""
        begin, standing = run.begin, run.standing
        journal = cls(standing.state, begin.values, begin.comparison)
        journal.log = EventLog(begin.config)
        journal.log.events += run.events
        if standing.refused is not None:
            journal._refused, journal._n_before = standing.refused.event, standing.refused.n_before
        journal.checkpoint, journal.losses = run.checkpoint, bytearray(run.losses)
        journal._begins, journal._n_put = False, len(run.events)
        journal._n_losses_put = len(run.losses) // FLOAT
        return journal

    def begin_anew(self, state: RunState) -> None:
        """Note that the run is at step 0 again, with these settings."""
        self._state = state
        self.log = EventLog(state.config)
        self._refused: Event | None = None
        self._n_before = 0
        self._has_checkpoint_to_put = False
        self.checkpoint: Checkpoint | None = None
        self.losses = bytearray()
        self._begins = True
        self._n_put = self._n_losses_put = 0

    @property
    def state(self) -> RunState:
        """The run's last known state."""
        return self._state

    @state.setter
    def state(self, state: RunState) -> None:
        self._note(state, state.line)

    def change(self, state: RunState, event: Event | None, values: Values | None = None) -> None:
        """Note a change as the engine has logged it; None if the run began anew with it."""
        self.values = values or self.values
        if event is None:
            self.begin_anew(state)
            return
        self._note(state, event.line)
        self.log.add(event)
        self._n_put = min(self._n_put, len(self.log.events) - 1)
        if len(self.log.events) <= self._n_before:
            self._refused = None  # The event has replaced one from before.

    def _note(self, state: RunState, line: LineName | None) -> None:
        """Note a state. If torch has refused a step since the last one, later changes are told apart.

        line: the line that was next.
        """
        if state.topic in BEGUN_ANEW and state.topic != self._state.topic:
            self.begin_anew(state)
        elif state.status == "failed" != self._state.status and state.topic not in SET_ASIDE:
            self._refused = Event(step=state.step, line=line)
            self._n_before = len(self.log.events)
        self._state = state

    def save(self, checkpoint: Checkpoint, losses_from: int, losses: bytes) -> None:
        """Note a checkpoint, and the losses of the steps from `losses_from` on."""
        start = FLOAT * (losses_from - 1)
        if start > len(self.losses):
            return  # It belongs to what was before the run began anew.
        self.losses[start:] = losses
        self._n_losses_put = min(self._n_losses_put, losses_from - 1)
        self.checkpoint = checkpoint
        self._has_checkpoint_to_put = True

    def _losses_to_store(self) -> dict[int, bytes]:
        n_losses, size = len(self.losses) // FLOAT, FLOAT * CHUNK
        first, self._n_losses_put = self._n_losses_put // CHUNK, n_losses
        return {k: bytes(self.losses[k * size : (k + 1) * size]) for k in range(first, -(-n_losses // CHUNK))}

    def change_to_store(self, stopped: bool) -> RunChange:
        """What has changed since this was last called.

        stopped: whether the run must not play on by itself after a restart.
        """
        events = self.log.events
        refused = RefusedStep(n_before=self._n_before, event=self._refused) if self._refused else None
        change = RunChange(
            self.state.id,
            begin=Beginning(self.log.begin, self.values, self.comparison) if self._begins else None,
            standing=Standing(self.state, refused, stopped),
            events=dict(enumerate(events[self._n_put :], self._n_put)),
            losses=self._losses_to_store(),
            checkpoint=self.checkpoint if self._has_checkpoint_to_put else None,
        )
        self._has_checkpoint_to_put = False
        self._begins, self._n_put = False, len(events)
        return change

    @property
    def step(self) -> int:
        """The last step that the run is known to have taken."""
        return max(self.state.step, self.checkpoint.step if self.checkpoint else 0)

    @property
    def payload(self) -> bytes:
        """The payload of `rebuild`."""
        return self.checkpoint.data + self.losses if self.checkpoint else b""

    def fork(self, state: RunState) -> "Journal":
        """The journal of a fork of this run. state: the fork's."""
        journal = Journal(state, self.values)
        journal.log = self.log.until(state.step)
        return journal

    def set_aside(self) -> None:
        """Note that the run cannot be rebuilt: it stands at step 0, ended."""
        last = RunState(id=self._state.id, config=self._state.config, step=0, status="failed")
        self.begin_anew(last.model_copy(update={"reason": "failed", "topic": "set_aside", "params": {}}))
        self.deaths = 0

    def rebuild(self, stopped: bool, members: Sequence["Journal"]) -> Rebuild:
        """The command that trains the run again.

        stopped: whether it must not play on by itself. members: the journals of its comparison, this one
        included. Not all of them may have been watched, so each is brought to the step of the one that is
        known to be farthest.
        """
        last = self.state
        events = list(self.log.events)
        if self._refused is not None:
            events.insert(self._n_before, self._refused)
        farthest = max(members, key=lambda journal: (not journal.state.reason, journal.step))
        return Rebuild(
            run_id=last.id,
            begin=self.log.begin,
            values=self.values if self.log.begin.recipe else None,
            events=tuple(events),
            step=self.step if last.reason else max(self.step, farthest.step),
            last=last,
            playing=farthest.state.status == "playing" and not stopped,
            steps_per_second=farthest.state.steps_per_second,
            comparison=self.comparison,
            checkpoint_size=len(self.checkpoint.data) if self.checkpoint else 0,
            n_members=len(members),
        )


class Ledger:
    """The journal of every run that the engine has, and a mirror of every watched run.

    A `Link` reports to it what the engine says; a new engine process gets its runs from it. What must survive
    of that is put into the store, and told to watchers once it is there.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._journals: dict[str, Journal] = {}
        self._moved: set[str] = set()
        self._held_back: dict[str, list[tuple[FeedEntry, memoryview]]] = {}
        self._trouble: Kind | None = None
        self.mirrors: dict[str, RunMirror] = {}
        self.stepping: Counter[str] = Counter()
        """Runs that are in the middle of `Steps`, and must not play on by themselves in another engine."""
        store.on_saved = self._release

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._journals

    def statuses(self) -> Counter[str]:
        """How many runs have each status."""
        return Counter(journal.state.status for journal in self._journals.values())

    def journal(self, run_id: str) -> Journal:
        """The journal of a run. Raises: NotFound."""
        try:
            return self._journals[run_id]
        except KeyError:
            raise no_such_run(run_id) from None

    def payload(self, command: Rebuild) -> bytes:
        """The payload of a command: the run's last checkpoint, and its losses until then."""
        return self._journals[command.run_id].payload

    def take_in(self, stored: Mapping[str, StoredRun]) -> list[Rebuild]:
        """Take in runs from the store. Returns the commands that train them again."""
        new = {run_id: Journal.stored(run) for run_id, run in stored.items() if run_id not in self._journals}
        self._journals |= new
        members = [self._journals[run_id] for run_id in stored]
        stopped = any(run.standing.stopped for run in stored.values())
        return [journal.rebuild(stopped, members) for journal in new.values()]

    def forget(self, run_id: str) -> None:
        """Note that a run was deleted."""
        self._store.put(RunChange(run_id, deleted=True))
        self.put_away(run_id)

    def put_away(self, run_id: str) -> None:
        """Note that the engine does not have a run any more. It stays in the store."""
        if run_id in self._moved:
            self._put(run_id, lazily=True)
        self._journals.pop(run_id, None)
        self.stepping.pop(run_id, None)
        self._moved.discard(run_id)
        self._held_back.pop(run_id, None)
        mirror = self.mirrors.pop(run_id, None)
        if mirror is not None:
            mirror.end()

    def on_reply(self, command: AnyCommand, reply: Reply) -> None:
        """Take in the reply to a command."""
        state = reply.state
        if isinstance(command, Steps):
            self.stepping -= Counter((command.run_id,))
        if isinstance(command, Rebuild) and state is not None and state.id in self._journals:
            self._journals[state.id].deaths = 0
        if reply.refusal is not None and isinstance(command, Rebuild) and state is None:
            logger.error("run %s cannot be rebuilt: %s", command.run_id, reply.refusal.exception())
            self.put_away(command.run_id)
        elif reply.refusal is not None:
            # A mistake may have ended the run all the same.
            if state is not None and state.id in self._journals:
                self._journals[state.id].state = state
                self._put(state.id)
        elif isinstance(command, Delete):
            if command.for_good:
                self.forget(command.run_id)
        elif isinstance(command, Create) and state is not None:
            self._journals[state.id] = Journal(state, command.values, command.comparison)
            self._put(state.id)
        elif isinstance(command, Fork) and state is not None:
            self._journals[state.id] = self._journals[command.run_id].fork(state)
            self._put(state.id)
        elif state is not None:
            for each in (state, *reply.others):
                self._note(command, each, reply.event)

    def _note(self, command: AnyCommand, state: RunState, event: Event | None) -> None:
        """Note the state that a command has brought a run to, and its event in the run's log."""
        journal = self._journals.get(state.id)
        if journal is None:
            return
        match command:
            case Update(values=values):
                journal.change(state, event, values)
            case Edit():
                journal.change(state, event)
            case Reset():
                journal.begin_anew(state)
            case _:
                journal.state = state
        if isinstance(command, Update | Edit | Reset | Play | Pause | Steps | Lines):
            self._put(state.id)
        else:
            self._moved.add(state.id)

    def _put(self, run_id: str, *, lazily: bool = False) -> None:
        """Have the store write what is new of a run."""
        self._moved.discard(run_id)
        journal = self._journals[run_id]
        self._store.put(journal.change_to_store(self.stepping[run_id] > 0), lazily=lazily)

    def unwatch(self, run_id: str) -> None:
        """Note that nobody watches a run any more. What is known of it is kept."""
        if run_id in self._moved:
            self._put(run_id, lazily=True)
        del self.mirrors[run_id]

    def put_moved(self) -> None:
        """Have the store write how far runs have come that train by themselves. Nobody waits for that."""
        for run_id in list(self._moved):
            self._put(run_id, lazily=True)

    def on_feed(self, feed: Feed, payload: bytes) -> None:
        """Take in a frame of the feed. What was done to a run is not told before it is stored."""
        view = memoryview(payload)
        for entry in feed.entries:
            news, view = view[: entry.size], view[entry.size :]
            if entry.run_id in self._held_back or not self._store.is_saved(entry.run_id):
                self._held_back.setdefault(entry.run_id, []).append((entry, news))
            else:
                self._apply(entry, news)

    def _release(self) -> None:
        """Take in what was held back of runs that are stored by now, and tell of the store's trouble."""
        for run_id in [run_id for run_id in self._held_back if self._store.is_saved(run_id)]:
            for entry, news in self._held_back.pop(run_id):
                self._apply(entry, news)
        if self._store.trouble != self._trouble:
            self._trouble = self._store.trouble
            for mirror in self.mirrors.values():
                mirror.wake()

    def _apply(self, entry: FeedEntry, payload: memoryview) -> None:
        """Take in the news of one run. If that is impossible, only its own watchers are sent away."""
        mirror = self.mirrors.get(entry.run_id)
        if mirror is None or not (entry.begin is not None or mirror.begun.is_set()):
            return
        try:
            mirror.apply(entry, payload)
            self._journals[entry.run_id].state = mirror.state
            self._moved.add(entry.run_id)
        except Exception:
            logger.exception("the news of run %s could not be taken in", entry.run_id)
            del self.mirrors[entry.run_id]
            mirror.end()

    def on_saved(self, report: Saved, payload: bytes) -> None:
        """Take in a checkpoint of a run."""
        journal = self._journals.get(report.run_id)
        if journal is not None:
            size = report.checkpoint_size
            checkpoint = Checkpoint(report.step, report.cursor, payload[:size])
            journal.save(checkpoint, report.losses_from, payload[size:])
            self._put(report.run_id, lazily=True)

    def on_gone(self, gone: Gone) -> None:
        """Take in the report that the engine has put unused runs out of its memory."""
        for run_id in gone.run_ids:
            self.put_away(run_id)

    def on_lost(self) -> None:
        """Note that the engine process is lost; the next one reports everything again."""
        self._held_back.clear()
        for mirror in self.mirrors.values():
            mirror.lose()

    def suspect(self, run_ids: Collection[str]) -> None:
        """Note that an engine process ended while it rebuilt these runs."""
        for run_id in self._journals.keys() & run_ids:
            journal = self._journals[run_id]
            journal.deaths += 1
            if journal.deaths >= MAX_DEATHS:
                logger.error("run %s is set aside: the engine ends while it is rebuilt", run_id)
                journal.set_aside()
                self._put(run_id)

    def rebuilding(self, *, wary: bool) -> tuple[list[Sequence[Rebuild]], list[Sequence[Rebuild]]]:
        """The commands that bring a new engine process to where the last one was, by comparison.

        First those of which one may have ended an engine, which are to be carried out alone; then all others.
        wary: whether no run may play on by itself. Those in the middle of `Steps`, and their comparisons, may
        not anyway.
        """
        comparisons: dict[str, list[Journal]] = {}
        for run_id, journal in self._journals.items():
            comparisons.setdefault(journal.comparison or run_id, []).append(journal)
        suspects: list[Sequence[Rebuild]] = []
        others: list[Sequence[Rebuild]] = []
        for members in comparisons.values():
            stopped = wary or any(self.stepping[journal.state.id] for journal in members)
            commands = [journal.rebuild(stopped, members) for journal in members]
            (suspects if any(journal.deaths for journal in members) else others).append(commands)
        return suspects, others
