"""The second stage, inside `.venv`: the browser's files and the translations, then the command itself."""

import os
import subprocess
import sys
from collections.abc import Callable

from app.setup import environment, vendor
from app.setup.step import ROOT, SetupError

IN_THREE = ("-n", "3", "--dist", "loadfile")
"""Each process has a server and a browser of its own, and takes whole files: their fixtures are made once.
Three on two cores, since many tests wait: for processes to start, be missed, or end."""


def prepare_to_run() -> None:
    """What serving needs. Without the small Plotly bundle the server takes the plotly package's."""
    from app.setup import translations

    vendor.files().attempt("going on with Plotly's full bundle (try again: python3.11 -m app.setup prepare)")
    translations.compiled().run()


def prepare_to_serve() -> None:
    """The same for an image: nothing may be missing."""
    vendor.files().run()
    prepare_to_run()


def prepare_to_develop() -> None:
    """What tests and checks need besides."""
    vendor.tools().run()
    prepare_to_serve()


def run(*arguments: str) -> int:
    """Become the server."""
    os.execv(sys.executable, [sys.executable, "-m", "app", *arguments])


def test(*arguments: str) -> int:
    """The JavaScript tests, then pytest in three processes. With arguments: only pytest with them, in one."""
    from app.setup import browser

    with environment.exclusive():
        os.environ[browser.VARIABLE] = str(browser.ensure())
    scripts = [] if arguments else sorted(ROOT.glob("tests/**/*.test.js"))
    javascript = subprocess.call([vendor.node(), "--test", *scripts], cwd=ROOT) if scripts else 0
    python = subprocess.call([sys.executable, "-m", "pytest", *(arguments or IN_THREE)], cwd=ROOT)
    return javascript or python


def check() -> int:
    """Every static check."""
    from app.setup import checks

    return checks.check()


def bench(*arguments: str) -> int:
    """The benchmarks, all or those named, such as B1."""
    return subprocess.call([sys.executable, "-m", "benchmarks", *arguments], cwd=ROOT)


def messages() -> int:
    """Bring the translation catalogues up to date with the source."""
    from app.setup import translations

    translations.update()
    translations.compiled().run()
    return 0


def generate() -> int:
    """Write the files, and parts of files, that are made from the source."""
    from app.setup import (
        language,
        message_shapes,
        options_table,
        presets,
        protocol_types,
        settings_table,
    )

    protocol_types.write()
    message_shapes.write()
    settings_table.write()
    options_table.write()
    language.write()
    presets.write()
    return 0


COMMANDS: dict[str, tuple[Callable[[], None], Callable[..., int]]] = {
    "run": (prepare_to_run, run),
    "test": (prepare_to_develop, test),
    "check": (prepare_to_develop, check),
    "bench": (prepare_to_develop, bench),
    "prepare": (prepare_to_serve, lambda: 0),
    "messages": (lambda: None, messages),
    "generate": (lambda: None, generate),
}
"""What each command needs ready, and what it does."""


def main(command: str, *arguments: str) -> int:
    """Prepare, one set-up at a time, then do it. Returns the exit status."""
    prepare, do = COMMANDS[command]
    with environment.exclusive():
        prepare()
    return do(*arguments)


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except SetupError as error:
        sys.exit(f"set-up: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
