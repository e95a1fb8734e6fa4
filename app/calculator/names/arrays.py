"""What `tensor.numpy()` gives: an array to print, compare and index, without NumPy behind it."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from app.calculator.names.values import Opaque
from app.calculator.refusals import NotSupported
from app.errors import N_


class Array(Opaque, stands_for=np.ndarray):
    """A NumPy array that shows itself and its items. It shares the tensor's memory, as NumPy's does."""

    __slots__ = ("_data",)

    def __init__(self, data: Any) -> None:
        self._data = data

    @property
    def shape(self) -> tuple[int, ...]:
        """As NumPy's."""
        return tuple(self._data.shape)

    @property
    def dtype(self) -> str:
        """The name of the type of its items."""
        return str(self._data.dtype)

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of items."""
        return int(self._data.size)

    @property
    def T(self) -> "Array":  # noqa: N802, NumPy's name
        """The transposed array."""
        return Array(self._data.T)

    def tensor(self) -> Tensor:
        """A tensor in the same memory."""
        return torch.from_numpy(self._data)

    def tolist(self) -> Any:
        """The items as Python numbers in nested lists."""
        return self._data.tolist()

    def item(self) -> Any:
        """The only item, as a Python number."""
        return self._data.item()

    def __repr__(self) -> str:
        return repr(self._data)

    def __str__(self) -> str:
        return str(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __getitem__(self, key: Any) -> Any:
        return shielded(self._data[key])

    def __array_ufunc__(self, *_: Any, **__: Any) -> Any:
        """NumPy's way of asking before it computes with its own numbers and this."""
        raise no_arithmetic()

    def _refuse(self, _: Any = None) -> Any:
        raise no_arithmetic()

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _refuse
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __neg__ = _refuse
    __matmul__ = __rmatmul__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = _refuse
    __hash__ = Opaque.__hash__

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in range(len(self)))


def shielded(value: Any) -> Any:
    """A value as a program may hold it: a number taken from an array, times a list, is an array again."""
    return Array(value) if type(value) is np.ndarray else value


def no_arithmetic() -> NotSupported:
    """The refusal to compute with arrays: that is what tensors are for."""
    return NotSupported(N_("NumPy's arithmetic is not available here: compute with the tensor."))


def from_numpy(array: Any) -> Tensor:
    """`torch.from_numpy(array)`, sharing memory. Raises TypeError as torch does for anything else."""
    if not isinstance(array, Array):
        raise TypeError(f"expected np.ndarray (got {type(array).__name__})")
    return array.tensor()


def to_numpy(tensor: Tensor, *args: Any, **kwargs: Any) -> Array:
    """`tensor.numpy()`. Raises torch's own error for a tensor that requires grad."""
    return Array(tensor.numpy(*args, **kwargs))
