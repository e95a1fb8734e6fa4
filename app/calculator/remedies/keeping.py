"""`retain_grad()` where a non-leaf is made."""

import ast

from app.calculator.remedies.source import Source
from app.protocol.edits import Fix


def kept(source: Source, name: str) -> Fix | None:
    """Keeps the gradient of a result; None where no plain assignment before a `backward()` makes it."""
    backwards = [
        node.lineno
        for node in source.all(ast.Call)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "backward"
    ]
    made = [
        statement
        for statement in source.all(ast.Assign)
        if isinstance(statement, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in statement.targets)
        and (not backwards or statement.lineno <= backwards[-1])
    ]
    return Fix(edits=[source.after(made[-1], f"{name}.retain_grad()")]) if made else None


def is_made_once(source: Source, name: str) -> bool:
    """Whether one plain statement of the program itself assigns a name, and nothing else does."""
    stores = [
        node
        for node in source.all(ast.Name)
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
    ]
    return len(stores) == 1 and source.statement(stores[0]) in source.tree.body
