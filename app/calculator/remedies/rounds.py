"""A second `backward()` through one graph: what of it is from an earlier round, or from before the loop."""

import ast
from collections.abc import Iterator
from typing import Any

from torch import Tensor
from torch.optim import Optimizer

from app.calculator.explain.survey import Survey
from app.calculator.explain.tape import Ledger, leaf_of, walk
from app.calculator.remedies.trouble import Trouble
from app.protocol.edits import TextEdit

MAX_WALK = 2_000
Loop = ast.For | ast.While


def freed(tensor: Any) -> bool:
    """Whether a result leads back to operations whose values were freed."""
    if not isinstance(tensor, Tensor) or tensor.grad_fn is None:
        return False
    survey = Survey(Ledger())
    return any(survey.saved(node) == "freed" for node in walk([tensor.grad_fn], MAX_WALK).operations)


def parts(value: Any) -> list[Any]:
    """A tensor, or those in a tuple, such as the state of an LSTM."""
    return list(value) if isinstance(value, tuple) else [value]


def loop_around(trouble: Trouble) -> Loop | None:
    """The loop that the `backward()` is in."""
    return next((node for node in trouble.source.above(trouble.node) if isinstance(node, Loop)), None)


def targets(statement: ast.AST) -> Iterator[str]:
    """The names that a statement assigns."""
    match statement:
        case ast.Assign(targets=found):
            pass
        case ast.AugAssign(target=target):
            found = [target]
        case _:
            return
    for one in found:
        for node in one.elts if isinstance(one, ast.Tuple) else [one]:
            if isinstance(node, ast.Name):
                yield node.id


def read(statement: ast.AST) -> set[str]:
    """The names that a statement reads."""
    nodes = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    names = {node.id for node in nodes if isinstance(node.ctx, ast.Load)}
    return names | ({*targets(statement)} if isinstance(statement, ast.AugAssign) else set())


def carried(trouble: Trouble) -> tuple[str, ast.stmt] | None:
    """A name that a loop computes from its own value of the round before, which leads into what was freed."""
    loop = loop_around(trouble)
    if loop is None:
        return None
    for statement in loop.body:
        for node in ast.walk(statement):
            for name in targets(node):
                if name in read(node) and any(map(freed, parts(trouble.names.get(name)))):
                    return name, node  # type: ignore[return-value]
    return None


def made_before(trouble: Trouble) -> tuple[str, ast.Assign] | None:
    """A name that was computed before the loop, and leads into what was freed; not what flows back itself."""
    loop, root = loop_around(trouble), trouble.method("backward")
    if loop is None or root is None:
        return None
    inside = {name for statement in loop.body for name in read(statement)}
    assigned = {name for statement in loop.body for node in ast.walk(statement) for name in targets(node)}
    for statement in trouble.source.all(ast.Assign):
        if isinstance(statement, ast.Assign) and statement.lineno < loop.lineno:
            for name in targets(statement):
                used = name in inside - assigned and name != getattr(root[1].value, "id", None)
                if used and freed(trouble.names.get(name)):
                    return name, statement
    return None


def cause(trouble: Trouble) -> tuple[str, dict[str, str]] | None:
    """Why a graph is gone through twice, where a loop is the reason."""
    if found := carried(trouble):
        return "state_of_last_round", {"name": found[0], "line": str(found[1].lineno)}
    if made := made_before(trouble):
        return "made_once_outside", {"name": made[0], "line": str(made[1].lineno)}
    return None


def detach_each_round(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`h = h.detach()` before the line that computes it anew."""
    found = carried(trouble)
    if found is None:
        return
    name, statement = found
    cut = f"{name}.detach()"
    if isinstance(trouble.names.get(name), tuple):
        cut = f"tuple(part.detach() for part in {name})"
    begun = beginning(trouble, name, statement)
    if begun is not None and begun.value is None:
        cut = f"{name} if {name} is None else {cut}"
    edits = [trouble.source.before(statement, f"{name} = {cut}")]
    if begun is not None and begun.value is not None:  # a plain number has no detach()
        if trouble.torch is None:
            return
        edits.insert(0, trouble.source.replace(begun, f"{trouble.torch}.tensor({float(begun.value)})"))  # type: ignore[arg-type]
    yield edits


def beginning(trouble: Trouble, name: str, statement: ast.stmt) -> ast.Constant | None:
    """The plain number or None that a name stands for before the loop."""
    found = None
    for one in trouble.source.all(ast.Assign):
        if isinstance(one, ast.Assign) and one.lineno < statement.lineno and name in targets(one):
            found = one.value
    return found if isinstance(found, ast.Constant) and isinstance(found.value, int | float | None) else None


def detach_or_compute_again(trouble: Trouble) -> Iterator[list[TextEdit]]:
    """`y = (...).detach()` where nothing in it learns; else the same line once more in the loop."""
    found, loop = made_before(trouble), loop_around(trouble)
    if found is None or loop is None:
        return
    name, statement = found
    if learns(trouble, name, loop):
        text = f"{name} = {trouble.source.text(statement.value)}"
        yield [trouble.source.before(loop.body[0], text)]
    else:
        yield [trouble.source.append(statement.value, ".detach()")]


def learns(trouble: Trouble, name: str, loop: Loop) -> bool:
    """Whether a leaf that a result was computed from is used in the loop, too, or given to an optimizer."""
    result = trouble.names[name]
    leaves = {id(leaf_of(node)) for node in walk([result.grad_fn], MAX_WALK).leaves}
    used = {id(trouble.names.get(one)) for statement in loop.body for one in read(statement)}
    given = {
        id(parameter)
        for value in (*trouble.names.values(),)
        if isinstance(value, Optimizer)
        for group in value.param_groups
        for parameter in group["params"]
    }
    return bool(leaves & (used | given))
