"""Drills: always the same, small numbers, and what torch makes of them is what plain Python works out."""

import contextlib
import io
from collections import Counter
from typing import Any, get_args

import numpy as np
import pytest
import torch

from app.calculator import derive
from app.exercises.drills import KINDS, drill
from app.exercises.marking import is_right, truth
from app.protocol.exercises import MAX_LEVEL, AnswerKind, Drill, DrillKind, NoneAnswer, NumberAnswer
from tests.exercises.stand_in import Torch

LEVELS = range(1, MAX_LEVEL + 1)
SEEDS = range(25)
MOST = 400
"""What adds up in a few rounds may come to a few times the drill's own bound."""


def outcome(program: str, module: Any) -> tuple[dict[str, Any], bool]:
    """Each tensor's `.grad` as nested lists, and whether the program failed."""
    names: dict[str, Any] = {"torch": module}
    failed = False
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            exec(program.replace("import torch\n", ""), names)
        except RuntimeError:
            failed = True
    leaves: dict[str, Any] = {name: names[name] for name in ("x", "w", "b") if name in names}
    grads: dict[str, Any] = {
        name: None if tensor.grad is None else np.asarray(getattr(tensor.grad, "value", tensor.grad))
        for name, tensor in leaves.items()
        if module is not torch or tensor.is_leaf
    }
    return grads, failed


@pytest.mark.parametrize("kind", KINDS)
def test_torch_does_what_plain_python_works_out_and_the_numbers_are_small(kind: DrillKind) -> None:
    for level in LEVELS:
        for seed in SEEDS:
            program = drill(kind, level, seed).program
            ours, failed = outcome(program, Torch)
            theirs, torch_failed = outcome(program, torch)
            assert failed == torch_failed, program
            for name, grad in theirs.items():
                assert (grad is None) == (ours[name] is None), program
                if grad is not None:
                    assert grad.tolist() == ours[name].tolist(), program
                    assert np.abs(grad).max() <= MOST, program
                    assert (2 * grad == np.round(2 * grad)).all(), program


def test_a_drill_is_its_kind_level_and_seed() -> None:
    once = [drill(kind, level, 7) for kind in KINDS for level in LEVELS]
    assert once == [drill(kind, level, 7) for kind in KINDS for level in LEVELS]
    assert tuple(KINDS) == get_args(DrillKind)
    for kind in KINDS:
        different = {drill(kind, MAX_LEVEL, seed).program for seed in range(40)}
        assert len(different) > 30, kind
    # Links in lessons must go on meaning the same: this text may not change.
    assert drill("chain", 2, 1).program == (
        "import torch\n\nx = torch.tensor(2.0, requires_grad=True)\n"
        "a = 4 * x\nb = a + 2\nc = -2 * b\nc.backward()\n"
    )


def test_higher_levels_are_longer() -> None:
    for kind in KINDS:
        lengths = [sum(len(drill(kind, level, seed).program) for seed in SEEDS) for level in (1, 3, 5)]
        assert lengths[0] < min(lengths[1:]), kind


def answered(made: Drill) -> list[tuple[AnswerKind, str]]:
    """The right answers by the calculator, and how they are shown."""
    derivation = derive(made.program)
    found = []
    for question in made.questions:
        told = truth(question, derivation)
        assert told is not None, made.program
        right, shown = told
        assert right.kind in question.answers
        assert is_right(right, right, question.tolerance)
        if right.kind != "none":
            assert not is_right(NoneAnswer(), right, question.tolerance)
        if isinstance(right, NumberAnswer) and question.name:
            grads, _ = outcome(made.program, Torch)
            assert np.asarray(right.numbers).tolist() == grads[question.name].tolist()
        found.append((right.kind, shown))
    return found


def test_every_question_of_a_drill_has_an_answer_and_none_and_errors_are_answers_too() -> None:
    kinds = Counter(
        kind for name in KINDS for level in LEVELS for kind, _ in answered(drill(name, level, seed=level))
    )
    assert set(kinds) == {"number", "none", "error", "text"}
