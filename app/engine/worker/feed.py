"""The news of all watched runs, gathered into one frame."""

from collections.abc import Iterable

from app.engine.reports import Begin, DataSizes, Feed, FeedEntry
from app.engine.worker.live_run import Hosted, Told
from app.engine.worker.scheduler import Scheduler
from app.protocol.snapshots import PackedSnapshot

LOSSES_PER_FRAME = 1_000_000
"""Losses in one frame, over all runs; the runs that do not fit come with the next."""

DIAGNOSES_PER_FRAME = 2
"""Runs of which one frame tells for the first time that they have ended: saying why takes a while."""


class FeedWriter:
    """Makes the frames. It stores no news: what is new is read from the runs when a frame is made."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._frame = 0

    def write(self, watched: Iterable[Hosted]) -> tuple[Feed, bytes] | None:
        """The next frame and its payload, or None if nothing is new."""
        chosen = choose([hosted for hosted in watched if hosted.has_news])
        if not chosen:
            return None
        self._frame += 1
        pictures = self._scheduler.snapshots(hosted.run for hosted in chosen)
        entries = []
        payload: list[bytes] = []
        for hosted in chosen:
            run = hosted.run
            entry, chunks = write_entry(hosted, pictures[run])
            entries.append(entry)
            payload += chunks
            hosted.told = Told(
                run.generation, run.data_version, run.version, run.step, run.n_lines, self._frame
            )
        return Feed(entries=tuple(entries)), b"".join(payload)


def choose(news: list[Hosted]) -> list[Hosted]:
    """As many as fit in a frame, those told of longest ago first, so that nobody is put off for ever."""
    news.sort(key=lambda hosted: hosted.told.frame if hosted.told else 0)
    n_losses = n_ended = 0
    for i, hosted in enumerate(news, start=1):
        n_losses += hosted.run.step - (hosted.told.step if hosted.told else 0)
        n_ended += hosted.run.is_undiagnosed
        if n_losses > LOSSES_PER_FRAME or n_ended >= DIAGNOSES_PER_FRAME:
            races = {chosen.run.race for chosen in news[:i]} - {None}
            # Of a race all or none: who follows it sees all of its runs at the same step.
            return news[:i] + [rest for rest in news[i:] if rest.run.race in races]
    return news


def write_entry(hosted: Hosted, picture: PackedSnapshot) -> tuple[FeedEntry, list[bytes]]:
    """The news of one run, and its part of the payload."""
    run, told = hosted.run, hosted.told
    begins = told is None or told.generation != run.generation
    chunks: list[bytes] = []
    sizes = None
    if begins or told is None or told.data_version != run.data_version:
        data = run.data
        parts = (data.x, data.y, data.test_x, data.test_y, data.grid)
        chunks += [tensor.cpu().numpy().tobytes() for tensor in parts]
        sizes = DataSizes(n=len(data.x), n_test=len(data.test_x), n_grid=len(data.grid))
    first = 1 if begins or told is None else told.step + 1
    losses = memoryview(run.losses)[first - 1 :]
    n_lines = 0 if told is None else min(run.n_lines - told.n_lines, len(run.lines_ran))
    chunks += [picture.head, losses.tobytes()]
    entry = FeedEntry(
        run_id=run.id,
        begin=Begin(parameters=tuple(run.parameters)) if begins else None,
        data=sizes,
        state=run.state if told is None or told.version != run.version else None,
        lines=tuple(run.lines_ran)[len(run.lines_ran) - n_lines :],
        losses_from=first,
        n_losses=len(losses),
        snapshot_size=len(picture.head),
    )
    return entry, chunks
