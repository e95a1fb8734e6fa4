"""Points in a table somebody has: `POST /api/points`."""

from typing import Annotated, Literal

from pydantic import Field

from app.protocol.data import Coordinate
from app.protocol.record import Record

MAX_TABLE = 256 * 1024
"""Bytes of the request."""

Delimiter = Literal["comma", "semicolon", "tab", "space"]


class Table(Record):
    """Two columns, x and y, as a spreadsheet or a program writes them."""

    csv: Annotated[str, Field(max_length=MAX_TABLE)]
    """Separated by commas, semicolons, tabs or spaces. Numbers may be in quotes, and have a decimal comma
    where no comma separates. A first row without numbers is a header. Empty lines are none."""


class BadRow(Record):
    """A row that is no point."""

    row: int
    """The line it is, from 1."""
    text: str
    """Its beginning."""
    reason: str
    """In the reader's language."""


class PointsRead(Record):
    """What a table says. Every row that is not empty is the header, a point, or a bad row."""

    points: list[tuple[Coordinate, Coordinate]]
    """For `data.points`."""
    header: tuple[str, str] | None
    delimiter: Delimiter
    bad_rows: list[BadRow]
