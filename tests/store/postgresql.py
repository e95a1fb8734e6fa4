"""A PostgreSQL server of the tests' own: a new cluster in a folder, reached by a socket there."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.server import wait_for


def programs() -> Path | None:
    """The folder of PostgreSQL's programs; None if it is not installed."""
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    return next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


@contextmanager
def running_postgresql(programs: Path) -> Iterator[str]:
    """The URL of its one database. Root may not run it, so root runs it as somebody else."""
    user = next(name for name in ("postgres", "nobody") if is_user(name)) if os.getuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="playground-", dir="/tmp") as name:
        folder = Path(name)
        if user is not None:
            shutil.chown(folder, user)
        data = folder / "data"
        initdb = (
            programs / "initdb",
            "-D",
            data,
            "-U",
            "playground",
            "--auth=trust",
            "--no-sync",
            "-E",
            "UTF8",
        )
        subprocess.run(initdb, user=user, cwd=folder, check=True, capture_output=True)
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            ready = (programs / "pg_isready", "-h", folder)
            wait_for(lambda: subprocess.run(ready, capture_output=True, check=False).returncode == 0)
            yield f"postgresql://playground@/postgres?host={folder}"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait()


def is_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
