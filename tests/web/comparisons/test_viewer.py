"""What a viewer of a comparison is sent next, whatever its runs do in between."""

import json
from typing import Any

from app.protocol.comparisons import HEADER
from app.protocol.runs import RunConfig, RunState
from app.protocol.stream import Hello
from app.web.comparisons.viewer import ComparisonViewer
from app.web.runs.registry import Member
from app.web.runs.snapshots import SnapshotTexts
from tests.web.languages import ENGLISH
from tests.web.runs.test_viewer import Present


def present(run_id: str) -> Present:
    return Present(state=RunState(id=run_id, config=RunConfig(), step=0, status="ready"))


def viewer_of(*runs: Present, **hello: Any) -> ComparisonViewer:
    said = Hello(type="hello", **hello)
    labelled = [(Member(run.state.id, run.state.id, {}), run) for run in runs]
    return ComparisonViewer("c", labelled, said, control=False, language=ENGLISH, texts=SnapshotTexts())


def heard(viewer: ComparisonViewer, *, acknowledge: bool = True) -> list[str]:
    """Everything that comes now, as "snapshot 3 3" (the step of each run) or "ended a"."""
    words = []
    while (message := viewer.next_message()) is not None:
        assert isinstance(message, str)
        fields = json.loads(message)
        parts = [fields["type"]]
        if fields["type"] == "snapshot":
            parts += [str(run["step"]) for run in fields["runs"]]
            if acknowledge:
                viewer.acknowledge(fields["step"])
        elif fields["type"] == "ended":
            parts.append(fields["run"])
        words.append(" ".join(parts))
    return words


def test_nothing_is_told_while_the_runs_are_known_at_different_steps() -> None:
    a, b = present("a"), present("b")
    viewer = viewer_of(a, b)
    assert heard(viewer) == ["started", "snapshot 0 0"]
    a.become("playing", 5)
    assert heard(viewer) == []
    b.become("playing", 5)
    assert heard(viewer) == ["playing", "snapshot 5 5"]


def test_runs_that_are_paused_before_their_first_step_are_told_to_stand() -> None:
    a, b = present("a"), present("b")
    viewer = viewer_of(a, b)
    heard(viewer)
    for one in (a, b):
        one.become("playing", 0)
    assert heard(viewer) == ["playing"]
    for one in (a, b):
        one.become("ready", 0)
    assert heard(viewer) == ["paused"]


def test_one_that_ends_is_told_of_after_its_last_picture_and_the_others_go_on() -> None:
    a, b = present("a"), present("b")
    viewer = viewer_of(a, b)
    heard(viewer)
    a.become("diverged", 3, reason="diverged")
    b.become("playing", 4)
    assert heard(viewer) == ["playing", "snapshot 3 4", "ended a"]
    b.become("finished", 9, reason="max_steps")
    assert heard(viewer) == ["snapshot 3 9", "ended b", "finished"]
    assert heard(viewer) == []


def test_a_pause_is_told_after_the_picture_and_two_pictures_may_be_unacknowledged() -> None:
    a, b = present("a"), present("b")
    viewer = viewer_of(a, b)
    assert heard(viewer, acknowledge=False) == ["started", "snapshot 0 0"]
    for step in (1, 2):
        for run in (a, b):
            run.become("playing", step)
        expected = ["playing", "snapshot 1 1"] if step == 1 else []
        assert heard(viewer, acknowledge=False) == expected
    for run in (a, b):
        run.become("paused", 2)
    assert heard(viewer) == []
    viewer.acknowledge(1)
    assert heard(viewer) == ["snapshot 2 2", "paused"]


def test_a_trainer_that_is_replaced_is_told_once_and_then_everything_anew() -> None:
    a, b = present("a"), present("b")
    viewer = viewer_of(a, b)
    for run in (a, b):
        run.become("playing", 2)
    heard(viewer)
    a.available = b.available = False
    assert heard(viewer) == ["failed"]
    a.available = True
    a.generation = 1
    assert heard(viewer) == []
    b.available = True
    b.generation = 1
    assert heard(viewer) == ["started", "playing", "snapshot 2 2"]


def test_a_returning_viewer_gets_only_the_losses_it_lacks() -> None:
    a, b = present("a"), present("b")
    for run in (a, b):
        run.become("paused", 5)
    viewer = viewer_of(a, b, losses_from=4)
    viewer.next_message()
    message = viewer.next_message()
    assert isinstance(message, str)
    runs = json.loads(message)["runs"]
    assert [(run["losses_from"], len(run["losses"])) for run in runs] == [(4, 2), (4, 2)]


def test_the_binary_form_names_the_step_of_those_that_go_on() -> None:
    a, b = present("a"), present("b")
    a.become("diverged", 3, reason="diverged")
    b.become("paused", 8)
    viewer = viewer_of(a, b, format="binary")
    viewer.next_message()
    message = viewer.next_message()
    assert isinstance(message, bytes)
    assert HEADER.unpack_from(message) == (1, 2, 0, 8)


def test_a_run_that_is_gone_is_not_told_of() -> None:
    a, b = present("a"), present("b")
    b.gone = True
    assert heard(viewer_of(a, b)) == []
