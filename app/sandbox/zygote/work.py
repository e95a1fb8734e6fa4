"""The jobs of the product. Imported only by the zygote, which imports torch here."""

from typing import Any

from app.calculator import derive, evaluate, observe, output, warm_up
from app.calculator.live.derivation import derive_live
from app.calculator.live.one_round import derive_round
from app.calculator.live.wire import Wire
from app.calculator.program.read import RefusedAt, TextError, read
from app.calculator.warmup import CHAIN
from app.exercises.asking import questions
from app.protocol.data import Recipe
from app.protocol.exercises import Questions
from app.protocol.gradients import Derivation
from app.protocol.programs import LiveJob
from app.sandbox import parts
from app.sandbox.affordable import MOST_AT_ONCE, is_affordable
from app.sandbox.messages import END
from app.sandbox.zygote.jobs import Jobs
from app.sandbox.zygote.link import Link

LEFT_OUT: tuple[dict[str, Any], ...] = (
    {},
    {"steps": []},
    {"graph": None, "chain": [], "jacobians": [], "nudge": []},
    {"variables": [], "warnings": [], "remarks": []},
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
    return END + _written(derivation)


def _written(derivation: Derivation) -> bytes:
    """The reply; without the reasons where they are more than the web process takes."""
    for left_out in LEFT_OUT:
        derivation = derivation.model_copy(update=left_out)
        lines = list(parts.lines(derivation))
        if len(lines) <= parts.MOST_LINES and all(is_affordable(line, MOST_AT_ONCE) for line in lines):
            break
    return b"\n".join(lines)


def _formula(recipe: str) -> bytes:
    return evaluate(Recipe.model_validate_json(recipe)).model_dump_json().encode()


def _script(script: str) -> bytes:
    return observe(script).model_dump_json().encode()


def _questions(program: str) -> bytes:
    """What can be asked about a program: nothing where it cannot be read."""
    try:
        tree = read(program).tree
    except (TextError, RefusedAt):
        return Questions(questions=[]).model_dump_json().encode()
    return Questions(questions=questions(tree)).model_dump_json().encode()


def _warm_child() -> None:
    _derive(CHAIN)


JOBS = Jobs(
    kinds={
        "derive": _derive,
        "curves": _curves,
        "formula": _formula,
        "questions": _questions,
        "script": _script,
    },
    live={"live": _live},
    warm_up=warm_up,
    warm_child=_warm_child,
    print_on=output.PAPER.append,
)
