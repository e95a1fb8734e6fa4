"""What came of a room, as a table or as JSON; and its address as a picture to point a phone at."""

import io
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from app.protocol.rooms import RoomResults
from app.rooms import results
from app.web.edge.openapi import problems
from app.web.edge.services import ClientDep, LanguageDep
from app.web.rooms.services import READS, Reader, RoomId, RoomsDep, VisitDep, counted
from app.web.runs.exports import download
from app.web.runs.services import RunServicesDep

router = APIRouter(prefix="/api/rooms", tags=["classroom"])

Named = Annotated[Literal["0", "1"], Query(description="1: with the members' names; 0: with numbers only.")]
Address = Annotated[
    str,
    Query(
        max_length=300,
        pattern=r"^https?://[!-~]+$",
        description="What the picture leads to: an address of a page.",
    ),
]
"""Visible ASCII only."""


@router.get(
    "/{room_id}/results.csv",
    summary="The results as a table",
    response_class=Response,
    responses=READS | {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def table(
    services: RunServicesDep, visit: VisitDep, client: ClientDep, language: LanguageDep, names: Named = "0"
) -> Response:
    """A row for each answer to what has been revealed. Nothing in it is a formula."""
    visit.teaches()
    await services.limits.spend(counted(visit, client), "export")
    text = results.table(visit.live.room, Reader(language), names=names == "1")
    # A spreadsheet takes a table without the mark for one of the local encoding.
    return download("\ufeff" + text, "text/csv; charset=utf-8", f"room-{visit.live.room.code}.csv")


@router.get("/{room_id}/results.json", summary="The results as JSON", responses=READS)
async def records(
    services: RunServicesDep, visit: VisitDep, client: ClientDep, language: LanguageDep, names: Named = "0"
) -> RoomResults:
    """All questions, and of those that have been revealed every answer and what torch said."""
    visit.teaches()
    await services.limits.spend(counted(visit, client), "export")
    return results.results(visit.live.room, Reader(language), names=names == "1")


@router.get(
    "/{room_id}/qr.svg",
    summary="An address as a QR code",
    response_class=Response,
    responses=problems(404, 422, 429, 503)
    | {200: {"content": {"image/svg+xml": {"schema": {"type": "string"}}}}},
)
async def picture(
    room_id: RoomId, services: RunServicesDep, rooms: RoomsDep, client: ClientDep, address: Address
) -> Response:
    """Black on white, so that it can be read on any page."""
    import segno  # noqa: PLC0415, seldom needed at first

    await services.limits.spend(client, "read")
    await rooms.get(room_id)
    file = io.BytesIO()
    code = segno.make_qr(address, error="m")
    code.save(file, kind="svg", scale=8, border=4, dark="#000", light="#fff", xmldecl=False, nl=False)
    return Response(file.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})
