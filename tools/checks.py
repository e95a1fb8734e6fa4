"""`make check`: every static check of the project's own files, Python and JavaScript."""

import os
import subprocess
import sys
from pathlib import Path

from tools.step import ROOT
from tools.vendor import MODULES, node

BIOME = MODULES / "@biomejs" / "biome" / "bin" / "biome"
TSC = MODULES / "typescript" / "bin" / "tsc"


def commands() -> dict[str, list[str | Path]]:
    """Each check's command line, by the name it is reported under."""
    python = sys.executable
    return {
        "ruff format": [python, "-m", "ruff", "format", "--check", "--quiet"],
        "ruff": [python, "-m", "ruff", "check", "--quiet"],
        "mypy": [python, "-m", "mypy", "--no-error-summary"],
        "import-linter": [python, "-c", "from importlinter.cli import lint_imports_command as lint; lint()"],
        "tsc": [node(), TSC, "--project", "tsconfig.json"],
        "biome": [node(), BIOME, "check", "--error-on-warnings"],
    }


def check() -> int:
    """Run all checks, even after one fails; print what failed. Returns the exit status."""
    failed = [name for name, command in commands().items() if not passes(name, command)]
    if failed:
        print(f"check: failed: {', '.join(failed)}")
    return 1 if failed else 0


def passes(name: str, command: list[str | Path]) -> bool:
    """Run one check; show its output only where it fails."""
    # Force plain output: the checks are read in logs as often as in terminals.
    environment = {**os.environ, "NO_COLOR": "1"}
    result = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(f"check: {name}: {'ok' if result.returncode == 0 else 'FAILED'}", flush=True)
    if result.returncode != 0:
        print(result.stdout, flush=True)
    return result.returncode == 0
