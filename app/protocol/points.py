"""Points read from a table: `POST /api/points`."""

from typing import Annotated, Literal

from pydantic import Field

from app.protocol.data import Coordinate
from app.protocol.record import Flag, Record, Whole

MAX_TABLE = 256 * 1024
"""Most bytes of the request."""

Delimiter = Literal["comma", "semicolon", "tab", "space"]


class Table(Record):
    """A table of columns, as a spreadsheet or a program writes it: x and y, or x1, x2 and y."""

    csv: Annotated[str, Field(max_length=MAX_TABLE)]
    """Columns separated by commas, semicolons, tabs or spaces. Numbers may be in quotes, and have a decimal
    comma if commas do not separate. A first row without numbers is a header. Empty lines are skipped."""
    features: Annotated[Whole, Field(ge=1, le=2)] = 1
    """The number of inputs: y comes in the column after them."""
    labels: Flag = False
    """Whether y is a label: a number or a name of a class. At most 6 different ones, and at least 2."""


class BadRow(Record):
    """A row that is no point."""

    row: int
    """The line number, from 1."""
    text: str
    """The beginning of the row."""
    reason: str
    """Why the row is no point, in the reader's language."""


class PointsRead(Record):
    """The points of a table. Every row that is not empty is the header, a point, or a bad row."""

    points: list[tuple[Coordinate, ...]]
    """For `data.points`."""
    header: tuple[str, ...] | None
    labels: list[str] | None
    """The labels in the order of their classes, from 0: whole numbers by their size, then names as they
    come; null where y is a number."""
    delimiter: Delimiter
    bad_rows: list[BadRow]
