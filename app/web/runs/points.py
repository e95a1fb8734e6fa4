"""`POST /api/points`: points read from a table, for use in a run."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Request

from app.protocol.points import BadRow, PointsRead, Table
from app.protocol.table import read_points
from app.web.edge.guard import require_json
from app.web.edge.openapi import TABLE_EXAMPLES, problems
from app.web.edge.services import ClientDep
from app.web.edge.validation import printable
from app.web.runs.services import RunServicesDep

PATH = "/api/points"
SHOWN = 60
"""Most characters shown of a bad row, or of a name in the header."""

router = APIRouter(tags=["training"], dependencies=[Depends(require_json)])


@router.post(PATH, summary="Read points from a table", responses=problems(400, 413, 415, 422, 429))
async def points(
    request: Request,
    services: RunServicesDep,
    client: ClientDep,
    table: Annotated[Table, Body(openapi_examples=TABLE_EXAMPLES)],
) -> PointsRead:
    """Columns of text, with or without a header, become `data.points`: x and y, or x1, x2 and a label.

    Rows that are no points are listed with their reasons; none is left out silently.
    """
    await services.limits.spend(client, "table")
    language = services.catalogue.of(request)

    def shown(text: str) -> str:
        return printable(text[:SHOWN])

    reading = await services.aside(lambda: read_points(table.csv, table.features, labels=table.labels))
    bad_rows = [
        BadRow(row=row.number, text=shown(row.text), reason=printable(language.error(reason)))
        for row, reason in reading.bad
    ]
    labels = None if reading.labels is None else [shown(label) for label in reading.labels]
    return PointsRead(
        points=reading.points,
        header=reading.header and tuple(map(shown, reading.header)),
        labels=labels,
        delimiter=reading.delimiter,
        bad_rows=bad_rows,
    )
