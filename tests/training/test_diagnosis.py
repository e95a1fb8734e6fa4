"""Why runs end: each topic comes of a real run, and what it suggests is tried in another."""

import string
from random import Random
from typing import Any
from unittest.mock import ANY

import pytest

from app.engine.worker.scheduler import Scheduler
from app.errors import Conflict
from app.protocol.lines import ParameterEdit
from app.protocol.patches import patched
from app.protocol.runs import FinishReason, RunConfig
from app.protocol.topics import TOPICS
from app.protocol.topics.endings import ENDINGS, SET_ASIDE
from app.training.diagnosis import BUDGET, Finding
from app.training.run import Run
from tests.training.device import DEVICE


def ended(config: RunConfig) -> Run:
    """A run that went on until something stopped it, the way the engine does that."""
    run = Run("a run", config, DEVICE)
    run.play(None)
    finish(run)
    return run


def finish(run: Run) -> None:
    scheduler = Scheduler(lambda: 0.0, lambda run: None)
    scheduler.add(run)
    scheduler.run()  # Until it stops: on this clock no time passes.


def found(settings: dict[str, Any]) -> tuple[Run, Finding]:
    run = ended(RunConfig.model_validate(settings))
    return run, run.finding


FOUND: dict[str, Finding] = {}
"""What `test_what_is_suggested_cures_what_was_found` has found, by the settings."""


TANH = {"model": {"activation": "Tanh"}}
DEEP = {"hidden": [64, 64]}
LOWER: Any = ANY
"""A learning rate: how low, is for the trial that follows to judge."""
CURED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("accumulating_gradients", {"loop": {"zero_grad": False}}, {"loop": {"zero_grad": True}}),
    (
        "accumulating_gradients",
        {"loop": {"zero_grad": False}, "optimizer": {"lr": 0.5}, **TANH},
        {"loop": {"zero_grad": True}},
    ),
    (
        "accumulating_at_high_lr",
        {"loop": {"zero_grad": False}, "optimizer": {"lr": 2.0}},
        {"loop": {"zero_grad": True}, "optimizer": {"lr": LOWER}},
    ),
    ("lr_above_limit", {"optimizer": {"lr": 2.0}}, {"optimizer": {"lr": LOWER}}),
    ("lr_above_limit", {"data": {"x_min": -10, "x_max": 10}}, {"optimizer": {"lr": LOWER}}),
    ("lr_too_high", {"optimizer": {"lr": 2.0, "momentum": 0.5}, **TANH}, {"optimizer": {"lr": LOWER}}),
    ("lr_too_high_adaptive", {"optimizer": {"name": "Adam", "lr": 100.0}}, {"optimizer": {"lr": LOWER}}),
    (
        "momentum_too_high",
        {"optimizer": {"lr": 0.5, "momentum": 0.99, "nesterov": True}, **TANH},
        {"optimizer": {"momentum": 0.0, "nesterov": False}},
    ),
    ("weight_decay_too_high", {"optimizer": {"weight_decay": 9.0}}, {"optimizer": {"weight_decay": 0.0}}),
    ("scheduler_raises_lr", {"scheduler": {"name": "ExponentialLR", "gamma": 1.01}}, {"scheduler": None}),
    (
        "large_initial_weights",
        {"model": {"init": "normal_", "activation": "Softplus", **DEEP}},
        {"model": {"init": "default"}},
    ),
    ("dead_from_the_start", {"model": {"hidden": [2, 2]}, "seed": 4}, {"seed": 5}),
    ("died_on_the_way", {"optimizer": {"lr": 1.0}}, {"optimizer": {"lr": LOWER}}),
    ("no_backward", {"loop": {"backward": False}}, {"loop": {"backward": True}}),
    ("no_step", {"loop": {"step": False}}, {"loop": {"step": True}}),
    ("one_row_of_many", {"data": {"unsqueeze_x": False}}, {"data": {"unsqueeze_x": True}}),
    ("target_size", {"data": {"unsqueeze_y": False}}, {"data": {"unsqueeze_y": True}}),
    ("line_left_out", {"loop": {"forward": False}}, {"loop": {"forward": True}}),
    ("line_left_out", {"loop": {"loss": False}}, {"loop": {"loss": True}}),
    ("max_steps_reached", {"max_steps": 50}, {"max_steps": 100}),
    ("stop_loss_reached", {"stop_loss": 0.05, "max_steps": 200}, {"stop_loss": None}),
]


@pytest.mark.parametrize(("topic", "settings", "suggestion"), CURED)
def test_what_is_suggested_cures_what_was_found(
    topic: str, settings: dict[str, Any], suggestion: dict[str, Any]
) -> None:
    run, finding = found(settings)
    FOUND[repr(settings)] = finding
    assert (finding.topic, finding.suggestion) == (topic, suggestion)
    assert finding.suggestion is not None
    after = ended(patched(run.config, finding.suggestion))
    assert after.config.optimizer.lr <= run.config.optimizer.lr
    assert (after.status, after.finding.topic) == ("finished", "max_steps_reached")
    assert not run.losses or run.losses[-1] > after.losses[-1]


def test_more_steps_are_suggested_only_where_they_lower_the_loss() -> None:
    _, finding = found({"max_steps": 50, "optimizer": {"lr": 1e-10}})
    assert (finding.topic, finding.suggestion) == ("max_steps_reached", None)


def test_every_text_can_be_filled_with_what_is_found() -> None:
    findings = [FOUND.get(repr(settings)) or found(settings)[1] for _, settings, _ in CURED]
    findings += [edited(), frozen_loss(), hopeless()]
    findings += [aside(topic) for topic in SET_ASIDE]
    for finding in findings:
        assert finding.topic is not None
        topic = TOPICS[finding.topic]
        for text in (topic.explanation, topic.remedy):
            assert {name for _, name, _, _ in string.Formatter().parse(text) if name} <= finding.params.keys()
    assert {finding.topic for finding in findings} >= ENDINGS.keys()


def edited() -> Finding:
    """What is said of a run in which a weight was made huge."""
    run = Run("a run", RunConfig(), DEVICE)
    run.play_steps(10)
    finish(run)
    run.edit(ParameterEdit(name="predict.weight", index=(0, 5), value=1e4))
    run.play(None)
    finish(run)
    return run.finding


def test_a_weight_made_huge_by_hand_is_to_blame_not_the_settings() -> None:
    finding = edited()
    assert (finding.topic, finding.suggestion) == ("edited_by_hand", {})
    assert finding.params["edited"] == "10"


def frozen_loss() -> Finding:
    """What is said of a run that goes on with the prediction of an earlier step."""
    run = Run("a run", RunConfig(), DEVICE)
    run.play_steps(5)
    finish(run)
    run.update(patched(run.config, {"loop": {"forward": False, "loss": False}}))
    run.play(None)
    finish(run)
    assert run.status == "failed"
    return run.finding


def test_an_old_loss_cannot_be_gone_through_twice() -> None:
    finding = frozen_loss()
    assert finding.topic == "graph_used_twice"
    assert finding.suggestion == {"loop": {"forward": True, "loss": True}}


def hopeless() -> Finding:
    """What is said where nothing that is tried helps."""
    run = Run("a run", RunConfig(), DEVICE)
    run.loop.data.y.fill_(float("nan"))
    run.play(None)
    finish(run)
    return run.finding


def aside(topic: str) -> Finding:
    """What is said of a run that the server had to end."""
    run = Run("a run", RunConfig(), DEVICE)
    run.set_aside(topic, "an error")
    return run.finding


def test_a_run_is_reset_after_a_mistake_of_ours() -> None:
    run = Run("a run", RunConfig(), DEVICE)
    run.play(None)
    run.break_down(KeyError("a mistake"))
    assert (run.status, run.error) == ("failed", "KeyError: 'a mistake'")
    with pytest.raises(Conflict, match="had to end"):
        run.play(None)
    run.reset()
    run.play(None)
    assert (run.status, run.state.topic) == ("playing", None)


@pytest.mark.parametrize("end", ["max_steps", "diverged"])
def test_points_without_their_dimension_are_diagnosed_in_batches_of_one(end: FinishReason) -> None:
    """Torch takes one such point, but not all of them."""
    run = Run("a run", RunConfig.model_validate({"data": {"unsqueeze_x": False}, "batch_size": 1}), DEVICE)
    run.play(None)
    run.record(0.5)
    run.record(0.6)
    run._become("finished" if end == "max_steps" else "diverged", end)
    assert run.finding.topic is not None


def huge(activation: str) -> Run:
    """A run whose weights are all 1 in four wide layers, so that its first loss is at least 4,000."""
    model = {"hidden": [64] * 4, "init": "ones_", "activation": activation}
    return ended(RunConfig.model_validate({"model": model, "max_steps": 50}))


def test_a_learning_rate_that_hardly_moves_is_no_remedy() -> None:
    """Where the loss begins at 1e13, only lr = 1e-13 would keep the units alive."""
    run = huge("ReLU")
    assert run.losses[0] > 1e13
    assert "optimizer" not in (run.finding.suggestion or {})
    assert "max_steps" not in (run.finding.suggestion or {})


def test_a_diagnosis_is_done_in_slices_and_has_a_budget() -> None:
    n_slices = sum(1 for _ in huge("Tanh").diagnosis())
    assert 10 < n_slices < BUDGET


def test_what_is_found_of_an_end_that_is_no_more_is_dropped() -> None:
    run = ended(RunConfig(max_steps=5))
    diagnosis = run.diagnosis()
    next(diagnosis)
    run.reset()
    run.play(None)
    finish(run)
    for _ in diagnosis:
        pass
    assert run.is_undiagnosed


def test_where_nothing_that_is_tried_helps_nothing_is_suggested() -> None:
    finding = hopeless()
    assert (finding.topic, finding.suggestion) == ("diverged", None)


def test_what_torch_itself_says_of_a_shape_is_explained_as_in_the_calculator() -> None:
    run = Run("a run", RunConfig(), DEVICE)
    run.play(None)
    run.fail("mat1 and mat2 shapes cannot be multiplied (3x5 and 1x10)")
    assert run.finding == Finding("matmul_shapes", {"first": "3x5", "second": "1x10"})


def test_whatever_makes_a_loss_grow_the_suggestion_lowers_it() -> None:
    """Random settings with a learning rate far too high: of those that diverge, nearly all are cured."""
    random = Random(1)
    cured, all_ = 0, 0
    while all_ < 12:
        run = ended(bad_config(random))
        if run.status != "diverged":
            continue
        all_ += 1
        suggestion = run.finding.suggestion
        if suggestion is not None:
            after = ended(patched(run.config, suggestion))
            cured += after.status == "finished" and after.losses[-1] < after.losses[0]
    assert cured >= 11


def bad_config(random: Random) -> RunConfig:
    optimizer: dict[str, Any] = random.choice(
        [{"name": "SGD", "momentum": random.choice([0.0, 0.5, 0.9])}, {"name": "SGD"}, {"name": "AdamW"}]
    )
    return RunConfig.model_validate(
        {
            "seed": random.randrange(1000),
            "data": {"x_min": -random.choice([1, 3]), "x_max": random.choice([1, 3])},
            "model": {
                "hidden": [random.choice([5, 20])] * random.randint(1, 3),
                "activation": random.choice(["ReLU", "Tanh", "GELU"]),
                "init": random.choice(["default", "normal_"]),
            },
            "optimizer": {**optimizer, "lr": random.choice([1.0, 5.0, 50.0])},
            "batch_size": random.choice([None, 20]),
            "loop": {"zero_grad": random.random() < 0.7},
            "max_steps": 300,
        }
    )


def test_a_diagnosis_is_made_once_and_forgotten_with_the_end_it_explains() -> None:
    run, finding = found({"max_steps": 5})
    assert run.finding is finding
    run.update(RunConfig(max_steps=10))
    assert run.state.topic is None
    run.play(None)
    finish(run)
    assert run.finding.topic == run.state.topic == "max_steps_reached"
    run.reset()
    assert (run.state.topic, run.state.params, run.state.suggestion) == (None, None, None)
