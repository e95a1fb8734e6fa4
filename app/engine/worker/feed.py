"""The feed: news of all watched runs, gathered into frames."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from pydantic_core import to_json

from app.engine.reports import Begin, DataSizes, FeedEntry, Head
from app.engine.worker.live_run import LiveRun, Sent
from app.engine.worker.scheduler import Scheduler
from app.protocol.snapshots import PackedSnapshot
from app.training.data import Points

LOSSES_AT_ONCE = 1_000_000
"""Most losses that are reported at once, over all runs; the runs that do not fit are reported next time."""
HEADER_BYTES = 32 * 1024
PAYLOAD_BYTES = 256 * 1024
"""Bytes of a frame's header and payload above which another frame begins: the web process takes two or three
milliseconds for one."""


class FeedWriter:
    """Makes the frames. It stores no news: they are made from the state of the runs at that moment.

    on_error: called with a run of which no entry can be made, because of a mistake in this program.
    """

    def __init__(self, scheduler: Scheduler, on_error: Callable[[LiveRun, Exception], None]) -> None:
        self._scheduler = scheduler
        self._on_error = on_error
        self._turn = 0

    def write(self, watched: Iterable[LiveRun]) -> list[tuple[bytes, bytes]]:
        """The headers and payloads of the next frames; empty if there is no news."""
        chosen = choose([live for live in watched if live.has_news])
        if not chosen:
            return []
        self._turn += 1
        snapshots = self._scheduler.snapshots(live.run for live in chosen)
        entries: list[tuple[FeedEntry, bytes]] = []
        for live in chosen:
            run = live.run
            try:
                entry = write_entry(live, snapshots[run])
                entries.append((entry, entry.head.model_dump_json().encode() if entry.head else b""))
            except Exception as error:
                self._on_error(live, error)
                continue
            live.sent = Sent(run.generation, run.data_version, run.version, run.step, run.n_lines, self._turn)
        return [framed(part) for part in split(entries)]


def choose(news: list[LiveRun]) -> list[LiveRun]:
    """As many runs as are reported at once: those reported longest ago, so that each gets its turn."""
    news.sort(key=lambda live: live.sent.turn if live.sent else 0)
    n_losses = 0
    for i, live in enumerate(news, start=1):
        n_losses += live.run.step - (live.sent.step if live.sent else 0)
        if n_losses > LOSSES_AT_ONCE:
            comparisons = {chosen.run.comparison for chosen in news[:i]} - {None}
            # All members of a comparison or none: its viewers see all of its runs at the same step.
            return news[:i] + [rest for rest in news[i:] if rest.run.comparison in comparisons]
    return news


def split(entries: Sequence[tuple[FeedEntry, bytes]]) -> Iterator[Sequence[tuple[FeedEntry, bytes]]]:
    """The entries of each frame, in order, with their heads' JSON; a larger entry has a frame to itself."""
    first = header = payload = 0
    for i, (entry, head) in enumerate(entries):
        size = len(entry.points) + len(entry.snapshot) + len(entry.losses)
        header, payload = header + len(head), payload + size
        if i > first and (header > HEADER_BYTES or payload > PAYLOAD_BYTES):
            yield entries[first:i]
            first, header, payload = i, len(head), size
    if entries:
        yield entries[first:]


def framed(entries: Sequence[tuple[FeedEntry, bytes]]) -> tuple[bytes, bytes]:
    """The header, which is the JSON of a `Feed`, and the payload of a frame with these entries."""
    columns = to_json({
        "kind": "feed",
        "run_ids": [entry.run_id for entry, _ in entries],
        "losses_from": [entry.losses_from for entry, _ in entries],
        "n_losses": [len(entry.losses) // 4 for entry, _ in entries],
        "snapshot_sizes": [len(entry.snapshot) for entry, _ in entries],
    })  # fmt: skip
    heads = b",".join(b'"%d":%b' % (place, head) for place, (_, head) in enumerate(entries) if head)
    payload = b"".join(part for entry, _ in entries for part in (entry.points, entry.snapshot, entry.losses))
    return b'%b,"heads":{%b}}' % (columns[:-1], heads), payload


def write_entry(live: LiveRun, snapshot: PackedSnapshot) -> FeedEntry:
    """The news of one run."""
    run, sent = live.run, live.sent
    begins = sent is None or sent.generation != run.generation
    first = 1 if begins or sent is None else sent.step + 1
    head, points = None, b""
    if sent is None or sent.version != run.version:
        head, points = write_head(live, begins)
    elif news := live.news():
        head = Head(news=news)
    losses = memoryview(run.losses)[first - 1 :].tobytes()
    return FeedEntry(run.id, head, points, snapshot.body, first, losses)


def write_head(live: LiveRun, begins: bool) -> tuple[Head, bytes]:
    """What has changed of a run besides its steps, and its points if the head has their numbers."""
    run, sent = live.run, live.sent
    points, sizes = b"", None
    if begins or sent is None or sent.data_version != run.data_version:
        points, sizes = packed_points(run.data)
    n_lines = 0 if sent is None else min(run.n_lines - sent.n_lines, len(run.lines_ran))
    head = Head(
        begin=Begin(parameters=tuple(run.parameters)) if begins else None,
        data=sizes,
        news=live.news(),
        lines=tuple(run.lines_ran)[len(run.lines_ran) - n_lines :],
    )
    return head, points


def packed_points(data: Points) -> tuple[bytes, DataSizes]:
    """A run's points as float32, and their numbers."""
    is_curve = data.area is None
    y, test_y = (data.y, data.test_y) if data.labels is None else (data.labels, data.test_labels)
    assert test_y is not None
    # Columns, for the plots.
    parts = (data.x.t(), y, data.test_x.t(), test_y, *([data.grid] if is_curve else []))
    sizes = DataSizes(
        n=len(data.x),
        n_test=len(data.test_x),
        n_grid=len(data.grid) if is_curve else 0,
        n_second=data.x.dim() - 1 and data.x.shape[1] - 1,
        area=data.area,
    )
    return b"".join(tensor.float().cpu().contiguous().numpy().tobytes() for tensor in parts), sizes
