"""A number and its slopes, worked out forward: how a drill knows that what comes out of it is small."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Slope:
    """A whole number computed from leaves. slopes: its derivative by each leaf, by name.

    >>> x = Slope(3, {"x": 1})
    >>> (x * x + 2 * x).slopes
    {'x': 8}
    """

    value: int
    slopes: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "Slope | int") -> "Slope":
        value, slopes = parts(other)
        return Slope(self.value + value, summed(self.slopes, 1, slopes, 1))

    def __mul__(self, other: "Slope | int") -> "Slope":
        value, slopes = parts(other)
        return Slope(self.value * value, summed(self.slopes, value, slopes, self.value))

    __radd__ = __add__
    __rmul__ = __mul__

    @property
    def detached(self) -> "Slope":
        """The number alone."""
        return Slope(self.value)

    @property
    def largest(self) -> int:
        """The largest of all its numbers, without signs."""
        return max(abs(number) for number in (self.value, *self.slopes.values()))


def parts(number: Slope | int) -> tuple[int, Mapping[str, int]]:
    """Value and slopes; a plain number has none."""
    return (number, {}) if isinstance(number, int) else (number.value, number.slopes)


def summed(slopes: Mapping[str, int], factor: int, others: Mapping[str, int], other: int) -> dict[str, int]:
    """Slopes times a factor, plus others times another."""
    names = [*slopes, *(name for name in others if name not in slopes)]
    return {name: factor * slopes.get(name, 0) + other * others.get(name, 0) for name in names}
