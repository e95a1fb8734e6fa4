"""A test's own work for a real zygote: plain Python inside the locked child, without stage and hooks.

Only the kernel's barriers are here, as for a program that undoes whatever Python has put around it.
The program finds `reply`, which takes what `printed` shall say, and `raw`, which takes the reply's bytes.
"""

import torch

from app.protocol.gradients import Derivation
from app.sandbox.zygote.jobs import Jobs


def _run(program: str) -> bytes:
    said: list[str] = []
    raw: list[bytes] = []
    exec(program, {"reply": lambda *words: said.append(" ".join(map(str, words))), "raw": raw.append})
    if raw:
        return raw[0]
    derivation = Derivation(
        printed="\n".join(said), variables=[], truncated=False, error=None, deterministic=False
    )
    return derivation.model_dump_json().encode()


def _warm_up() -> None:
    torch.ones(2, requires_grad=True).sum().backward()  # type: ignore[no-untyped-call]


JOBS = Jobs(kinds={"derive": _run}, warm_up=_warm_up, warm_child=_warm_up)
