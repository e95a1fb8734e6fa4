"""The virtual environment and the Python packages in it. Standard library only."""

import contextlib
import fcntl
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.step import ROOT, STAMPS, VENV, SetupError, Step

PYTHON = VENV / "bin" / "python"
TORCH = "torch==2.13.0"
# Exists while pip changes the environment: one that was killed half-way is remade from nothing.
UNFINISHED = STAMPS / "unfinished"


def lock_file(name: str) -> Path:
    """The hashed requirements of that name: run, assets (run and npm's Node) or dev (all)."""
    return ROOT / "requirements" / f"{name}.lock"


@contextlib.contextmanager
def exclusive() -> Iterator[None]:
    """Let one set-up at a time work in this folder; another waits."""
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / "setup.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_environment() -> None:
    """Create `.venv`, or keep the one that is there if it works."""
    if not UNFINISHED.exists() and is_healthy():
        return
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SetupError(
            f"{sys.executable} cannot make virtual environments. "
            f"On Debian and Ubuntu: apt-get install python{version}-venv"
        )
    call("making .venv", sys.executable, "-m", "venv", "--clear", str(VENV))


def is_healthy() -> bool:
    """Whether `.venv` has a Python of at least 3.11 with pip."""
    probe = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    return PYTHON.exists() and subprocess.call([PYTHON, "-c", probe], stderr=subprocess.DEVNULL) == 0


def install(*arguments: str) -> None:
    """`pip install` in the environment. Raises SetupError."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    UNFINISHED.touch()
    pip = (str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input")
    status = subprocess.call([*pip, *arguments], cwd=ROOT)
    if status >= 0:  # pip itself said no, before or after changing anything; a signal leaves the mark
        UNFINISHED.unlink()
    if status != 0:
        raise SetupError(f"pip install {' '.join(arguments)} failed; see above")


def call(purpose: str, *command: str | Path) -> None:
    """Run a command in the project's folder. Raises SetupError."""
    try:
        subprocess.run(command, cwd=ROOT, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetupError(f"{purpose}: {error}") from error


def ensure() -> None:
    """`.venv` itself: made once, and again when pip was killed in it."""
    step = Step("venv", "making .venv", (), (PYTHON,), make_environment, salt=str(VENV))
    if UNFINISHED.exists():
        step.stamp.unlink(missing_ok=True)
    step.run()


def packages(name: str) -> Step:
    """The packages of one lock file."""
    path = lock_file(name)

    def work() -> None:
        # Wheels only: a source archive would run its own unpinned build.
        install("--quiet", "--only-binary=:all:", "--require-hashes", "-r", str(path.relative_to(ROOT)))

    return Step(name, f"installing {path.relative_to(ROOT)}", (path,), (PYTHON,), work)


def torch() -> Step:
    """PyTorch: the exact version, from whichever index pip is set up to use (README, "CPU or GPU")."""
    return Step(
        "torch", f"installing {TORCH} (the largest part)", (), (PYTHON,), lambda: install(TORCH), salt=TORCH
    )
