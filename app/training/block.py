"""What the runs of a cohort were at its last steps, until each takes over its own part."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from app.training.bands import Bands
from app.training.run import Run

MAX_BYTES = 8 * 1024 * 1024
MAX_STEPS = 64


class Block:
    """Keeps the steps of all rows at once: two copies a step, however many runs there are.

    theta, grad: the runs' rows, (runs, N). bands: where their learning rates are.
    """

    def __init__(self, runs: Sequence[Run], theta: Tensor, grad: Tensor, bands: Bands) -> None:
        self._runs = runs
        self._theta, self._grad, self._bands = theta, grad, bands
        size = max(1, min(MAX_STEPS, MAX_BYTES // (2 * theta.nbytes)))
        self._rows = torch.empty(size, 2, *theta.shape, device=theta.device)
        self._lrs = np.empty((size, len(runs)), np.float64)
        self._n = 0

    @property
    def is_full(self) -> bool:
        """Whether it must be handed over before the next step."""
        return self._n == len(self._rows)

    def keep(self) -> None:
        """Keep the step just taken."""
        values, grads = self._rows[self._n]
        values.copy_(self._theta)
        grads.copy_(self._grad)
        if self._n == 0 or self._bands.has_schedules:
            self._lrs[self._n] = self._bands.lrs
        self._n += 1

    def hand_over(self, has_grads: bool) -> None:
        """Give each run's history what is kept. has_grads: whether torch had gradients at these steps."""
        n, self._n = self._n, 0
        if n == 0:
            return
        if not self._bands.has_schedules:
            self._lrs[1:n] = self._lrs[0]
        rows = self._rows[:n].cpu().numpy()  # (steps, 2, runs, N)
        for i, run in enumerate(self._runs):
            run.history.extend(rows[:, :, i], self._lrs[:n, i], has_grads)
