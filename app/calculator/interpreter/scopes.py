"""Which function a name belongs to, worked out before the program runs, by Python's rules."""

import ast
from collections.abc import Iterable, Iterator
from typing import Any, Literal

CLASS_CELL = "__class__"
"""The name under which methods find their class, for `super()`; a program cannot write it."""
Kind = Literal["module", "function", "class", "comprehension"]


class Frame:
    """The names of one call of a function, and the frame of the function around it."""

    __slots__ = ("names", "outer")

    def __init__(self, names: dict[str, Any], outer: "Frame | None") -> None:
        self.names = names
        self.outer = outer


class Scope:
    """A stretch of program with names of its own.

    The module's names are the program's globals; every other scope gets a Frame when it runs.
    """

    def __init__(
        self, kind: Kind, outer: "Scope | None", body: Iterable[ast.AST], given: Iterable[str] = ()
    ) -> None:
        self.kind = kind
        self.outer = outer
        bound = Bindings(body)
        self.globals = frozenset(bound.globals)
        self.names = frozenset(given) | (bound.names - bound.globals - bound.nonlocals)

    def hops(self, name: str) -> int | None:
        """How many frames outwards the name is held; None: it is global or built in."""
        scope: Scope | None = self
        hops = 0
        while scope is not None and scope.kind != "module":
            if name in scope.globals:
                return None
            if name in scope.names and (scope.kind != "class" or scope is self or name == CLASS_CELL):
                return hops
            hops += 1
            scope = scope.outer
        return None

    def assigned(self, name: str) -> int | None:
        """The same for `:=`, which skips the comprehensions it stands in."""
        scope = self
        hops = 0
        while scope.kind == "comprehension" and scope.outer is not None:
            scope = scope.outer
            hops += 1
        inner = scope.hops(name)
        return None if inner is None else hops + inner


class Bindings:
    """The names that statements assign, those of functions inside them excepted."""

    def __init__(self, body: Iterable[ast.AST]) -> None:
        self.names: set[str] = set()
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        for node in body:
            self._visit(node)

    def _visit(self, node: ast.AST) -> None:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                self.names.add(name)
                for inner in outside(node):
                    self._visit(inner)
                return
            case ast.Lambda():
                for inner in outside(node):
                    self._visit(inner)
                return
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self._visit(node.generators[0].iter)
                self._visit_walrus(node)
                return
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                self.names.add(name)
            case ast.ExceptHandler(name=str(name)):
                self.names.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                self.names.update(alias.asname or alias.name.partition(".")[0] for alias in aliases)
            case ast.Global(names=names):
                self.globals.update(names)
            case ast.Nonlocal(names=names):
                self.nonlocals.update(names)
        for child in ast.iter_child_nodes(node):
            self._visit(child)

    def _visit_walrus(self, comprehension: ast.AST) -> None:
        for node in ast.walk(comprehension):
            if isinstance(node, ast.NamedExpr):
                self.names.add(node.target.id)


def outside(node: ast.FunctionDef | ast.ClassDef | ast.Lambda) -> Iterator[ast.AST]:
    """The parts of a definition that belong to the scope around it."""
    if isinstance(node, ast.ClassDef):
        yield from (*node.bases, *node.keywords, *node.decorator_list)
        return
    if isinstance(node, ast.FunctionDef):
        yield from node.decorator_list
    yield from (*node.args.defaults, *(default for default in node.args.kw_defaults if default))
