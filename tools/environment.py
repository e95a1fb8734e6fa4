"""The virtual environment and the Python packages in it, by `venv` and pip. Standard library only."""

import importlib.util
import subprocess
import sys
from pathlib import Path

from tools.step import ROOT, STAMPS, VENV, SetupError, Step, call, watch

PYTHON = VENV / "bin" / "python"
TORCH = "torch==2.13.0"
# Exists while pip changes the environment: one that was killed half-way is remade from nothing.
UNFINISHED = STAMPS / "unfinished"
# Of what pip said before it failed: the reason stands at the end, after all that it collected.
LAST_LINES = 30


def lock_file(name: str) -> Path:
    """The hashed requirements of that name: run, assets (run and npm's Node) or dev (all)."""
    return ROOT / "requirements" / f"{name}.lock"


def steps(name: str) -> tuple[Step, ...]:
    """All that makes an environment with the packages of one lock file, and PyTorch."""
    return virtual(), packages(name), torch()


def virtual() -> Step:
    """`.venv` itself: made once, and again when pip was killed in it."""
    if UNFINISHED.exists():
        (STAMPS / "venv").unlink(missing_ok=True)
    return Step("venv", "making .venv", (), (PYTHON,), make_environment, salt=str(VENV))


def packages(name: str) -> Step:
    """The packages of one lock file."""
    path = lock_file(name)

    def work() -> None:
        # Wheels only: a source archive would run its own unpinned build.
        install("--only-binary=:all:", "--require-hashes", "-r", str(path.relative_to(ROOT)))

    return Step(name, f"installing {path.relative_to(ROOT)}", (path,), (PYTHON,), work)


def torch() -> Step:
    """PyTorch: the exact version, from whichever index pip is set up to use (README, "CPU or GPU")."""
    return Step(
        "torch", f"installing {TORCH} (the largest part)", (), (PYTHON,), lambda: install(TORCH), salt=TORCH
    )


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
    call("making .venv", sys.executable, "-m", "venv", "--clear", VENV)


def is_healthy() -> bool:
    """Whether `.venv` has a Python of at least 3.11 with pip."""
    probe = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    return PYTHON.exists() and subprocess.call([PYTHON, "-c", probe], stderr=subprocess.DEVNULL) == 0


def install(*arguments: str) -> None:
    """`pip install`; what it says only where it fails. Raises SetupError."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    UNFINISHED.touch()
    pip = (PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input")
    status, said = watch(*pip, *arguments)
    if status >= 0:  # pip itself said no, before or after changing anything; a signal leaves the mark
        UNFINISHED.unlink()
    if status != 0:
        reasons = "\n".join(said.rstrip().splitlines()[-LAST_LINES:])
        raise SetupError(f"pip install {' '.join(arguments)} failed:\n{reasons}")
