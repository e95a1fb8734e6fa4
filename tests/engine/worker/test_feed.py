import pytest

from app.engine.client.mirror import RunMirror
from app.engine.reports import Feed
from app.engine.worker import feed
from app.engine.worker.feed import HEADER_BYTES, FeedWriter
from app.engine.worker.live_run import LiveRun
from app.engine.worker.scheduler import Scheduler
from app.frames import MAX_HEADER, Malformed, frame
from app.protocol.data import DataConfig
from app.protocol.runs import RunConfig, RunState
from app.training.run import Run
from tests.training.device import DEVICE


class Table:
    """Live runs, what feeds them, and the mirrors that the other side would keep."""

    def __init__(self, n_runs: int, points: tuple[tuple[float, float], ...] | None = None) -> None:
        data = DataConfig(test_fraction=0.2, points=points)
        self.scheduler = Scheduler(lambda: 0.0, lambda run: None)
        self.writer = FeedWriter(self.scheduler, fail)
        self.live = [
            LiveRun(Run(f"run {i}", RunConfig(seed=i, data=data), DEVICE), used=0.0) for i in range(n_runs)
        ]
        self.mirrors = {live.run.id: RunMirror() for live in self.live}
        self.states: dict[str, RunState] = {}

    def tell(self) -> list[str]:
        """Send the next frames; the runs they told of."""
        told = []
        for header, payload in self.writer.write(self.live):
            for entry in Feed.model_validate_json(header).entries(payload):
                if entry.head is not None and entry.head.news is not None:
                    self.states[entry.run_id] = entry.head.news.state
                self.mirrors[entry.run_id].apply(entry, self.states[entry.run_id])
                told.append(entry.run_id)
        return told


def fail(live: LiveRun, error: Exception) -> None:
    raise error


def record(live: LiveRun, *losses: float) -> None:
    live.run.play(None)
    for loss in losses:
        live.run.record(loss)


def test_points_of_two_inputs_come_in_columns_and_labels_as_classes() -> None:
    config = RunConfig.model_validate({"data": {"target": "moons", "n_samples": 6, "test_fraction": 0.34}})
    live = LiveRun(Run("run", config, DEVICE), used=0.0)
    (head, payload), *_ = FeedWriter(Scheduler(lambda: 0.0, lambda run: None), fail).write([live])
    (entry,) = Feed.model_validate_json(head).entries(payload)
    mirror = RunMirror()
    mirror.apply(entry, live.run.state)
    points, data = mirror.points, live.run.data
    assert [[*pair] for pair in zip(points.x, points.x2, strict=True)] == data.x.tolist()
    assert [[*pair] for pair in zip(points.test_x, points.test_x2, strict=True)] == data.test_x.tolist()
    assert data.labels is not None
    assert data.test_labels is not None
    assert (points.y, points.test_y) == (data.labels.tolist(), data.test_labels.tolist())
    assert (points.grid, points.area) == ([], data.area)


def mirrored_losses(mirror: RunMirror) -> list[float]:
    return list(memoryview(mirror.losses).cast("f"))


def test_the_first_frame_tells_everything() -> None:
    table = Table(1)
    record(table.live[0], 0.5, 0.25)
    table.tell()
    run, mirror = table.live[0].run, table.mirrors["run 0"]
    assert mirror.state == run.state
    points = mirror.points.model_dump()
    assert (points.pop("x2"), points.pop("test_x2"), points.pop("area")) == ([], [], None)
    for name, values in points.items():
        assert values == getattr(run.data, name).flatten().tolist()
    assert mirror.parameters == run.parameters
    assert mirrored_losses(mirror) == [0.5, 0.25]
    assert mirror.snapshot.step == 2
    assert mirror.generation == 0


def test_nothing_is_told_twice() -> None:
    table = Table(2)
    assert table.tell() == ["run 0", "run 1"]
    assert table.tell() == []
    record(table.live[1], 0.5)
    assert table.tell() == ["run 1"]


def test_later_frames_tell_only_the_new_losses() -> None:
    table = Table(1)
    record(table.live[0], 0.5)
    table.tell()
    record(table.live[0], 0.25, 0.125)
    ((header, payload),) = table.writer.write(table.live)
    (entry,) = Feed.model_validate_json(header).entries(payload)
    assert (entry.losses_from, len(entry.losses)) == (2, 8)


def test_a_run_that_only_took_steps_has_no_head() -> None:
    table = Table(2)
    for live in table.live:
        record(live, 0.5)
    table.tell()
    table.live[0].run.record(0.25)
    table.live[1].run.pause()
    ((header, payload),) = table.writer.write(table.live)
    stepped, paused = Feed.model_validate_json(header).entries(payload)
    assert (stepped.head, paused.head is None) == (None, False)
    with pytest.raises(Malformed):
        [*Feed.model_validate_json(header).entries(payload + b"more")]


def test_a_reset_begins_a_new_generation_without_the_old_losses() -> None:
    table = Table(1)
    record(table.live[0], 0.5)
    table.tell()
    table.live[0].run.reset()
    table.tell()
    mirror = table.mirrors["run 0"]
    assert (mirror.generation, mirror.snapshot.step, mirrored_losses(mirror)) == (1, 0, [])


def test_points_that_a_run_goes_on_with_are_told_once_and_begin_nothing_anew() -> None:
    table = Table(1)
    live = table.live[0]
    record(live, 0.5)
    table.tell()
    points = [(0.5, 1.0), (-1.0, 2.0), (0.0, 3.0)]
    data = live.run.config.data.model_copy(update={"points": tuple(points), "test_fraction": 0.0})
    live.run.update(live.run.config.model_copy(update={"data": data}))
    table.tell()
    mirror = table.mirrors["run 0"]
    told = mirror.points
    assert (told.x, told.y, told.test_x) == ([0.5, -1.0, 0.0], [1.0, 2.0, 3.0], [])
    assert (mirror.generation, mirrored_losses(mirror)) == (0, [0.5])
    assert len(mirror.snapshot.unpack(mirror.parameters).prediction) == 3
    record(live, 0.25)
    table.tell()
    assert mirror.points is told


def test_the_state_follows_every_change() -> None:
    table = Table(1)
    live = table.live[0]
    for change in (lambda: live.run.play(5.0), lambda: live.run.record(0.5), live.run.pause):
        change()
        table.tell()
        assert table.mirrors["run 0"].state == live.run.state


def test_a_full_frame_puts_nobody_off_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "LOSSES_AT_ONCE", 1)
    table = Table(3)
    told: list[str] = []
    for _ in range(6):
        for live in table.live:
            record(live, 0.5, 0.5)
        told += table.tell()
    assert sorted(told[:3]) == sorted(told[3:6]) == ["run 0", "run 1", "run 2"]
    for live in table.live:
        mirror = table.mirrors[live.run.id]
        assert mirrored_losses(mirror) == [0.5] * mirror.snapshot.step


def test_much_news_come_in_several_frames_that_can_all_be_sent() -> None:
    """The settings of 440 runs of 1,000 points are 17 MB, more than a frame may have."""
    table = Table(440, points=tuple((0.001234567890123 * i, 0.002345678901234 * i) for i in range(1000)))
    frames = table.writer.write(table.live)
    assert sum(len(header) for header, _ in frames) > MAX_HEADER
    assert max(len(header) for header, _ in frames) < 3 * HEADER_BYTES
    assert sum(len(Feed.model_validate_json(header).run_ids) for header, _ in frames) == 440
    for header, payload in frames:
        frame(header, payload)
