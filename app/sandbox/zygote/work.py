"""The jobs of the product. Imported only by the zygote, which imports torch here."""

from collections.abc import Callable
from typing import Any

from app.calculator import derive, evaluate, warm_up
from app.calculator.live.derivation import derive_live
from app.calculator.live.one_round import derive_round
from app.calculator.live.wire import Wire
from app.calculator.warmup import CHAIN
from app.protocol.data import Recipe
from app.protocol.gradients import Derivation
from app.protocol.programs import LiveJob, Ran
from app.protocol.record import Record
from app.sandbox.affordable import is_affordable
from app.sandbox.zygote.jobs import Jobs
from app.sandbox.zygote.link import Link

LEFT_OUT: tuple[dict[str, Any], ...] = (
    {},
    {"steps": []},
    {"graph": None, "chain": [], "jacobians": [], "nudge": []},
    {"variables": [], "warnings": []},
)
"""What a reply goes without if it is too long, and if that is not enough."""


def _derive(program: str) -> bytes:
    return _written(derive(program))


def _curves(program: str) -> bytes:
    return _written(derive(program, curves=True))


def _live(job: str, link: Link) -> bytes:
    order = LiveJob.model_validate_json(job)
    wire = Wire(link.send)
    link.listen(wire.command)
    if order.loop is None or order.round is None:
        derivation = derive_live(order.program, order.seed, wire)
    else:
        derivation = derive_round(order.program, order.seed, order.loop, order.round)
    return _written(derivation, lambda told: Ran(derivation=told))


def _written(derivation: Derivation, end: Callable[[Derivation], Record] = lambda told: told) -> bytes:
    """The reply; without the reasons where they are more than the web process takes."""
    for left_out in LEFT_OUT:
        derivation = derivation.model_copy(update=left_out)
        reply = end(derivation).model_dump_json().encode()
        if is_affordable(reply):
            break
    return reply


def _formula(recipe: str) -> bytes:
    return evaluate(Recipe.model_validate_json(recipe)).model_dump_json().encode()


def _warm_child() -> None:
    _derive(CHAIN)


JOBS = Jobs(
    kinds={"derive": _derive, "curves": _curves, "formula": _formula},
    live={"live": _live},
    warm_up=warm_up,
    warm_child=_warm_child,
)
