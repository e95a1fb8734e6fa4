"""Reading what a broken child may have made up: it must cost little, and give a valid record or nothing."""

from pydantic import ValidationError

from app.protocol.gradients import Derivation

MOST_BYTES = 1024 * 1024
MOST_PARTS = 100_000
"""Values in the longest reply: what parsing it costs the web process grows with these, not with the bytes."""
MOST_EXPLAINED = 100
"""Warnings and checks in a reply: each is looked up in our texts. The calculator sends 66 at most."""


class Hostile(Exception):
    """No child that works as it should sends this."""


def derivation(reply: bytes) -> Derivation:
    """The record in a reply. Raises Hostile."""
    if len(reply) > MOST_BYTES or sum(map(reply.count, (b",", b"[", b"{"))) > MOST_PARTS:
        raise Hostile
    try:
        record = Derivation.model_validate_json(reply, strict=True)
    except ValidationError as error:
        raise Hostile from error
    if len(record.warnings) + len(record.nudge) > MOST_EXPLAINED:
        raise Hostile
    return record
