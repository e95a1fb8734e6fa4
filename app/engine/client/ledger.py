"""The web process's record of every run, kept from the engine's reports in the order they come."""

import logging
from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from time import monotonic

from app.engine.client.mirror import RunMirror
from app.engine.commands import AnyCommand, Command, Delete, Rebuild, Steps
from app.engine.reports import Feed, FeedEntry, Gone, News, Reply, Saved, no_such_run, sent_before
from app.protocol.events import Beginning, EventLog, UnderWay
from app.protocol.runs import RunState
from app.store.changes import CHUNK, Answered, Checkpoint, RunChange, Standing, StoredRun
from app.store.store import Store
from app.store.trouble import Kind

FLOAT = 4
MAX_ANSWERS = 8
ANSWER_BYTES = 64 * 1024
"""Most replies of a run that are kept for repeats, and their bytes; the last one always is."""
MAX_DEATHS = 3
"""Engines that end one after the other while they rebuild a run, whereupon it is set aside. The first may
have ended because of any run; the others rebuild this one alone."""

logger = logging.getLogger(__name__)


class Journal:
    """What the engine has said of one run: all that it takes to go on with it in another engine.

    checkpoint: the last one that the engine has reported. losses: float32, of all steps until then.
    comparison: the comparison that it is a member of. under_way: steps that are not answered.
    head: its state, but for its step, which is `moved_to`: a copy takes longer than all else about a picture.
    deaths: number of engines in a row that ended while they rebuilt it. used: when it was last asked for.
    put_at: when what had changed of it was last put into the store.
    """

    head: RunState
    moved_to: int

    def __init__(self, news: News) -> None:
        assert news.begin is not None
        self.comparison = news.begin.comparison
        self.deaths = 0
        self.used = self.put_at = monotonic()
        self._answered: deque[Answered] = deque()
        self._n_answered = 0
        self._answers_to_put: dict[int, Answered | None] = {}
        self._begin(news.begin)
        self.take(news)

    @classmethod
    def stored(cls, run: StoredRun) -> "Journal":
        """The journal of a run as it was stored."""
        state, under_way = run.standing
        journal = cls(News(begin=run.begin, first=0, events=run.events, state=state, under_way=under_way))
        journal.checkpoint, journal.losses = run.checkpoint, bytearray(run.losses)
        journal._begins, journal._n_put = False, len(run.events)
        journal._n_losses_put = len(run.losses) // FLOAT
        journal._answered += run.answers
        journal._n_answered = run.answers[-1].number + 1 if run.answers else 0
        return journal

    def _begin(self, begin: Beginning) -> None:
        self.values = begin.values
        self.log = EventLog(begin.config)
        self.under_way: UnderWay | None = None
        self.checkpoint: Checkpoint | None = None
        self.losses = bytearray()
        self._has_checkpoint_to_put = False
        self._begins = True
        self._n_put = self._n_losses_put = 0

    def take(self, news: News) -> None:
        """Take in what the engine has to say of the run's log and state."""
        events, first = self.log.events, news.first
        if news.begin is not None:
            self._begin(news.begin)
        elif first + len(news.events) < len(events):
            # Trained again, it came out with fewer: nothing that is stored of them holds.
            self._begins, self._n_put, self._n_losses_put = True, 0, 0
            self._has_checkpoint_to_put = self.checkpoint is not None
        self.log.events[first:] = news.events
        self._n_put = min(self._n_put, first)
        self.state = news.state
        if news.under_way or news.state.status == "playing":
            self.under_way = news.under_way

    def remember(self, command: Command, reply: Reply, payload: bytes) -> None:
        """Note a reply, for repeats of the command. The oldest are forgotten where they are too many."""
        assert command.command_id is not None
        text = reply.model_copy(update={"news": ()}).model_dump_json()
        number, self._n_answered = self._n_answered, self._n_answered + 1
        answered = Answered(number, command.command_id, command.fingerprint, text, payload)
        self._answered.append(answered)
        self._answers_to_put[number % MAX_ANSWERS] = answered
        size = sum(len(each.reply) + len(each.payload) for each in self._answered)
        while len(self._answered) > MAX_ANSWERS or (size > ANSWER_BYTES and len(self._answered) > 1):
            oldest = self._answered.popleft()
            size -= len(oldest.reply) + len(oldest.payload)
            if oldest.number > number - MAX_ANSWERS:
                self._answers_to_put[oldest.number % MAX_ANSWERS] = None

    def rest_of(self, command: AnyCommand) -> AnyCommand:
        """What is left to do of a command that an engine died of, or with."""
        under_way = self.under_way
        if isinstance(command, Steps) and under_way and under_way.command_id == command.command_id:
            return command.model_copy(update={"until": under_way.until})
        return command

    def answer_to(self, command: Command) -> tuple[Reply, bytes] | None:
        """The reply that a command had before; None if it is new, or too long ago. Raises: Invalid."""
        for each in self._answered:
            if each.command_id == command.command_id:
                if each.fingerprint != command.fingerprint:
                    raise sent_before()
                return Reply.model_validate_json(each.reply), each.payload
        return None

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

    def change_to_store(self) -> RunChange:
        """What has changed since this was last called."""
        events = self.log.events
        begin = Beginning(config=self.log.begin, values=self.values, comparison=self.comparison)
        change = RunChange(
            self.state.id,
            begin=begin if self._begins else None,
            standing=Standing(self.state, self.under_way),
            events=dict(enumerate(events[self._n_put :], self._n_put)),
            losses=self._losses_to_store(),
            answers=self._answers_to_put,
            checkpoint=self.checkpoint if self._has_checkpoint_to_put else None,
        )
        self._answers_to_put = {}
        self.put_at = monotonic()
        self._has_checkpoint_to_put = self._begins = False
        self._n_put = len(events)
        return change

    @property
    def state(self) -> RunState:
        """Where the run stands."""
        if self.head.step != self.moved_to:
            self.head = self.head.model_copy(update={"step": self.moved_to})
        return self.head

    @state.setter
    def state(self, state: RunState) -> None:
        self.head, self.moved_to = state, state.step

    @property
    def step(self) -> int:
        """The last step that the run is known to have taken."""
        return max(self.moved_to, self.checkpoint.step if self.checkpoint else 0)

    @property
    def payload(self) -> bytes:
        """The payload of `rebuild`."""
        return self.checkpoint.data + self.losses if self.checkpoint else b""

    def set_aside(self) -> None:
        """Note that the run cannot be rebuilt: it stands at step 0, ended."""
        config = self.state.config
        last = RunState(id=self.state.id, config=config, step=0, status="failed", reason="failed")
        begin = Beginning(config=config, values=self.values, comparison=self.comparison)
        state = last.model_copy(update={"topic": "set_aside", "params": {}})
        self.take(News(begin=begin, first=0, events=(), state=state))
        self.deaths = 0

    def rebuild(self, stopped: bool, members: Sequence["Journal"]) -> Rebuild:
        """The command that trains the run again.

        stopped: whether it must not play on by itself. members: the journals of its comparison, this one
        included. Not all of them may have been watched, so each is brought to the step of the one that is
        known to be farthest.
        """
        last = self.state
        farthest = max(members, key=lambda journal: (not journal.state.reason, journal.step))
        stopped = stopped or any(journal.under_way for journal in members)
        return Rebuild(
            run_id=last.id,
            begin=self.log.begin,
            values=self.values if self.log.begin.recipe else None,
            events=tuple(self.log.events),
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

    forget_all: called with the id of each run that neither the engine nor the store has any more.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._journals: dict[str, Journal] = {}
        self._moved: set[str] = set()
        self._held_back: dict[str, list[FeedEntry]] = {}
        self._trouble: Kind | None = None
        self.mirrors: dict[str, RunMirror] = {}
        self.forget_all: Callable[[str], None] = lambda run_id: None
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
        return [journal.rebuild(False, members) for journal in new.values()]

    def idle(self, busy: Collection[str | None]) -> list[str]:
        """The run, or the comparison, that has been out of use for longest; empty if all are in use.

        busy: ids of runs and comparisons that something is being done to.
        """
        busy = {*self.mirrors, *busy} - {None}
        groups = [
            group
            for group in self._comparisons()
            if not any(
                journal.state.status == "playing" or {journal.state.id, journal.comparison} & busy
                for journal in group
            )
        ]
        oldest = min(groups, key=lambda group: max(journal.used for journal in group), default=())
        return [journal.state.id for journal in oldest]

    def _comparisons(self) -> Collection[Sequence[Journal]]:
        """The journals of each comparison, and of each run that is in none."""
        comparisons: dict[str, list[Journal]] = {}
        for run_id, journal in self._journals.items():
            comparisons.setdefault(journal.comparison or run_id, []).append(journal)
        return comparisons.values()

    def forget(self, run_id: str) -> None:
        """Note that a run was deleted."""
        self._store.put(RunChange(run_id, deleted=True))
        self.put_away(run_id)

    def put_away(self, run_id: str) -> None:
        """Note that the engine does not have a run any more. It stays in the store."""
        if run_id in self._moved:
            self._put(run_id, lazily=True)
        self._journals.pop(run_id, None)
        self._moved.discard(run_id)
        self._held_back.pop(run_id, None)
        if not self._store.holds(run_id):
            self.forget_all(run_id)
        mirror = self.mirrors.pop(run_id, None)
        if mirror is not None:
            mirror.end()

    def on_reply(self, command: AnyCommand, reply: Reply, payload: bytes = b"") -> None:
        """Take in the reply to a command: first what it says of the log, then where the run stands now."""
        for news in reply.news:
            self.on_news(news, lazily=False)
        if isinstance(command, Delete) and reply.refusal is None and command.for_good:
            self.forget(command.run_id)
        journal = self._journals.get(command.run_id)
        if journal is None:
            return
        if isinstance(command, Rebuild):
            if reply.refusal is not None and reply.state is None:
                level = logging.INFO if reply.refusal.error == "TooMany" else logging.ERROR
                logger.log(level, "run %s is not rebuilt: %s", command.run_id, reply.refusal.exception())
                self.put_away(command.run_id)
                return
            journal.deaths = 0
        if reply.state is not None and reply.state.id == command.run_id:
            journal.state = reply.state
            self._moved.add(command.run_id)
        if reply.refusal is None and isinstance(command, Steps):
            journal.under_way = None
        if reply.refusal is None and command.command_id is not None:
            journal.remember(command, reply, payload)
            self._put(command.run_id)

    def on_news(self, news: News, *, lazily: bool = True) -> None:
        """Take in news of a run, which may be a new one. lazily: nobody waits for their being stored."""
        run_id = news.state.id
        if run_id in self._journals:
            self._journals[run_id].take(news)
        elif news.begin is not None:
            self._journals[run_id] = Journal(news)
        else:
            return
        self._put(run_id, lazily=lazily)

    def _put(self, run_id: str, *, lazily: bool = False) -> None:
        """Have the store write what is new of a run."""
        self._moved.discard(run_id)
        journal = self._journals[run_id]
        self._store.put(journal.change_to_store(), lazily=lazily)

    def unwatch(self, run_id: str) -> None:
        """Note that nobody watches a run any more. What is known of it is kept."""
        if run_id in self._moved:
            self._put(run_id, lazily=True)
        del self.mirrors[run_id]

    def put_moved(self, *, unless_within: float = 0.0) -> None:
        """Have the store write how far runs have come that train by themselves. Nobody waits for that.

        unless_within: those of which as much was put within so many seconds are left out.
        """
        until = monotonic() - unless_within
        for run_id in [run_id for run_id in self._moved if self._journals[run_id].put_at <= until]:
            self._put(run_id, lazily=True)

    def on_feed(self, feed: Feed, payload: bytes) -> None:
        """Take in a frame of the feed. What was done to a run is not told before it is stored."""
        for entry in feed.entries(payload):
            run_id = entry.run_id
            if entry.head is not None and entry.head.news is not None:
                self.on_news(entry.head.news)
            if (journal := self._journals.get(run_id)) is not None:
                journal.moved_to = entry.losses_from + len(entry.losses) // FLOAT - 1
                self._moved.add(run_id)
            if run_id in self._held_back or not self._store.is_saved(run_id):
                self._held_back.setdefault(run_id, []).append(entry)
            else:
                self._apply(entry)

    def _release(self) -> None:
        """Take in what was held back of runs that are stored by now, and tell of the store's trouble."""
        for run_id in [run_id for run_id in self._held_back if self._store.is_saved(run_id)]:
            for entry in self._held_back.pop(run_id):
                self._apply(entry)
        if self._store.trouble != self._trouble:
            self._trouble = self._store.trouble
            for mirror in self.mirrors.values():
                mirror.wake()

    def _apply(self, entry: FeedEntry) -> None:
        """Take in the news of one run. If that is impossible, only its own watchers are sent away."""
        mirror, journal, head = self.mirrors.get(entry.run_id), self._journals.get(entry.run_id), entry.head
        begins = head is not None and head.begin is not None
        if mirror is None or journal is None or not (begins or mirror.begun.is_set()):
            return
        try:
            mirror.apply(entry, journal.head)
            events = journal.log.events
            if len(mirror.events) != len(events) or (events and mirror.events[-1] is not events[-1]):
                mirror.events = tuple(events)
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
        suspects: list[Sequence[Rebuild]] = []
        others: list[Sequence[Rebuild]] = []
        for members in self._comparisons():
            commands = [journal.rebuild(wary, members) for journal in members]
            (suspects if any(journal.deaths for journal in members) else others).append(commands)
        return suspects, others
