"""RFC 9457 problem details: the body of every refused request and of a socket's `failed`."""

from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from app.protocol.record import Record

EXAMPLE: JsonValue = {
    "type": "/problems/invalid",
    "title": "A value is not allowed",
    "status": 422,
    "detail": "model.hidden[0]: 100000 is not allowed; it must be at most 64",
    "errors": [
        {"field": "model.hidden[0]", "message": "100000 is not allowed; it must be at most 64"},
    ],
}


class FieldProblem(Record):
    """One field of the request that is not allowed."""

    field: str
    """The path of the field, such as "optimizer.lr"; empty for the whole body."""
    message: str
    """What was sent and what is allowed, in the reader's language."""
    line: Annotated[int | None, Field(exclude_if=lambda line: line is None)] = None
    """The line of a script that cannot be read."""


class Problem(Record):
    """`application/problem+json`."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    type: str = "about:blank"
    """A stable name of the kind of problem, such as "/problems/invalid"."""
    title: str
    status: int
    detail: str
    errors: tuple[FieldProblem, ...] = ()
