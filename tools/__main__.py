"""`python3.11 -m tools run | test | check | bench`: set up what the command needs, then do it.

Also: `prepare` (all that `run` needs, and try again what it went on without), `messages` (bring the
translation catalogues up to date with the source), `generate` (write what is made from the source: the
browser's types of the protocol, the README's table of settings).
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036, the one place an older Python can reach
    sys.exit("Autograd Playground needs Python 3.11 or newer; this is " + sys.version.split()[0])

from tools import environment
from tools.step import ROOT, SetupError

COMMANDS = ("run", "test", "check", "bench", "prepare", "messages", "generate")


def main(arguments: list[str]) -> None:
    """Install the packages the command needs, then go on inside `.venv`."""
    if not arguments or arguments[0] not in COMMANDS:
        sys.exit(f"usage: python3.11 -m tools {' | '.join(COMMANDS)}")
    command = arguments[0]
    with environment.exclusive():
        environment.ensure()
        environment.packages("run" if command in ("run", "prepare") else "dev").run()
        environment.torch().run()
        if command == "run":
            environment.packages("assets").attempt("going on with Plotly's full bundle")
        elif command == "prepare":
            environment.packages("assets").run()
    python = str(environment.PYTHON)
    os.chdir(ROOT)
    os.execv(python, [python, "-m", "tools.commands", *arguments])


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except SetupError as error:
        sys.exit(f"set-up: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
