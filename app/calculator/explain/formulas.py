"""The chain rule in mathematical notation, as a tree of MathML elements."""

from collections.abc import Iterable, Sequence

from app.calculator.explain.figures import written
from app.calculator.explain.matrices import Matrix, is_diagonal, is_number, short_text
from app.protocol.explanation import Formula

MAX_TABLE = 3
"""Rows and columns of a matrix that is written as a table; a larger one is written in a line."""


def symbol(text: str) -> Formula:
    """A name."""
    return Formula(tag="mi", text=text)


def sign(text: str) -> Formula:
    """An operator."""
    return Formula(tag="mo", text=text)


def row(parts: Iterable[Formula], edge: str | None = None) -> Formula:
    """Parts beside each other."""
    return Formula(tag="mrow", children=tuple(parts), edge=edge)


def derivative(output: str, source: str, edge: str | None = None) -> Formula:
    """∂output / ∂source."""
    parts = tuple(row((sign("∂"), symbol(name))) for name in (output, source))
    return Formula(tag="mfrac", children=parts, edge=edge)


def matrix(value: Matrix, table: bool, edge: str | None = None) -> Formula:
    """A number, a small table, or one line; a negative number in parentheses."""
    if is_number(value):
        number = Formula(tag="mn", text=written(value[0][0]), edge=edge)
        return row((sign("("), number, sign(")")), edge) if value[0][0] < 0 else number
    table = table and max(len(value), len(value[0])) <= MAX_TABLE
    if len(value) == 1 or is_diagonal(value) or not table:
        return Formula(tag="mtext", text=short_text(value), edge=edge)
    rows = tuple(
        Formula(
            tag="mtr",
            children=tuple(
                Formula(tag="mtd", children=(Formula(tag="mn", text=written(entry)),)) for entry in entries
            ),
        )
        for entries in value
    )
    return row((sign("["), Formula(tag="mtable", children=rows), sign("]")), edge)


def joined(parts: Sequence[Formula], operator: str) -> list[Formula]:
    """Parts with an operator between them."""
    result: list[Formula] = []
    for part in parts:
        result += [sign(operator), part] if result else [part]
    return result


def equation(sides: Iterable[Sequence[Formula]]) -> Formula:
    """Sides that equal each other, empty ones left out."""
    return row(joined([row(side) for side in sides if side], "="))
