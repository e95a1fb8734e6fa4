"""One flow of gradients backwards through the graph."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from torch import Tensor

from app.calculator.explain.figures import Figures
from app.calculator.explain.matrices import Matrix

MAX_OUTPUTS = 64


@dataclass(slots=True)
class Pass:
    """What one `backward()` did. Operations and leaves are known by their numbers (`Mark`, `Tag`).

    number: from 1, over all passes of the program. cost: the program's library calls and lines so far.
    seconds: its time so far. roots: the operations or leaves the pass began at, and which output.
    outputs: their values. weights: what was given as `gradient=`, by root. numbers: all it could reach.
    values: the leaves' values when it began. untouched: the leaves that nothing had changed until then.
    before, after: their `.grad` when it began and when it was over.
    flows: who was reached, in torch's order, and what arrived at each output.
    jacobians: of each root (by place) by each leaf, where asked for and small. failed: torch raised an error.
    """

    number: int
    line: int
    cost: int
    seconds: float
    roots: list[tuple[int, int]] = field(default_factory=list)
    outputs: list[Figures] = field(default_factory=list)
    weights: list[Figures | None] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    values: dict[int, Figures] = field(default_factory=dict)
    untouched: set[int] = field(default_factory=set)
    before: dict[int, Figures | None] = field(default_factory=dict)
    after: dict[int, Figures | None] = field(default_factory=dict)
    flows: list[tuple[int, tuple[Figures | None, ...]]] = field(default_factory=list)
    jacobians: dict[tuple[int, int], Matrix] = field(default_factory=dict)
    failed: bool = False

    def arrived(self, number: int, gradients: Sequence[Tensor | None]) -> None:
        """A pre-hook of torch's: gradients are at the outputs of an operation, or at a leaf."""
        try:
            figures = tuple(
                None if gradient is None else Figures.of(gradient) for gradient in gradients[:MAX_OUTPUTS]
            )
        except RuntimeError:  # several flows at once (is_grads_batched=True): stand-ins without numbers
            figures = (None,)
        self.flows.append((number, figures))

    def gradient(self, number: int, output: int = 0) -> Figures | None:
        """What arrived at an operation's output or at a leaf; None if nothing did."""
        for reached, gradients in self.flows:
            if reached == number:
                return gradients[output] if output < len(gradients) else None
        return None
