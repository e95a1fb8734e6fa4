"""The same as `bare` in a zygote that has imported torch, as the product's has."""

import torch

from app.sandbox.zygote.jobs import Jobs
from tests.sandbox.bare import run


def _warm_up() -> None:
    torch.ones(2, requires_grad=True).sum().backward()  # type: ignore[no-untyped-call]


JOBS = Jobs(kinds={"derive": run}, warm_up=_warm_up, warm_child=_warm_up)
