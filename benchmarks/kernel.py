"""An ipykernel as a peer: what a notebook would do with the same program. Optional, for it brings much along:
`pip install ipykernel jupyter_client`, and the benchmarks of the calculator put it beside ours.
"""

import contextlib
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

NEEDED = ("ipykernel", "jupyter_client")
ANSWER = 60.0
"""Seconds a kernel has to start, or to execute one program."""


class Kernel:
    """A running kernel. `client`: jupyter_client's blocking one."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def milliseconds(self, program: str) -> float:
        """From the `execute_request` until the kernel is idle. Raises RuntimeError on an error."""
        start = time.perf_counter()
        request = self._client.execute(program, store_history=False)
        while True:
            message = self._client.get_iopub_msg(timeout=ANSWER)
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] == "error":
                raise RuntimeError(message["content"]["evalue"])
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return 1000 * (time.perf_counter() - start)


@contextlib.contextmanager
def kernel() -> Iterator[Kernel | None]:
    """A warm kernel that has torch imported, or None where it is not installed, which is said once."""
    absent = [name for name in NEEDED if find_spec(name) is None]
    if absent:
        print(f"no ipykernel beside it: {' and '.join(absent)} not installed", file=sys.stderr)
        yield None
        return
    from jupyter_client.manager import start_new_kernel  # noqa: PLC0415

    manager, client = start_new_kernel(startup_timeout=ANSWER, extra_arguments=["--log-level=ERROR"])
    try:
        found = Kernel(client)
        found.milliseconds("import torch\ntorch.set_num_threads(1)")
        yield found
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
