"""Parameters and gradients of a cohort's last steps, before they are copied into each run's trace."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from app.training.param_groups import ParamGroups
from app.training.run import Run

MAX_BYTES = 8 * 1024 * 1024
MAX_STEPS = 64


class PendingRows:
    """Keeps the steps of all runs at once: two copies a step, however many runs there are.

    theta, grad: the runs' rows, (runs, N). groups: know the rows' learning rates.
    """

    def __init__(self, runs: Sequence[Run], theta: Tensor, grad: Tensor, groups: ParamGroups) -> None:
        self._runs = runs
        self._theta, self._grad, self._groups = theta, grad, groups
        size = max(1, min(MAX_STEPS, MAX_BYTES // (2 * theta.nbytes)))
        self._rows = torch.empty(size, 2, *theta.shape, device=theta.device)
        self._lrs = np.empty((size, len(runs)), np.float64)
        self._n = 0

    @property
    def is_full(self) -> bool:
        """Whether `hand_over` must be called before the next step."""
        return self._n == len(self._rows)

    def keep(self) -> None:
        """Keep the step just taken."""
        values, grads = self._rows[self._n]
        values.copy_(self._theta)
        grads.copy_(self._grad)
        if self._n == 0 or self._groups.has_schedules:
            self._lrs[self._n] = self._groups.lrs
        self._n += 1

    def hand_over(self, has_grads: bool) -> None:
        """Copy the kept steps into the runs' traces. has_grads: whether there were gradients."""
        n, self._n = self._n, 0
        if n == 0:
            return
        if not self._groups.has_schedules:
            self._lrs[1:n] = self._lrs[0]
        rows = self._rows[:n].cpu().numpy()  # (steps, 2, runs, N)
        for i, run in enumerate(self._runs):
            try:
                run.trace.extend(rows[:, :, i], self._lrs[:n, i], has_grads)
            except Exception as error:
                run.break_down(error)
