"""The jobs of the product. Imported by the zygote alone: this is where torch comes in."""

from app.calculator import derive, warm_up
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


def _rehearse() -> None:
    _derive(LESSON)


JOBS = Jobs(kinds={"derive": _derive, "curves": _curves}, warm_up=warm_up, rehearse=_rehearse)
