"""The answers about the server's health and readiness."""

from typing import Literal

from app.protocol.record import Record


class Health(Record):
    """The answer to `GET /healthz`."""

    status: Literal["alive"] = "alive"
    version: str
    """The server's version."""
    store_version: str | None
    """The version of the tables of what is stored; null until they are open."""
    sandbox: dict[str, bool | int] | None
    """The barriers around calculator programs that hold on this machine; null until they were tried."""
    store: str | None
    """What keeps the server from storing runs, such as "full" or "damaged"; null: nothing does."""


class Readiness(Record):
    """The answer to `GET /readyz`: 200 if all are ready, else 503."""

    engine: bool
    """Whether runs can train."""
    sandbox: bool
    """Whether the calculator can run programs."""
