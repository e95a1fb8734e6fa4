"""Where gradients flow: `backward` and `autograd.grad`, with the observer told before and after."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from app.calculator.interpreter.run import CURRENT
from app.calculator.limits import MAX_BACKWARDS
from app.calculator.names.values import Function


@contextmanager
def flowing(roots: Any, gradients: Any) -> Iterator[None]:
    """Around a call that makes gradients flow back from `roots`."""
    run = CURRENT.get()
    if run.backwards >= MAX_BACKWARDS:
        raise RecursionError("maximum recursion depth exceeded in backward()")
    run.backwards += 1
    try:
        if run.observer is None:
            yield
        else:
            with run.observer.backward(run.node, tensors(roots), gradients_of(gradients)):
                yield
    finally:
        run.backwards -= 1


def tensors(value: Any) -> list[Tensor]:
    """One tensor or a sequence of them, as a list."""
    found: Sequence[Any] = value if isinstance(value, tuple | list) else [value]
    return [item for item in found if isinstance(item, Tensor)]


def gradients_of(value: Any) -> list[Tensor | None]:
    """What was given as `gradient=`, as a list."""
    return list(value) if isinstance(value, tuple | list) else [value]


def backward(tensor: Any, *args: Any, **kwargs: Any) -> None:
    """`tensor.backward(gradient, retain_graph, create_graph, inputs)`."""
    gradient = args[0] if args else kwargs.get("gradient")
    with flowing(tensor, gradient):
        tensor.backward(*args, **kwargs)


def flow_from_first(real: Callable[..., Any]) -> Callable[..., Any]:
    """`torch.autograd.backward` or `.grad`: the roots come first, then where to or what with."""
    second = "grad_tensors" if real is torch.autograd.backward else "grad_outputs"
    place = 1 if real is torch.autograd.backward else 2

    def call(*args: Any, **kwargs: Any) -> Any:
        roots = args[0] if args else kwargs.get("tensors", kwargs.get("outputs"))
        gradients = args[place] if len(args) > place else kwargs.get(second)
        with flowing(roots, gradients):
            return real(*args, **kwargs)

    return call


def autograd_function(real: Any) -> dict[str, Function]:
    """What may be read of a program's `autograd.Function`: how to apply it."""
    return {"apply": Function(f"{real.__name__}.apply", real.apply)}
