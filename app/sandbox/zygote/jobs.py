"""What a child can be asked to do: one kind of job per entry of the table a zygote is started with."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Work = Callable[[str], bytes]
"""From the text a person typed to the reply's JSON."""


@dataclass(frozen=True)
class Jobs:
    """The table. `warm_up` runs once in the zygote, `rehearse` in each locked child before its job."""

    kinds: Mapping[str, Work]
    warm_up: Callable[[], None]
    rehearse: Callable[[], None]


def perform(jobs: Jobs, job: bytes) -> bytes:
    """Do one job. What it raises ends the child, which the web process reports as a crash."""
    order = json.loads(job)
    return jobs.kinds[order["kind"]](order["text"])
