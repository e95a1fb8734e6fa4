"""The reply of a child of the sandbox about a formula."""

import struct

from app.protocol.data import Recipe, Values
from app.protocol.gradients import ProgramError
from app.protocol.record import Many, Record


class Evaluation(Record):
    """Either the lists of `Values` or an error. The reply is untrusted; `values_of` checks it."""

    y: Many[float] | None = None
    x: Many[float] | None = None
    order: Many[int] | None = None
    error: ProgramError | None = None

    def values_of(self, recipe: Recipe) -> Values | None:
        """The values, if they fit the recipe; else None."""
        y, order, n = self.y, self.order, recipe.n_samples
        if y is None or order is None or self.error is not None:
            return None
        if len(y) != n or not all(map(is_float32, y)) or sorted(order) != [*range(n)]:
            return None
        drawn = recipe.features == 2 or recipe.classes is not None
        if drawn != (self.x is not None):
            return None
        if self.x is not None and (len(self.x) != n * recipe.features or not all(map(is_float32, self.x))):
            return None
        if recipe.classes is not None and not set(y) <= set(range(recipe.classes)):
            return None
        return Values(recipe=recipe, y=y, x=self.x, order=order)


def is_float32(value: float) -> bool:
    """Whether a number is finite and can be held by a float32 tensor.

    >>> is_float32(0.5), is_float32(0.1), is_float32(1e300), is_float32(float("nan"))
    (True, False, False, False)
    """
    try:
        return bool(struct.unpack("<f", struct.pack("<f", value))[0] == value) and abs(value) != float("inf")
    except OverflowError:
        return False
