"""Reading of points from the text of a table, by a pure function of the text."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from app.errors import N_, Invalid
from app.protocol.data import MAX_COORDINATE, MAX_SAMPLES
from app.protocol.points import Delimiter

DELIMITERS: Mapping[Delimiter, str] = {"semicolon": ";", "tab": "\t", "comma": ",", "space": " "}
"""The delimiters, in the order in which they are preferred if several fit equally well."""
LINE = re.compile(r"\r\n|\r|\n")
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
SAMPLE = 100
"""Number of lines by which the delimiter is found."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Row:
    """A line that is not empty. number: the line's number, from 1."""

    number: int
    text: str


@dataclass(frozen=True)
class Reading:
    """The points of a table. bad: the rows that are no points, with the reasons."""

    points: list[Point]
    header: tuple[str, str] | None
    delimiter: Delimiter
    bad: list[tuple[Row, Invalid]]


def read_points(text: str) -> Reading:
    r"""The points in a table's text.

    Raises: Invalid: it has no rows, or more than there may be points.

    >>> read_points("x;y\n0,5;1\n").points
    [(0.5, 1.0)]
    """
    lines = enumerate(LINE.split(text.removeprefix("\ufeff")), start=1)
    rows = [*islice((Row(number, line) for number, line in lines if line.strip()), MAX_SAMPLES + 2)]
    if not rows:
        raise Invalid("csv", N_("The table is empty."))
    delimiter = delimiter_of(rows[:SAMPLE])
    first = fields_of(rows[0].text, delimiter)
    header = (first[0], first[1]) if len(first) == 2 and not any(map(is_number, first)) else None
    if header:
        del rows[0]
    if len(rows) > MAX_SAMPLES:
        raise Invalid(
            "csv",
            N_("The table has more than {most} {most:row|rows}, as many as are allowed."),
            most=MAX_SAMPLES,
        )
    points: list[Point] = []
    bad: list[tuple[Row, Invalid]] = []
    for row in rows:
        try:
            points.append(point_of(row, delimiter))
        except Invalid as reason:
            bad.append((row, reason))
    return Reading(points, header, delimiter, bad)


def delimiter_of(rows: Sequence[Row]) -> Delimiter:
    """The delimiter by which most rows are points; of several, the one by which most have two columns."""

    def fit(delimiter: Delimiter) -> tuple[int, int]:
        columns = [fields_of(row.text, delimiter) for row in rows]
        pairs = [fields for fields in columns if len(fields) == 2]
        return sum(all(map(is_number, fields)) for fields in pairs), len(pairs)

    return max(DELIMITERS, key=fit)


def fields_of(line: str, delimiter: Delimiter) -> list[str]:
    """The columns of one line, without quotes and spaces around them. A quoted text ends with its line."""
    if delimiter == "space":
        # Of any number, and at the ends as well.
        line = " ".join(line.split())
    try:
        (fields,) = csv.reader([line.strip(" ")], delimiter=DELIMITERS[delimiter], skipinitialspace=True)
    except (csv.Error, ValueError):  # a field too long for it, or a lone quote
        return []
    return [field.strip() for field in fields]


def is_number(field: str) -> bool:
    """Whether a field is a number, with a point or a comma before the decimals."""
    return NUMBER.fullmatch(field) is not None


def point_of(row: Row, delimiter: Delimiter) -> Point:
    """The point in a row. Raises: Invalid: the row is no point."""
    fields = fields_of(row.text, delimiter)
    if len(fields) != 2:
        raise Invalid(
            "csv", N_("It has {count} {count:column|columns}; a point has two, x and y."), count=len(fields)
        )
    x, y = map(coordinate_of, fields)
    return x, y


def coordinate_of(field: str) -> float:
    """The number in a column. Raises: Invalid: it is no number, or too large."""
    if not field:
        raise Invalid("csv", N_("A column is empty."))
    if not is_number(field):
        raise Invalid("csv", N_("{text} is not a number."), text=field[:40])
    value = float(field.replace(",", "."))
    if abs(value) > MAX_COORDINATE:
        raise Invalid(
            "csv",
            N_("{text} is too large; numbers from -{most:,} to {most:,} are allowed."),
            text=field[:40], most=MAX_COORDINATE,
        )  # fmt: skip
    return value
