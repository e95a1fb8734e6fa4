"""What the page of whoever runs the server is told."""

from typing import Annotated

from pydantic import Field, JsonValue

from app.protocol.record import Record

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
"""What the server keeps of a browser's name; the page about the connection tells it to its reader."""


class SignIn(Record):
    """The body of `POST /api/admin/session`."""

    token: str = Field(max_length=1000)
    """`PLAYGROUND_ADMIN_TOKEN`."""


class ClientRuns(Record):
    """A browser that holds runs."""

    digest: Digest
    runs: int
    """Those that are stored as well as those in memory."""


class RoomKept(Record):
    """A room that was used of late."""

    code: str
    members: int
    present: int
    questions: int


class Status(Record):
    """The answer to `GET /api/admin/status`."""

    version: str
    store_version: str | None
    """The version of the tables; null until they are open."""
    seconds: float
    """Since the server started."""
    ready: dict[str, bool]
    store_trouble: str | None
    store_bytes: int
    """As of the last look."""
    barriers: dict[str, bool | int] | None
    """Those around programs; null until they were tried."""
    runs: dict[str, int]
    """Runs in memory, by status."""
    runs_stored: int
    rooms_stored: int
    """Rooms, those in memory included."""
    rooms: list[RoomKept]
    """Those in memory; those with most members present come first."""
    sockets: int
    waiting: dict[str, int]
    """What waits for the sandbox, the engine and the store."""
    memory: dict[str, int]
    """Bytes that each kind of process holds; what they share is counted in each."""
    programs: dict[str, int]
    """Programs since the start, by how they ended."""
    limits_met: dict[str, int]
    """Refusals because a client reached a limit."""
    clients: list[ClientRuns]
    """Those that hold most come first."""
    errors: list[dict[str, JsonValue]]
    """The last warnings and errors as they are logged as JSON, the newest first."""


class Erased(Record):
    """The answer to `DELETE /api/admin/clients/{digest}` and `/api/admin/rooms/{code}`."""

    runs: int
    comparisons: int
    rooms: int
    programs: int
    """Those that ran live, or were kept for a page that may come back."""
