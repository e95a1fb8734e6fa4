"""The jobs of the product. Imported by the zygote alone: this is where torch comes in."""

from app.calculator import derive, evaluate, warm_up
from app.protocol.data import Recipe
from app.sandbox.jobs import Jobs

LESSON = """\
import torch
variable = torch.tensor([2.0], requires_grad=True)
v_1 = 3 * variable
v_2 = 4 * v_1
v_2.backward()
print(variable.grad)
"""


def _derive(program: str) -> bytes:
    return derive(program).model_dump_json().encode()


def _curves(program: str) -> bytes:
    return derive(program, curves=True).model_dump_json().encode()


def _formula(recipe: str) -> bytes:
    return evaluate(Recipe.model_validate_json(recipe)).model_dump_json().encode()


def _rehearse() -> None:
    _derive(LESSON)


JOBS = Jobs(
    kinds={"derive": _derive, "curves": _curves, "formula": _formula}, warm_up=warm_up, rehearse=_rehearse
)
