"""The kinds of jobs that a child can do: the table that a zygote is started with."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.sandbox.paper import Paper
from app.sandbox.zygote.link import Link

Work = Callable[[str], bytes]
"""A function from the text that a person typed to the reply's JSON."""
LiveWork = Callable[[str, Link], bytes]
"""The same for a job that sends more than its reply, and is told something meanwhile."""


@dataclass(frozen=True)
class Jobs:
    """Functions by kind of job. `warm_up` runs once in the zygote, `warm_child` in each locked child.

    print_on: is given the paper on which the job shall write what it prints.
    """

    kinds: Mapping[str, Work]
    warm_up: Callable[[], None]
    warm_child: Callable[[], None]
    print_on: Callable[[Paper], None] = lambda paper: None
    live: Mapping[str, LiveWork] = field(default_factory=dict)


def perform(jobs: Jobs, job: bytes, link: Link) -> bytes:
    """Do one job. An exception ends the child, which the web process reports as a crash."""
    order = json.loads(job)
    if order["kind"] in jobs.live:
        return jobs.live[order["kind"]](order["text"], link)
    return jobs.kinds[order["kind"]](order["text"])
