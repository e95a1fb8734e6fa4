"""Runs with the same settings, trained together: one set of torch calls per step serves them all.

The parameters of all runs are the rows of one tensor. Each layer's weights and biases are leaves, views of
columns of that tensor. Their gradients are separate tensors, laid out by torch, and are copied into rows for
the optimizer, which is torch's own too.
"""

from collections.abc import Collection, Sequence, Set
from functools import cached_property
from math import prod

import torch
from torch import Tensor

from app.protocol.snapshots import PackedSnapshot
from app.training.alone import Alone
from app.training.batches import PaddedPoints, side_by_side
from app.training.layout import Layout
from app.training.loop import loss_func_of
from app.training.model import activation_of, layers_together
from app.training.param_groups import ParamGroups, grouped
from app.training.pending_rows import PendingRows
from app.training.run import Run
from app.training.snapshots import snapshots_of
from app.training.surfaces import Tested


class Cohort:
    """Steps runs with equal `cohort_key`s together.

    Membership never changes: to add or remove a run, disband the cohort and form another. Until it is
    disbanded the runs' own loops stand still.
    """

    def __init__(self, runs: Sequence[Run]) -> None:
        groups = grouped([run.loop for run in runs])
        loops = [loop for group in groups for loop in group]
        run_of = {run.loop: run for run in runs}
        self.runs = tuple(run_of[loop] for loop in loops)
        first = loops[0]
        self._loop = first.config.loop
        self._activation = activation_of(first.config.model)
        self._layout = first.layout

        self._theta = torch.stack([loop.theta for loop in loops])
        self._grads = Gradients(self._layout, torch.stack([loop.grad for loop in loops]))
        self._has_grads = any(loop.has_grads for loop in loops)
        leaves = [block.detach().requires_grad_() for block in self._layout.blocks(self._theta)]
        for leaf, grad in zip(leaves, self._grads.blocks, strict=True):
            leaf.grad = grad
        self._layers = layers_together(leaves, self._activation)
        self._loss_func = loss_func_of(first.config, reduction="none")
        self._takes_classes = first.config.loss == "CrossEntropyLoss"
        self._sums = first.config.reduction == "sum"
        self._l1 = first.config.l1
        self._leaves = leaves
        self._groups = ParamGroups(groups, self._theta, self._grads.rows)
        self._pending = PendingRows(self.runs, self._theta, self._grads.rows, self._groups)
        self._points = PaddedPoints(
            [loop.data.x for loop in loops],
            [loop.data.y for loop in loops],
            [loop.batches for loop in loops if loop.batches is not None],
        )
        held_out = [loop.data for loop in loops if len(loop.data.test_x)]
        # All runs hold points out, or none does: `cohort_key`.
        self._test = (
            PaddedPoints([points.test_x for points in held_out], [points.test_y for points in held_out])
            if held_out
            else None
        )
        self._prediction: Tensor | None = None

    def step(self) -> bool:
        """One training step of every run, as the lines of its loop say.

        Returns whether all runs play on. Raises: RuntimeError: torch refused, and no step was recorded.
        """
        x, y, weights = self._points.draw()
        prediction = self._layers(x)[-1]
        losses = self._losses(prediction, y, weights)
        if self._l1:
            losses = losses + self._l1 * sum(leaf.abs().flatten(1).sum(dim=1) for leaf in self._leaves)
        if self._loop.zero_grad:
            self._grads.zero()
            self._has_grads = False
        if self._loop.backward:
            # A run's gradient of the sum is that of its own loss: no other term contains its parameters.
            losses.sum().backward()  # type: ignore[no-untyped-call]
            self._grads.bring_into_rows()
            self._has_grads = True
        if self._loop.step:
            if self._has_grads:
                self._groups.step()
            self._groups.step_schedules()
        self._prediction = prediction
        self._pending.keep()
        playing = [record(run, value) for run, value in zip(self.runs, losses.tolist(), strict=True)]
        if self._pending.is_full:
            self.hand_over()
        return all(playing)

    def _losses(self, prediction: Tensor, y: Tensor, weights: Tensor | None) -> Tensor:
        """Each run's loss: (runs,)."""
        if self._takes_classes:
            loss = self._loss_func(prediction.flatten(0, 1), y.flatten()).view(y.shape)
        else:
            loss = self._loss_func(prediction, y)  # (runs, points, 1)
        if self._sums:
            return (loss if weights is None else loss * (weights > 0)).sum(dim=(1, 2))
        return loss.mean(dim=(1, 2)) if weights is None else (loss * weights).sum(dim=(1, 2))

    def snapshots(self, runs: Collection[Run] | None = None) -> dict[Run, PackedSnapshot]:
        """Snapshots of these runs (all of the cohort if None), as they are now."""
        chosen = self.runs
        theta, grad, x, lrs = self._theta, self._grads.rows, self._snapshot_x, self._groups.lrs
        is_point = self._points.is_point
        rows: list[int] | slice = slice(None)
        if runs is not None and len(runs) < len(self.runs):
            wanted = set(runs)
            chosen = tuple(run for run in self.runs if run in wanted)
            rows = [i for i, run in enumerate(self.runs) if run in wanted]
            theta, grad, x, lrs = theta[rows], grad[rows], x[rows], [lrs[i] for i in rows]
            is_point = None if is_point is None else is_point[rows]
        with torch.no_grad():
            layers_of = layers_together(self._layout.blocks(theta), self._activation)
            layers = layers_of(x)
            test = None
            if self._test is not None:
                weights = None if self._test.weights is None else self._test.weights[rows]
                prediction = layers_of(self._test.x[rows])[-1]
                losses = self._losses(prediction, self._test.y[rows], weights).tolist()
                test = Tested(losses, prediction)
        grads = grad if self._has_grads else None
        n_grid = len(self.runs[0].data.grid)
        return snapshots_of(chosen, layers, theta, grads, lrs, n_grid=n_grid, is_point=is_point, test=test)

    @cached_property
    def _snapshot_x(self) -> Tensor:
        return torch.cat((side_by_side([run.data.grid for run in self.runs]), self._points.x), dim=1)

    def hand_over(self) -> None:
        """Bring every run's trace up to date."""
        self._pending.hand_over(self._has_grads)

    def disband(self) -> None:
        """Bring every run's trace and own loop up to date."""
        self.hand_over()
        self.bring_up_to_date({*self.runs})

    def bring_up_to_date(self, runs: Set[Run]) -> None:
        """Bring the loops of some of the runs up to date. Their traces stay as they are."""
        predictions = None if self._prediction is None else self._prediction.detach().unbind()
        for i, (run, theta, grad) in enumerate(zip(self.runs, self._theta, self._grads.rows, strict=True)):
            if run not in runs:
                continue
            loop = run.loop
            loop.theta.copy_(theta)
            loop.grad.copy_(grad)
            loop.has_grads = self._has_grads
            if predictions is not None and not run.is_set_aside:
                loop.take_step(predictions[i], run.losses[-1])
        self._groups.give_back({run.loop for run in runs})


def record(run: Run, loss: float) -> bool:
    """Record a run's step. Returns whether the run plays on; a mistake ends this run and no other."""
    try:
        return run.record(loss)
    except Exception as error:
        run.break_down(error)
        return False


def form(runs: Sequence[Run]) -> Alone | Cohort:
    """A cohort of these runs; a run that is the only one is stepped as the plain script steps it."""
    return Alone(runs[0]) if len(runs) == 1 else Cohort(runs)


class Gradients:
    """The gradients of many runs, in the two forms that torch needs.

    rows: rows of the `Layout`, (runs, N), for the optimizer.
    blocks: one contiguous tensor per parameter, (runs, *shape), for `backward()`.
    """

    def __init__(self, layout: Layout, rows: Tensor) -> None:
        self.rows = rows
        n_runs = len(rows)
        self._flat = torch.zeros(n_runs * layout.n_values, device=rows.device)
        self.blocks: list[Tensor] = []
        self._pieces: list[Tensor] = []
        start = 0
        for old, width in zip(layout.blocks(rows), layout.widths, strict=True):
            size = prod(old.shape)
            block = self._flat[start : start + size].view(old.shape).copy_(old)
            start += size
            padding = torch.zeros(n_runs, width - size // n_runs, device=rows.device)
            self.blocks.append(block)
            self._pieces += [block.view(n_runs, -1), padding]

    def zero(self) -> None:
        """Fill the blocks with zeros. The rows follow with the next `bring_into_rows`."""
        self._flat.zero_()

    def bring_into_rows(self) -> None:
        """Copy the blocks into the rows."""
        torch.cat(self._pieces, dim=1, out=self.rows)
