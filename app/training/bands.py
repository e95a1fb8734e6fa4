"""One torch optimizer for the parameters of many runs, each run where it is in its own training."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from app.training.loop import Loop
from app.training.optimizer import State, make_optimizer, settings_of, step_of
from app.training.schedule import Schedule

STEPS_IN_A_COLUMN = frozenset({"Adam", "AdamW", "RMSprop"})
"""Optimizers whose count of steps may be one for each row: torch computes with it as with any tensor."""


def in_bands(loops: Sequence[Loop]) -> list[list[Loop]]:
    """The loops that one param group of torch can serve, together."""
    bands: dict[Hashable, list[Loop]] = {}
    for loop in loops:
        bands.setdefault(band_of(loop), []).append(loop)
    return list(bands.values())


def band_of(loop: Loop) -> Hashable:
    """Loops with equal ones share settings, learning rate and place in the schedule.

    They have also both taken a first step or not, because torch does that one differently.
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
class Band:
    """Rows of a cohort that are one of torch's param groups."""

    loops: Sequence[Loop]
    rows: Tensor
    """Their parameters, (rows, N); `.grad` is their gradients."""
    state: State
    """What the optimizer keeps for them: (rows, N) each, and "step", (rows, 1) float64 or 0-d."""
    schedule: Schedule | None


class Bands:
    """Steps the rows of many loops. All have optimizers of the same class.

    theta, grad: the loops' rows in the order of the bands, (runs, N).
    """

    def __init__(self, bands: Sequence[Sequence[Loop]], theta: Tensor, grad: Tensor) -> None:
        self._bands = []
        groups: list[dict[str, Any]] = []
        start = 0
        for loops in bands:
            rows = theta[start : start + len(loops)]
            rows.grad = grad[start : start + len(loops)]
            start += len(loops)
            state = joined(loops)
            first = loops[0]
            self._bands.append(Band(loops, rows, state, first.schedule))
            settings = settings_of(first.config.optimizer) | {"params": [rows], "lr": first.lr}
            if "step" in state and state["step"].dim():
                # The way through torch's arithmetic on which the count of steps is a tensor.
                settings["differentiable"] = True
            groups.append(settings)
        self._optimizer = make_optimizer(bands[0][0].config.optimizer, groups)
        for band in self._bands:
            self._optimizer.state[band.rows] = band.state
        self._optimizer_step = step_of(self._optimizer)

    def step(self) -> None:
        """`optimizer.step()` for all of them."""
        self._optimizer_step()

    def step_schedules(self) -> None:
        """`scheduler.step()` for all of them."""
        for band, group in zip(self._bands, self._optimizer.param_groups, strict=True):
            if band.schedule is not None:
                band.schedule.step()
                group["lr"] = band.schedule.lr

    @property
    def has_schedules(self) -> bool:
        """Whether learning rates change on the way."""
        return any(band.schedule is not None for band in self._bands)

    @property
    def lrs(self) -> list[float]:
        """The learning rate of each row's next step."""
        groups = self._optimizer.param_groups
        return [group["lr"] for band, group in zip(self._bands, groups, strict=True) for _ in band.loops]

    def give_back(self) -> None:
        """Bring the loops' own optimizer states and schedules up to date."""
        for band in self._bands:
            parts = {name: own(name, value, len(band.loops)) for name, value in band.state.items()}
            for i, loop in enumerate(band.loops):
                loop.optimizer_state = {name: values[i] for name, values in parts.items()}
                if loop.schedule is not None and band.schedule is not None:
                    loop.schedule.go_to(band.schedule)


def joined(loops: Sequence[Loop]) -> State:
    """The optimizer states of these loops as that of their rows; empty before the first step."""
    states = [loop.optimizer_state for loop in loops]
    joined = {name: torch.stack([state[name] for state in states]) for name in states[0]}
    if "step" in joined:
        steps = joined["step"]
        alike = bool((steps == steps[0]).all())
        # In float64: 1 - 0.999**step loses five digits in float32.
        joined["step"] = steps[0] if alike else steps.double().unsqueeze(1).to(loops[0].theta.device)
    return joined


def own(name: str, value: Tensor, n: int) -> list[Tensor]:
    """Each row's part of a joined state. Copies: views would keep the memory of all."""
    if name == "step":
        return list(value.cpu().float().flatten().expand(n).clone().unbind())
    return [row.clone() for row in value]
