"""`python3.11 -m tools COMMAND`: set up what the command needs, then do it. Standard library only."""

import os
import sys
from collections.abc import Callable

if sys.version_info < (3, 11):  # noqa: UP036, the one place an older Python can reach
    sys.exit("Autograd Playground needs Python 3.11 or newer; this is " + sys.version.split()[0])

from tools import environment, page_files
from tools.environment import PYTHON
from tools.page_files import MODULES, NODE
from tools.step import ROOT, VENV, SetupError, call, exclusive, status_of

IN_THREE = (
    *("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder", "--max-worker-restart", "0"),
    *("--durations", "15", "--durations-min", "5"),
)
"""Each process has a server and a browser of its own, and takes whole files in the order of the folders, or
whole folders (`tests.conftest.InFolders`): what their tests share is made once. Three on two cores, since
many wait: for processes to start, be missed, or end. At the end it says where the time went."""

BIN = VENV / "bin"
CHECKS = {
    "ruff format": (BIN / "ruff", "format", "--check"),
    "ruff": (BIN / "ruff", "check"),
    "mypy": (BIN / "mypy",),
    "import-linter": (BIN / "lint-imports",),
    "tsc": (NODE, MODULES / ".bin" / "tsc", "--project", "tsconfig.json"),
    "biome": (NODE, MODULES / ".bin" / "biome", "check", "--error-on-warnings"),
}
"""Each static check's command line, by its name."""
INSTEAD = "Plotly's full bundle and our scripts one by one"


def fetch() -> None:
    """Install and download all that serving needs: the part of `prepare` that no edit of ours changes."""
    for step in (*environment.steps("run"), environment.packages("assets"), page_files.packages()):
        step.run()


def prepare() -> None:
    """Get all that serving needs. Raises SetupError where anything is missing, for an image."""
    fetch()
    for step in page_files.steps():
        step.run()


def prepare_to_run() -> None:
    """The same, but go on without what comes from npm: the server then sends more and larger files."""
    for step in environment.steps("run"):
        step.run()
    for step in (environment.packages("assets"), page_files.packages(), *page_files.steps()):
        if not step.attempt():
            print(f"set-up: going on with {INSTEAD}; to try again: python3.11 -m tools prepare", flush=True)
            return


def prepare_to_generate() -> None:
    """Install the Python packages."""
    for step in environment.steps("dev"):
        step.run()


def prepare_to_develop() -> None:
    """Get all that serving, tests, checks and benchmarks need."""
    prepare_to_generate()
    for step in (page_files.tools(), *page_files.steps()):
        step.run()


def run(*arguments: str) -> int:
    """Become the server."""
    os.execv(PYTHON, [str(PYTHON), "-m", "app", *arguments])


def test(*arguments: str) -> int:
    """Run the JavaScript tests, and pytest in three processes. With arguments: only pytest, in one."""
    # A hundred processes of the tests import the same modules: only the first compiles them, whoever asked.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with exclusive():
        call("finding a browser", PYTHON, "-m", "tools.browser")
    javascript = 0 if arguments else status_of(NODE, "--test", "tests/**/*.test.js")
    python = status_of(PYTHON, "-m", "pytest", *(arguments or IN_THREE))
    return javascript or python


def smoke() -> int:
    """Run what `test` leaves out: the installation with pip itself, and every benchmark once and briefly."""
    return test("-m", "smoke")


def check() -> int:
    """Run every static check of the project's own files, even after one fails. Returns the exit status."""
    failed = [name for name, command in CHECKS.items() if status_of(*command) != 0]
    print(f"check: failed: {', '.join(failed)}" if failed else "check: ok")
    return 1 if failed else 0


def bench(*arguments: str) -> int:
    """Measure all budgets, or those named, such as B1."""
    return status_of(PYTHON, "-m", "benchmarks", *arguments)


def generate() -> int:
    """Write the files, and parts of files, that are made from the source."""
    return status_of(PYTHON, "-m", "tools.generate")


COMMANDS: dict[str, tuple[Callable[[], None], Callable[..., int]]] = {
    "run": (prepare_to_run, run),
    "test": (prepare_to_develop, test),
    "smoke": (prepare_to_develop, smoke),
    "check": (prepare_to_develop, check),
    "bench": (prepare_to_develop, bench),
    "generate": (prepare_to_generate, generate),
    "fetch": (fetch, lambda: 0),
    "prepare": (prepare, lambda: 0),
}
"""What each command needs ready, and what it does."""


def main(arguments: list[str]) -> int:
    """Set up, one process at a time, then do the command. Returns the exit status."""
    if not arguments or arguments[0] not in COMMANDS:
        sys.exit(f"usage: python3.11 -m tools {' | '.join(COMMANDS)}")
    get_ready, do = COMMANDS[arguments[0]]
    os.chdir(ROOT)
    with exclusive():
        get_ready()
    return do(*arguments[1:])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except SetupError as error:
        sys.exit(f"set-up: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
