"""Where a program got into trouble: what the remedies are worked out from."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from torch import Tensor, nn

from app.calculator.remedies.culprit import Rerun
from app.calculator.remedies.source import Source

CREATORS = {
    *("tensor", "ones", "zeros", "full", "rand", "randn", "linspace", "arange", "eye", "ones_like"),
    *("zeros_like", "rand_like", "randn_like", "Variable", "FloatTensor", "DoubleTensor", "Tensor"),
}
"""What makes a leaf."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error or a warning, and the program around it.

    node: where it happened. names: the program's variables then. params: the fields of the topic's texts.
    message: of the error or warning. again: runs the program once more for an observer.
    """

    source: Source
    node: ast.AST
    names: Mapping[str, Any]
    params: Mapping[str, str]
    message: str = ""
    again: Rerun | None = None

    @property
    def torch(self) -> str | None:
        """What the program calls torch; None if it has no name for it."""
        for statement in self.source.all(ast.Import):
            for alias in statement.names:  # type: ignore[attr-defined]
                if alias.name == "torch":
                    return alias.asname or "torch"
        return None

    def tensor(self, node: ast.AST | None) -> Tensor | None:
        """The tensor that a name stands for."""
        value = self.names.get(node.id) if isinstance(node, ast.Name) else None
        return value if isinstance(value, Tensor) else None

    def value(self, node: ast.AST | None) -> Any:
        """What a name or an attribute stands for, as far as none of the program's code is needed to know."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        if not isinstance(node, ast.Attribute):
            return None
        owner = self.value(node.value)
        if isinstance(owner, ModuleType):
            return vars(owner).get(node.attr)
        if isinstance(owner, nn.Module):
            found = (owner._parameters, owner._modules, vars(owner))
            return next((names[node.attr] for names in found if names.get(node.attr) is not None), None)
        if isinstance(owner, Tensor) and node.attr == "grad" and owner.is_leaf:
            return owner.grad
        return None

    def method(self, *names: str) -> tuple[ast.Call, ast.Attribute] | None:
        """The call of one of these methods on the line, and what it is called on."""
        for node in self.nearby(ast.Call):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in names
            ):
                return node, node.func
        return None

    def nearby(self, kind: type[ast.AST]) -> Iterator[ast.AST]:
        """The nodes of a kind at the place of the trouble: it, what it is in, then all of its statement."""
        statement = self.source.statement(self.node)
        for node in self.source.above(self.node):
            if isinstance(node, kind):
                yield node
            if node is statement:
                break
        if statement is not None:
            yield from (node for node in ast.walk(statement) if isinstance(node, kind))

    def assigned(self, name: str) -> ast.Assign | None:
        """The last assignment of a name before the trouble."""
        line = getattr(self.node, "lineno", 0)
        found = None
        for statement in self.source.all(ast.Assign):
            if isinstance(statement, ast.Assign) and statement.lineno <= line:
                targets = [node for target in statement.targets for node in ast.walk(target)]
                names = [node.id for node in targets if isinstance(node, ast.Name) and is_stored(node)]
                found = statement if name in names else found
        return found

    def made_from(self, node: ast.AST) -> Iterator[ast.expr]:
        """What an expression is, then what the names in it were assigned, and so on back."""
        seen: set[str] = set()
        open_ = [node]
        while open_:
            at = open_.pop(0)
            if isinstance(at, ast.expr):
                yield at
            for name in (inner.id for inner in ast.walk(at) if isinstance(inner, ast.Name)):
                assignment = None if name in seen else self.assigned(name)
                seen.add(name)
                if assignment is not None:
                    open_.append(assignment.value)


def called(call: ast.Call) -> str:
    """The last part of what is called: "tensor" of `torch.tensor(...)`."""
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def is_stored(name: ast.Name) -> bool:
    """Whether it is assigned to."""
    return isinstance(name.ctx, ast.Store)


def is_creator(node: ast.AST) -> bool:
    """Whether an expression makes a new tensor."""
    return isinstance(node, ast.Call) and called(node) in CREATORS
