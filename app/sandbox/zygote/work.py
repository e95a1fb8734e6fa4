"""The jobs of the product. Imported only by the zygote, which imports torch here."""

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


def _warm_child() -> None:
    _derive(CHAIN)


JOBS = Jobs(
    kinds={"derive": _derive, "curves": _curves, "formula": _formula}, warm_up=warm_up, warm_child=_warm_child
)
