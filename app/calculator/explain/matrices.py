"""Small matrices in plain Python: products, sums, and how they are written."""

from collections.abc import Sequence
from math import prod

from app.calculator.explain.figures import Figures, nested_text, size_text, written

Matrix = list[list[float]]
"""A Jacobian: one row per element of the output, one column per element of the input."""

MAX_SHORT = 60
"""Characters of a matrix among others in a line."""
MAX_ROWS = 8
"""Elements of an output whose Jacobian is written out."""
MAX_ENTRIES = 64
"""Entries of a Jacobian that is written out."""


def identity(size: int) -> Matrix:
    """Ones on the diagonal."""
    return [[float(i == j) for j in range(size)] for i in range(size)]


def row_of(figures: Figures) -> Matrix | None:
    """All elements as one row, where they are few and real."""
    flat = [number for number in figures.flat or () if not isinstance(number, complex)]
    return [flat] if flat and len(flat) == prod(figures.shape) else None


def times(left: Matrix, right: Matrix) -> Matrix:
    """The matrix product.

    >>> times([[1.0, 2.0]], [[3.0], [4.0]])
    [[11.0]]
    """
    columns = list(zip(*right, strict=True))
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in left]


def plus(left: Matrix, right: Matrix) -> Matrix:
    """The sum, element by element."""
    return [[a + b for a, b in zip(*rows, strict=True)] for rows in zip(left, right, strict=True)]


def is_number(matrix: Matrix) -> bool:
    """Whether it is one by one."""
    return len(matrix) == 1 and len(matrix[0]) == 1


def is_diagonal(matrix: Matrix) -> bool:
    """Whether only the diagonal of a square matrix holds anything: an operation element by element.

    >>> is_diagonal([[2.0, 0.0], [0.0, 3.0]]), is_diagonal([[1.0, 2.0]])
    (True, False)
    """
    return len(matrix) == len(matrix[0]) and all(
        entry == 0 for i, row in enumerate(matrix) for j, entry in enumerate(row) if i != j
    )


def matrix_text(matrix: Matrix) -> str:
    """A derivative in one line.

    >>> matrix_text([[3.0]]), matrix_text([[2.0, 0.0], [0.0, 4.0]]), matrix_text([[1.0, 2.0]])
    ('3', 'diag(2, 4)', '[1, 2]')
    """
    if is_number(matrix):
        return written(matrix[0][0])
    if is_diagonal(matrix):
        return f"diag({', '.join(written(row[k]) for k, row in enumerate(matrix))})"
    return nested_text(matrix[0] if len(matrix) == 1 else matrix)


def short_text(matrix: Matrix) -> str:
    """A derivative in one short line: of a matrix that takes more, the size.

    >>> short_text([[1.0, 2.0]]), short_text([[0.5] * 8] * 8)
    ('[1, 2]', '(8×8)')
    """
    text = matrix_text(matrix)
    return text if len(text) <= MAX_SHORT else size_text((len(matrix), len(matrix[0])))


def ratio_text(rows: Sequence[int], columns: Sequence[int]) -> str:
    """The size of a derivative that is too large to write, by the shapes of output and input.

    >>> ratio_text((100, 1), (10,))
    '(100×1) / (10)'
    """
    return f"{size_text(tuple(rows))} / {size_text(tuple(columns))}"
