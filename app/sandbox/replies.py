"""Reading what a broken child may have made up: it must cost little, and give a valid record or nothing."""

from typing import TypeVar

from pydantic import ValidationError

from app.protocol.data import Recipe, Values
from app.protocol.formulas import Evaluation
from app.protocol.gradients import Derivation, ProgramError
from app.protocol.record import Record

R = TypeVar("R", bound=Record)

MOST_BYTES = 1024 * 1024
MOST_COST = 60_000
"""Microseconds, roughly, that parsing the longest reply may cost the web process, which serves nobody else
meanwhile."""
COST = {b"{": 25, b"[": 4, b",": 0.2}
"""What each of these outside of texts costs: records most, numbers next to nothing."""
MOST_TEXTS = 40_000
MOST_EXPLAINED = 100
"""Warnings and checks in a reply: each is looked up in our texts. The calculator sends 66 at most."""


class Hostile(Exception):
    """No child that works as it should sends this."""


def derivation(reply: bytes) -> Derivation:
    """The record in a reply. Raises Hostile."""
    derivation = record(Derivation, reply)
    if len(derivation.warnings) + len(derivation.nudge) > MOST_EXPLAINED:
        raise Hostile
    return derivation


def values(reply: bytes, recipe: Recipe) -> Values | ProgramError:
    """What a formula gave, or what it failed with. Raises Hostile."""
    evaluation = record(Evaluation, reply)
    found = evaluation.error or evaluation.values_of(recipe)
    if found is None:
        raise Hostile
    return found


def record(kind: type[R], reply: bytes) -> R:
    """A record of that kind. Raises Hostile."""
    if not is_affordable(reply):
        raise Hostile
    try:
        return kind.model_validate_json(reply, strict=True)
    except ValidationError as error:
        raise Hostile from error


def is_affordable(reply: bytes) -> bool:
    """Whether a reply is short enough to be parsed."""
    if len(reply) > MOST_BYTES or reply.count(b'"') > 2 * MOST_TEXTS:
        return False
    bare = reply.replace(rb"\\", b"").replace(rb"\"", b"")
    outside = b"".join(bare.split(b'"')[::2])
    return sum(cost * outside.count(sign) for sign, cost in COST.items()) <= MOST_COST
