"""How long and how deep a text may be, and its syntax tree."""

import ast
import warnings

MAX_NODES = 10_000
"""Two thousand numbers with their signs are 6,000."""
MAX_STATEMENTS = 500
MAX_DEPTH = 100


def syntax_tree(text: str) -> ast.Module:
    """What Python makes of a text, of bounded size and depth.

    Raises: SyntaxError: it is no program, or a hostile one.
    """
    if "\0" in text:
        raise SyntaxError("source code string cannot contain null bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes and such
            tree = ast.parse(text)
    except (MemoryError, RecursionError):
        raise SyntaxError("too deeply nested") from None
    except UnicodeError:
        raise SyntaxError("not valid Unicode text") from None
    check_size(tree)
    return tree


def check_size(tree: ast.Module) -> None:
    """Raises: SyntaxError: more, or deeper, than anybody writes by hand."""
    waiting: list[tuple[ast.AST, int, int]] = [(tree, 0, 1)]
    n_nodes = n_statements = 0
    while waiting:
        node, depth, line = waiting.pop()
        line = getattr(node, "lineno", line)
        n_nodes += 1
        n_statements += isinstance(node, ast.stmt)
        if depth > MAX_DEPTH:
            raise SyntaxError("too deeply nested", ("", line, 0, ""))
        if n_nodes > MAX_NODES or n_statements > MAX_STATEMENTS:
            raise SyntaxError("too long", ("", line, 0, ""))
        waiting += [(child, depth + 1, line) for child in ast.iter_child_nodes(node)]
