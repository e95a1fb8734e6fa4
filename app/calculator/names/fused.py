"""torch's fused optimizer steps, taken out of the process that runs programs.

They trust that an optimizer's state has the shapes it was made with, and read and write past its end where a
program has replaced it. No program needs them: they are a faster way to the same numbers.
"""

from typing import Any, NoReturn

import torch

from app.calculator.refusals import NotSupported
from app.errors import N_


def refuse(*_: Any, **__: Any) -> NoReturn:
    """Stands in for them, whichever way an optimizer comes to call one."""
    raise NotSupported(N_("`{construct}` is not supported here."), construct="fused=True")


def remove() -> None:
    """Take them out, for as long as the process lives."""
    for name in vars(torch).copy():
        if name.startswith("_fused_") and name.endswith("_"):  # in place: the optimizers' own
            setattr(torch, name, refuse)
