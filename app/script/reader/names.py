"""What the names and the numbers in a script stand for."""

import ast
from collections.abc import Mapping
from itertools import islice

from app.errors import N_, Invalid

FIELD = "script"
MAX_SHOWN = 60
MAX_POWER = 100
MAX_NUMBER = 1e12

Constant = int | float | bool | None | tuple["Constant", ...]


def refused(node: ast.AST, template: str, **params: str | int | float | None) -> Invalid:
    """The refusal of a script, naming the line. template: with the field `line`."""
    return Invalid(FIELD, template, line=getattr(node, "lineno", 1), **params)


def unknown(node: ast.AST) -> Invalid:
    """The refusal of what a run cannot represent."""
    return refused(node, N_("line {line}: a run has nothing for {code}"), code=shown(node))


def shown(node: ast.AST) -> str:
    """Some of a node's text."""
    first = ast.unparse(node).splitlines()[0]
    return first if len(first) <= MAX_SHOWN else first[:MAX_SHOWN] + "…"


def is_small(node: ast.AST, most: int) -> bool:
    """Whether it has no more parts than that: what is larger is not looked at again and again."""
    return sum(1 for _ in islice(ast.walk(node), most + 1)) <= most


class Names:
    """Modules and numbers by the names they have in the script."""

    def __init__(self) -> None:
        self._paths: dict[str, str] = {}
        self._constants: dict[str, Constant] = {}

    def imported(self, node: ast.Import | ast.ImportFrom) -> None:
        """Take note of an import. Raises: Invalid: what it binds cannot be told."""
        for alias in node.names:
            if isinstance(node, ast.Import):
                first = alias.name.partition(".")[0]
                self._paths[alias.asname or first] = alias.name if alias.asname else first
            elif node.level or alias.name == "*":
                raise unknown(node)
            else:
                self._paths[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def bind(self, name: str, value: Constant) -> None:
        """A name for a number."""
        self.forget(name)
        self._constants[name] = value

    def forget(self, name: str) -> None:
        """A name means something else from here on."""
        self._constants.pop(name, None)
        self._paths.pop(name, None)

    def path(self, node: ast.expr) -> str | None:
        """The full name of something that was imported, such as "torch.nn.Linear"; a builtin's own name."""
        attributes: list[str] = []
        while isinstance(node, ast.Attribute):
            attributes.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        root = self._paths.get(node.id)
        if root is None and not attributes and node.id not in self._constants:
            return node.id
        return ".".join([root, *attributes]) if root else None

    def called(self, node: ast.AST) -> str | None:
        """The full name of what an expression calls; None if it calls nothing that was imported."""
        return self.path(node.func) if isinstance(node, ast.Call) else None

    def constant(self, node: ast.expr, local: Mapping[str, Constant] | None = None) -> Constant:
        """The number, or list of numbers, that an expression amounts to.

        Raises: Invalid: it does not, as far as can be told.
        """
        match node:
            case ast.Constant(value=bool() | int() | float() | None as value):
                if not isinstance(value, int) or abs(value) <= MAX_NUMBER:
                    return value
            case ast.Name(id=name) if name in (known := {**self._constants, **(local or {})}):
                return known[name]
            case ast.Tuple(elts=items) | ast.List(elts=items):
                return tuple(self.constant(item, local) for item in items)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self.number(operand, local)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.number(operand, local)
            case ast.BinOp(left=left, op=op, right=right):
                return computed(node, op, self.number(left, local), self.number(right, local))
        raise refused(node, N_("line {line}: {code} is not a number that can be told"), code=shown(node))

    def number(self, node: ast.expr, local: Mapping[str, Constant] | None = None) -> int | float:
        """A number. Raises: Invalid: it is none."""
        value = self.constant(node, local)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise refused(node, N_("line {line}: {code} is not a number that can be told"), code=shown(node))
        return value


def computed(node: ast.AST, op: ast.operator, left: float, right: float) -> int | float:
    """A sum, difference, product, quotient or power of numbers that are not too large."""
    small = max(abs(left), abs(right)) <= MAX_NUMBER
    try:
        match op:
            case ast.Add() if small:
                return left + right
            case ast.Sub() if small:
                return left - right
            case ast.Mult() if small:
                return left * right
            case ast.Div() if small:
                return left / right
            case ast.Pow() if small and abs(right) <= MAX_POWER and left >= 0:
                power: int | float = float(left) ** right if right < 0 else left**right
                float(power)  # raises where it is larger than any
                return power
    except ArithmeticError:
        pass
    raise refused(node, N_("line {line}: {code} is not a number that can be told"), code=shown(node))
