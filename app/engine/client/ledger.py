"""The web process's record of every run, kept from the engine's reports in the order they come."""

import logging
from collections.abc import Collection, Sequence

from app.engine.client.mirror import RunMirror
from app.engine.commands import AnyCommand, Create, Delete, Edit, Fork, Rebuild, Reset, Update
from app.engine.reports import Feed, FeedEntry, Gone, Reply, no_such_run
from app.protocol.data import Values
from app.protocol.events import Event, EventLog
from app.protocol.runs import LineName, RunState
from app.protocol.topics.endings import BEGUN_ANEW, SET_ASIDE

MAX_DEATHS = 3
"""Engines that end one after the other while they rebuild a run, whereupon it is set aside. The first may
have ended because of any run; the others rebuild this one alone."""

logger = logging.getLogger(__name__)


class Journal:
    """A record to train one run again from: its first settings, the changes made since, and its last state.

    All numbers of the run follow from these and from the values of its formula.
    comparison: the comparison that it is a member of. deaths: number of engines in a row that ended while
    they rebuilt it.
    """

    def __init__(self, state: RunState, values: Values | None = None, comparison: str | None = None) -> None:
        self.values = values
        self.comparison = comparison
        self.deaths = 0
        self.begin_anew(state)

    def begin_anew(self, state: RunState) -> None:
        """Note that the run is at step 0 again, with these settings."""
        self._state = state
        self.log = EventLog(state.config)
        self._refused: Event | None = None
        self._n_before = 0

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
        farthest = max(
            (journal.state for journal in members), key=lambda state: (not state.reason, state.step)
        )
        return Rebuild(
            run_id=last.id,
            begin=self.log.begin,
            values=self.values if self.log.begin.recipe else None,
            events=tuple(events),
            step=last.step if last.reason else max(last.step, farthest.step),
            last=last,
            playing=farthest.status == "playing" and not stopped,
            steps_per_second=farthest.steps_per_second,
            comparison=self.comparison,
            n_members=len(members),
        )


class Ledger:
    """The journal of every run, and a mirror of every watched run.

    A `Link` reports to it what the engine says; a new engine process gets its runs from it.
    """

    def __init__(self) -> None:
        self._journals: dict[str, Journal] = {}
        self.mirrors: dict[str, RunMirror] = {}

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._journals

    def journal(self, run_id: str) -> Journal:
        """The journal of a run. Raises: NotFound."""
        try:
            return self._journals[run_id]
        except KeyError:
            raise no_such_run(run_id) from None

    def forget(self, run_id: str) -> None:
        """Note that a run was deleted."""
        self._journals.pop(run_id, None)
        mirror = self.mirrors.pop(run_id, None)
        if mirror is not None:
            mirror.end()

    def on_reply(self, command: AnyCommand, reply: Reply) -> None:
        """Take in the reply to a command."""
        state = reply.state
        if isinstance(command, Rebuild) and state is not None:
            self._journals[state.id].deaths = 0
        if reply.refusal is not None and isinstance(command, Rebuild) and state is None:
            logger.error("run %s cannot be rebuilt: %s", command.run_id, reply.refusal.exception())
            self.forget(command.run_id)
        elif reply.refusal is not None:
            # A mistake may have ended the run all the same.
            if state is not None and state.id in self._journals:
                self._journals[state.id].state = state
        elif isinstance(command, Delete):
            self.forget(command.run_id)
        elif isinstance(command, Create) and state is not None:
            self._journals[state.id] = Journal(state, command.values, command.comparison)
        elif isinstance(command, Fork) and state is not None:
            self._journals[state.id] = self._journals[command.run_id].fork(state)
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

    def on_feed(self, feed: Feed, payload: bytes) -> None:
        """Take in a frame of the feed."""
        view = memoryview(payload)
        for entry in feed.entries:
            mirror = self.mirrors.get(entry.run_id)
            if mirror is not None and (entry.begin is not None or mirror.begun.is_set()):
                self._apply(mirror, entry, view[: entry.size])
            view = view[entry.size :]

    def _apply(self, mirror: RunMirror, entry: FeedEntry, payload: memoryview) -> None:
        """Take in the news of one run. If that is impossible, only its own watchers are sent away."""
        try:
            mirror.apply(entry, payload)
            self._journals[entry.run_id].state = mirror.state
        except Exception:
            logger.exception("the news of run %s could not be taken in", entry.run_id)
            del self.mirrors[entry.run_id]
            mirror.end()

    def on_gone(self, gone: Gone) -> None:
        """Take in the report that the engine has deleted unused runs."""
        for run_id in gone.run_ids:
            self.forget(run_id)

    def on_lost(self) -> None:
        """Note that the engine process is lost; the next one reports everything again."""
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

    def rebuilding(
        self, interrupted: Collection[str], *, wary: bool
    ) -> tuple[list[Sequence[Rebuild]], list[Sequence[Rebuild]]]:
        """The commands that bring a new engine process to where the last one was, by comparison.

        First those of which one may have ended an engine, which are to be carried out alone; then all others.
        interrupted: ids of runs that must not play on by themselves, nor their comparisons. wary: none may.
        """
        comparisons: dict[str, list[Journal]] = {}
        for run_id, journal in self._journals.items():
            comparisons.setdefault(journal.comparison or run_id, []).append(journal)
        suspects: list[Sequence[Rebuild]] = []
        others: list[Sequence[Rebuild]] = []
        for members in comparisons.values():
            stopped = wary or any(journal.state.id in interrupted for journal in members)
            commands = [journal.rebuild(stopped, members) for journal in members]
            (suspects if any(journal.deaths for journal in members) else others).append(commands)
        return suspects, others
