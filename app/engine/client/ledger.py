"""The web process's record of every run, kept from the engine's reports in the order they come."""

import logging
from collections.abc import Collection, Iterator, Sequence

from app.engine.client.mirror import RunMirror
from app.engine.commands import AnyCommand, Create, Delete, Edit, Fork, Rebuild, Reset, Update, Watch
from app.engine.reports import Feed, FeedEntry, Gone, Reply, no_such_run
from app.protocol.data import Values
from app.protocol.events import Event, EventLog
from app.protocol.lines import ParameterEdit
from app.protocol.runs import RunState

logger = logging.getLogger(__name__)


class Journal:
    """A record to train one run again from: its first settings, the changes made since, and its last state.

    All numbers of the run follow from these and from the values of its formula.
    comparison: the comparison that it is a member of.
    """

    def __init__(self, state: RunState, values: Values | None = None, comparison: str | None = None) -> None:
        self.state = state
        self.values = values
        self.comparison = comparison
        self.log = EventLog(state.config)

    def begin_anew(self, state: RunState) -> None:
        """Note that the run is at step 0 again, with these settings."""
        self.state = state
        self.log = EventLog(state.config)

    def change(self, state: RunState, values: Values | None = None) -> None:
        """Note a change of settings, which the run goes on with or begins anew with."""
        self.values = values or self.values
        if state.config.goes_on_from(self.state.config):
            # Another line is next under other settings. A run that plays has finished the step in hand.
            line = None if state.status == "playing" else self.state.line
            self.state = state
            self.log.add(Event(step=state.step, line=line, config=state.config))
        else:
            self.begin_anew(state)

    def edit(self, state: RunState, edit: ParameterEdit) -> None:
        """Note that a parameter was changed by hand."""
        self.state = state
        self.log.add(Event(step=state.step, line=state.line, edit=edit))

    def fork(self, state: RunState) -> "Journal":
        """The journal of a fork of this run. state: the fork's."""
        journal = Journal(state, self.values)
        journal.log = self.log.until(state.step)
        return journal

    def rebuild(self, stopped: bool, members: Sequence["Journal"]) -> Rebuild:
        """The command that trains the run again.

        stopped: whether it must not play on by itself. members: the journals of its comparison, this one
        included. Not all of them may have been watched, so each is brought to the step of the one that is
        known to be farthest.
        """
        last = self.state
        farthest = max(
            (journal.state for journal in members), key=lambda state: (not state.reason, state.step)
        )
        return Rebuild(
            run_id=last.id,
            begin=self.log.begin,
            values=self.values if self.log.begin.recipe else None,
            events=tuple(self.log.events),
            step=max(last.step, farthest.step),
            line=last.line,
            # A run that torch refused to step plays into the same refusal again.
            playing=(last.status == "failed" or farthest.status == "playing") and not stopped,
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
        if reply.refusal is not None:
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
                self._note(command, each)

    def _note(self, command: AnyCommand, state: RunState) -> None:
        """Note the state that a command has brought a run to."""
        journal = self._journals.get(state.id)
        if journal is None:
            return
        match command:
            case Update(values=values):
                journal.change(state, values)
            case Edit(edit=edit):
                journal.edit(state, edit)
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

    def rebuilding(self, interrupted: Collection[str], *, wary: bool) -> Iterator[AnyCommand]:
        """The commands that bring a new engine process to where the last one was.

        interrupted: ids of runs that must not play on by themselves, nor their comparisons. wary: none may.
        """
        comparisons: dict[str, list[Journal]] = {}
        for run_id, journal in self._journals.items():
            comparisons.setdefault(journal.comparison or run_id, []).append(journal)
        for members in comparisons.values():
            stopped = wary or any(journal.state.id in interrupted for journal in members)
            for journal in members:
                yield journal.rebuild(stopped, members)
        for run_id in self.mirrors:
            yield Watch(run_id=run_id)
