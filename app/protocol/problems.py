"""RFC 9457 problem details: the body of every refused request and of a socket's `failed`."""

from app.protocol.record import Record


class FieldProblem(Record):
    """One field of the request that is not allowed."""

    field: str
    """Its path, such as "optimizer.lr"; empty for the whole body."""
    message: str
    """What was sent and what is allowed, in the reader's language."""


class Problem(Record):
    """`application/problem+json`."""

    type: str = "about:blank"
    """A stable name of the kind of problem, such as "/problems/invalid"."""
    title: str
    status: int
    detail: str
    errors: tuple[FieldProblem, ...] = ()
