"""The jobs of the product. Imported by the zygote alone: this is where torch comes in."""

from app.calculator import derive, evaluate, warm_up
from app.calculator.warmup import CHAIN
from app.protocol.data import Recipe
from app.sandbox.zygote.jobs import Jobs


def _derive(program: str) -> bytes:
    return derive(program).model_dump_json().encode()


def _curves(program: str) -> bytes:
    return derive(program, curves=True).model_dump_json().encode()


def _formula(recipe: str) -> bytes:
    return evaluate(Recipe.model_validate_json(recipe)).model_dump_json().encode()


def _rehearse() -> None:
    _derive(CHAIN)


JOBS = Jobs(
    kinds={"derive": _derive, "curves": _curves, "formula": _formula}, warm_up=warm_up, rehearse=_rehearse
)
