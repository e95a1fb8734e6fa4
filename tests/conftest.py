import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.server import Server, running_server

# MKL's sums on processors with AVX-512 depend on where in memory the numbers lie. Tests that compare the last
# bit of two programs hold it, and every process they start, to sums that do not.
os.environ.setdefault("MKL_CBWR", "AVX2,STRICT")

# The examples are the same in every run, and none has a deadline. A night's size, with examples that differ:
# pytest --hypothesis-profile=long --timeout=0 -o faulthandler_timeout=0
settings.register_profile("long", max_examples=2000, deadline=None)
settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")


@pytest.fixture(scope="module")
def engine_arithmetic() -> None:
    """Torch as the engine process has it, whatever a program in this process has left behind."""
    import torch

    torch.set_num_threads(1)
    torch.backends.mkldnn.set_flags(True)  # type: ignore[no-untyped-call]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The real server, ready, and shared: tests make runs of their own on it."""
    log = tmp_path_factory.mktemp("server") / "log"
    with running_server(log, PLAYGROUND_RATE_LIMIT="0") as server:
        server.wait_until("engine")
        yield server
