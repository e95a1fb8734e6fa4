"""Lines of a script that a run's numbers do not depend on: what prints, draws, or keeps a record."""

import ast

from app.script.reader.reading import DRAWS
from app.script.reader.values import Values

ASIDE = (
    "print",
    "matplotlib",
    "IPython",
    "time",
    "tqdm",
    "input",
    "torch.set_printoptions",
    "torch.set_num_threads",
)
DRAWING = ("matplotlib", "IPython")
LEAVES = (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom, ast.Break, ast.Continue, ast.Return)
CHANGES = frozenset({
    "apply", "backward", "grad", "load_state_dict", "manual_seed", "param_groups", "pop", "rand", "randn",
    "randperm", "register_hook", "requires_grad", "step", "zero_grad",
})  # fmt: skip


def is_aside(node: ast.stmt, values: Values) -> bool:
    """Whether a statement can be left out; what draws is remarked upon."""
    match node:
        case ast.If(test=test, body=body, orelse=orelse):
            return not changes(test) and all(is_aside(statement, values) for statement in (*body, *orelse))
        case ast.With(items=items, body=body):
            return not any(map(changes, items)) and all(is_aside(statement, values) for statement in body)
        case _ if changes(node):
            return False
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call() as call):
            return is_aside_call(call, values)
        case ast.Assign(targets=[target], value=ast.Call() as call) if is_aside_call(call, values):
            for name in (part.id for part in ast.walk(target) if isinstance(part, ast.Name)):
                values.bind(name, Aside())
            return True
        case ast.Assign(targets=[ast.Subscript(value=mapping)], value=ast.Constant()):
            return values.names.path(mapping) == "os.environ"
        case ast.AugAssign(target=ast.Name(id=name)):
            return name not in values.made
    return False


class Aside:
    """A thing that the run does without, such as a figure."""


def is_aside_call(call: ast.Call, values: Values) -> bool:
    """Whether it calls something that prints or draws."""
    path = values.names.path(call.func) or ""
    if path.startswith(DRAWING):
        values.reading.remark(call, DRAWS)
    if path in ASIDE or path.startswith(tuple(f"{name}." for name in ASIDE)):
        return True
    match call.func:
        case ast.Attribute(value=ast.Name(id=name), attr="append"):
            return name not in values.made
        case ast.Attribute(value=ast.Name(id=name), attr="train" | "eval"):
            return not call.args
    owner: ast.expr = call.func
    while isinstance(owner, ast.Attribute):
        owner = owner.value
    return isinstance(owner, ast.Name) and isinstance(values.made.get(owner.id), Aside)


def changes(node: ast.AST) -> bool:
    """Whether it may change what is trained, draw a random number, or leave its place."""
    return any(
        isinstance(part, LEAVES)
        or (isinstance(part, ast.Attribute) and (part.attr in CHANGES or part.attr.endswith("_")))
        for part in ast.walk(node)
    )
