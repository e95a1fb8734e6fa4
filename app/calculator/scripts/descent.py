"""Steps that a script takes without an optimizer: `parameter -= lr * parameter.grad` and its like."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

Step = tuple[float, bool]
"""The learning rate, and whether the product is rounded before it is subtracted: torch's SGD does not."""
DIGITS = 7
"""Most digits of a learning rate that is found out."""


class Descent:
    """Finds the settings of a script's own steps."""

    def __init__(self) -> None:
        self._known: list[Step] | None = None

    @property
    def settings(self) -> dict[str, Any] | None:
        """Those of an SGD that takes the same steps, to the last bit; None: there is none."""
        if not self._known:
            return None
        lr, by_hand = self._known[0]
        return {"name": "SGD", "lr": lr, "by_hand": by_hand}

    def see(self, before: Sequence[Tensor], grads: Sequence[Tensor | None], after: Sequence[Tensor]) -> None:
        """One step: the parameters before it, their gradients, and what they are now."""
        moves = [(b, g, a.detach()) for b, g, a in zip(before, grads, after, strict=True) if g is not None]
        known = list(candidates(moves)) if self._known is None else self._known
        stood = len(moves) < len(before) or any(b.shape != a.shape for b, _, a in moves)
        self._known = [] if stood else [step for step in known if all(leads(step, *move) for move in moves)]


def candidates(moves: Sequence[tuple[Tensor, Tensor, Tensor]]) -> Iterator[Step]:
    """What may have led to a step, rates with few digits first."""
    largest, rate = 0.0, 0.0
    for before, grad, after in moves:
        if before.shape == grad.shape == after.shape and before.numel():
            moved = (before.double() - after.double()).flatten()
            at = int(moved.abs().argmax())
            slope = float(grad.flatten()[at])
            if abs(float(moved[at])) > largest and slope:
                largest, rate = abs(float(moved[at])), float(moved[at]) / slope
    rates = dict.fromkeys(float(f"{rate:.{digits}g}") for digits in range(1, DIGITS + 1) if rate > 0)
    yield from ((lr, by_hand) for lr in rates for by_hand in (True, False))


def leads(step: Step, before: Tensor, grad: Tensor, after: Tensor) -> bool:
    """Whether a parameter is where a step leads."""
    lr, by_hand = step
    return torch.equal(before - lr * grad if by_hand else torch.add(before, grad, alpha=-lr), after)
