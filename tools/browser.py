"""A Chromium for the browser tests: the one on the machine, or one that apt or Playwright installs.

Best the shell that has no windows: to start it takes half the processor time, and to open a page two thirds.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.step import STAMPS, SetupError

VARIABLE = "PLAYGROUND_CHROMIUM"
SHELLS = ("chromium-headless-shell", "chrome-headless-shell")
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
    yield from on_path(SHELLS)
    yield from playwrights()
    yield from on_path(NAMES)
    yield from map(Path, PLACES)


def on_path(names: Iterable[str]) -> Iterator[Path]:
    """The programs of these names."""
    return (Path(path) for path in map(shutil.which, names) if path)


def playwrights() -> Iterator[Path]:
    """The Chromium that Playwright installed, if it is there, and before it its shell."""
    with ThreadPoolExecutor() as beside:  # whoever asks may use Playwright already, which a thread does once
        browser = beside.submit(playwrights_own).result()
    yield from sorted(browser.parents[2].glob("chromium_headless_shell-*/*/*headless*shell"))
    yield browser


def playwrights_own() -> Path:
    """Where Playwright would start a browser."""
    from playwright.sync_api import sync_playwright  # slow

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def starts(path: Path) -> bool:
    """Whether this is a browser that runs here (a distribution's stub or a missing library is none)."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return "Chrom" in answer.stdout


def ensure() -> Path:
    """A browser, installed if need be. Raises SetupError with what to do.

    Where there is one but not the shell, that is asked for once: another browser serves as well, more slowly.
    """
    found = find()
    if found is None and VARIABLE in os.environ:
        raise SetupError(f"{VARIABLE}={os.environ[VARIABLE]} is not a Chromium that starts here")
    asked = STAMPS / "browser"
    if found is None or not (VARIABLE in os.environ or "headless" in found.name or asked.exists()):
        if install_with_apt() or install_with_playwright():
            found = find()
        asked.parent.mkdir(parents=True, exist_ok=True)
        asked.touch()
    if found is None:
        raise SetupError(
            "no Chromium found for the browser tests, and none could be installed. "
            f"Install Chromium or Chrome, or set {VARIABLE} to its path."
        )
    return found


def install_with_playwright() -> bool:
    """Chromium's shell, into the user's cache."""
    print("set-up: asking Playwright for a browser without windows", flush=True)
    return succeeds(sys.executable, "-m", "playwright", "install", "--only-shell", "chromium")


def install_with_apt() -> bool:
    """The distribution's package, where it has one and we may install it."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print("set-up: installing the distribution's Chromium without windows", flush=True)
    return succeeds("apt-get", "update") and succeeds(
        "apt-get", "install", "--yes", "--no-install-recommends", SHELLS[0]
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
