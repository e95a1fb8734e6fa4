"""Diagnosis of a run's end: why it ended, and which change of its settings would have helped.

A cause is named only where removing it helps: the changed settings are tried from the initial weights first.
That takes up to a second, so a diagnosis is done in slices.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import floor, log10

from pydantic import JsonValue, ValidationError

from app.protocol.data import MAX_SAMPLES
from app.protocol.events import Event
from app.protocol.optimizers import SGD
from app.protocol.patches import Patch, patched
from app.protocol.runs import MAX_SEED, MAX_STEPS, FinishReason, RunConfig
from app.protocol.topics import find
from app.training.checkpoint import can_be_saved, load, parts, save
from app.training.loop import Loop
from app.training.trial import Sliced, curvature, dead_layer, goes_on, learns

TRIAL = 200
"""Most steps of a trial: about 30 ms."""
BUDGET = 3000
"""Most steps of all trials of one diagnosis; where they do not suffice, no remedy is named."""
STEP_WORK = 500_000
"""Multiplications in one forward pass with which a step counts as two, because it takes twice as long."""
LEAST_RATE = 1e-5
"""Least learning rate that is suggested."""
SEEDS = 10
"""Number of other seeds that are tried."""
RATES = 10
"""Number of learning rates that are tried, each a quarter of the one before."""
SWING = 2.0
"""Without zero_grad(), a last loss this many times the least is reported as swinging."""


@dataclass(frozen=True)
class Finding:
    """The cause of a run's end, and a remedy.

    topic, params: a topic of `app.protocol.topics`, and the fields of its texts.
    suggestion: a merge patch of the settings that helps, after a reset where the run cannot go on.
    """

    topic: str | None
    params: dict[str, str]
    suggestion: Patch | None = None


NOTHING = Finding(None, {})


@dataclass
class Ending:
    """A run that has ended. losses: of all steps. events: the changes made to it since step 0.

    budget: steps of trials that are left.
    """

    reason: FinishReason
    error: str | None
    loop: Loop
    losses: Sequence[float]
    events: Sequence[Event] = field(default=())
    budget: int = BUDGET

    @property
    def config(self) -> RunConfig:
        """The run's settings at its end."""
        return self.loop.config

    @cached_property
    def facts(self) -> dict[str, str]:
        """The fields that most texts use."""
        losses, config = self.losses, self.config
        return {
            "step": str(len(losses)),
            "first": told(losses[0]),
            "last": told(losses[-1]),
            "least": told(min(losses)),
            "lr": told(config.optimizer.lr),
            "optimizer": config.optimizer.name,
            "init": config.model.init,
            "max_steps": str(config.max_steps),
            "stop_loss": told(config.stop_loss or 0.0),
        }

    @cached_property
    def beginning(self) -> Loop:
        """A loop with the same settings at its initial weights."""
        return Loop(self.config, self.loop.data)

    @property
    def trial_steps(self) -> int:
        """Number of steps of a trial: enough to repeat what happened, up to TRIAL."""
        return min(TRIAL, self.config.max_steps, max(20, 2 * len(self.losses)))

    def _spends(self) -> bool:
        """Spend the steps of a trial. Returns whether there were as many."""
        work = self.loop.layout.size * (self.config.batch_size or len(self.loop.data.x))
        self.budget -= self.trial_steps * (1 + work // STEP_WORK)
        return self.budget >= 0

    def would_go_on(self) -> Sliced[bool]:
        """Whether further steps from where the run stands lower the loss."""
        if not can_be_saved(self.loop) or not self._spends():
            return False
        again = Loop(self.config, self.loop.data)
        load(again, *parts(save(self.loop, len(self.losses), 0, None)))
        return (yield from goes_on(again, self.losses, self.trial_steps))

    def would_learn(self, patch: Patch) -> Sliced[bool]:
        """Whether a trial of the changed settings from the initial weights goes well."""
        if not self._spends():
            return False
        try:
            return (yield from learns(patched(self.config, patch), self.loop.data, self.trial_steps))
        except (ValidationError, RuntimeError, NameError):
            return False


def diagnose(ending: Ending) -> Sliced[Finding]:
    """The cause of the run's end, and what to change."""
    yield
    match ending.reason:
        case "failed":
            return of_failure(ending)
        case "stop_loss":
            return Finding("stop_loss_reached", ending.facts, {"stop_loss": None})
        case "max_steps":
            return (
                of_missing_line(ending)
                or of_broadcast(ending)
                or (yield from of_dead_layer(ending))
                or (yield from of_swing(ending))
                or (yield from of_last_step(ending))
            )
        case "diverged":
            return (yield from of_growth(ending)) or Finding("diverged", ending.facts)


def of_failure(ending: Ending) -> Finding:
    """The finding for a step that torch refused."""
    error, lines = ending.error or "", ending.config.loop
    for name, line in (("prediction", "forward"), ("loss", "loss")):
        if error == f"name '{name}' is not defined":
            return Finding("line_left_out", {"name": name}, {"loop": {line: True}})
    topic, params = find(error) or (None, {})
    if ending.config.y_form not in (None, ending.config.wanted_form):
        return Finding(topic, params, {"data": {"y_form": None}})
    if not ending.config.data.unsqueeze_x:
        return Finding(topic, params, {"data": {"unsqueeze_x": True}})
    if topic == "backward_twice" and not (lines.forward and lines.loss):
        return Finding("graph_used_twice", {}, {"loop": {"forward": True, "loss": True}})
    return Finding(topic, params)


def of_missing_line(ending: Ending) -> Finding | None:
    """The finding that nothing was learnt because a line is switched off; None if none is."""
    lines = ending.config.loop
    if not lines.backward and not ending.loop.has_grads:
        return Finding("no_backward", {}, {"loop": {"backward": True}})
    return None if lines.step else Finding("no_step", {}, {"loop": {"step": True}})


def of_broadcast(ending: Ending) -> Finding | None:
    """The finding that each prediction was compared with every y, as torch warned at the first step."""
    config = ending.config
    if config.y_form not in (None, config.wanted_form) and ending.loop.warning is not None:
        topic, params = find(ending.loop.warning) or (None, {})
        return Finding(topic, params, {"data": {"y_form": None}})
    if config.data.unsqueeze_y or not config.data.unsqueeze_x:
        return None
    n = min(config.batch_size or MAX_SAMPLES, len(ending.loop.data.x))
    shapes = {"target": f"[{n}]", "input": f"[{n}, 1]"}
    return Finding("target_size", shapes, {"data": {"unsqueeze_y": True}})


def of_dead_layer(ending: Ending) -> Sliced[Finding | None]:
    """The finding that all units of a layer are dead, so that no gradient passes it."""
    layer = dead_layer(ending.loop)
    if layer is None:
        return None
    facts = {**ending.facts, "layer": layer}
    if dead_layer(ending.beginning) is not None:
        return Finding("dead_from_the_start", facts, (yield from living_beginning(ending)))
    if by_hand := (yield from of_edit(ending)):
        return by_hand
    on: Patch = {"loop": {"zero_grad": True}}
    if not ending.config.loop.zero_grad and (yield from ending.would_learn(on)):
        return Finding("accumulating_gradients", facts, on)
    if lower := (yield from with_lower_lr(ending, "died_on_the_way", facts)):
        return lower
    return (yield from of_suspects(ending)) or Finding("max_steps_reached", facts)


def living_beginning(ending: Ending) -> Sliced[Patch | None]:
    """A patch to the next seed with which the run learns, or to an activation that cannot die, if it does."""
    seed = ending.config.seed
    for other in range(seed + 1, min(seed + SEEDS, MAX_SEED) + 1):
        patch: Patch = {"seed": other}
        is_alive = dead_layer(Loop(patched(ending.config, patch), ending.loop.data)) is None
        if is_alive and (yield from ending.would_learn(patch)):
            return patch
    leaky: Patch = {"model": {"activation": "LeakyReLU"}}
    return leaky if (yield from ending.would_learn(leaky)) else None


def of_swing(ending: Ending) -> Sliced[Finding | None]:
    """The finding that accumulated gradients drove the parameters past the minimum and away again."""
    if ending.config.loop.zero_grad or not ending.losses[-1] > SWING * min(ending.losses):
        return None
    on: Patch = {"loop": {"zero_grad": True}}
    helps = yield from ending.would_learn(on)
    return Finding("accumulating_gradients", ending.facts, on) if helps else None


def of_last_step(ending: Ending) -> Sliced[Finding]:
    """The finding for a run that took all of its steps."""
    if ending.losses[-1] >= ending.losses[0] and (growth := (yield from of_growth(ending))):
        return growth
    more = min(2 * ending.config.max_steps, MAX_STEPS)
    suggestion: Patch | None = None
    if more > ending.config.max_steps and (yield from ending.would_go_on()):
        suggestion = {"max_steps": more}
    return Finding("max_steps_reached", ending.facts, suggestion)


def of_growth(ending: Ending) -> Sliced[Finding | None]:
    """The setting without which the loss would not have grown. Settings of less use are suspected first."""
    if by_hand := (yield from of_edit(ending)):
        return by_hand
    if suspect := (yield from of_suspects(ending)):
        return suspect
    if not ending.config.loop.zero_grad:
        on: Patch = {"loop": {"zero_grad": True}}
        return (yield from with_lower_lr(ending, "accumulating_at_high_lr", ending.facts, on))
    if not isinstance(ending.config.optimizer, SGD):
        return (yield from with_lower_lr(ending, "lr_too_high_adaptive", ending.facts))
    bend = yield from curvature(ending.beginning)
    if ending.config.optimizer.momentum == 0 and ending.config.optimizer.lr * bend > 2:
        facts = {**ending.facts, "curvature": told(bend), "limit": told(2 / bend)}
        return (yield from with_lower_lr(ending, "lr_above_limit", facts))
    return (yield from with_lower_lr(ending, "lr_too_high", ending.facts))


def of_edit(ending: Ending) -> Sliced[Finding | None]:
    """The finding that a parameter changed by hand led here, and that the settings alone go well."""
    edits = [event.step for event in ending.events if event.edit is not None]
    if not edits or not (yield from ending.would_learn({})):
        return None
    return Finding("edited_by_hand", {**ending.facts, "edited": str(edits[-1])}, {})


def of_suspects(ending: Ending) -> Sliced[Finding | None]:
    """The first of the suspects without which the run learns."""
    for finding in suspects(ending):
        if finding.suggestion is not None and (yield from ending.would_learn(finding.suggestion)):
            return finding
    return None


def suspects(ending: Ending) -> Iterator[Finding]:
    """Settings besides the learning rate that make a loss grow, each with its remedy."""
    config, facts = ending.config, ending.facts
    optimizer = config.optimizer
    if config.scheduler is not None and ending.loop.lr > optimizer.lr:
        raised = {**facts, "scheduler": config.scheduler.name, "lr_now": told(ending.loop.lr)}
        yield Finding("scheduler_raises_lr", raised, {"scheduler": None})
    if not config.loop.zero_grad:
        yield Finding("accumulating_gradients", facts, {"loop": {"zero_grad": True}})
    if optimizer.weight_decay > 0:
        decay = {
            "weight_decay": told(optimizer.weight_decay),
            "pull": told(optimizer.lr * optimizer.weight_decay),
        }
        yield Finding("weight_decay_too_high", {**facts, **decay}, {"optimizer": {"weight_decay": 0.0}})
    momentum = getattr(optimizer, "momentum", 0.0)
    if momentum > 0:
        without: dict[str, JsonValue] = {"momentum": 0.0}
        if isinstance(optimizer, SGD) and optimizer.nesterov:
            without["nesterov"] = False
        yield Finding("momentum_too_high", {**facts, "momentum": told(momentum)}, {"optimizer": without})
    if config.model.init != "default":
        yield Finding("large_initial_weights", facts, {"model": {"init": "default"}})


def with_lower_lr(
    ending: Ending, topic: str, facts: dict[str, str], besides: Patch | None = None
) -> Sliced[Finding | None]:
    """A finding with the highest of some lower learning rates that goes well; None if none does."""
    for lr in (yield from lower_rates(ending)):
        lower: Patch = {"optimizer": {"lr": lr}}
        patch = {**(besides or {}), **lower}
        if (yield from ending.would_learn(patch)):
            return Finding(topic, {**facts, "new_lr": told(lr)}, patch)
    return None


def lower_rates(ending: Ending) -> Sliced[list[float]]:
    """Learning rates to try, falling; for SGD from half the limit that the curvature sets."""
    optimizer = ending.config.optimizer
    rate = optimizer.lr / 2
    if isinstance(optimizer, SGD):
        bend = yield from curvature(ending.beginning)
        if bend > 0:
            rate = min(rate, (1 - 0.9 * optimizer.momentum) / bend)
    else:
        usual: Patch = {"optimizer": {"name": optimizer.name}}
        rate = min(rate, RunConfig.model_validate(usual).optimizer.lr)
    return [round_down(lr) for i in range(RATES) if (lr := rate / 4**i) >= LEAST_RATE]


def round_down(value: float) -> float:
    """A positive value rounded down to one significant digit.

    >>> round_down(0.2672)
    0.2
    """
    power = floor(log10(value))
    return float(f"{floor(value / 10.0**power + 1e-9)}e{power}")


def told(value: float) -> str:
    """A number as the texts show it.

    >>> told(2700947.0), told(0.2)
    ('2.701e+06', '0.2')
    """
    return f"{value:.4g}"
