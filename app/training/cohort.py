"""Runs with the same settings, trained together: one set of torch calls per step serves them all.

The parameters of all runs lie in one flat tensor, `theta`, and their gradients in another, `theta.grad`.
Each layer's weight and bias is a leaf that is a view of a block of it, with `.grad` a view of the same block
of the gradients, so that autograd accumulates straight into them. The torch optimizer is given the one flat
parameter: `zero_grad` is one fill and `step` one kernel, whatever the number of layers and runs.

A run alone takes the plain two-dimensional path and gives bit for bit the losses of a `nn.Linear` loop.
"""

from collections.abc import Callable, Hashable, Sequence
from functools import cached_property

import torch
from torch import Tensor, nn

from app.protocol.snapshots import PackedSnapshot
from app.training.layout import Layout
from app.training.model import activation_of, forward_alone, forward_together
from app.training.optimizer import FlatOptimizer
from app.training.run import Run


class Cohort:
    """Steps its runs together. Their `cohort_key`s must be equal, and their `phase`s.

    Membership never changes: disband it and form another.
    """

    def __init__(self, runs: Sequence[Run]) -> None:
        self.runs = tuple(runs)
        first = self.runs[0]
        self._config = first.config
        self._alone = len(self.runs) == 1
        self._layout = Layout([parameter.shape for parameter in first.parameters], len(self.runs))

        self._theta = self._layout.join([run.weights for run in self.runs])
        self._grad = self._layout.join(
            [torch.zeros_like(run.weights) if run.grads is None else run.grads for run in self.runs]
        )
        self._has_grads = any(run.grads is not None for run in self.runs)
        self._theta.grad = self._grad if self._has_grads else None
        self._leaves = [block.detach().requires_grad_() for block in self._layout.blocks(self._theta)]
        for leaf, grad in zip(self._leaves, self._layout.blocks(self._grad), strict=True):
            leaf.grad = grad
        self._x = self._inputs([run.data.x for run in self.runs])
        self._y = self._inputs([run.data.y for run in self.runs])
        forward = forward_alone if self._alone else forward_together
        self._forward = forward(self._leaves, activation_of(first.config.model))
        reduction = "mean" if self._alone else "none"
        self._loss: Callable[[Tensor, Tensor], Tensor] = getattr(nn, first.config.loss)(
            reduction=reduction
        ).forward

    def step(self) -> bool:
        """One training step of every run: the lines of the loop that are switched on, in their order.

        Returns whether all play on. Raises: RuntimeError: torch refused, and no step was recorded.
        """
        loop = self._config.loop
        losses, total = self._new_loss() if loop.forward and loop.loss else self._old_loss()
        has_grads = self._has_grads
        if loop.zero_grad:
            self._grad.zero_()
            has_grads = False
        if loop.backward:
            total.backward()  # type: ignore[no-untyped-call]
            has_grads = True
        if has_grads is not self._has_grads:
            self._has_grads = has_grads
            self._theta.grad = self._grad if has_grads else None
        if loop.step:
            self._optimizer.step()
        if self._alone:
            return self.runs[0].record(losses.item())
        playing = [run.record(value) for run, value in zip(self.runs, losses.tolist(), strict=True)]
        return all(playing)

    @property
    def phase(self) -> Hashable:
        """As `Run.phase` of each of its runs, now."""
        first = self.runs[0]
        optimizer = self.__dict__.get("_optimizer")
        return first.phase if optimizer is None else (optimizer.phase, first.batch_position)

    def snapshots(self, members: Sequence[int] | None = None) -> list[PackedSnapshot]:
        """The pictures of the runs at these positions (all if None), as they are now."""
        chosen = range(len(self.runs)) if members is None else members
        curves = self._curves().cpu().numpy()
        weights = self._layout.rows(self._theta).cpu().numpy()
        grads = self._layout.rows(self._grad).cpu().numpy() if self._has_grads else None
        pictures = []
        for i in chosen:
            run = self.runs[i]
            n = len(run.data.x)
            pictures.append(
                PackedSnapshot.build(
                    step=run.step,
                    loss=run.losses[-1] if run.losses else None,
                    test_loss=None,
                    diverged=run.status == "diverged",
                    prediction=curves[i, :n].tobytes(),
                    grid_prediction=curves[i, n:].tobytes(),
                    parameters=weights[i].tobytes(),
                    gradients=None if grads is None else grads[i].tobytes(),
                )
            )
        return pictures

    def _curves(self) -> Tensor:
        """The models at data and grid, (runs, n + grid); NaN where torch refuses, as it did the step."""
        n_runs = len(self.runs)
        try:
            with torch.no_grad():
                return self._forward(self._picture_x).view(n_runs, -1)
        except RuntimeError:
            data = self.runs[0].data
            return torch.full((n_runs, len(data.x) + len(data.grid)), torch.nan)

    def disband(self) -> None:
        """Give every run its numbers back."""
        weights = self._layout.rows(self._theta)
        grads = self._layout.rows(self._grad)
        optimizer = self.__dict__.get("_optimizer")
        states = None if optimizer is None else optimizer.states()
        for i, run in enumerate(self.runs):
            # Copies: a view would keep the whole cohort's memory for one run that left.
            run.weights = weights[i].clone()
            run.grads = grads[i].clone() if self._has_grads else None
            if states is not None:
                run.optimizer_state = states[i]

    def _new_loss(self) -> tuple[Tensor, Tensor]:
        """The loss of each run, (runs,) or () for a run alone, and the scalar to go backward from."""
        x, y = self._points()
        loss = self._loss(self._forward(x), y)
        if self._alone:
            return loss, loss
        losses = loss.mean(dim=(1, 2))
        # A run's gradient of the sum is that of its own loss: no other term contains its parameters.
        return losses, losses.sum()

    def _old_loss(self) -> tuple[Tensor, Tensor]:
        """What the loop goes on with where the forward or the loss line is left out: that of the last step.

        Raises: RuntimeError: in Python's words where there was none, in torch's where it must go backward
        again. (Such a run is always alone.)
        """
        run = self.runs[0]
        if not run.losses:
            missing = "loss" if self._config.loop.forward else "prediction"
            raise RuntimeError(f"name '{missing}' is not defined")
        _, total = self._new_loss()
        if self._config.loop.backward:
            # The last step freed its graph when it went backward; of such a graph torch says:
            torch.autograd.grad(total, self._leaves)
            torch.autograd.grad(total, self._leaves)
        return torch.tensor(run.losses[-1]), total

    def _points(self) -> tuple[Tensor, Tensor]:
        """The points of this step: all of them, or each run's next mini-batch."""
        if self._config.batch_size is None:
            return self._x, self._y
        chosen = [run.next_batch() for run in self.runs]
        if self._alone:
            return self._x[chosen[0]], self._y[chosen[0]]
        indices = torch.stack(chosen).unsqueeze(2).to(self._x.device)  # (runs, batch, 1)
        return self._x.gather(1, indices), self._y.gather(1, indices)

    @cached_property
    def _optimizer(self) -> FlatOptimizer:
        # Made when it is needed: many a cohort only has its picture taken.
        states = [run.optimizer_state for run in self.runs]
        return FlatOptimizer(self._config, self._theta, self._layout, states)

    @cached_property
    def _picture_x(self) -> Tensor:
        return self._inputs([torch.cat((run.data.x, run.data.grid)) for run in self.runs])

    def _inputs(self, tensors: list[Tensor]) -> Tensor:
        return tensors[0] if self._alone else torch.stack(tensors)
