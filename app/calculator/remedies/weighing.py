"""Where the weights of a `backward()` stand in the program, so that they can be changed by hand."""

import ast

from app.calculator.remedies.source import Source
from app.calculator.remedies.trouble import called
from app.protocol.edits import TextEdit

NUMBERS = "…"
"""What the numbers are to be put in place of, in the text of the edit."""


def weights_of(source: Source, line: int | None) -> TextEdit | None:
    """Other weights for the `backward()` of a line; None where there is not exactly one, or no torch.

    `torch.autograd.backward` is another function: its first argument is what it flows back from.
    """
    calls = [
        node
        for node in source.all(ast.Call)
        if isinstance(node, ast.Call) and node.lineno == line and called(node) == "backward"
    ]
    if any(is_imported(source, call.func) for call in calls):
        return None
    torch = next(
        (
            alias.asname or "torch"
            for statement in source.all(ast.Import)
            for alias in statement.names  # type: ignore[attr-defined]
            if alias.name == "torch"
        ),
        None,
    )
    if len(calls) != 1 or torch is None:
        return None
    text = f"{torch}.tensor({NUMBERS})"
    given = [keyword.value for keyword in calls[0].keywords if keyword.arg == "gradient"] + calls[0].args
    return source.replace(given[0], text) if given else source.argument(calls[0], f"gradient={text}")


def is_imported(source: Source, function: ast.expr) -> bool:
    """Whether a name, or an attribute of it and so on, comes from an import."""
    while isinstance(function, ast.Attribute):
        function = function.value
    imports = [*source.all(ast.Import), *source.all(ast.ImportFrom)]
    aliases = [alias for statement in imports for alias in statement.names]  # type: ignore[attr-defined]
    names = {alias.asname or alias.name.partition(".")[0] for alias in aliases}
    return isinstance(function, ast.Name) and function.id in names
