"""The feed: news of all watched runs, gathered into one frame at a time."""

from collections.abc import Iterable

from app.engine.reports import Begin, DataSizes, Feed, FeedEntry
from app.engine.worker.live_run import LiveRun, Sent
from app.engine.worker.scheduler import Scheduler
from app.protocol.snapshots import PackedSnapshot

LOSSES_PER_FRAME = 1_000_000
"""Most losses in one frame, over all runs; the runs that do not fit come with the next frame."""

DIAGNOSES_PER_FRAME = 2
"""Most runs in one frame whose end has not been diagnosed yet, which takes a while."""


class FeedWriter:
    """Makes the frames. It stores no news: a frame is made from the state of the runs at that moment."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._frame = 0

    def write(self, watched: Iterable[LiveRun]) -> tuple[Feed, bytes] | None:
        """The next frame and its payload; None if there is no news."""
        chosen = choose([live for live in watched if live.has_news])
        if not chosen:
            return None
        self._frame += 1
        snapshots = self._scheduler.snapshots(live.run for live in chosen)
        entries = []
        payload: list[bytes] = []
        for live in chosen:
            run = live.run
            entry, chunks = write_entry(live, snapshots[run])
            entries.append(entry)
            payload += chunks
            live.sent = Sent(
                run.generation, run.data_version, run.version, run.step, run.n_lines, self._frame
            )
        return Feed(entries=tuple(entries)), b"".join(payload)


def choose(news: list[LiveRun]) -> list[LiveRun]:
    """As many runs as fit in a frame; those reported longest ago come first, so that each gets its turn."""
    news.sort(key=lambda live: live.sent.frame if live.sent else 0)
    n_losses = n_ended = 0
    for i, live in enumerate(news, start=1):
        n_losses += live.run.step - (live.sent.step if live.sent else 0)
        n_ended += live.run.is_undiagnosed
        if n_losses > LOSSES_PER_FRAME or n_ended >= DIAGNOSES_PER_FRAME:
            comparisons = {chosen.run.comparison for chosen in news[:i]} - {None}
            # All members of a comparison or none: its viewers see all of its runs at the same step.
            return news[:i] + [rest for rest in news[i:] if rest.run.comparison in comparisons]
    return news


def write_entry(live: LiveRun, snapshot: PackedSnapshot) -> tuple[FeedEntry, list[bytes]]:
    """The news of one run, and its part of the payload."""
    run, sent = live.run, live.sent
    begins = sent is None or sent.generation != run.generation
    chunks: list[bytes] = []
    sizes = None
    if begins or sent is None or sent.data_version != run.data_version:
        data = run.data
        parts = (data.x, data.y, data.test_x, data.test_y, data.grid)
        chunks += [tensor.cpu().numpy().tobytes() for tensor in parts]
        sizes = DataSizes(n=len(data.x), n_test=len(data.test_x), n_grid=len(data.grid))
    first = 1 if begins or sent is None else sent.step + 1
    losses = memoryview(run.losses)[first - 1 :]
    n_lines = 0 if sent is None else min(run.n_lines - sent.n_lines, len(run.lines_ran))
    chunks += [snapshot.body, losses.tobytes()]
    entry = FeedEntry(
        run_id=run.id,
        begin=Begin(parameters=tuple(run.parameters)) if begins else None,
        data=sizes,
        state=run.state if sent is None or sent.version != run.version else None,
        lines=tuple(run.lines_ran)[len(run.lines_ran) - n_lines :],
        losses_from=first,
        n_losses=len(losses),
        snapshot_size=len(snapshot.body),
    )
    return entry, chunks
