"""Runs the same programs through the product and through plain Python and torch, side by side."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
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
    """A process that runs programs, one at a time: `product` or `plain`."""

    def __init__(self, module: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"tests.calculator.{module}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=HERE.parent.parent,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )

    def run(self, program: str) -> dict[str, Any]:
        """What it made of a program."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(program) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"died of {program}"
        result: dict[str, Any] = json.loads(line)
        return result

    def __enter__(self) -> "Peer":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()  # the end of its input is the end of it


def run_both(programs: list[str]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """What the product and what plain torch made of each program."""
    with ThreadPoolExecutor(2) as pool:
        product, plain = pool.map(lambda module: run_all(module, programs), ("product", "plain"))
    return list(zip(product, plain, strict=True))


def run_all(module: str, programs: list[str]) -> list[dict[str, Any]]:
    """The programs through one of the two."""
    with Peer(module) as peer:
        return [peer.run(program) for program in programs]


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
