"""What a run was: every step's loss, and parameters and gradients of as many steps as there is room for."""

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
"""Of one run: large networks are thinned out earlier."""
FIRST_ROWS = 8

Floats = NDArray[np.float32]


def rows_kept(n_values: int) -> int:
    """How many steps of a run with so many parameters are kept at most."""
    return min(MAX_ROWS, MAX_BYTES // row_size(n_values))


def row_size(n_values: int) -> int:
    """Bytes that one step takes: parameters and gradients in float32, the learning rate in float64."""
    return 2 * 4 * n_values + 8


@dataclass(frozen=True, slots=True)
class Moment:
    """A run after `step` steps, between that one and the next. Values are (P,), in `state_dict` order.

    lr: the learning rate of the next step. grads: None where torch has none.
    """

    step: int
    values: Floats
    grads: Floats | None
    lr: float


class History:
    """One run's past, from its initial weights on.

    losses: step k's is at k - 1.
    stride: parameters and gradients are kept of every so many-th step, beginning with 0.
    max_steps: how many there may come to be.
    """

    def __init__(self, loop: Loop, max_steps: int) -> None:
        self.losses = array("f")
        self.stride = 1
        self.max_steps = max_steps
        self._layout = loop.layout
        self._index = places_of(loop.layout)
        self._limit = rows_kept(loop.layout.n_values)
        self._rows: Floats = np.empty((1, 2, loop.layout.n_values), np.float32)  # parameters, gradients
        self._lrs = np.empty(1, np.float64)
        self._end = 0
        self._has_grads = [(0, False)]
        # The loop's own memory, so that a step is two calls; elsewhere than on the CPU it is copied.
        is_here = loop.theta.device.type == "cpu"
        self._arrays = (loop.theta.numpy(), loop.grad.numpy()) if is_here else None
        self.keep(loop)

    @property
    def n_rows(self) -> int:
        """How many steps there is room for as yet."""
        return len(self._rows)

    def keep(self, loop: Loop) -> None:
        """Keep what the loop holds now, after the step whose loss was noted last, if that one is kept."""
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
        """Take over what a cohort kept, up to the step whose loss was noted last.

        rows: parameters and gradients as the layout lays them, (steps, 2, N). lrs: (steps,).
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
        """The run after that step, if it is kept."""
        row, rest = divmod(step, self.stride)
        if rest or step > self._end:
            return None
        values, grads = self._rows[row]
        return Moment(step, values, grads if self._had_grads(step) else None, float(self._lrs[row]))

    def steps_between(self, first: int, last: int, count: int) -> list[int]:
        """At most so many of the steps that are kept, evenly spread, with the first and the last."""
        kept = range(first + -first % self.stride, min(last, self._end) + 1, self.stride)
        if len(kept) <= count:
            return list(kept)
        if count == 1:
            return [kept[-1]]
        return [kept[i * (len(kept) - 1) // (count - 1)] for i in range(count)]

    def norms(self, first: int, layers: list[slice]) -> tuple[range, Tensor]:
        """The length of each layer's gradient, and of the way it went in that step.

        layers: where each one's values are. Returns the steps, those kept from `first` (at least 1) on, and
        (2, steps, layers), float32; NaN where there is no gradient, or the step before is not kept.
        """
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

    def relive(self, loop: Loop, step: int) -> float:
        """Give a loop that took this step again what the run had after it, where that is kept.

        Returns the step's loss. Nothing changes where the run took it alone; cohorts add in another order.
        """
        moment = self.at(step)
        if moment is not None:
            loop.theta.copy_(self.spread(moment.values))
            if moment.grads is not None:
                loop.grad.copy_(self.spread(moment.grads))
        return self.losses[step - 1]

    def spread(self, values: Floats) -> Tensor:
        """Values as the row that the layout makes of them: (P,) to (size,)."""
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
        """Make room for it. Whether it still is one that is kept."""
        while step // self.stride >= len(self._rows):
            self._make_room()
        return step % self.stride == 0

    def _make_room(self) -> None:
        """For more steps: twice as many, or only every second one of them."""
        n = len(self._rows)
        if n < self._limit:
            size = min(max(FIRST_ROWS, 2 * n), max(self.max_steps + 1, n + 1), self._limit)
            self._rows, old_rows = np.empty((size, *self._rows.shape[1:]), np.float32), self._rows
            self._lrs, old_lrs = np.empty(size, np.float64), self._lrs
            self._rows[:n], self._lrs[:n] = old_rows, old_lrs
        else:
            kept = (n + 1) // 2
            self._rows[:kept], self._lrs[:kept] = self._rows[::2], self._lrs[::2]
            self.stride *= 2


def places_of(layout: Layout) -> NDArray[np.intp]:
    """Where in a row the values are, (P,)."""
    row = torch.arange(layout.size)
    return layout.values(row).numpy()
