"""What torch does without a word, and is probably not meant: remarks on a program that ran."""

import ast
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from app.calculator.explain.calls import Broadcast
from app.calculator.remedies.proving import MOST_FIXES, Proof, proven
from app.calculator.remedies.source import Source
from app.calculator.remedies.trouble import Trouble, is_creator
from app.protocol.edits import Fix
from app.protocol.gradients import Remark


def remarks(
    source: Source, names: Mapping[str, Any], broadcasts: Mapping[int, Broadcast], proof: Proof
) -> Iterator[Remark]:
    """All of them. broadcasts: by line, subtractions that repeated both of their operands."""
    yield from (repeated(source, names, line, found, proof) for line, found in broadcasts.items())
    yield from made_to_require_grad(source, names)
    yield from scheduler_alone(source, names, proof)


def repeated(source: Source, names: Mapping[str, Any], line: int, found: Broadcast, proof: Proof) -> Remark:
    """`(n, 1) - (n,)` is `(n, n)`."""
    first, second = (str(list(shape)) for shape in found.operands)
    fixes = []
    at = next((one for one in source.all(ast.stmt) if getattr(one, "lineno", 0) == line), None)
    if at is not None:
        for node in Trouble(source, at, names, {}).nearby(ast.BinOp):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
                flat = node.left if len(found.operands[0]) == 1 else node.right
                fixes.append(Fix(edits=[source.append(flat, ".unsqueeze(dim=1)")]))
                break
    params = {"first": first, "second": second, "result": str(list(found.result))}
    proves = partial(proof.pairs_up, line=line)
    return Remark(line=line, topic="silent_broadcast", params=params, fixes=proven(fixes, proves, MOST_FIXES))


def made_to_require_grad(source: Source, names: Mapping[str, Any]) -> Iterator[Remark]:
    """`loss.requires_grad = True`, of a result that leads back to nothing."""
    for statement in source.all(ast.stmt):
        match statement:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=name), attr="requires_grad")]):
                pass
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="requires_grad_"))):
                pass
            case _:
                continue
        tensor = names.get(name)
        computed = Trouble(source, statement, names, {}).assigned(name)
        if computed is None or is_creator(computed.value) or not isinstance(tensor, Tensor):
            continue
        if tensor.is_leaf and tensor.grad is not None and method_calls(source, name, "backward"):
            params = {"name": name, "line": str(computed.lineno)}
            yield Remark(line=statement.lineno, topic="made_to_require_grad", params=params)


def scheduler_alone(source: Source, names: Mapping[str, Any], proof: Proof) -> Iterator[Remark]:
    """A scheduler steps, and its optimizer never does."""
    for name, value in (*names.items(),):
        calls = method_calls(source, name, "step") if isinstance(value, LRScheduler) else []
        for call in calls[:1]:
            optimizer = next((other for other, one in (*names.items(),) if one is value.optimizer), None)
            statement = source.statement(call)
            if optimizer is None or statement is None or not isinstance(value.optimizer, Optimizer):
                continue
            if method_calls(source, optimizer, "step"):
                continue
            params = {"scheduler": name, "optimizer": optimizer}
            fix = Fix(edits=[source.before(statement, f"{optimizer}.step()")])
            fixes = proven([fix], partial(proof.moves, name=optimizer), MOST_FIXES)
            yield Remark(line=call.lineno, topic="scheduler_alone", params=params, fixes=fixes)


def method_calls(source: Source, name: str, method: str) -> list[ast.Call]:
    """The calls of a method of a name, in the order of the text."""
    found = []
    for call in source.all(ast.Call):
        match call:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=attr)) if (owner, attr) == (
                name,
                method,
            ):
                found.append(call)
    return found
