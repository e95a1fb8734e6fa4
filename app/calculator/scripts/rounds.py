"""The loops of a script: how many rounds each makes, and in which of them something happens."""

import ast
import operator
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

HOOK = " rounds"
"""The name under which a script finds what counts its rounds: no script can use it."""


@dataclass(eq=False)
class Loop:
    """A `for` loop that runs. rounds: how many it will make; None: nobody can tell."""

    rounds: int | None
    line: int


class Rounds:
    """Counts rounds. running: the loops that run, the outermost first."""

    def __init__(self) -> None:
        self.running: list[Loop] = []

    def counted(self, items: Iterable[Any], line: int) -> Iterator[Any]:
        """The items of a loop."""
        loop = Loop(length(items), line)
        self.running.append(loop)
        try:
            yield from items
        finally:
            self.running.remove(loop)


def length(items: Any) -> int | None:
    """How many items there are; None where nobody can tell."""
    try:
        return len(items)
    except Exception:
        pass
    if isinstance(items, enumerate | zip | map):
        parts: Any = items.__reduce__()[1]
        inner = parts[1:] if isinstance(items, map) else parts[:1] if isinstance(items, enumerate) else parts
        lengths = [length(part) for part in inner]
        return None if None in lengths or not lengths else min(n for n in lengths if n is not None)
    n = operator.length_hint(items, -1)
    return None if n < 0 else n


class Counting(ast.NodeTransformer):
    """Puts the hook around what each `for` loop goes over."""

    def visit_For(self, node: ast.For) -> ast.For:
        """`for x in hook(items, line)`."""
        self.generic_visit(node)
        hook = ast.Name(HOOK, ast.Load())
        node.iter = ast.copy_location(ast.Call(hook, [node.iter, ast.Constant(node.lineno)], []), node.iter)
        ast.copy_location(hook, node.iter)
        ast.copy_location(node.iter.args[1], node.iter)
        return node


def has_break(tree: ast.Module, lines: Iterable[int]) -> bool:
    """Whether one of the loops on these lines can end before its last round."""
    return any(
        isinstance(inner, ast.Break | ast.Return)
        for node in ast.walk(tree)
        if isinstance(node, ast.For | ast.While) and node.lineno in lines
        for statement in node.body
        for inner in ast.walk(statement)
    )
