"""A program's syntax tree with hooks in it, through which running it can be watched.

Nothing of the program's own tree is changed: what is watched is made anew around it, and what is not is used
as it is. Loops that hold no other loop, and functions that hold none, are there twice: with hooks, and bare
for when nobody is watching, so that a long loop runs at nearly its own speed.
"""

import ast
import sys
from collections.abc import Callable, Iterable, Sequence
from types import CodeType
from typing import Any, Protocol, TypeVar, cast

from app.calculator.program.read import FILENAME, parts_of

Hook = Callable[..., Any]
Block = Sequence[ast.stmt]
N = TypeVar("N", bound=ast.AST)
E = TypeVar("E", bound=ast.expr)

MARK = "\0hook"
"""A constant of this and a number stands for a hook until the code is made: no tree may hold a function."""
MAX_NODES = 20_000
"""Parts of a program that is watched; a longer one runs as it is."""
RECURSION_LIMIT = 20_000
PLAIN = frozenset(
    {"super", "locals", "globals", "vars", "dir", "eval", "exec", "print", "input", "breakpoint"}
)
"""Built-ins that look at who calls them, or of whose calls nobody wants to know."""
LOOPS = (ast.For, ast.While, ast.AsyncFor)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SIGNS = (ast.USub, ast.UAdd, ast.Invert)
UNWATCHED = (
    *(ast.Name, ast.Constant, ast.alias, ast.Import, ast.ImportFrom),
    *(ast.pattern, ast.expr_context, ast.operator, ast.unaryop, ast.cmpop),
)
"""Parts that hold nothing to watch."""
TRUE = ast.Constant(True, lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)


class Hooks(Protocol):
    """Makes the hooks of one program. Each is called from the program itself."""

    def call(self, node: ast.expr) -> Hook:
        """`hook(function)`: what to call in its place."""

    def attribute(self, node: ast.expr) -> Hook:
        """`hook(owner, name)`: the attribute."""

    def subscript(self, node: ast.expr) -> Hook:
        """`hook(owner, key)`: the item."""

    def binary(self, node: ast.BinOp) -> Hook:
        """`hook(left, right)`: the result."""

    def unary(self, node: ast.UnaryOp) -> Hook:
        """`hook(operand)`: the result."""

    def augmented(self, node: ast.AugAssign) -> Hook:
        """`hook(value, operand)`: the result, for a name."""

    def load(self, node: ast.AugAssign) -> Hook:
        """`hook(owner, key)`: an attribute or item, with what `store` needs."""

    def store(self, node: ast.AugAssign) -> Hook:
        """`hook(loaded, operand)`: changes it."""

    def executed(self, node: ast.stmt) -> Hook:
        """`hook()`: the statement has run."""

    def returned(self, node: ast.Return) -> Hook:
        """`hook(value)`: the value; the statement has run."""

    def entered(self, n_statements: int) -> Hook:
        """`hook()`: whether to run the watched version of a block of so many statements."""

    def passed(self, n_statements: int) -> Hook:
        """`hook()`: so many statements run unwatched."""

    def loop(self, node: ast.stmt) -> "LoopHooks | None":
        """The hooks at the rounds of a loop; None: nobody counts them."""


class LoopHooks(Protocol):
    """What is called at the rounds of one loop."""

    begin_round: Hook | None
    """`hook()`: a round begins."""

    def begin(self, iterable: Any = None) -> Any:
        """The loop is entered; what it goes over is given back."""

    def end_round(self) -> None:
        """A round has ended, in whatever way."""


def instrumented(tree: ast.Module, hooks: Hooks) -> CodeType | None:
    """The code of a program with hooks in it; None where it is too long or too deep to be watched."""
    nodes = parts_of(tree)
    if len(nodes) > MAX_NODES:
        return None
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(RECURSION_LIMIT)
    try:
        maker = _Instrument(nodes, hooks)
        watched = ast.Module(maker.block(tree.body), [])
        code = compile(watched, FILENAME, "exec", dont_inherit=True)
    except (RecursionError, MemoryError):
        return None
    finally:
        sys.setrecursionlimit(limit)
    return _with_hooks(code, maker.table)


def _with_hooks(code: CodeType, table: Sequence[Hook]) -> CodeType:
    """The code with each hook in its place among the constants."""

    def constant(value: Any) -> Any:
        match value:
            case CodeType():
                return _with_hooks(value, table)
            case (str() as mark, int() as place) if mark == MARK and place < len(table):
                return table[place]
        return value

    return code.replace(co_consts=tuple(map(constant, code.co_consts)))


class _Instrument:
    def __init__(self, nodes: Iterable[ast.AST], hooks: Hooks) -> None:
        self.hooks = hooks
        self.table: list[Hook] = []
        self.modules = {
            alias.asname or alias.name.partition(".")[0]
            for node in nodes
            if isinstance(node, ast.Import)
            for alias in node.names
        }
        self.expressions: dict[type[ast.AST], Callable[[Any], ast.AST]] = {
            ast.Call: self.call,
            ast.Attribute: self.attribute,
            ast.Subscript: self.subscript,
            ast.BinOp: self.binary,
            ast.UnaryOp: self.unary,
        }

    # Statements

    def block(self, statements: Block) -> list[ast.stmt]:
        """The watched version of statements that run one after the other."""
        futures = [n for n, node in enumerate(statements) if is_future(node)]
        first = futures[-1] + 1 if futures else 0  # nothing may come before them
        watched = list(statements[:first])
        for statement in statements[first:]:
            match statement:
                case ast.Break() | ast.Continue():
                    watched += [self.after(statement), statement]
                case ast.Return(value=value):
                    result = ast.Constant(None) if value is None else self.expression(value)
                    kept = self.hook(self.hooks.returned(statement), [result], value or statement)
                    watched.append(at(ast.Return(kept), statement))
                case ast.Raise():
                    watched.append(self.statement(statement))
                case _:
                    watched += [self.statement(statement), self.after(statement)]
        return watched

    def after(self, statement: ast.stmt) -> ast.stmt:
        """Tells that a statement has run."""
        return at(ast.Expr(self.hook(self.hooks.executed(statement), [], statement)), statement)

    def statement(self, node: ast.stmt) -> ast.stmt:
        """The watched version of one statement."""
        match node:
            case ast.For() | ast.While() | ast.AsyncFor():
                return self.loop(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return self.function(node)
            case ast.AnnAssign():
                return self.rebuilt(node, annotation=node.annotation)
            case ast.AugAssign():
                return self.augmented(node)
        return self.rebuilt(node)

    def loop(self, node: ast.For | ast.While | ast.AsyncFor) -> ast.stmt:
        """A loop, with hooks at its rounds where somebody counts them."""
        body = self.twice(node.body)
        hooks = self.hooks.loop(node)
        if hooks is None:
            return self.rebuilt(node, body=body)
        if hooks.begin_round is not None:
            body.insert(0, at(ast.Expr(self.hook(hooks.begin_round, [], node)), node))
        ended = at(ast.Expr(self.hook(hooks.end_round, [], node)), node)
        body = [at(ast.Try(body, [], [], [ended]), node)]
        if isinstance(node, ast.For):
            goes_over = self.hook(hooks.begin, [self.expression(node.iter)], node.iter)
            return self.rebuilt(node, iter=goes_over, body=body)
        entered = at(ast.Expr(self.hook(hooks.begin, [], node)), node)
        return at(ast.If(at(ast.Constant(True), node), [entered, self.rebuilt(node, body=body)], []), node)

    def twice(self, body: Block) -> list[ast.stmt]:
        """The body of a loop or function, watched and bare."""
        watched = self.block(body)
        if any(
            isinstance(node, (*LOOPS, ast.Global, ast.Nonlocal)) for part in body for node in ast.walk(part)
        ):
            return watched
        size, bare = self.bare(body)
        choice = self.hook(self.hooks.entered(size), [], body[0])
        return [at(ast.If(choice, watched, bare), body[0])]

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.stmt:
        """A definition. Its annotations are not watched."""
        head, body = node.body[:1], node.body[1:]
        if not (isinstance(head[0], ast.Expr) and isinstance(head[0].value, ast.Constant)):
            head, body = [], node.body  # no docstring
        names = ("posonlyargs", "args", "kwonlyargs", "vararg", "kwarg")
        arguments = self.rebuilt(node.args, **{name: getattr(node.args, name) for name in names})
        return self.rebuilt(
            node, args=arguments, returns=node.returns, body=[*head, *(self.twice(body) if body else [])]
        )

    def bare(self, statements: Block) -> tuple[int, list[ast.stmt]]:
        """The same statements without hooks but those that count, and how many run in any case."""
        size, result = 0, []
        for number, statement in enumerate(statements, 1):
            size += 1
            match statement:
                case ast.If() | ast.Match() | ast.With() | ast.Try() | ast.TryStar() | ast.ClassDef():
                    more, copy = self.branches(statement)
                    size += more
                    result.append(copy)
                case _:
                    result.append(statement)
            if number < len(statements) and may_leave(statement):
                return size, [*result, *self.counted(statements[number:])]
        return size, result

    def branches(self, node: ast.stmt) -> tuple[int, ast.stmt]:
        """A bare statement with blocks in it: what runs in any case, and a copy that counts the rest."""
        size, changes = 0, dict(ast.iter_fields(node))
        for name in ("body", "orelse", "finalbody"):
            if block := getattr(node, name, None):
                if isinstance(node, ast.If):
                    changes[name] = self.counted(block)
                else:
                    more, changes[name] = self.bare(block)
                    size += more
        for name in ("handlers", "cases"):
            changes |= {
                name: [
                    at(type(part)(**{**dict(ast.iter_fields(part)), "body": self.counted(part.body)}), part)
                    for part in getattr(node, name)
                ]
                for name in ([name] if hasattr(node, name) else [])
            }
        return size, at(type(node)(**changes), node)

    def counted(self, block: Block) -> list[ast.stmt]:
        """A bare block that may or may not run."""
        size, result = self.bare(block)
        return [at(ast.Expr(self.hook(self.hooks.passed(size), [], block[0])), block[0]), *result]

    def augmented(self, node: ast.AugAssign) -> ast.stmt:
        """`target += value`: the parts of the target are evaluated once, and before the value."""
        value = self.expression(node.value)
        match node.target:
            case ast.Name(id=name):
                before = at(ast.Name(name, ast.Load()), node.target)
                result = self.hook(self.hooks.augmented(node), [before, value], node)
                return at(ast.Assign([node.target], result), node)
            case ast.Attribute(value=owner, attr=name) if not is_private(name):
                parts = [self.expression(owner), at(ast.Constant(name), node.target)]
            case ast.Subscript(value=owner, slice=key):
                parts = [self.expression(owner), self.key(key)]
            case _:
                return self.rebuilt(node)
        loaded = self.hook(self.hooks.load(node), parts, node.target)
        return at(ast.Expr(self.hook(self.hooks.store(node), [loaded, value], node)), node)

    # Expressions

    def expression(self, node: Any) -> Any:
        """The watched version of an expression, or of whatever else stands in a tree."""
        watched = self.expressions.get(type(node))
        return self.rebuilt(node) if watched is None else watched(node)

    def call(self, node: ast.Call) -> ast.AST:
        """`hook(function)(arguments)`."""
        function = node.func
        if isinstance(function, ast.Name) and function.id in PLAIN:
            return self.rebuilt(node, func=function)
        where: ast.expr = node
        if isinstance(function, ast.Attribute):
            where = at_name(function, node)
            bound = at(ast.Attribute(self.expression(function.value), function.attr, ast.Load()), function)
        else:
            bound = self.expression(function)
        chosen = self.hook(self.hooks.call(where), [bound], function)
        return at(
            ast.Call(chosen, list(map(self.expression, node.args)), list(map(self.rebuilt, node.keywords))),
            where,
        )

    def attribute(self, node: ast.Attribute) -> ast.AST:
        """`hook(owner, name)`."""
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            root = root.value
        of_module = isinstance(root, ast.Name) and root.id in self.modules
        if not isinstance(node.ctx, ast.Load) or of_module or is_private(node.attr):
            return self.rebuilt(node)
        where = at_name(node, node)
        parts = [self.expression(node.value), at(ast.Constant(node.attr), node)]
        return self.hook(self.hooks.attribute(where), parts, where)

    def subscript(self, node: ast.Subscript) -> ast.AST:
        """`hook(owner, key)`."""
        if not isinstance(node.ctx, ast.Load):
            return self.rebuilt(node)
        parts = [self.expression(node.value), self.key(node.slice)]
        return self.hook(self.hooks.subscript(node), parts, node)

    def key(self, node: ast.expr) -> ast.expr:
        """What stands between brackets, where only brackets may hold a slice."""
        match node:
            case ast.Slice(lower=lower, upper=upper, step=step):
                bounds = [ast.Constant(None) if part is None else part for part in (lower, upper, step)]
                return self.hook(slice, list(map(self.expression, bounds)), node)
            case ast.Tuple(elts=elements):
                return at(ast.Tuple(list(map(self.key, elements)), ast.Load()), node)
        return cast(ast.expr, self.expression(node))

    def binary(self, node: ast.BinOp) -> ast.AST:
        """`hook(left, right)`."""
        if isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant):
            return node
        parts = [self.expression(node.left), self.expression(node.right)]
        return self.hook(self.hooks.binary(node), parts, node)

    def unary(self, node: ast.UnaryOp) -> ast.AST:
        """`hook(operand)`."""
        if isinstance(node.op, SIGNS) and not isinstance(node.operand, ast.Constant):
            return self.hook(self.hooks.unary(node), [self.expression(node.operand)], node)
        return self.rebuilt(node)

    # Both

    def hook(self, hook: Hook, arguments: list[Any], where: ast.AST) -> ast.Call:
        """A call of a hook."""
        self.table.append(hook)
        mark = at(ast.Constant((MARK, len(self.table) - 1)), where)  # type: ignore[arg-type]
        # Python warns of a constant that is called. It leaves nothing of the condition in the code.
        chosen = at(ast.IfExp(TRUE, mark, mark), where)
        return at(ast.Call(chosen, [at(part, where) for part in arguments], []), where)

    def rebuilt(self, node: N, **changes: Any) -> N:
        """A copy whose parts are watched, but for the `changes`."""
        if isinstance(node, UNWATCHED):
            return node
        parts = dict(changes)
        for name, value in ast.iter_fields(node):
            if name in changes:
                continue
            if isinstance(value, ast.AST):
                parts[name] = self.expression(value)
            elif not isinstance(value, list):
                parts[name] = value
            elif value and isinstance(value[0], ast.stmt):
                parts[name] = self.block(value)
            else:
                parts[name] = [self.expression(item) if isinstance(item, ast.AST) else item for item in value]
        return at(type(node)(**parts), node)


def at(node: N, where: ast.AST) -> N:
    """The node, placed where another one is, unless it has a place."""
    if "lineno" in node._attributes and not hasattr(node, "lineno"):
        node.lineno, node.col_offset = where.lineno, where.col_offset  # type: ignore[attr-defined]
        node.end_lineno, node.end_col_offset = where.end_lineno, where.end_col_offset  # type: ignore[attr-defined]
    return node


def at_name(attribute: ast.Attribute, node: E) -> E:
    """A node whose attribute stands on another line than its owner: placed at the name, as CPython does."""
    if attribute.end_lineno in (None, attribute.lineno) or attribute.end_col_offset is None:
        return node
    copy = ast.copy_location(type(node)(**dict(ast.iter_fields(node))), node)
    copy.lineno = attribute.end_lineno or attribute.lineno
    copy.col_offset = max(0, attribute.end_col_offset - len(attribute.attr.encode()))
    return copy


def may_leave(statement: ast.stmt) -> bool:
    """Whether what follows a statement may not run although it has come to its end."""
    exits = ast.Return | ast.Break | ast.Continue | ast.Raise
    return isinstance(statement, ast.If | ast.Match | ast.With | ast.Try | ast.TryStar) and any(
        isinstance(node, exits) for node in ast.walk(statement)
    )


def is_future(node: ast.stmt) -> bool:
    """Whether it is `from __future__ import ...`."""
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def is_private(name: str) -> bool:
    """Whether Python writes a name in a class in another way, so that only Python may read it."""
    return name.startswith("__") and not name.endswith("__")
