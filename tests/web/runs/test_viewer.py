"""What a viewer is sent next, whatever the run does in between."""

import json
import struct
from array import array
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from app.protocol.events import Event
from app.protocol.lines import LineRan
from app.protocol.runs import ParameterInfo, RunConfig, RunState, Status
from app.protocol.snapshots import HEADER, PackedSnapshot
from app.protocol.stream import Hello, Points
from app.store.trouble import TROUBLES, Kind
from app.tally import Key, Tally
from app.web.edge.catalogue import Language
from app.web.runs.snapshots import SnapshotTexts
from app.web.runs.viewer import RunViewer, Viewer
from tests.web.languages import ENGLISH

PARAMETERS = [ParameterInfo(name="predict.bias", shape=(1,))]


def picture(step: int) -> PackedSnapshot:
    one = struct.pack("<f", step)
    return PackedSnapshot.build(
        step=step,
        loss=1 / step if step else None,
        test_loss=None,
        lr=0.2,
        diverged=False,
        prediction=one * 2,
        grid_prediction=one * 3,
        parameters=one,
        gradients=None,
    )


def points_at(*x: float) -> Points:
    return Points(x=list(x), y=list(x), test_x=[], test_y=[], grid=[0.0, 0.5, 1.0])


@dataclass
class Present:
    """A run as the engine's client mirrors it."""

    generation: int = 0
    state: RunState = RunState(id="a", config=RunConfig(), step=0, status="ready")  # noqa: RUF009, frozen
    points: Points = field(default_factory=lambda: points_at(0.0, 1.0))
    parameters: list[ParameterInfo] = field(default_factory=lambda: PARAMETERS)
    losses: bytearray = field(default_factory=bytearray)
    lines: deque[LineRan] = field(default_factory=deque)
    n_lines: int = 0
    snapshot: PackedSnapshot = field(default_factory=lambda: picture(0))
    n_snapshots: int = 1
    available: bool = True
    gone: bool = False
    events: tuple[Event, ...] = ()

    @property
    def head(self) -> RunState:
        return self.state

    def become(self, status: Status, step: int, **changes: Any) -> None:
        self.state = self.state.model_copy(update={"status": status, "step": step, **changes})
        self.snapshot = picture(step)
        self.n_snapshots += 1
        self.losses = bytearray(array("f", [1 / k for k in range(1, step + 1)]))


def viewer_of(present: Present, **hello: Any) -> Viewer:
    said = Hello(type="hello", **hello)
    return RunViewer(present, said, control=False, language=ENGLISH, texts=SnapshotTexts())


def messages(viewer: Viewer) -> list[dict[str, Any]]:
    """Those in JSON that come now."""
    found = []
    while (message := viewer.next_message()) is not None:
        assert isinstance(message, str)
        found.append(json.loads(message))
    return found


def test_other_points_come_with_what_was_changed_and_only_then() -> None:
    present = Present()
    viewer = viewer_of(present)
    messages(viewer)
    present.become("ready", 0, config=RunConfig(stop_loss=0.5))
    (updated, *_) = messages(viewer)
    assert (updated["type"], updated["points"]) == ("updated", None)
    present.points = points_at(2.0, 3.0)
    (updated, *_) = messages(viewer)
    assert (updated["type"], updated["points"]["x"]) == ("updated", [2.0, 3.0])


def test_a_warning_of_torch_comes_with_what_it_means_once_and_is_taken_back() -> None:
    present = Present()
    viewer = viewer_of(present)
    messages(viewer)
    warning = (
        "Using a target size (torch.Size([9])) that is different to the input size (torch.Size([9, 1]))."
    )
    present.state = present.state.model_copy(update={"warning": warning})
    (told,) = messages(viewer)
    assert (told["type"], told["warning"]) == ("warned", warning)
    assert "[9, 1]" in told["explanation"]
    assert messages(viewer) == []
    present.state = present.state.model_copy(update={"warning": None})
    (told,) = messages(viewer)
    assert (told["type"], told["warning"], told["explanation"]) == ("warned", None, None)


def heard(viewer: Viewer, *, acknowledge: bool = True) -> list[str]:
    """Everything that comes now, as "snapshot 3" or "playing"."""
    words = []
    while (message := viewer.next_message()) is not None:
        if isinstance(message, bytes):
            step = HEADER.unpack_from(message)[3]
            words.append(f"snapshot {step}")
        else:
            assert isinstance(message, str)
            fields = json.loads(message)
            kind = fields["type"]
            step = fields.get("step")
            words.append(kind if step is None else f"{kind} {step}")
        if acknowledge and words[-1].startswith("snapshot"):
            viewer.acknowledge(step)
    return words


def test_who_comes_to_a_run_that_waits() -> None:
    viewer = viewer_of(Present())
    assert heard(viewer) == ["started", "snapshot 0"]
    assert heard(viewer) == []


def test_who_comes_to_a_run_that_plays() -> None:
    present = Present()
    present.become("playing", 7)
    assert heard(viewer_of(present)) == ["started", "playing", "snapshot 7"]


def test_who_comes_to_a_run_that_ended_is_told_that_it_did() -> None:
    present = Present()
    present.become("finished", 9, reason="max_steps")
    assert heard(viewer_of(present)) == ["started", "snapshot 9", "finished 9"]


def test_only_the_newest_picture_is_sent() -> None:
    present = Present()
    viewer = viewer_of(present)
    heard(viewer)
    for step in range(1, 50):
        present.become("playing", step)
    assert heard(viewer) == ["playing", "snapshot 49"]


def test_a_picture_that_is_the_same_is_not_sent_again() -> None:
    present = Present()
    viewer = viewer_of(present)
    heard(viewer)
    present.become("paused", 0)
    assert heard(viewer) == ["paused 0"]


def test_two_may_be_unacknowledged_and_state_goes_on_being_told() -> None:
    present = Present()
    viewer = viewer_of(present)
    assert heard(viewer, acknowledge=False) == ["started", "snapshot 0"]
    present.become("playing", 1)
    assert heard(viewer, acknowledge=False) == ["playing", "snapshot 1"]
    present.become("playing", 2, steps_per_second=5.0, config=RunConfig(max_steps=7))
    assert heard(viewer, acknowledge=False) == ["updated 2", "playing"]
    present.become("finished", 7, reason="max_steps", config=RunConfig(max_steps=7))
    assert heard(viewer, acknowledge=False) == []
    viewer.acknowledge(0)
    assert heard(viewer) == ["snapshot 7", "finished 7"]


def test_acknowledging_a_later_one_acknowledges_the_earlier() -> None:
    present = Present()
    viewer = viewer_of(present)
    heard(viewer, acknowledge=False)
    present.become("playing", 1)
    heard(viewer, acknowledge=False)
    viewer.acknowledge(1)
    for step in (2, 3):
        present.become("playing", step)
        assert heard(viewer, acknowledge=False) == [f"snapshot {step}"]
    present.become("playing", 4)
    assert heard(viewer) == []


def test_what_was_never_sent_cannot_be_acknowledged() -> None:
    present = Present()
    viewer = viewer_of(present)
    heard(viewer, acknowledge=False)
    present.become("playing", 1)
    heard(viewer, acknowledge=False)
    for step in range(2, 100):
        viewer.acknowledge(step)
    present.become("playing", 2)
    assert heard(viewer) == []


def test_a_run_that_took_steps_and_stands_again_is_told_to_stand() -> None:
    present = Present()
    viewer = viewer_of(present)
    present.become("paused", 3)
    heard(viewer)
    present.become("paused", 8)
    assert heard(viewer) == ["snapshot 8", "paused 8"]


def test_a_run_that_is_paused_before_its_first_step_is_told_to_stand() -> None:
    present = Present()
    viewer = viewer_of(present)
    assert heard(viewer) == ["started", "snapshot 0"]
    present.become("playing", 0)
    assert heard(viewer) == ["playing"]
    present.become("ready", 0)
    assert heard(viewer) == ["paused 0"]
    assert heard(viewer) == []


def test_a_new_beginning_brings_everything_again() -> None:
    present = Present()
    viewer = viewer_of(present)
    present.become("paused", 3)
    heard(viewer)
    present.generation += 1
    present.become("ready", 0)
    assert heard(viewer) == ["started", "snapshot 0"]
    present.become("paused", 2)
    message = viewer.next_message()
    assert isinstance(message, str)
    assert json.loads(message)["losses"] == [1.0, 0.5]


def test_a_lost_engine_is_told_once_and_what_follows_too() -> None:
    present = Present()
    viewer = viewer_of(present)
    present.become("playing", 3)
    heard(viewer)
    present.available = False
    assert heard(viewer) == ["failed"]
    assert heard(viewer) == []
    present.available = True
    present.generation += 1
    assert heard(viewer) == ["started", "playing", "snapshot 3"]


def test_trouble_of_the_store_is_told_after_the_beginning_and_when_it_is_over() -> None:
    trouble: list[Kind | None] = ["full"]
    present = Present()
    viewer = RunViewer(
        present,
        Hello(type="hello"),
        control=False,
        language=ENGLISH,
        texts=SnapshotTexts(),
        trouble=lambda: trouble[-1],
    )
    started, stored, *_ = messages(viewer)
    assert started["type"] == "started"
    assert stored == {"type": "stored", "trouble": TROUBLES["full"]}
    trouble.append(None)
    assert messages(viewer) == [{"type": "stored", "trouble": None}]


def test_slow_viewers_miss_pictures_but_never_numbers() -> None:
    present, pictures = Present(), 0
    losses: list[float] = []
    slow = viewer_of(present)
    for step in range(0, 100, 3):
        present.become("playing", step)
        while (message := slow.next_message()) is not None:
            assert isinstance(message, str)
            fields = json.loads(message)
            if fields["type"] == "snapshot":
                pictures += 1
                assert fields["losses_from"] == len(losses) + 1
                losses += fields["losses"]
        if step % 12 == 0:
            slow.acknowledge(len(losses))
    assert pictures < 20
    assert len(losses) == 99


def test_json_losses_that_are_not_finite_are_null() -> None:
    present = Present()
    present.become("diverged", 3, reason="diverged")
    present.losses = bytearray(array("f", [1.0, float("inf"), float("nan")]))
    viewer = viewer_of(present)
    viewer.next_message()
    message = viewer.next_message()
    assert isinstance(message, str)
    assert json.loads(message, parse_constant=lambda _: pytest_fail())["losses"] == [1.0, None, None]


def pytest_fail() -> None:
    raise AssertionError("bare NaN or Infinity in JSON")


def test_viewers_of_one_snapshot_share_its_text_but_not_its_losses() -> None:
    texts, snapshot = SnapshotTexts(), picture(2)
    one = texts.message(snapshot, PARAMETERS, 1, array("f", [3.0, 2.0]).tobytes())
    other = texts.message(snapshot, PARAMETERS, 2, array("f", [2.0]).tobytes())
    assert json.loads(one)["losses"] == [3.0, 2.0]
    assert json.loads(other)["losses"] == [2.0]
    assert json.loads(one)["parameters"] == json.loads(other)["parameters"] == {"predict.bias": [2.0]}


def test_the_reader_is_told_in_their_language() -> None:
    class Shouting(Language):
        def own(self, text: str) -> str:
            return text.upper()

    present = Present(available=False)
    said = Hello(type="hello")
    loud = Shouting("xx", ENGLISH.translations)
    viewer = RunViewer(present, said, control=False, language=loud, texts=SnapshotTexts())
    message = viewer.next_message()
    assert isinstance(message, str)
    assert json.loads(message)["problem"]["title"].isupper()


def test_what_is_sent_and_what_a_slow_client_misses_is_counted() -> None:
    present, tally = Present(), Tally()
    hello = Hello(type="hello")
    viewer = RunViewer(present, hello, control=False, language=ENGLISH, texts=SnapshotTexts(), tally=tally)
    for step in range(1, 11):
        present.become("playing", step)
        while viewer.next_message() is not None:
            pass
    # Nothing is acknowledged: the pictures of steps 1 and 2 are sent, and then none.
    viewer.acknowledge(1)
    while viewer.next_message() is not None:
        pass
    assert tally.counts == {Key("snapshot", "sent"): 3, Key("snapshot", "skipped"): 7}
