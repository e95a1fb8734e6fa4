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


def run_both(programs: list[str]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """What the product and what plain torch made of each program."""
    with ThreadPoolExecutor(2) as pool:
        product, plain = pool.map(lambda module: run_all(module, programs), ("product", "plain"))
    return list(zip(product, plain, strict=True))


def run_all(module: str, programs: list[str]) -> list[dict[str, Any]]:
    """The programs through one of the two modules, in a process of its own."""
    process = subprocess.run(
        [sys.executable, "-m", f"tests.calculator.{module}"],
        input=json.dumps(programs),
        capture_output=True,
        text=True,
        timeout=3000,
        check=True,
        cwd=HERE.parent.parent,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    results: list[dict[str, Any]] = json.loads(process.stdout)
    return results


def assert_same(program: str, product: dict[str, Any], plain: dict[str, Any]) -> None:
    """Printed text, errors, tensors, gradients and warnings are those of plain torch."""
    shown = f"\n{program}\nproduct: {product}\nplain: {plain}"
    assert product["printed"] == plain["printed"], shown
    error = product["error"] and {key: product["error"][key] for key in ("type", "message", "line")}
    assert error == plain["error"], shown
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
