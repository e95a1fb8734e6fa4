"""Work done once for given inputs, and the commands it is done by. Standard library only."""

import contextlib
import fcntl
import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
VENV = ROOT / ".venv"
# Inside the environment, so that removing or remaking it forgets what was done in it.
STAMPS = VENV / "stamps"


WIDTH = 100
"""Characters of a line that shows how far something is."""


class SetupError(Exception):
    """A step failed; the message tells a person what to do."""


@contextlib.contextmanager
def exclusive() -> Iterator[None]:
    """Let one set-up at a time work in this folder; another waits."""
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / "setup.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def call(purpose: str, *command: str | Path) -> None:
    """Run a command in the project's folder. Raises SetupError."""
    try:
        subprocess.run(command, cwd=ROOT, check=True)
    except OSError as error:
        raise SetupError(f"{purpose}: {error}") from error
    except subprocess.CalledProcessError as error:
        raise SetupError(f"{purpose} failed; see above") from error


def watch(*command: str | Path) -> tuple[int, str]:
    """Run a command in the project's folder; on a terminal its newest line shows how far it is.

    Returns its exit status, negative if a signal ended it, and what it wrote.
    """
    lines = []
    clear = "\r\x1b[K" if sys.stdout.isatty() else ""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "errors": "replace"}
    with subprocess.Popen(command, cwd=ROOT, **options) as process:  # type: ignore[call-overload]
        for line in process.stdout:
            lines.append(line)
            if clear:
                print(f"{clear}  {line.strip()[:WIDTH]}", end="", flush=True)
    print(end=clear, flush=True)
    return process.returncode, "".join(lines)


def status_of(*command: str | Path) -> int:
    """Run a command in the project's folder. Returns its exit status."""
    return subprocess.call(command, cwd=ROOT)


@dataclass(frozen=True)
class Step:
    """`work`, redone whenever an input file's content changes or an output is missing.

    The stamp is written last, so work that was interrupted is done again.
    """

    name: str
    """The stamp's file name."""
    title: str
    """What is printed while it is done."""
    inputs: Sequence[Path]
    outputs: Sequence[Path]
    work: Callable[[], None]
    salt: str = ""
    """Any further text the result depends on, such as a version."""

    @property
    def stamp(self) -> Path:
        """The file that holds the digest of the inputs for which the work was last done."""
        return STAMPS / self.name

    def digest(self) -> str:
        """SHA-256 of the salt and of the inputs' contents."""
        total = hashlib.sha256(self.salt.encode())
        for path in self.inputs:
            total.update(hashlib.sha256(path.read_bytes()).digest())
        return total.hexdigest()

    def is_done(self) -> bool:
        """Whether the outputs are there and the stamp matches the inputs."""
        return self._stamped() == self.digest() and all(path.exists() for path in self.outputs)

    def run(self) -> None:
        """Do the work unless it is done. Raises SetupError if it fails."""
        if self.is_done():
            return
        print(f"set-up: {self.title}", flush=True)
        self.stamp.unlink(missing_ok=True)
        digest = self.digest()  # before the work: a file that is edited meanwhile makes it due again
        self.work()
        missing = [path.relative_to(ROOT) for path in self.outputs if not path.exists()]
        if missing:
            raise SetupError(f"{self.title}: {', '.join(map(str, missing))} did not appear")
        self._write(digest)

    def attempt(self) -> bool:
        """Like `run`, but a failure is printed, and not tried again for the same inputs. Returns success."""
        failed = f"failed {self.digest()}"
        if self._stamped() == failed:
            return False
        try:
            self.run()
        except SetupError as error:
            print(f"set-up: {error}", flush=True)
            self._write(failed)
            return False
        return True

    def _stamped(self) -> str:
        return self.stamp.read_text() if self.stamp.exists() else ""

    def _write(self, text: str) -> None:
        STAMPS.mkdir(parents=True, exist_ok=True)
        partial = self.stamp.with_suffix(".new")
        partial.write_text(text)
        partial.replace(self.stamp)
