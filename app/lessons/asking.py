"""A lesson's predictions, as a room or the page asks them."""

import ast

from app.exercises.asking import questions
from app.protocol.lessons import (
    CalculatorScene,
    ComparisonScene,
    Predict,
    PredictProgram,
    Scene,
    TrainingScene,
)
from app.protocol.patches import patched
from app.protocol.rooms import About, AboutProgram, AboutRuns, Trial
from app.protocol.runs import RunConfig


class Unasked(Exception):
    """The scene cannot be asked that."""


def about(predict: Predict, scene: Scene | None) -> About:
    """What a prediction is about, with all that torch needs to decide it. Raises: Unasked."""
    if isinstance(predict, PredictProgram):
        return about_program(predict, scene)
    if scene is None or isinstance(scene, CalculatorScene):
        raise Unasked("the step's scene has no run")
    several = isinstance(scene, ComparisonScene)
    if several != (predict.what in ("winner", "order")):
        raise Unasked("the step's scene has several runs" if several else "the step's scene has one run only")
    trial = trial_of(scene, predict.steps)
    return AboutRuns(kind=predict.what, trial=trial, tolerance=predict.tolerance)


def trial_of(scene: TrainingScene | ComparisonScene, steps: int | None = None) -> Trial:
    """The runs of a scene. steps: how many they take; None: as many as their settings say."""
    config = patched(RunConfig(), scene.settings)
    vary = tuple(scene.vary) if isinstance(scene, ComparisonScene) else ({},)
    return Trial(config=config, vary=vary, steps=steps or config.max_steps)


def about_program(predict: PredictProgram, scene: Scene | None) -> AboutProgram:
    """The question of that name among those that can be asked about the scene's program. Raises: Unasked."""
    if not isinstance(scene, CalculatorScene):
        raise Unasked("the step's scene has no program")
    try:
        known = {question.id: question for question in questions(ast.parse(scene.program))}
    except SyntaxError:
        known = {}
    if predict.question not in known:
        raise Unasked(f"the program has no question {predict.question!r}, but {', '.join(known) or 'none'}")
    return AboutProgram(program=scene.program, question=known[predict.question])
