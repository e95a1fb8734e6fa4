"""The jobs of the product. Imported by the zygote alone: this is where torch comes in."""

from app.calculator import derive, warm_up
from app.calculator.warmup import CHAIN
from app.sandbox.jobs import Jobs


def _derive(program: str) -> bytes:
    return derive(program).model_dump_json().encode()


def _curves(program: str) -> bytes:
    return derive(program, curves=True).model_dump_json().encode()


def _rehearse() -> None:
    _derive(CHAIN)


JOBS = Jobs(kinds={"derive": _derive, "curves": _curves}, warm_up=warm_up, rehearse=_rehearse)
