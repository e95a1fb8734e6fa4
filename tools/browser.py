"""A Chromium for the browser tests: the one on the machine, or one that Playwright or apt installs."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.step import SetupError

VARIABLE = "PLAYGROUND_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
"""Where a browser is that is not on the path."""


def find() -> Path | None:
    """The first browser that starts, named by PLAYGROUND_CHROMIUM if that is set. None if there is none."""
    named = os.environ.get(VARIABLE)
    candidates = iter((Path(named),)) if named else installed()
    return next((path for path in candidates if starts(path)), None)


def installed() -> Iterator[Path]:
    """Where a browser may be."""
    for name in NAMES:
        path = shutil.which(name)
        if path:
            yield Path(path)
    yield from map(Path, PLACES)
    yield from playwrights()


def playwrights() -> Iterator[Path]:
    """The Chromium that Playwright installed, if it is there."""
    from playwright.sync_api import sync_playwright  # slow, and only the last resort

    with sync_playwright() as playwright:
        yield Path(playwright.chromium.executable_path)


def starts(path: Path) -> bool:
    """Whether this is a browser that runs here (a distribution's stub or a missing library is none)."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return "Chrom" in answer.stdout


def ensure() -> Path:
    """A browser, installed if need be. Raises SetupError with what to do."""
    found = find()
    if found is None and VARIABLE in os.environ:
        raise SetupError(f"{VARIABLE}={os.environ[VARIABLE]} is not a Chromium that starts here")
    for install in (install_with_playwright, install_with_apt):
        if found is None and install():
            found = find()
    if found is None:
        raise SetupError(
            "no Chromium found for the browser tests, and none could be installed. "
            f"Install Chromium or Chrome, or set {VARIABLE} to its path."
        )
    return found


def install_with_playwright() -> bool:
    """`playwright install chromium`, into the user's cache."""
    print("set-up: no browser found; asking Playwright for one", flush=True)
    return succeeds(sys.executable, "-m", "playwright", "install", "chromium")


def install_with_apt() -> bool:
    """The distribution's package, where we may install it."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print("set-up: installing the distribution's Chromium", flush=True)
    return succeeds("apt-get", "update") and succeeds(
        "apt-get", "install", "--yes", "--no-install-recommends", "chromium"
    )


def succeeds(*command: str) -> bool:
    """Whether the command ends well within ten minutes."""
    try:
        return subprocess.call(command, timeout=600) == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


if __name__ == "__main__":
    try:
        ensure()
    except SetupError as error:
        sys.exit(f"set-up: {error}")
