"""The memory of each of the server's processes."""

import os

from app.sandbox.client.process import resident
from app.web.edge.services import Services


def memory(services: Services) -> dict[str, int]:
    """Bytes that each kind of process holds, what they share counted in each; only where Linux tells it."""
    pids = {"web": os.getpid(), "engine": services.engine.pid or 0}
    own = {name: resident(f"/proc/{pid}/statm") for name, pid in pids.items()}
    return {name: size for name, size in {**own, **services.sandbox.memory()}.items() if size}
