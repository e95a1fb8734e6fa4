"""Reading of replies that a hostile child may have forged, at little cost, into valid records only."""

import asyncio
from typing import TypeVar

from pydantic import ValidationError

from app.protocol.data import Recipe, Values
from app.protocol.exercises import Questions
from app.protocol.formulas import Evaluation
from app.protocol.gradients import Derivation, ProgramError
from app.protocol.record import Record
from app.protocol.scripts import Observation
from app.sandbox import parts
from app.sandbox.affordable import MOST_AT_ONCE, is_affordable

R = TypeVar("R", bound=Record)

MOST_EXPLAINED = 100
"""Most warnings, remarks and checks in a reply: each is looked up in our texts. The calculator sends 76."""


class Hostile(Exception):
    """A reply that no working child sends."""


async def derivation(reply: bytes) -> Derivation:
    """The derivation in a reply. Others are served between two of its lines. Raises: Hostile."""
    first, *more = reply.split(b"\n", parts.MOST_LINES)
    found = record(Derivation, first)
    for line in more:
        await asyncio.sleep(0)
        found = parts.with_part(found, record(parts.Part, line))
    if len(found.warnings) + len(found.remarks) + len(found.nudge) > MOST_EXPLAINED:
        raise Hostile
    return found


async def values(reply: bytes, recipe: Recipe) -> Values | ProgramError:
    """The values of a formula in a reply, or its error. Raises: Hostile."""
    evaluation = record(Evaluation, reply)
    found = evaluation.error or evaluation.values_of(recipe)
    if found is None:
        raise Hostile
    return found


async def observation(reply: bytes) -> Observation:
    """What was observed of a script, in a reply. Raises: Hostile."""
    return record(Observation, reply)


async def questions(reply: bytes) -> Questions:
    """What can be asked about a program, in a reply. Raises: Hostile."""
    return record(Questions, reply)


def record(kind: type[R], reply: bytes) -> R:
    """A record of that kind. Raises Hostile."""
    if not is_affordable(reply, MOST_AT_ONCE):
        raise Hostile
    try:
        return kind.model_validate_json(reply, strict=True)
    except ValidationError as error:
        raise Hostile from error
