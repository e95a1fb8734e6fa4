"""`python3.11 -m app.setup run | test | check | bench`: set up what the command needs, then do it.

Also: `assets` (fetch the browser's third-party files again), `messages` (bring the translation catalogue up
to date with the source), `types` (write the browser's types of the protocol).
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036, the one place an older Python can reach
    sys.exit("Autograd Playground needs Python 3.11 or newer; this is " + sys.version.split()[0])

from app.setup import environment
from app.setup.step import ROOT, SetupError

COMMANDS = ("run", "test", "check", "bench", "assets", "messages", "types")


def main(arguments: list[str]) -> None:
    """Install the packages the command needs, then go on inside `.venv`."""
    if not arguments or arguments[0] not in COMMANDS:
        sys.exit(f"usage: python3.11 -m app.setup {' | '.join(COMMANDS)}")
    command = arguments[0]
    with environment.exclusive():
        environment.environment().run()
        if command in ("run", "assets"):
            environment.packages("run").run()
            environment.torch().run()
            environment.packages("assets").attempt("going on without; the page gets Plotly's full bundle")
        else:
            environment.packages("dev").run()
            environment.torch().run()
    python = str(environment.PYTHON)
    os.chdir(ROOT)
    os.execv(python, [python, "-m", "app.setup.commands", *arguments])


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except SetupError as error:
        sys.exit(f"set-up: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
