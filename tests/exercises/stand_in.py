"""Autograd again, in plain Python and NumPy, as far as drills need it: what torch is compared with.

Each tensor keeps how its inputs' gradients follow from its own; `backward` walks them newest first.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Way = tuple["Tensor", Callable[[Array], Array]]


class Recording:
    """Whether operations are recorded, and how many tensors there were."""

    on = True
    made = 0


class Tensor:
    """A tensor. ways: inputs that are tracked, and what their gradient is. keeps: whether it holds values."""

    def __init__(self, value: Any, ways: tuple[Way, ...] = (), *, keeps: bool = False) -> None:
        self.value: Array = np.asarray(value, dtype=float)
        self.ways = ways
        self.keeps = keeps
        self.freed = False
        self.requires_grad = bool(ways)
        self.grad: Tensor | None = None
        Recording.made += 1
        self.number = Recording.made

    def __add__(self, other: Any) -> "Tensor":
        return result(self, other, np.add, lambda g, _: g, lambda g, _: g)

    __radd__ = __add__

    def __mul__(self, other: Any) -> "Tensor":
        return result(self, other, np.multiply, lambda g, b: g * b, lambda g, a: g * a, keeps=True)

    __rmul__ = __mul__

    def __pow__(self, power: int) -> "Tensor":
        return tracked(self.value**power, (self, lambda g: g * power * self.value ** (power - 1)), keeps=True)

    def __gt__(self, number: int) -> bool:
        return bool(self.value > number)

    def sum(self, dim: int | None = None) -> "Tensor":
        """The sum of all, or along a dimension."""
        spread = (lambda g: np.expand_dims(g, dim)) if dim is not None else (lambda g: g)
        return tracked(self.value.sum(axis=dim), (self, lambda g: spread(g) * np.ones_like(self.value)))

    def mean(self) -> "Tensor":
        """The mean of all."""
        count = self.value.size
        return tracked(self.value.mean(), (self, lambda g: g * np.ones_like(self.value) / count))

    def detach(self) -> "Tensor":
        """The numbers alone."""
        return Tensor(self.value)

    def item(self) -> float:
        """The number alone."""
        return float(self.value)

    def zero_(self) -> None:
        """0 in place."""
        self.value = np.zeros_like(self.value)

    def backward(self, gradient: "Tensor | None" = None, *, retain_graph: bool = False) -> None:
        """Add to `.grad` of every leaf. Raises: RuntimeError, where torch does."""
        if not self.requires_grad:
            raise RuntimeError("nothing to differentiate")
        flowing = {self.number: np.ones_like(self.value) if gradient is None else gradient.value}
        known = {self.number: self}
        while known:
            tensor = known.pop(max(known))
            gradient_here = flowing[tensor.number]
            if tensor.freed:
                raise RuntimeError("a second time")
            tensor.freed = tensor.keeps and not retain_graph
            if not tensor.ways:
                before = 0 if tensor.grad is None else tensor.grad.value
                tensor.grad = Tensor(before + gradient_here)
            for start, way in tensor.ways:
                part = shrunk(way(gradient_here), start.value.shape)
                flowing[start.number] = flowing.get(start.number, 0) + part
                known[start.number] = start


def result(
    left: Tensor,
    right: Any,
    apply: Any,
    to_left: Callable[[Array, Array], Array],
    to_right: Callable[[Array, Array], Array],
    *,
    keeps: bool = False,
) -> Tensor:
    """The result of two operands, the second of which may be a plain number."""
    other = right if isinstance(right, Tensor) else Tensor(right)
    a, b = left.value, other.value
    return tracked(
        apply(a, b), (left, lambda g: to_left(g, b)), (other, lambda g: to_right(g, a)), keeps=keeps
    )


def tracked(value: Any, *ways: Way, keeps: bool = False) -> Tensor:
    """A result, with the ways to those of its inputs that are tracked."""
    kept = tuple(way for way in ways if way[0].requires_grad) if Recording.on else ()
    return Tensor(value, kept, keeps=keeps)


def shrunk(gradient: Array, shape: tuple[int, ...]) -> Array:
    """Summed over what was repeated to fit."""
    extra = gradient.ndim - len(shape)
    gradient = gradient.sum(axis=tuple(range(extra)))
    repeated = tuple(k for k, n in enumerate(shape) if n == 1 and gradient.shape[k] != 1)
    return np.asarray(gradient.sum(axis=repeated, keepdims=True))


class Torch:
    """As much of the module torch."""

    @staticmethod
    def tensor(value: Any, *, requires_grad: bool = False) -> Tensor:
        """A leaf."""
        leaf = Tensor(value)
        leaf.requires_grad = requires_grad
        return leaf

    @staticmethod
    @contextmanager
    def no_grad() -> Iterator[None]:
        """Nothing is recorded."""
        Recording.on = False
        try:
            yield
        finally:
            Recording.on = True
