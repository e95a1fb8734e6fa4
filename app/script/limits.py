"""How long and how deep a text may be, and its syntax tree."""

import ast
import warnings
from collections.abc import Iterator

MAX_NODES = 20_000
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
    for n, (depth, line) in enumerate(depths(tree)):
        if depth > MAX_DEPTH or n > MAX_NODES:
            raise SyntaxError("too deeply nested" if depth > MAX_DEPTH else "too long", ("", line, 0, ""))
    return tree


def depths(tree: ast.AST) -> Iterator[tuple[int, int]]:
    """Of each node: how deep it lies, and the line it stands on."""
    waiting = [(tree, 0, 1)]
    while waiting:
        node, depth, line = waiting.pop()
        line = getattr(node, "lineno", line)
        yield depth, line
        waiting += [(child, depth + 1, line) for child in ast.iter_child_nodes(node)]
