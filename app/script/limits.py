"""Limits on the length and depth of a script, and its syntax tree."""

import ast
import warnings

from app.errors import N_, Invalid

MAX_NODES = 10_000
"""Most nodes of the syntax tree: two thousand numbers with their signs are 6,000."""
MAX_STATEMENTS = 500
MAX_LINES = 4 * MAX_STATEMENTS
"""Most lines, with empty ones and statements after semicolons. Counted before parsing, which costs more."""
MAX_DEPTH = 100
MAX_BITS = 1000
"""Most bits of a whole number that is written out. Python itself refuses to print some longer ones."""


def syntax_tree(text: str, field: str) -> ast.Module:
    """The syntax tree of a text of bounded size and depth. field: the field that the text came in.

    Raises: SyntaxError: it is no program. Invalid: it is longer or deeper than a person writes by hand.
    """
    if "\0" in text:
        raise SyntaxError("source code string cannot contain null bytes")
    n_breaks = text.count("\n")
    if n_breaks + text.count(";") > MAX_LINES:
        raise too_long(field, min(n_breaks, MAX_LINES) + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Invalid escapes and such.
            tree = ast.parse(text)
    except (MemoryError, RecursionError):
        raise too_deep(field, 1) from None
    except UnicodeError:
        raise Invalid(field, N_("This is not valid Unicode text.")) from None
    except SyntaxError as error:
        if "integer string conversion" in error.msg:
            raise too_many_digits(field, error.lineno or 1) from None
        raise
    check_size(tree, field)
    return tree


def check_size(tree: ast.Module, field: str) -> None:
    """Check that a text is no longer or deeper than a person writes by hand. Raises: Invalid."""
    waiting: list[tuple[ast.AST, int, int]] = [(tree, 0, 1)]
    n_nodes = n_statements = 0
    while waiting:
        node, depth, line = waiting.pop()
        line = getattr(node, "lineno", line)
        n_nodes += 1
        n_statements += isinstance(node, ast.stmt)
        if depth > MAX_DEPTH:
            raise too_deep(field, line)
        if n_nodes > MAX_NODES or n_statements > MAX_STATEMENTS:
            raise too_long(field, line)
        if isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value >> MAX_BITS:
            raise too_many_digits(field, line)
        waiting += [(child, depth + 1, line) for child in ast.iter_child_nodes(node)]


def too_long(field: str, line: int) -> Invalid:
    """The refusal of a text that is longer than a person writes by hand."""
    return Invalid(field, N_("line {line}: the text is too long to be read"), line=line)


def too_deep(field: str, line: int) -> Invalid:
    """The refusal of a text that is nested deeper than a person writes by hand."""
    return Invalid(field, N_("line {line}: this is nested too deeply"), line=line)


def too_many_digits(field: str, line: int) -> Invalid:
    """The refusal of a whole number that is longer than a person writes by hand."""
    return Invalid(field, N_("line {line}: this number has too many digits"), line=line)
