"""Reads derivatives and saved values from torch's nodes without changing anything that a program can see."""

from typing import Any

from torch import Tensor
from torch.autograd.function import BackwardCFunction
from torch.autograd.graph import Node

from app.calculator.explain import jacobian
from app.calculator.explain.figures import Figures
from app.calculator.explain.tape import Ledger, inputs_of, is_leaf_node
from app.protocol.explanation import Saved

FREED = "already been freed"
"""In torch's error for a value that `backward()` let go."""


class Survey:
    """Notes on the marks of a ledger what their operations tell."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._attributes: dict[type, list[str]] = {}

    def look(self, node: Node) -> None:
        """Learn an operation's derivatives, and values that only it has kept.

        To be called under `torch.no_grad()`, before torch frees anything. A `torch.autograd.Function` of the
        program's own is left alone: asking it would run the program's code.
        """
        mark = self.ledger.mark(node)
        if mark.local is not None:
            return
        if isinstance(node, BackwardCFunction):
            mark.local = {}
            return
        mark.local = jacobian.local(node)
        inner = [
            (self.ledger.mark(before, outer=mark), output)
            for before, output in inputs_of(node)
            if before is not None and not is_leaf_node(before)
        ]
        if 0 not in mark.values or any(output not in before.values for before, output in inner):
            self._look_at_saved(node)

    def saved(self, node: Node) -> Saved:
        """Whether an operation kept values for the way back, and still has them."""
        state: Saved = "none"
        for name in self._saved_attributes(node):
            try:
                value: Any = getattr(node, name)
            except RuntimeError as error:
                return "freed" if FREED in str(error) else "kept"
            values = value if isinstance(value, tuple) else (value,)
            if any(isinstance(value, Tensor) for value in values):
                state = "kept"
        return state

    def _look_at_saved(self, node: Node) -> None:
        """Library code (a layer, a loss) makes several operations in one call; what is between is saved."""
        for name in self._saved_attributes(node):
            try:
                saved = getattr(node, name)
            except RuntimeError:
                return  # freed, or changed in place since
            if isinstance(saved, Tensor) and saved.grad_fn is not None:
                self.ledger.mark(saved.grad_fn).values.setdefault(saved.output_nr, Figures.of(saved))

    def _saved_attributes(self, node: Node) -> list[str]:
        kind = type(node)
        if kind not in self._attributes:
            self._attributes[kind] = [name for name in dir(kind) if name.startswith("_saved_")]
        return self._attributes[kind]
