import os
from collections.abc import Iterator

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from app.protocol.arithmetic import ARITHMETIC
from tests.server import Server, running_server

# Tests train runs in this process too, and compare programs that know nothing of the product.
os.environ.update(ARITHMETIC)

# The examples are the same in every run, and none has a deadline. A night's size, with examples that differ:
# pytest --hypothesis-profile=long --timeout=0 -o faulthandler_timeout=0
settings.register_profile("long", max_examples=2000, deadline=None)
settings.register_profile("same", max_examples=50, derandomize=True, deadline=None)
settings.load_profile("same")


IN_ONE = {
    "calculator": "calculator",
    "docs": "docs",
    "engine": "engine",
    "exercises": "calculator",
    "protocol": "calculator",
    "sandbox": "sandbox",
    "script": "script",
    "store": "store",
    "training": "training",
}
"""Folders whose tests share what takes seconds to begin: a warm torch, an oracle, a sandbox, PostgreSQL."""


class InFolders(LoadFileScheduling):  # type: ignore[misc]  # the package has no types
    """Gives each process of pytest-xdist a whole file, or whole folders that are IN_ONE."""

    def _split_scope(self, nodeid: str) -> str:
        folders, file = nodeid.partition("::")[0].split("/"), super()._split_scope(nodeid)
        return IN_ONE.get(folders[1], file) if folders[0] == "tests" else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> InFolders:
    """Divide the tests among processes so that what they share is made once."""
    return InFolders(config, log)


@pytest.fixture(scope="module")
def engine_arithmetic() -> None:
    """Torch as the engine process has it, whatever a program in this process has left behind."""
    import torch

    torch.set_num_threads(1)
    torch.backends.mkldnn.set_flags(True)  # type: ignore[no-untyped-call]


@pytest.fixture(scope="session")
def warm() -> None:
    """Import what torch imports late, as the process that runs programs has."""
    from app.calculator import warm_up

    warm_up()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The real server, ready, and shared: tests make runs of their own on it."""
    log = tmp_path_factory.mktemp("server") / "log"
    with running_server(log, PLAYGROUND_RATE_LIMIT="0") as server:
        server.wait_until("engine")
        yield server
