"""Reading of points from the text of a table, by a pure function of the text."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from app.errors import N_, Invalid
from app.protocol.data import MAX_CLASSES, MAX_COORDINATE, MAX_SAMPLES
from app.protocol.points import Delimiter

DELIMITERS: Mapping[Delimiter, str] = {"semicolon": ";", "tab": "\t", "comma": ",", "space": " "}
"""The delimiters, in the order in which they are preferred if several fit equally well."""
LINE = re.compile(r"\r\n|\r|\n")
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
SAMPLE = 100
"""Number of lines by which the delimiter is found."""

Point = tuple[float, ...]


@dataclass(frozen=True)
class Row:
    """A line that is not empty. number: the line's number, from 1."""

    number: int
    text: str


@dataclass(frozen=True)
class Reading:
    """The points of a table. bad: the rows that are no points, with the reasons. labels: of each class."""

    points: list[Point]
    header: tuple[str, ...] | None
    delimiter: Delimiter
    bad: list[tuple[Row, Invalid]]
    labels: list[str] | None = None


def read_points(text: str, features: int = 1, *, labels: bool = False) -> Reading:
    r"""The points in a table's text. features: the number of inputs. labels: whether y is a label.

    Raises: Invalid: it has no rows, or more than there may be points, or too few or many labels.

    >>> read_points("x;y\n0,5;1\n").points
    [(0.5, 1.0)]
    >>> read_points("0 1 cat\n1 1 dog", features=2, labels=True).points
    [(0.0, 1.0, 0.0), (1.0, 1.0, 1.0)]
    """
    form = Form(features, labels)
    lines = enumerate(LINE.split(text.removeprefix("\ufeff")), start=1)
    rows = [*islice((Row(number, line) for number, line in lines if line.strip()), MAX_SAMPLES + 2)]
    if not rows:
        raise Invalid("csv", N_("The table is empty."))
    delimiter = delimiter_of(rows[:SAMPLE], form)
    first = fields_of(rows[0].text, delimiter)
    header = tuple(first) if len(first) == form.n_columns and not any(map(is_number, first)) else None
    if header:
        del rows[0]
    if len(rows) > MAX_SAMPLES:
        raise Invalid(
            "csv",
            N_("The table has more than {most} {most:row|rows}, as many as are allowed."),
            most=MAX_SAMPLES,
        )
    found: list[tuple[tuple[float, ...], str]] = []
    bad: list[tuple[Row, Invalid]] = []
    for row in rows:
        try:
            found.append(point_of(row, delimiter, form))
        except Invalid as reason:
            bad.append((row, reason))
    names = classes_of([y for _, y in found]) if labels else None
    points = [(*inputs, coordinate_of(y) if names is None else names.index(y)) for inputs, y in found]
    return Reading([tuple(map(float, point)) for point in points], header, delimiter, bad, names)


class Form(NamedTuple):
    """What a table's rows are. features: the number of inputs. labels: whether y is a label."""

    features: int
    labels: bool

    @property
    def n_columns(self) -> int:
        """The inputs and y."""
        return self.features + 1

    def numbers(self, fields: Sequence[str]) -> Sequence[str]:
        """The columns that must be numbers."""
        return fields[: self.features] if self.labels else fields


def classes_of(labels: Sequence[str]) -> list[str]:
    """The different labels: numbers by their size, then names as they come. Raises: Invalid: see `Table`.

    >>> classes_of(["10", "9", "b", "a", "9"])
    ['9', '10', 'b', 'a']
    """
    different = list(dict.fromkeys(labels))
    if not 2 <= len(different) <= MAX_CLASSES:
        raise Invalid(
            "csv",
            N_("The number of different labels is {n}; from 2 to {most} are allowed."),
            n=len(different), most=MAX_CLASSES,
        )  # fmt: skip
    numbers = sorted(filter(is_number, different), key=lambda label: float(label.replace(",", ".")))
    return [*numbers, *(label for label in different if not is_number(label))]


def delimiter_of(rows: Sequence[Row], form: Form) -> Delimiter:
    """The delimiter by which most rows are points; of several, the one by which most have all columns."""

    def fit(delimiter: Delimiter) -> tuple[int, int]:
        columns = [fields_of(row.text, delimiter) for row in rows]
        whole = [fields for fields in columns if len(fields) == form.n_columns]
        return sum(all(map(is_number, form.numbers(fields))) for fields in whole), len(whole)

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


def point_of(row: Row, delimiter: Delimiter, form: Form) -> tuple[tuple[float, ...], str]:
    """The inputs and the y in a row. Raises: Invalid: the row is no point."""
    fields = fields_of(row.text, delimiter)
    if len(fields) != form.n_columns:
        template = (
            N_("It has {count} {count:column|columns}; a point has two, x and y.")
            if form.features == 1
            else N_("It has {count} {count:column|columns}; a point has three, x1, x2 and y.")
        )
        raise Invalid("csv", template, count=len(fields))
    *inputs, y = fields
    if form.labels and not y:
        raise Invalid("csv", N_("A column is empty."))
    numbers = [coordinate_of(field) for field in form.numbers(fields)]
    return tuple(numbers[: len(inputs)]), y


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
