"""Losses of all past steps of a run, and parameters and gradients of as many as there is room for."""

from array import array
from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from app.training.layout import Layout
from app.training.loop import Loop

MAX_ROWS = 10_001
"""Steps 0 to 10,000. From there on every second step is kept, then every fourth, and so on."""
MAX_BYTES = 4 * 1024 * 1024
"""Most bytes of one run's parameters and gradients: of large networks fewer steps are kept."""
FIRST_ROWS = 8

Floats = NDArray[np.float32]


def rows_kept(n_values: int) -> int:
    """The most steps that are kept of a run with `n_values` parameters."""
    return min(MAX_ROWS, MAX_BYTES // row_size(n_values))


def row_size(n_values: int) -> int:
    """Bytes of one kept step: parameters and gradients in float32, the learning rate in float64."""
    return 2 * 4 * n_values + 8


@dataclass(frozen=True, slots=True)
class Moment:
    """A run after `step` steps. Values are (P,), in `state_dict` order.

    lr: the learning rate of the next step. grads: None where the script's `.grad` are None.
    """

    step: int
    values: Floats
    grads: Floats | None
    lr: float


class Trace:
    """Losses and parameters of one run's past steps.

    begin: the losses of steps taken before, of which nothing else is known.

    losses: the loss of step k is at k - 1. first: the first step of which more is kept.
    stride: parameters and gradients are kept of steps 0, stride, 2 * stride, ...
    max_steps: the most steps the run may take.
    """

    def __init__(self, loop: Loop, max_steps: int, begin: bytes = b"") -> None:
        self.losses = array("f", begin)
        self.first = len(self.losses)
        self.stride = 1
        self.max_steps = max_steps
        self._layout = loop.layout
        self._index = indices_of(loop.layout)
        self._limit = rows_kept(loop.layout.n_values)
        self._rows: Floats = np.empty((1, 2, loop.layout.n_values), np.float32)  # parameters, gradients
        self._lrs = np.empty(1, np.float64)
        self._end = 0
        self._has_grads = [(self.first, False)]
        # The loop's own memory, so that a step is two calls; elsewhere than on the CPU it is copied.
        is_here = loop.theta.device.type == "cpu"
        self._arrays = (loop.theta.numpy(), loop.grad.numpy()) if is_here else None
        self.keep(loop)

    @property
    def n_rows(self) -> int:
        """Number of steps that the arrays have room for now."""
        return len(self._rows)

    def keep(self, loop: Loop) -> None:
        """Keep the loop's parameters and gradients after the last step, if the stride keeps that step."""
        self._end = step = len(self.losses)
        if step % self.stride or (step // self.stride >= len(self._rows) and not self._has_room(step)):
            return
        row = step // self.stride
        theta, grad = self._arrays or (loop.theta.cpu().numpy(), loop.grad.cpu().numpy())
        values, grads = self._rows[row]
        theta.take(self._index, out=values, mode="clip")
        grad.take(self._index, out=grads, mode="clip")
        self._lrs[row] = loop.lr
        if loop.has_grads is not self._has_grads[-1][1]:
            self._note_grads(step, loop.has_grads)

    def extend(self, rows: Floats, lrs: NDArray[np.float64], has_grads: bool) -> None:
        """Take over the steps that a cohort kept, up to the last step.

        rows: parameters and gradients as rows of the `Layout`, (steps, 2, N). lrs: (steps,).
        """
        self._end = len(self.losses)
        self._has_room(self._end)
        first = self._end - len(rows) + 1
        skip = -first % self.stride
        rows, lrs = rows[skip :: self.stride], lrs[skip :: self.stride]
        place = (first + skip) // self.stride
        rows.take(self._index, axis=2, out=self._rows[place : place + len(rows)], mode="clip")
        self._lrs[place : place + len(rows)] = lrs
        if has_grads is not self._has_grads[-1][1]:
            self._note_grads(first, has_grads)

    def at(self, step: int) -> Moment | None:
        """The run after that step; None if the step is not kept."""
        row, rest = divmod(step, self.stride)
        if rest or not self.first <= step <= self._end:
            return None
        values, grads = self._rows[row]
        return Moment(step, values, grads if self._had_grads(step) else None, float(self._lrs[row]))

    def steps_between(self, first: int, last: int, count: int) -> list[int]:
        """At most `count` of the kept steps from `first` to `last`, evenly spread, both ends included."""
        first = max(first, self.first)
        kept = range(first + -first % self.stride, min(last, self._end) + 1, self.stride)
        if len(kept) <= count:
            return list(kept)
        if count == 1:
            return [kept[-1]]
        return [kept[i * (len(kept) - 1) // (count - 1)] for i in range(count)]

    def norms(self, first: int, layers: list[slice]) -> tuple[range, Tensor]:
        """Euclidean norms of each layer's gradient and of its update in that step.

        layers: the slice of each layer's values. Returns the kept steps from `first` (at least 1) on, and the
        norms, (2, steps, layers), float32; NaN where there is no gradient, or the step before is not kept.
        """
        first = max(first, self.first + -self.first % self.stride + 1)
        steps = range(first + -first % self.stride, self._end + 1, self.stride)
        norms = torch.full((2, len(steps), len(layers)), torch.nan)
        if steps:
            rows = torch.from_numpy(self._rows[steps[0] // self.stride - 1 : steps[-1] // self.stride + 1])
            ways = rows[1:, 0] - rows[:-1, 0]
            for i, layer in enumerate(layers):
                norms[0, :, i] = torch.linalg.vector_norm(rows[1:, 1, layer], dim=1)
                if self.stride == 1:
                    norms[1, :, i] = torch.linalg.vector_norm(ways[:, layer], dim=1)
            norms[0, [not self._had_grads(step) for step in steps]] = torch.nan
        return steps, norms

    def adopt(self, past: "Trace") -> None:
        """Take over the steps before `first` from the trace of a run that took them too."""
        while self.stride < past.stride:
            self._thin()
        kept, ratio = -(-self.first // self.stride), self.stride // past.stride
        self._rows[:kept], self._lrs[:kept] = past._rows[::ratio][:kept], past._lrs[::ratio][:kept]
        before = [change for change in past._has_grads if change[0] < self.first]
        self._has_grads, self.first = before + self._has_grads, past.first

    def restore(self, loop: Loop, step: int) -> float:
        """Copy what is kept of a step into a loop that has just repeated it. Returns the step's loss.

        Where the run took the step alone the copy changes no bit; cohorts add in another order.
        """
        moment = self.at(step)
        if moment is not None:
            loop.theta.copy_(self.spread(moment.values))
            if moment.grads is not None:
                loop.grad.copy_(self.spread(moment.grads))
        return self.losses[step - 1]

    def spread(self, values: Floats) -> Tensor:
        """Values as a row of the `Layout`: (P,) to (size,)."""
        row = torch.zeros(self._layout.size)
        row.numpy()[self._index] = values
        return row

    def _had_grads(self, step: int) -> bool:
        return self._has_grads[bisect_right(self._has_grads, step, key=lambda change: change[0]) - 1][1]

    def _note_grads(self, step: int, has_grads: bool) -> None:
        if self._has_grads[-1][0] == step:
            self._has_grads.pop()
        if not self._has_grads or self._has_grads[-1][1] is not has_grads:
            self._has_grads.append((step, has_grads))

    def _has_room(self, step: int) -> bool:
        """Make room for a step. Returns whether the stride still keeps it."""
        while step // self.stride >= len(self._rows):
            self._make_room()
        return step % self.stride == 0

    def _make_room(self) -> None:
        """Make room for more steps: double the arrays, or drop every second step."""
        n = len(self._rows)
        if n < self._limit:
            size = min(max(FIRST_ROWS, 2 * n), max(self.max_steps + 1, n + 1), self._limit)
            self._rows, old_rows = np.empty((size, *self._rows.shape[1:]), np.float32), self._rows
            self._lrs, old_lrs = np.empty(size, np.float64), self._lrs
            self._rows[:n], self._lrs[:n] = old_rows, old_lrs
        else:
            self._thin()

    def _thin(self) -> None:
        """Drop every second step."""
        kept = (len(self._rows) + 1) // 2
        self._rows[:kept], self._lrs[:kept] = self._rows[::2], self._lrs[::2]
        self.stride *= 2


def indices_of(layout: Layout) -> NDArray[np.intp]:
    """The index of each value in a row of the layout, (P,)."""
    row = torch.arange(layout.size)
    return layout.values(row).numpy()
