"""The real server in a process of its own, for tests that talk to it as anyone else would."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

PATIENCE = 180.0
"""Seconds for anything to happen, however busy the machine is: what takes longer hangs.

Less than a test's `timeout`, so that what did not come is named.
"""


class Site:
    """What is served somewhere. url: its address, without a slash at the end."""

    def __init__(self, url: str) -> None:
        self.url = url

    def client(self, **headers: str) -> httpx.Client:
        """A client of its own: no cookies yet, and connections that nobody else uses.

        It checks no certificate, as there is none: to read all that the machine trusts takes 30 ms.
        """
        return httpx.Client(base_url=self.url, headers=headers, timeout=PATIENCE, verify=False)


class Server(Site):
    """A running server. log: what it wrote to stderr."""

    def __init__(self, process: "subprocess.Popen[str]", url: str, log: Path) -> None:
        super().__init__(url)
        self.process = process
        self.log = log

    def wait_until(self, *parts: str) -> None:
        """Wait until these parts are ready: "engine", "sandbox"."""
        with self.client() as client:
            wait_for(lambda: all(client.get("/readyz").json()[part] for part in parts))

    def family(self) -> list[psutil.Process]:
        """The processes that the server started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def engine(self) -> psutil.Process:
        """The process that trains."""
        return next(p for p in self.family() if "app.engine" in p.cmdline())


HELD = """\
import sys, time
from pathlib import Path
while "app.engine" in sys.orig_argv and not Path({go!r}).exists():
    time.sleep(0.05)
"""


class Held:
    """An engine that does not begin to import torch until `go` is called.

    settings: for the server that shall start it. folder: has what tells it.
    """

    def __init__(self, folder: Path) -> None:
        self._go = folder / "go"
        (folder / "sitecustomize.py").write_text(HELD.format(go=str(self._go)))
        self.settings = {"PYTHONPATH": str(folder)}

    def go(self) -> None:
        self._go.touch()


def wait_for(condition: Callable[[], object]) -> None:
    """Look again and again, and ever less often, until it holds. Raises AssertionError when it never does."""
    deadline = time.monotonic() + PATIENCE
    pause = 0.02
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(pause)
        pause = min(1.2 * pause, 0.2)


def lives(process: psutil.Process) -> bool:
    """Whether it still runs; a dead one that its new parent has not buried yet does not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@contextmanager
def running_server(log: Path, arguments: Sequence[str] = ("-m", "app"), **settings: str) -> Iterator[Server]:
    """`python -m app` on a free port. settings: such as PLAYGROUND_MAX_RUNS="3".

    Ends it with SIGTERM, and asserts that this leaves no process behind.
    """
    environment = {
        **os.environ,
        "PLAYGROUND_PORT": "0",
        "PLAYGROUND_DATA_DIR": str(log.parent / "data"),
        "PYTHONWARNINGS": "error",
        **settings,
    }
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, *arguments], env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True
        )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().partition(": ")[2].strip().rstrip("/")
        assert url, f"the server did not start:\n{log.read_text()}"
        server = Server(process, url, log)
        yield server
        if process.poll() is None:
            family = server.family()
            process.terminate()
            process.wait(PATIENCE)
            wait_for(lambda: not any(lives(member) for member in family))
        assert "Traceback" not in log.read_text(), log.read_text()
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE)
