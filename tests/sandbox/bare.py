"""A test's own work for a real zygote: plain Python inside the locked child, without stage and hooks.

Only the kernel's barriers are here, as for a program that undoes whatever Python has put around it.
The program finds `reply`, which takes what `printed` shall say, and `raw`, which takes the reply's bytes.
"""

from app.protocol.gradients import Derivation
from app.sandbox.zygote.jobs import Jobs


def run(program: str) -> bytes:
    """The reply."""
    said: list[str] = []
    raw: list[bytes] = []
    exec(program, {"reply": lambda *words: said.append(" ".join(map(str, words))), "raw": raw.append})
    if raw:
        return raw[0]
    derivation = Derivation(
        printed="\n".join(said), variables=[], truncated=False, error=None, deterministic=False
    )
    return derivation.model_dump_json().encode()


JOBS = Jobs(kinds={"derive": run}, warm_up=lambda: None, warm_child=lambda: None)
