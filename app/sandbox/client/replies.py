"""Reading of replies that a hostile child may have forged, at little cost, into valid records only."""

from typing import TypeVar

from pydantic import ValidationError

from app.protocol.data import Recipe, Values
from app.protocol.formulas import Evaluation
from app.protocol.gradients import Derivation, ProgramError
from app.protocol.record import Record
from app.protocol.scripts import Observation
from app.sandbox.affordable import is_affordable

R = TypeVar("R", bound=Record)

MOST_EXPLAINED = 100
"""Most warnings and checks in a reply: each is looked up in our texts. The calculator sends 66 at most."""


class Hostile(Exception):
    """A reply that no working child sends."""


def derivation(reply: bytes) -> Derivation:
    """The derivation in a reply. Raises: Hostile."""
    return checked(record(Derivation, reply))


def checked(derivation: Derivation) -> Derivation:
    """The derivation, if its explanations can be afforded. Raises: Hostile."""
    if len(derivation.warnings) + len(derivation.nudge) > MOST_EXPLAINED:
        raise Hostile
    return derivation


def values(reply: bytes, recipe: Recipe) -> Values | ProgramError:
    """The values of a formula in a reply, or its error. Raises: Hostile."""
    evaluation = record(Evaluation, reply)
    found = evaluation.error or evaluation.values_of(recipe)
    if found is None:
        raise Hostile
    return found


def observation(reply: bytes) -> Observation:
    """What was observed of a script, in a reply. Raises: Hostile."""
    return record(Observation, reply)


def record(kind: type[R], reply: bytes) -> R:
    """A record of that kind. Raises Hostile."""
    if not is_affordable(reply):
        raise Hostile
    try:
        return kind.model_validate_json(reply, strict=True)
    except ValidationError as error:
        raise Hostile from error
