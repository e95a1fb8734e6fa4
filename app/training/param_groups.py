"""One torch optimizer for the parameters of many runs, each at its own place in its training."""

from collections.abc import Hashable, Sequence, Set
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from app.training.loop import Loop
from app.training.optimizer import State, make_optimizer, settings_of, step_of
from app.training.schedule import Schedule

STEPS_IN_A_COLUMN = frozenset({"Adam", "AdamW", "RMSprop"})
"""Optimizers whose count of steps may be one for each row: torch computes with it as with any tensor."""


def grouped(loops: Sequence[Loop]) -> list[list[Loop]]:
    """The loops in groups, each of which one param group of torch can serve."""
    groups: dict[Hashable, list[Loop]] = {}
    for loop in loops:
        groups.setdefault(group_key(loop), []).append(loop)
    return list(groups.values())


def group_key(loop: Loop) -> Hashable:
    """Equal for loops with the same optimizer settings, learning rate and place in the schedule.

    Loops that have taken no step yet have a key of their own, because torch takes the first step differently.
    """
    config, state = loop.config.optimizer, loop.optimizer_state
    counted = config.name not in STEPS_IN_A_COLUMN and "step" in state
    return (
        config.model_copy(update={"lr": loop.lr}),
        loop.schedule.place if loop.schedule else None,
        frozenset(state),
        state["step"].item() if counted else None,
    )


@dataclass(frozen=True)
class ParamGroup:
    """Rows of a cohort that form one of torch's param groups."""

    loops: Sequence[Loop]
    rows: Tensor
    """The loops' parameters, (rows, N); `.grad` holds their gradients."""
    state: State
    """What the optimizer keeps for `rows`: (rows, N) each, and "step", (rows, 1) float64 or 0-d."""
    schedule: Schedule | None


class ParamGroups:
    """Steps the rows of many loops, whose optimizers are of the same class.

    theta, grad: the loops' rows in the order of the groups, (runs, N).
    """

    def __init__(self, groups: Sequence[Sequence[Loop]], theta: Tensor, grad: Tensor) -> None:
        self._groups = []
        arguments: list[dict[str, Any]] = []
        start = 0
        for loops in groups:
            rows = theta[start : start + len(loops)]
            rows.grad = grad[start : start + len(loops)]
            start += len(loops)
            state = joined(loops)
            first = loops[0]
            self._groups.append(ParamGroup(loops, rows, state, first.schedule))
            settings = settings_of(first.config.optimizer) | {"params": [rows], "lr": first.lr}
            if "step" in state and state["step"].dim():
                # The way through torch's arithmetic on which the count of steps is a tensor.
                settings["differentiable"] = True
            arguments.append(settings)
        self._optimizer = make_optimizer(groups[0][0].config.optimizer, arguments)
        for group in self._groups:
            self._optimizer.state[group.rows] = group.state
        self._optimizer_step = step_of(self._optimizer)

    def step(self) -> None:
        """`optimizer.step()` for all rows."""
        self._optimizer_step()

    def step_schedules(self) -> None:
        """`scheduler.step()` for all rows."""
        for group, of_torch in zip(self._groups, self._optimizer.param_groups, strict=True):
            if group.schedule is not None:
                group.schedule.step()
                of_torch["lr"] = group.schedule.lr

    @property
    def has_schedules(self) -> bool:
        """Whether a scheduler moves the learning rate of any row."""
        return any(group.schedule is not None for group in self._groups)

    @property
    def lrs(self) -> list[float]:
        """The learning rate of each row's next step."""
        pairs = zip(self._groups, self._optimizer.param_groups, strict=True)
        return [of_torch["lr"] for group, of_torch in pairs for _ in group.loops]

    def give_back(self, loops: Set[Loop]) -> None:
        """Copy optimizer states and schedules into some of the loops' own."""
        for group in self._groups:
            for i, loop in enumerate(group.loops):
                if loop not in loops:
                    continue
                loop.optimizer_state = {name: part(name, value, i) for name, value in group.state.items()}
                if loop.schedule is not None and group.schedule is not None:
                    loop.schedule.go_to(group.schedule)


def joined(loops: Sequence[Loop]) -> State:
    """The optimizer states of these loops as one state of all their rows; empty before the first step."""
    states = [loop.optimizer_state for loop in loops]
    joined = {name: torch.stack([state[name] for state in states]) for name in states[0]}
    if "step" in joined:
        steps = joined["step"]
        alike = bool((steps == steps[0]).all())
        # In float64: 1 - 0.999**step loses five digits in float32.
        joined["step"] = steps[0] if alike else steps.double().unsqueeze(1).to(loops[0].theta.device)
    return joined


def part(name: str, value: Tensor, i: int) -> Tensor:
    """A row's part of one entry of a joined state. A copy: a view would keep the memory of all rows."""
    if name == "step":
        return (value[i, 0] if value.dim() else value).cpu().float().clone()
    return value[i].clone()
