"""What `tensor.numpy()` gives: an array to print, compare and index, without NumPy behind it."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from torch import Tensor

from app.calculator.names.values import Opaque


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
        found = self._data[key]
        return Array(found) if isinstance(found, np.ndarray) else found

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in range(len(self)))


def to_numpy(tensor: Tensor, *args: Any, **kwargs: Any) -> Array:
    """`tensor.numpy()`. Raises torch's own error for a tensor that requires grad."""
    return Array(tensor.numpy(*args, **kwargs))
