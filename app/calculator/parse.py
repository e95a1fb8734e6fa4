"""Program text to a checked syntax tree: small, not too deep, and made of supported constructs only."""

import ast
import warnings
from collections.abc import Callable
from typing import Any

from app.calculator.limits import MAX_DEPTH, MAX_NODES, MAX_PROGRAM_BYTES
from app.calculator.refusals import LimitReached, NotSupported
from app.errors import N_

SUPPORTED: frozenset[type[ast.AST]] = frozenset(
    {
        ast.Module, ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete, ast.Pass,
        ast.If, ast.While, ast.For, ast.Break, ast.Continue, ast.With, ast.withitem,
        ast.FunctionDef, ast.Lambda, ast.arguments, ast.arg, ast.Return, ast.ClassDef,
        ast.Global, ast.Nonlocal, ast.Assert, ast.Raise, ast.Try, ast.ExceptHandler,
        ast.Import, ast.ImportFrom, ast.alias,
        ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Slice, ast.Starred, ast.Call, ast.keyword,
        ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.NamedExpr,
        ast.List, ast.Tuple, ast.Dict, ast.Set, ast.JoinedStr, ast.FormattedValue,
        ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension,
    }
)  # fmt: skip
SYMBOLS: frozenset[type[ast.AST]] = frozenset(
    {
        ast.Load, ast.Store, ast.Del, ast.And, ast.Or, ast.Not, ast.Invert, ast.UAdd, ast.USub,
        ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult,
        ast.LShift, ast.RShift, ast.BitAnd, ast.BitOr, ast.BitXor,
        ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.IsNot, ast.In, ast.NotIn,
    }
)  # fmt: skip
"""The tree's marks for operators and for reading or writing a name; they are shared, and have no parts."""
NAMES: dict[type[ast.AST], str] = {
    ast.AsyncFunctionDef: "async def",
    ast.AsyncFor: "async for",
    ast.AsyncWith: "async with",
    ast.Await: "await",
    ast.Yield: "yield",
    ast.YieldFrom: "yield from",
    ast.Match: "match",
    ast.TryStar: "except*",
}
"""How an unsupported construct is written, where its class's name would not tell."""

SPECIAL_NAMES = frozenset({"__name__"})
SPECIAL_ATTRIBUTES = frozenset({"__init__", "__name__", "__version__", "_version"})
"""The only names with leading underscores that a program may read of an object."""


class TextError(Exception):
    """The text is not Python. Carries what CPython says about it.

    type: "SyntaxError" or a subclass; line and column from 1.
    """

    def __init__(self, kind: str, message: str, line: int | None, column: int | None) -> None:
        super().__init__(message)
        self.kind = kind
        self.line = line
        self.column = column


class RefusedAt(Exception):
    """A refusal and the place in the text it is about."""

    def __init__(self, refusal: NotSupported | LimitReached, line: int, column: int) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal
        self.line = line
        self.column = column


def parse(program: str) -> ast.Module:
    """The syntax tree of `program`.

    Raises:
        TextError: it is not valid Python, in CPython's own words.
        RefusedAt: it is, but too large, too deep, or uses what the calculator does not support.

    """
    check_text(program)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes and such: Python shows them to developers only
            tree = ast.parse(program)
    except SyntaxError as error:
        raise TextError(type(error).__name__, error.msg, error.lineno, error.offset or None) from None
    except (MemoryError, RecursionError):
        # CPython's parser and tree builder give up on deep nesting in these two ways.
        raise too_deep(1, 1) from None
    except ValueError as error:  # an integer literal beyond the digits int() reads
        raise TextError("SyntaxError", str(error), None, None) from None
    check_tree(tree, program)
    return tree


def check_text(program: str) -> None:
    """Refuse what is not worth parsing: too long, NUL characters, half a surrogate pair."""
    try:
        size = len(program.encode())
    except UnicodeEncodeError as error:
        line = program.count("\n", 0, error.start) + 1
        raise TextError("SyntaxError", "source code is not valid UTF-8 text", line, None) from None
    if size > MAX_PROGRAM_BYTES:
        limit = LimitReached(
            N_("The program has {size:,} bytes; {limit:,} are allowed."), size=size, limit=MAX_PROGRAM_BYTES
        )
        raise RefusedAt(limit, 1, 1)
    if "\0" in program:
        line = program.count("\n", 0, program.index("\0")) + 1
        raise TextError("SyntaxError", "source code string cannot contain null bytes", line, None)


def check_tree(tree: ast.Module, program: str) -> None:
    """Walk the tree once, without recursion: its size, its depth, its constructs, its names."""
    count = 0
    stack: list[tuple[ast.AST, int, ast.AST]] = [(tree, 0, tree)]
    while stack:
        node, depth, place = stack.pop()
        if "lineno" in node._attributes:
            place = node
        count += 1
        try:
            if count > MAX_NODES:
                raise LimitReached(
                    N_("The program is too long: it has more than {limit:,} parts."), limit=MAX_NODES
                )
            check_node(node)
        except (NotSupported, LimitReached) as refusal:
            raise RefusedAt(refusal, *position(place, text_lines(program))) from None
        if depth > MAX_DEPTH:
            raise too_deep(*position(place, text_lines(program)))
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, ast.AST):
                if type(value) not in SYMBOLS:
                    stack.append((value, depth + 1, place))
            elif isinstance(value, list):
                stack.extend((item, depth + 1, place) for item in value if isinstance(item, ast.AST))


def check_node(node: ast.AST) -> None:
    """Refuse an unsupported construct or name."""
    kind = type(node)
    if kind not in SUPPORTED:
        if kind not in SYMBOLS:
            raise not_supported(NAMES.get(kind, kind.__name__))
    elif kind in CHECKS:
        CHECKS[kind](node)


def check_function(node: ast.FunctionDef) -> None:
    """A function may have a name of its own, or be a class's `__init__`."""
    if node.name != "__init__":
        check_name(node.name)


def check_attribute(node: ast.Attribute) -> None:
    """Of the names with underscores, only a few may be read."""
    if node.attr.startswith("_") and node.attr not in SPECIAL_ATTRIBUTES:
        raise private(node.attr)


def check_keyword(node: ast.keyword) -> None:
    """No argument of torch's with an underscore is meant for others."""
    if node.arg is not None and node.arg.startswith("_"):
        raise private(node.arg)


def check_declaration(node: ast.Global | ast.Nonlocal) -> None:
    """`global` and `nonlocal` name variables."""
    for name in node.names:
        check_name(name)


def check_constant(node: ast.Constant) -> None:
    """Nothing in the language makes or takes bytes."""
    if isinstance(node.value, bytes):
        raise not_supported("bytes")


def check_comprehension(node: ast.comprehension) -> None:
    """Python's tree marks an asynchronous one only so."""
    if node.is_async:
        raise not_supported(NAMES[ast.AsyncFor])


def check_import(node: ast.alias) -> None:
    """Refuse private parts of modules, and names nobody asked for."""
    if node.name == "*":
        raise NotSupported(N_("`import *` is not supported here: name what you need."))
    for part in (*node.name.split("."), node.asname or ""):
        if part.startswith("_") and part != "__future__":
            raise private(part)


def check_name(name: str) -> None:
    """A variable may begin with one underscore; two belong to Python."""
    if name.startswith("__") and name.strip("_") and name not in SPECIAL_NAMES:
        raise private(name)


CHECKS: dict[type[ast.AST], Callable[[Any], None]] = {
    ast.Name: lambda node: check_name(node.id),
    ast.arg: lambda node: check_name(node.arg),
    ast.ExceptHandler: lambda node: check_name(node.name or ""),
    ast.ClassDef: lambda node: check_name(node.name),
    ast.FunctionDef: check_function,
    ast.Attribute: check_attribute,
    ast.keyword: check_keyword,
    ast.Global: check_declaration,
    ast.Nonlocal: check_declaration,
    ast.Constant: check_constant,
    ast.alias: check_import,
    ast.comprehension: check_comprehension,
}
"""The nodes with names or values to look at."""


def not_supported(construct: str) -> NotSupported:
    """The refusal of a construct."""
    return NotSupported(N_("`{construct}` is not supported here."), construct=construct)


def private(name: str) -> NotSupported:
    """The refusal of a name that reaches into Python's or torch's inside."""
    return NotSupported(
        N_(
            "`{name}` is not available here: names with a leading underscore are Python's and torch's inside."
        ),
        name=name,
    )


def too_deep(line: int, column: int) -> RefusedAt:
    """The refusal of deep nesting."""
    refusal = LimitReached(
        N_("The program is nested too deeply; {limit} levels are allowed."), limit=MAX_DEPTH
    )
    return RefusedAt(refusal, line, column)


def text_lines(program: str) -> list[str]:
    """The lines as the tree counts them: only these three end a line in Python."""
    return program.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def position(node: ast.AST, lines: list[str]) -> tuple[int, int]:
    """Line and column of a node, both from 1, the column in characters (the tree counts UTF-8 bytes)."""
    line = getattr(node, "lineno", 1)
    offset = getattr(node, "col_offset", 0)
    text = lines[line - 1] if line <= len(lines) else ""
    return line, len(text.encode()[:offset].decode(errors="ignore")) + 1
