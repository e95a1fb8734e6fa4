"""What the web process knows of every run without asking, kept by what the engine says, in its order."""

from collections.abc import Collection, Iterator

from app.engine.client.journal import Journal
from app.engine.client.mirror import RunMirror
from app.engine.commands import AnyCommand, Create, Delete, Edit, Fork, Reset, Update, Watch
from app.engine.reports import Feed, Gone, Reply, no_such_run
from app.protocol.runs import RunState


class Ledger:
    """The journal of each run, and of those that somebody watches a mirror.

    A `Link` gives it what it hears; a new engine process gets from it the runs of the one before.
    """

    def __init__(self) -> None:
        self._journals: dict[str, Journal] = {}
        self.mirrors: dict[str, RunMirror] = {}

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._journals

    def journal(self, run_id: str) -> Journal:
        """That of one run. Raises: NotFound."""
        try:
            return self._journals[run_id]
        except KeyError:
            raise no_such_run(run_id) from None

    def forget(self, run_id: str) -> None:
        """The run is no more."""
        self._journals.pop(run_id, None)
        mirror = self.mirrors.pop(run_id, None)
        if mirror is not None:
            mirror.end()

    def on_reply(self, command: AnyCommand, reply: Reply) -> None:
        """A command was answered."""
        state = reply.state
        if isinstance(command, Delete):
            self.forget(command.run_id)
        elif isinstance(command, Create) and state is not None:
            self._journals[state.id] = Journal(state, command.values, command.race)
        elif isinstance(command, Fork) and state is not None:
            self._journals[state.id] = self._journals[command.run_id].fork(state)
        elif state is not None:
            for each in (state, *reply.others):
                self._note(command, each)

    def _note(self, command: AnyCommand, state: RunState) -> None:
        """Remember what a command has made of a run."""
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
        """There is news of watched runs."""
        view = memoryview(payload)
        for entry in feed.entries:
            mirror = self.mirrors.get(entry.run_id)
            if mirror is not None and (entry.begin is not None or mirror.begun.is_set()):
                mirror.apply(entry, view[: entry.size])
                self._journals[entry.run_id].state = mirror.state
            view = view[entry.size :]

    def on_gone(self, gone: Gone) -> None:
        """The engine has forgotten runs."""
        for run_id in gone.run_ids:
            self.forget(run_id)

    def on_lost(self) -> None:
        """The engine process is gone; the next one tells everything again."""
        for mirror in self.mirrors.values():
            mirror.lose()

    def rebuilding(self, interrupted: Collection[str], *, wary: bool) -> Iterator[AnyCommand]:
        """The commands that make a new process what the one before was.

        interrupted: runs that are not to play on by themselves, nor is their race. wary: none is.
        """
        races: dict[str, list[Journal]] = {}
        for run_id, journal in self._journals.items():
            races.setdefault(journal.race or run_id, []).append(journal)
        for race in races.values():
            stopped = wary or any(journal.state.id in interrupted for journal in race)
            for journal in race:
                yield journal.rebuild(stopped, race)
        for run_id in self.mirrors:
            yield Watch(run_id=run_id)
