"""Runs with the same settings, trained together: one set of torch calls per step serves them all.

The parameters of all runs lie in one flat tensor, `theta`, and their gradients in another, `theta.grad`.
Each layer's weight and bias is a leaf that is a view of a block of it, with `.grad` a view of the same block
of the gradients, so that autograd accumulates straight into them. The torch optimizer is given the one flat
parameter: `zero_grad` is one fill and `step` one kernel, whatever the number of layers and runs.

A run alone takes the plain two-dimensional path and gives bit for bit the losses of a `nn.Linear` loop.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, pairwise
from math import prod

import torch
from torch import Tensor, nn

from app.protocol.optimizers import OptimizerConfig
from app.protocol.snapshots import PackedSnapshot
from app.training.model import activation_of, forward_alone, forward_together
from app.training.run import Run


class Cohort:
    """Steps its runs together. The runs must have equal `cohort_key`s.

    Membership never changes: disband it and form another.
    """

    def __init__(self, runs: Sequence[Run]) -> None:
        self.runs = tuple(runs)
        first = self.runs[0]
        self._loop = first.config.loop
        self._optimizer_config = first.config.optimizer
        self._shapes = [parameter.shape for parameter in first.parameters]
        self._alone = len(self.runs) == 1

        self._theta = self._join([run.weights for run in self.runs])
        self._has_grads = any(run.grads is not None for run in self.runs)
        self._grad = self._join(
            [torch.zeros_like(run.weights) if run.grads is None else run.grads for run in self.runs]
        )
        self._theta.grad = self._grad
        leaves = [block.detach().requires_grad_() for block in self._blocks(self._theta)]
        for leaf, grad in zip(leaves, self._blocks(self._grad), strict=True):
            leaf.grad = grad
        self._x = self._inputs([run.data.x for run in self.runs])
        self._y = self._inputs([run.data.y for run in self.runs])
        forward = forward_alone if self._alone else forward_together
        self._forward = forward(leaves, activation_of(first.config.model))
        reduction = "mean" if self._alone else "none"
        self._loss: Callable[[Tensor, Tensor], Tensor] = getattr(nn, first.config.loss)(
            reduction=reduction
        ).forward

    def step(self) -> bool:
        """One training step of every run: forward, loss, and the loop's three lines.

        Returns whether all play on. Raises: RuntimeError: torch refused, and no step was recorded.
        """
        loss = self._loss(self._forward(self._x), self._y)
        if self._alone:
            losses, total = loss, loss
        else:
            losses = loss.mean(dim=(1, 2))  # (runs,)
            # A run's gradient of the sum is that of its own loss: no other term contains its parameters.
            total = losses.sum()
        if self._loop.zero_grad:
            self._grad.zero_()
            self._has_grads = False
        if self._loop.backward:
            total.backward()  # type: ignore[no-untyped-call]
            self._has_grads = True
        if self._loop.step and self._has_grads:
            self._optimizer_step()
        if self._alone:
            return self.runs[0].record(losses.item())
        playing = [run.record(value) for run, value in zip(self.runs, losses.tolist(), strict=True)]
        return all(playing)

    def snapshots(self, members: Sequence[int] | None = None) -> list[PackedSnapshot]:
        """The pictures of the runs at these positions (all if None), as they are now."""
        chosen = range(len(self.runs)) if members is None else members
        curves = self._curves().cpu().numpy()
        weights = self._rows(self._theta).cpu().numpy()
        grads = self._rows(self._grad).cpu().numpy() if self._has_grads else None
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
        rows = self._rows(self._theta).unbind()
        grads = self._rows(self._grad).unbind()
        optimizer = self.__dict__.get("_optimizer")
        state: dict[str, Tensor] = optimizer.state[self._theta] if optimizer else {}
        split = {name: self._split(value) for name, value in state.items()}
        for i, run in enumerate(self.runs):
            # Copies: a view would keep the whole cohort's memory for one run that left.
            run.weights = rows[i].clone()
            run.grads = grads[i].clone() if self._has_grads else None
            if optimizer:
                run.optimizer_state = {name: values[i].clone() for name, values in split.items()}

    @cached_property
    def _optimizer(self) -> torch.optim.Optimizer:
        optimizer = make_optimizer(self._optimizer_config, self._theta)
        for name, value in self.runs[0].optimizer_state.items():
            states = [run.optimizer_state[name] for run in self.runs]
            optimizer.state[self._theta][name] = self._join(states) if value.dim() else value.clone()
        return optimizer

    @cached_property
    def _optimizer_step(self) -> Callable[[], object]:
        # What Optimizer.step's profiler hook wraps: the hook alone costs a fifth of a whole training step.
        step = type(self._optimizer).step.__wrapped__  # type: ignore[attr-defined]
        bound: Callable[[], object] = step.__get__(self._optimizer)
        return bound

    @cached_property
    def _picture_x(self) -> Tensor:
        return self._inputs([torch.cat((run.data.x, run.data.grid)) for run in self.runs])

    def _inputs(self, tensors: list[Tensor]) -> Tensor:
        return tensors[0] if self._alone else torch.stack(tensors)

    def _blocks(self, flat: Tensor) -> Iterator[Tensor]:
        """Views of a flat tensor, one per parameter: (runs, *shape), or just its shape for a run alone."""
        offset = 0
        runs = () if self._alone else (len(self.runs),)
        for shape in self._shapes:
            size = prod((*runs, *shape))
            yield flat[offset : offset + size].view(*runs, *shape)
            offset += size

    def _join(self, rows: list[Tensor]) -> Tensor:
        """One row per run, each (P,), laid out block by block: each parameter of all runs is contiguous."""
        if self._alone:
            return rows[0].clone()
        table = torch.stack(rows)
        ends = list(accumulate(map(prod, self._shapes), initial=0))
        return torch.cat([table[:, start:end].flatten() for start, end in pairwise(ends)])

    def _rows(self, flat: Tensor) -> Tensor:
        """The opposite of `_join`: (runs, P)."""
        if self._alone:
            return flat.view(1, -1)
        return torch.cat([block.view(len(self.runs), -1) for block in self._blocks(flat)], dim=1)

    def _split(self, value: Tensor) -> Sequence[Tensor]:
        return self._rows(value).unbind() if value.dim() else [value] * len(self.runs)


def make_optimizer(config: OptimizerConfig, theta: Tensor) -> torch.optim.Optimizer:
    """The `torch.optim` class of that name. theta: the flat parameter, without `requires_grad`."""
    optimizer: torch.optim.Optimizer = getattr(torch.optim, config.name)(
        [theta], **config.model_dump(exclude={"name"})
    )
    return optimizer
