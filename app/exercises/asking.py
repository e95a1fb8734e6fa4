"""What can be asked about a program before it runs, read from its text alone, which knows no answers."""

import ast
from collections.abc import Iterator

from app.protocol.exercises import MAX_QUESTIONS, AnswerKind, Question

CREATORS = frozenset(
    {"tensor", "Tensor", "FloatTensor", "DoubleTensor", "LongTensor", "Variable", "Parameter", "as_tensor"}
    | {"ones", "zeros", "full", "eye", "arange", "linspace", "rand", "randn", "ones_like", "zeros_like"}
    | {"requires_grad_"}
)
"""What makes the tensors whose `.grad` is worth asking for; `requires_grad_()` gives back the same one."""
REPEATING = (ast.For, ast.While, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
GRAD: list[AnswerKind] = ["number", "none", "error"]
PRINTED: list[AnswerKind] = ["text", "number", "none", "error"]


def questions(tree: ast.Module) -> list[Question]:
    """The `.grad` of each tensor that the program makes, and each line that prints, in the program's order.

    Where there is nothing of the kind: how the program ends.
    """
    prints = list(printing(tree))
    last_printed = {name: line for line, name, repeated in prints if name is not None and not repeated}
    changed = max((call.lineno for call in calls(tree) if of(call) in CHANGE_GRADS), default=0)
    asked = [
        Question(id=f"grad {name}", about="grad", name=name, answers=GRAD)
        for name in made(tree)
        if last_printed.get(name, 0) <= changed  # else a print asks for the same
    ]
    asked += [
        Question(
            id=f"printed {line}", about="printed", line=line, name=name, repeated=repeated, answers=PRINTED
        )
        for line, name, repeated in prints
    ]
    if not asked:
        asked = [Question(id="end", about="end", answers=["choice"])]
    return asked[:MAX_QUESTIONS]


CHANGE_GRADS = frozenset({"backward", "zero_grad", "zero_"})


def made(tree: ast.Module) -> Iterator[str]:
    """The names of the tensors that the program itself makes at its top level, each once."""
    seen: set[str] = set()
    for statement in statements(tree.body):
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                if of(call) in CREATORS and name not in seen:
                    seen.add(name)
                    yield name


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements outside functions and classes, those in blocks included."""
    for statement in body:
        yield statement
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for part in ("body", "orelse", "finalbody"):
                yield from statements(getattr(statement, part, []))


def printing(tree: ast.Module) -> Iterator[tuple[int, str | None, bool]]:
    """Each line that prints, the tensor whose `.grad` is all it prints, and whether it may repeat."""
    lines: dict[int, tuple[str | None, bool]] = {}

    def visit(node: ast.AST, repeated: bool) -> None:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            known = node.lineno in lines
            lines[node.lineno] = None if known else grad_of(node), repeated
        for child in ast.iter_child_nodes(node):
            visit(child, repeated or isinstance(node, REPEATING))

    visit(tree, repeated=False)
    yield from ((line, *about) for line, about in sorted(lines.items()))


def grad_of(call: ast.Call) -> str | None:
    """The name in `print(x.grad)`; None for any other call."""
    match call:
        case ast.Call(args=[ast.Attribute(value=ast.Name(id=name), attr="grad")], keywords=[]):
            return name
    return None


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    """Every call of the program."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def of(call: ast.Call) -> str:
    """The last part of what is called."""
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""
