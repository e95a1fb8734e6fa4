"""`POST /api/points`: the points in a table, to be given to a run."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Request

from app.protocol.points import BadRow, PointsRead, Table
from app.protocol.table import read_points
from app.web.guard import require_json
from app.web.openapi import TABLE_EXAMPLES, problems
from app.web.services import Caller, Using
from app.web.validation import printable

PATH = "/api/points"
SHOWN = 60
"""Characters of a bad row, or of a name in the header."""

router = APIRouter(tags=["training"], dependencies=[Depends(require_json)])


@router.post(PATH, summary="Read points from a table", responses=problems(400, 413, 415, 422, 429))
async def points(
    request: Request,
    using: Using,
    client: Caller,
    table: Annotated[Table, Body(openapi_examples=TABLE_EXAMPLES)],
) -> PointsRead:
    """Two columns of text, with or without a header, become `data.points`.

    Rows that are no points are told with their reasons; nothing is left out silently.
    """
    await using.limits.spend(client, "table")
    language = using.catalogue.of(request)

    def shown(text: str) -> str:
        return printable(text[:SHOWN])

    reading = read_points(table.csv)
    bad_rows = [
        BadRow(row=row.number, text=shown(row.text), reason=printable(language.error(reason)))
        for row, reason in reading.bad
    ]
    header = reading.header and (shown(reading.header[0]), shown(reading.header[1]))
    return PointsRead(points=reading.points, header=header, delimiter=reading.delimiter, bad_rows=bad_rows)
