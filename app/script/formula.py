"""Checks of a formula that becomes a line of a script, which a person will run on their own machine."""

import ast
from collections.abc import Iterator
from pathlib import Path

from app.errors import N_, Invalid
from app.script.limits import syntax_tree

FIELD = "data.target"
FUNCTIONS = frozenset({
    "abs", "bool", "enumerate", "float", "int", "len", "list", "max", "min", "pow", "range", "round", "sum",
    "tuple", "zip",
})  # fmt: skip
MODULES = frozenset({"torch", "math", "F"})
SUBMODULES = frozenset({"fft", "functional", "linalg", "nn", "special"})
"""Submodules of torch that are allowed: the others reach files, libraries and the machine."""
NAMES = Path(__file__).with_name("formula_names.txt")
"""What may follow a dot, reviewed name by name: no function of torch's is among them that reads or writes a
file, for which even `x.numpy().tobytes().decode()` would be a name."""
KNOWN = frozenset(NAMES.read_text(encoding="utf-8").split())
NEVER = (
    ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.JoinedStr, ast.Lambda, ast.Starred, ast.Dict,
    ast.Set,
)  # fmt: skip
ELEMENTWISE = frozenset({
    "abs", "acos", "asin", "atan", "ceil", "cos", "cosh", "erf", "exp", "expm1", "float", "floor", "log",
    "log1p", "neg", "pow", "relu", "round", "sigmoid", "sign", "sin", "sinh", "sqrt", "square", "tan", "tanh",
})  # fmt: skip
DRAWS = frozenset({"rand", "randn"})


def checked(formula: str, names: frozenset[str] = frozenset()) -> ast.expr:
    """The syntax tree of a formula: one expression in `x` that is harmless where the script is run.

    It has no strings, so that no file can be named, and uses only torch's functions of tensors.

    names: of further tensors. Raises: Invalid: the formula is not of that kind.
    """
    tree = expression(formula)
    bound = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    known = FUNCTIONS | MODULES | {"x"} | names | bound
    for part in refused(tree, known):
        raise Invalid(FIELD, N_("a script cannot have {part} in its formula for y"), part=part)
    return tree


def expression(formula: str) -> ast.expr:
    """The syntax tree of one expression. Raises: Invalid: it is not one."""
    if "\n" in formula or "\r" in formula or "#" in formula:
        raise Invalid(FIELD, N_("a formula is one expression on one line, without a comment"))
    try:
        body = syntax_tree(formula, FIELD).body
    except SyntaxError as error:
        raise Invalid(FIELD, N_("this is not a formula: {error}"), error=error.msg) from None
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        raise Invalid(FIELD, N_("a formula is one expression on one line, without a comment"))
    return body[0].value


def refused(tree: ast.expr, known: frozenset[str] | set[str]) -> Iterator[str]:
    """The parts of a formula that are not allowed in a script."""
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, NEVER) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
        ):
            yield ast.unparse(node)[:40]
        elif isinstance(node, ast.Name):
            if node.id not in known or (node.id in MODULES and id(node) not in inner):
                yield node.id
        elif isinstance(node, ast.Attribute):
            leads_on = id(node) in inner and root(node) in MODULES
            if node.attr not in (SUBMODULES if leads_on else KNOWN):
                yield node.attr


def root(node: ast.expr) -> str | None:
    """The name that a chain of attributes begins with."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def fills(node: ast.expr) -> bool:
    """Whether an expression certainly has the size of x.

    >>> fills(expression("x - x.mean()")), fills(expression("x.mean()"))
    (True, False)
    """
    match node:
        case ast.BinOp(left=left, right=right) if not isinstance(node.op, ast.MatMult):
            return fills(left) or fills(right)
        case ast.UnaryOp(operand=operand):
            return fills(operand)
    has_x = any(isinstance(part, ast.Name) and part.id == "x" for part in ast.walk(node))
    return has_x and is_elementwise(node)


def is_elementwise(node: ast.expr) -> bool:
    """Whether an expression gives the same numbers for x of shape (n,) and (n, 1), each from its own x.

    >>> is_elementwise(expression("x.pow(2) + 0.2*torch.rand(x.size())"))
    True
    >>> is_elementwise(expression("x - x.mean()"))
    False
    """
    match node:
        case ast.Name(id="x") | ast.Constant(value=bool() | int() | float()):
            return True
        case ast.BinOp(left=left, op=op, right=right):
            return not isinstance(op, ast.MatMult) and is_elementwise(left) and is_elementwise(right)
        case ast.Compare(left=left, ops=[_], comparators=[right]):
            return is_elementwise(left) and is_elementwise(right)
        case ast.UnaryOp(operand=operand):
            return not isinstance(node.op, ast.Not) and is_elementwise(operand)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr=name), args=args, keywords=[]):
            if name in DRAWS:
                return [ast.unparse(arg) for arg in args] == ["x.size()"]
            return name in ELEMENTWISE and all(map(is_elementwise, args))
        case ast.Call(func=ast.Attribute(value=value, attr=name), args=args, keywords=[]):
            return name in ELEMENTWISE and is_elementwise(value) and all(map(is_elementwise, args))
    return False
