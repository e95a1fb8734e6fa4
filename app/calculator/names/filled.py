"""Tensors that torch leaves uninitialised, filled: their memory may hold what another program left there."""

from collections.abc import Callable
from typing import Any

from torch import Tensor

from app.calculator.gates import is_data


def zero_filled(make: Callable[..., Any]) -> Callable[..., Any]:
    """`make`, whose tensor is set to zero without autograd or its version counter noticing."""

    def filled(*args: Any, **kwargs: Any) -> Any:
        tensor = make(*args, **kwargs)
        if isinstance(tensor, Tensor):
            tensor.data.zero_()
        return tensor

    return filled


def legacy(make: Callable[..., Any]) -> Callable[..., Any]:
    """`torch.FloatTensor(2, 3)` is uninitialised, `torch.FloatTensor([2, 3])` is not."""
    filled = zero_filled(make)

    def construct(*args: Any, **kwargs: Any) -> Any:
        return (make if is_data(args) else filled)(*args, **kwargs)

    return construct
