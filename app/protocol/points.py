"""Points read from a table: `POST /api/points`."""

from typing import Annotated, Literal

from pydantic import Field

from app.protocol.data import Coordinate
from app.protocol.record import Record

MAX_TABLE = 256 * 1024
"""Most bytes of the request."""

Delimiter = Literal["comma", "semicolon", "tab", "space"]


class Table(Record):
    """A table of two columns, x and y, as a spreadsheet or a program writes it."""

    csv: Annotated[str, Field(max_length=MAX_TABLE)]
    """Columns separated by commas, semicolons, tabs or spaces. Numbers may be in quotes, and have a decimal
    comma if commas do not separate. A first row without numbers is a header. Empty lines are skipped."""


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

    points: list[tuple[Coordinate, Coordinate]]
    """For `data.points`."""
    header: tuple[str, str] | None
    delimiter: Delimiter
    bad_rows: list[BadRow]
