"""The lessons that come with the product: torch answers what they predict, and their tasks can be done."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from app.calculator import derive, warm_up
from app.exercises.marking import truth
from app.lessons.checks import Missing, of_program, of_run
from app.lessons.shelf import OURS, Shelf, scene_of, shown
from app.protocol.exercises import Answer, ErrorAnswer, NoneAnswer, NumberAnswer, TextAnswer
from app.protocol.lessons import (
    CalculatorScene,
    ComparisonScene,
    Lesson,
    PredictProgram,
    ProgramCheck,
    RunCheck,
    Step,
    TrainingScene,
    Words,
)
from app.protocol.patches import Patch, patched
from app.protocol.rooms import AboutProgram, AboutRuns
from app.protocol.runs import RunConfig
from app.training.run import Run
from app.training.snapshots import snapshot_of
from tests.training.test_diagnosis import ended

LESSONS: Mapping[str, Lesson] = Shelf().lessons

TOLD: Mapping[tuple[str, int], Answer] = {
    ("01-backward", 2): TextAnswer(text="tensor([24.])\n"),
    ("01-backward", 3): TextAnswer(text="tensor([17.])\n"),
    ("02-not-tracked", 1): NoneAnswer(),
    ("02-not-tracked", 3): TextAnswer(text="tensor(2.)\n"),
    ("03-weights-of-the-rows", 1): ErrorAnswer(),
    ("03-weights-of-the-rows", 2): TextAnswer(text="tensor([ 2., 40.,  0.])\n"),
    ("04-square-or-copy", 1): TextAnswer(text="tensor(8.)\n"),
    ("04-square-or-copy", 2): TextAnswer(text="tensor(4.)\n"),
    ("09-zero-grad", 1): TextAnswer(text="tensor([36.])\n"),
    ("10-classes", 1): TextAnswer(text="1.0986\n"),
    ("10-classes", 2): TextAnswer(text="tensor([[-0.6667,  0.3333,  0.3333]])\n"),
    ("10-classes", 3): ErrorAnswer(),
}
"""What the texts lead to, by lesson and number of the step."""

DONE: Mapping[tuple[str, int], str | Patch] = {
    ("01-backward", 4): """
import torch
x = torch.tensor([2.0], requires_grad=True)
(x ** 3 + 8 * x).backward()
""",
    ("02-not-tracked", 4): """
import torch
a = torch.tensor(3.0, requires_grad=True)
b = torch.tensor(5.0, requires_grad=True)
(a * b).backward()
""",
    ("03-weights-of-the-rows", 3): """
import torch
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
(x * x).sum().backward()
""",
    ("04-square-or-copy", 4): """
import torch
x = torch.tensor(4.0, requires_grad=True)
y = x * x * x.detach()
y.backward()
""",
    ("05-unsqueeze", 2): {"data": {"unsqueeze_x": True}},
    ("06-net", 4): {"model": {"hidden": [20]}},
    ("07-learning-rate", 4): {"optimizer": {"lr": 0.2}},
    ("08-training-loop", 4): {"loop": {"backward": True, "step": True}},
    ("09-zero-grad", 4): """
import torch
x = torch.tensor([2.0], requires_grad=True)
for _ in range(3):
    x.grad = None
    y = (x ** 3).sum()
    y.backward()
""",
    ("10-classes", 4): """
import torch
logits = torch.zeros(1, 3, requires_grad=True)
target = torch.tensor([2])
loss = torch.nn.CrossEntropyLoss()(logits, target)
loss.backward()
""",
}
"""A way to do each task: a program, or what to change of the scene's settings."""

STEPS = [
    pytest.param(name, number, id=f"{name}-{number}")
    for name, lesson in LESSONS.items()
    for number in range(1, len(lesson.steps) + 1)
]


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    warm_up()


def trained(config: RunConfig, steps: int) -> Run:
    """A run after so many steps, or at its end."""
    return ended(patched(config, {"max_steps": steps}))


def curve(run: Run) -> list[float]:
    grid = snapshot_of(run).unpack(run.parameters).grid_prediction
    return [height for height in grid if height is not None]


def words_of(record: Any) -> Iterator[Words]:
    """All texts in a record."""
    if isinstance(record, Words):
        yield record
    elif isinstance(record, list):
        for item in record:
            yield from words_of(item)
    elif hasattr(record, "model_fields_set"):
        for _, value in record:
            yield from words_of(value)


def test_there_is_a_lesson_for_each_idea_and_one_for_classes() -> None:
    assert len(LESSONS) == len(list(OURS.glob("*.yaml"))) >= 10
    assert list(LESSONS) == sorted(LESSONS)


@pytest.mark.parametrize("name", LESSONS)
def test_all_texts_are_there_in_both_languages(name: str) -> None:
    texts = list(words_of(LESSONS[name]))
    assert len(texts) >= 10
    assert all(text.en and text.zh and text.en != text.zh for text in texts)
    assert shown(name, LESSONS[name], "zh") != shown(name, LESSONS[name], "en")


@pytest.mark.parametrize(("name", "number"), STEPS)
def test_what_is_predicted_torch_answers_as_the_texts_lead_one_to_think(name: str, number: int) -> None:
    step = LESSONS[name].steps[number - 1]
    if step.predict is None:
        return
    asked = shown(name, LESSONS[name], "en").shown[number - 1].ask
    if isinstance(step.predict, PredictProgram):
        assert isinstance(asked, AboutProgram)
        found = truth(asked.question, derive(asked.program))
        assert found is not None
        assert same_answer(found[0], TOLD[name, number])
    else:
        assert isinstance(asked, AboutRuns)
        expected(name, number, asked)


def same_answer(found: Answer, told: Answer) -> bool:
    if isinstance(found, TextAnswer) and isinstance(told, TextAnswer):
        return found.text.split() == told.text.split()
    return found.kind == told.kind and not isinstance(found, NumberAnswer)


def expected(name: str, number: int, asked: AboutRuns) -> None:
    """Check what becomes of the runs against what the lesson's text says."""
    runs = [trained(patched(asked.trial.config, patch), asked.trial.steps) for patch in asked.trial.vary]
    losses = [run.losses[-1] for run in runs]
    match name, number:
        case ("05-unsqueeze", 3):
            grid = curve(runs[0])
            assert max(grid) - min(grid) < 0.2  # flat
        case ("06-net", 2):
            grid = curve(runs[0])
            middle = grid[len(grid) // 2]
            assert middle == pytest.approx((grid[0] + grid[-1]) / 2, abs=0.02)  # straight
        case ("06-net", 3):
            assert losses[0] > losses[1] > losses[2]
        case ("07-learning-rate", 2):
            assert runs[0].status == "diverged"
        case ("07-learning-rate", 3):
            assert losses[0] > losses[1] > losses[2]
        case ("08-training-loop", 2):
            assert losses[0] == runs[0].losses[0]
        case ("08-training-loop", 3):
            assert runs[0].losses[0] == losses[0]
        case ("09-zero-grad", 2):
            assert losses[0] < losses[1] / 3
        case _:
            raise AssertionError(f"nothing is expected of {name}, step {number}")


@pytest.mark.parametrize(("name", "number"), STEPS)
def test_a_task_is_not_done_at_first_and_can_be_done(name: str, number: int) -> None:
    lesson = LESSONS[name]
    step = lesson.steps[number - 1]
    if step.task is None:
        assert (name, number) not in DONE
        return
    scene = scene_of(lesson, number - 1)
    done = DONE[name, number]
    if isinstance(scene, CalculatorScene):
        assert isinstance(done, str)
        assert lacking_program(step, scene.program)
        assert lacking_program(step, done) == []
    else:
        assert isinstance(scene, TrainingScene)
        assert isinstance(done, Mapping)
        begun = patched(RunConfig(), scene.settings)
        assert lacking_run(step, begun, scene.settings)
        assert lacking_run(step, patched(begun, done), scene.settings) == []
        changed = set(flat_paths(done))
        assert all(any(f"{path}.".startswith(f"{free}.") for free in scene.free or []) for path in changed)


def lacking_program(step: Step, program: str) -> list[Missing]:
    assert step.task is not None
    assert isinstance(step.task.check, ProgramCheck)
    return list(of_program(step.task.check, program, derive(program)))


def lacking_run(step: Step, config: RunConfig, scene: Patch) -> list[Missing]:
    assert step.task is not None
    assert isinstance(step.task.check, RunCheck)
    run = trained(config, config.max_steps)
    return list(of_run(step.task.check, run.state, run.losses[-1] if run.losses else None, scene))


def flat_paths(patch: Patch, above: str = "") -> Iterator[str]:
    for key, value in patch.items():
        if isinstance(value, Mapping):
            yield from flat_paths(value, f"{above}{key}.")
        else:
            yield above + key


def test_a_comparison_is_only_watched() -> None:
    for lesson in LESSONS.values():
        for i, step in enumerate(lesson.steps):
            if isinstance(scene_of(lesson, i), ComparisonScene):
                assert step.task is None
