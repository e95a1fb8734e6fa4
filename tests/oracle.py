"""Programs in clean Python processes, which tests compare the product with."""

import atexit
import json
import os
import subprocess
import sys
from functools import cached_property
from typing import Any

LOOP = """
import json, sys
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
"""


class Oracle:
    """A program in a process of its own, begun when it is first asked and asked as often as there are tests.

    program: defines a function `answer`, of one JSON value, that returns one. To begin one anew for each
    question would take longer than most answers: importing torch takes seconds.
    """

    def __init__(self, program: str, *arguments: str, **environment: str) -> None:
        self._command = [sys.executable, "-I", "-c", program + LOOP, *arguments]
        self._environment = environment

    def ask(self, question: Any) -> Any:
        """The program's answer."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(question) + "\n")
        stdin.flush()
        answer = stdout.readline()
        assert answer, "the program has failed: see its standard error"
        return json.loads(answer)

    @cached_property
    def _process(self) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            self._command,
            env={**os.environ, **self._environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(process.communicate)  # Closes its standard input, which ends it.
        return process
