"""Runs the same programs through the product and through plain Python and torch, side by side."""

import atexit
import json
import os
import subprocess
import sys
from functools import cached_property
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PROGRAMS = HERE.parent / "data" / "programs"
TITLE = "# === "


def corpus() -> dict[str, str]:
    """The programs in tests/data/programs: "file: title" to text."""
    found: dict[str, str] = {}
    for path in sorted(PROGRAMS.glob("*.txt")):
        for part in path.read_text().split(TITLE)[1:]:
            title, _, program = part.partition("\n")
            name = f"{path.stem}: {title}"
            assert name not in found, name
            found[name] = program.strip("\n") + "\n"
    return found


class Peer:
    """A process that runs programs, one at a time: `product` or `plain`. Begun when it is first asked."""

    def __init__(self, module: str) -> None:
        self._module = module

    def run(self, program: str) -> dict[str, Any]:
        """What it made of a program."""
        self.begin(program)
        return self.result()

    def begin(self, program: str) -> None:
        """Hand over a program, whose result is to be taken before the next."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(program) + "\n")
        self._process.stdin.flush()

    def result(self) -> dict[str, Any]:
        """What became of the program that it was given."""
        assert self._process.stdout is not None
        try:
            line = self._process.stdout.readline()
            assert line, "died of it: see its standard error"
        except BaseException:  # such as a test's time being up: the next one must not get this one's result
            self._process.kill()
            del self._process
            raise
        result: dict[str, Any] = json.loads(line)
        return result

    @cached_property
    def _process(self) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", f"tests.calculator.{self._module}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=HERE.parent.parent,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        atexit.register(process.communicate)  # Closes its standard input, which ends it.
        return process


PRODUCT, PLAIN = Peer("product"), Peer("plain")


def run_both(program: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the product and what plain torch make of a program, both at once."""
    PRODUCT.begin(program)
    try:
        plain = PLAIN.run(program)
    finally:
        product = PRODUCT.result()
    return product, plain


def assert_same(program: str, product: dict[str, Any], plain: dict[str, Any]) -> None:
    """Printed text, errors, tensors, gradients and warnings are those of plain torch."""
    shown = f"\n{program}\nproduct: {product}\nplain: {plain}"
    assert product["printed"] == plain["printed"], shown
    ours, theirs = product["error"] or {}, plain["error"] or {}
    for key in ("type", "message", "line"):
        assert ours.get(key) == theirs.get(key), shown
    # Python marks a whole statement where the part of it that matters can be marked.
    assert (ours.get("column") or 0) >= (theirs.get("column") or 0), shown
    tensors = {
        variable["name"]: [
            variable["text"], variable["grad"], variable["requires_grad"], variable["is_leaf"],
        ]
        for variable in product["variables"]
        if "." not in variable["name"]
    }  # fmt: skip
    assert tensors == plain["tensors"], shown
    warned = sorted({warning["message"] for warning in product["warnings"]})
    assert warned == plain["warnings"], shown
