"""The optimizer and the scheduler of a script, and the lines of its loop."""

import inspect
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, get_args

from torch import Tensor
from torch.optim import lr_scheduler

from app.calculator.scripts.reasons import Reasons
from app.calculator.scripts.watch import Made, Watch, every_parameter
from app.protocol import optimizers
from app.protocol.record import Record
from app.protocol.runs import MAX_STEPS, RunConfig

OPTIMIZERS: Mapping[str, type[Record]] = {
    kind.__name__: kind
    for kind in (optimizers.SGD, optimizers.Adam, optimizers.AdamW, optimizers.RMSprop, optimizers.Adagrad)
}
SCHEDULERS: Mapping[str, type[Record]] = {
    kind.__name__: kind for kind in get_args(get_args(optimizers.SchedulerConfig)[0])
}
HOW = frozenset({"foreach", "fused", "capturable", "differentiable", "decoupled_weight_decay", "initial_lr"})
"""Settings of torch's that say how it computes, not what."""
UNKNOWN_STEPS = RunConfig.model_fields["max_steps"].default


def optimizer_of(
    watch: Watch, parameters: Sequence[Tensor], reasons: Reasons
) -> tuple[dict[str, Any], Any] | None:
    """The settings of the optimizer, and itself. parameters: those of the network, where they are known."""
    made = [one for one in watch.optimizers if one.calls] or watch.optimizers
    if is_by_hand(watch) and watch.descent.settings is not None:
        return watch.descent.settings, None
    if len(made) != 1:
        if made:
            reasons.add("several_optimizers", made[-1].line, n=len(made))
        else:
            reasons.add("no_optimizer")
        return None
    optimizer, line = made[0].thing, made[0].line
    name = type(optimizer).__name__
    if watch.has_closure:
        reasons.add("closure", line)
    if len(optimizer.param_groups) != 1:
        reasons.add("groups", line, n=len(optimizer.param_groups))
    if parameters and {id(p) for p in every_parameter(made[0].thing)} != {id(p) for p in parameters}:
        reasons.add("other_parameters", line)
    if name not in OPTIMIZERS:
        reasons.add("other_optimizer", line, name=name)
        return None
    fields = OPTIMIZERS[name].model_fields
    usual = inspect.signature(type(optimizer).__init__).parameters
    for setting, value in made[0].settings.items():
        default = usual[setting].default if setting in usual else value
        if setting not in fields and setting not in HOW and value != default:
            reasons.add("optimizer_setting", line, name=name, setting=setting, value=str(value))
    settings = {setting: plain(value) for setting, value in made[0].settings.items() if setting in fields}
    return {"name": name} | settings, optimizer


def is_by_hand(watch: Watch) -> bool:
    """Whether the script takes its own steps: without an optimizer, or by one that is its own class."""
    used = {type(made.thing).__name__ for made in watch.optimizers if made.calls}
    return watch.descent.settings is not None and not used & OPTIMIZERS.keys()


def plain(value: Any) -> Any:
    """A number, and tuples of them as lists."""
    if isinstance(value, Tensor):
        return value.item()
    return [plain(part) for part in value] if isinstance(value, tuple | list) else value


def scheduler_of(watch: Watch, optimizer: Any, reasons: Reasons, notes: Reasons) -> dict[str, Any] | None:
    """The settings of the scheduler, if there is one that takes steps."""
    made = [one for one in watch.schedulers if getattr(one.thing, "optimizer", None) is optimizer]
    if len(made) > 1:
        reasons.add("several_schedulers", made[-1].line, n=len(made))
    if not made and len({step.lr for step in watch.steps if step.lr is not None}) > 1:
        reasons.add("lr_by_hand", watch.steps[0].line)
    if len(made) != 1:
        return None
    scheduler, line = made[0].thing, made[0].line
    name = type(scheduler).__name__
    every = steps_between(watch, made[0])
    if every == 0:
        notes.add("scheduler_unused", line, name=name)
        return None
    if name not in SCHEDULERS:
        reasons.add("other_scheduler", line, name=name)
        return None
    settings = {setting: plain_setting(scheduler, setting) for setting in SCHEDULERS[name].model_fields}
    settings["name"] = name
    if every == 1:
        return settings
    if every is not None:
        match name:
            case "StepLR":
                return settings | {"step_size": every * settings["step_size"]}
            case "MultiStepLR":
                return settings | {"milestones": [every * milestone for milestone in settings["milestones"]]}
            case "ExponentialLR":
                return {"name": "StepLR", "step_size": every, "gamma": settings["gamma"]}
    reasons.add("scheduler_steps", line, name=name)
    return None


def plain_setting(scheduler: lr_scheduler.LRScheduler, setting: str) -> Any:
    """A setting of a scheduler as it was given."""
    value = getattr(scheduler, setting, None)
    return sorted(value.elements()) if setting == "milestones" and value is not None else plain(value)


def steps_between(watch: Watch, made: Made) -> int | None:
    """After how many steps of the optimizer the scheduler takes one; 0: never. None: in no regular order."""
    rounds = [n for n, _ in watch.loops]
    events = [event for step in watch.steps for event in step.events]
    if made.calls == 0:
        inner = rounds[-1] if len(rounds) > 1 else None
        return inner if inner is not None and inner >= len(watch.steps) else 0
    counts, n = [], 0
    for event in events:
        if event == "step":
            n += 1
        elif event == "scheduler":
            counts.append(n)
            n = 0
    return counts[0] if len(set(counts)) == 1 and n <= counts[0] else None


def loop_of(watch: Watch, reasons: Reasons) -> dict[str, bool]:
    """Which lines of the loop the script has."""
    steps = watch.steps
    if watch.has_closure or sum(one.calls > 0 for one in watch.optimizers) > 1:
        return {}  # whose gradients are added up or clipped is not told apart
    taken = [step.events.count("step") for step in steps[:-1]] or [steps[-1].events.count("step")]
    line = steps[0].line
    by_hand = is_by_hand(watch)
    if not by_hand and any(step.by_hand for step in steps[1:]):
        reasons.add("no_optimizer" if not any(taken) else "by_hand", line)
    if any(step.clipped for step in steps):
        reasons.add("clipped", line)
    kept = {step.has_grads for step in steps[1:]} or {False}
    if len(kept) > 1:
        reasons.add("accumulated", line)
    if len(set(taken)) > 1 or taken[0] > 1:
        order = ", ".join(["backward", *steps[0].events, *(["backward"] if len(steps) > 1 else [])])
        reasons.add("order", line, order=order)
    return {"zero_grad": kept != {True}, "step": by_hand or bool(taken[0])}


def steps_of(watch: Watch, ended: bool, notes: Reasons) -> int:
    """How many steps the script takes. ended: whether it came to its end while it was observed."""
    line = watch.steps[0].line
    if ended:
        return len(watch.steps)
    rounds = [n for n, _ in watch.loops]
    known = [n for n in rounds if n is not None]
    if not rounds or len(known) < len(rounds):
        notes.add("no_end", line, steps=UNKNOWN_STEPS)
        return int(UNKNOWN_STEPS)
    steps = prod(known)
    if steps > MAX_STEPS:
        notes.add("too_many_steps", line, steps=steps, most=MAX_STEPS)
    return max(1, min(steps, MAX_STEPS))
