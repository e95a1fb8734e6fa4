"""A drill's program while it is written: its lines, and the numbers that its names stand for."""

from dataclasses import dataclass, field
from random import Random

from app.exercises.drills.slope import Slope

NAMES = "abcdefghijklmnopqrstuv"
"""What results are called; `x` and `w` are leaves."""


@dataclass
class Draft:
    """Lines of a program, and what it computes.

    level: how hard it may be. numbers: what each name stands for. at: the newest name.
    """

    rng: Random
    level: int
    lines: list[str] = field(default_factory=lambda: ["import torch", ""])
    numbers: dict[str, Slope] = field(default_factory=dict)
    at: str = ""

    def pick(self, *options: int) -> int:
        """One of some numbers."""
        return self.rng.choice(options)

    def write(self, *lines: str) -> None:
        """Add lines as they are."""
        self.lines.extend(lines)

    def leaf(self, name: str, value: int, *, tracked: bool = True) -> Slope:
        """A tensor of one number."""
        self.write(f"{name} = torch.tensor({value}.0{', requires_grad=True' if tracked else ''})")
        self.numbers[name] = Slope(value, {name: 1} if tracked else {})
        self.at = name
        return self.numbers[name]

    def let(self, text: str, number: Slope) -> str:
        """A new name for a result. Returns the name."""
        name = next(name for name in NAMES if name not in self.numbers)
        self.write(f"{name} = {text}")
        self.numbers[name] = number
        self.at = name
        return name

    @property
    def here(self) -> Slope:
        """The newest number."""
        return self.numbers[self.at]

    @property
    def largest(self) -> int:
        """The largest number in it, without signs."""
        return max((number.largest for number in self.numbers.values()), default=0)

    @property
    def program(self) -> str:
        """Its text."""
        return "\n".join([*self.lines, ""])
