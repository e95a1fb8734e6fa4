"""How the server stands, for its metrics and for the page of whoever runs it."""

import os
from collections.abc import Mapping
from typing import get_args

from app.protocol import runs
from app.sandbox.client.process import resident
from app.web.edge.services import Services


def memory(services: Services) -> dict[str, int]:
    """Bytes that each kind of process holds, what they share counted in each; only where Linux tells it."""
    pids = {"web": os.getpid(), "engine": services.engine.pid or 0}
    own = {name: resident(f"/proc/{pid}/statm") for name, pid in pids.items()}
    return {name: size for name, size in {**own, **services.sandbox.memory()}.items() if size}


def statuses(services: Services) -> dict[str, int]:
    """How many runs in memory have each status there is."""
    return {**dict.fromkeys(get_args(runs.Status), 0), **services.engine.statuses()}


def ready(services: Services) -> dict[str, bool]:
    """Whether each part works."""
    engine, sandbox, store = services.engine, services.sandbox, services.store
    return {"engine": engine.ready, "sandbox": sandbox.ready, "store": store.trouble is None}


def waiting(services: Services) -> dict[str, int]:
    """How much waits for each part."""
    return {
        "sandbox": services.sandbox.load["waiting"],
        "engine": services.engine.n_waiting,
        "store": services.store.n_waiting,
    }


def counted(services: Services, what: str) -> Mapping[str, int]:
    """How often something has happened, by kind."""
    return {key.kind: n for key, n in sorted(services.tally.counts.items()) if key.what == what}
