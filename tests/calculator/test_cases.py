"""Programs and training scripts as people post them: each does what it does in plain Python and torch."""

from pathlib import Path
from typing import Any

import pytest

from tests.calculator.oracle import run_both

SEEDS = "import random, numpy, torch; random.seed(0); numpy.random.seed(0); torch.manual_seed(0)\n"
"""In front of each, on both sides: many were posted without a seed."""
CASES = {path.name: path for path in sorted((Path(__file__).parents[1] / "data" / "cases").glob("*/*.py"))}


@pytest.fixture(scope="module")
def results() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    programs = [SEEDS + path.read_text(encoding="utf-8") for path in CASES.values()]
    return dict(zip(CASES, run_both(programs), strict=True))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", CASES)
def test_as_in_plain_torch(name: str, results: dict[str, tuple[dict[str, Any], dict[str, Any]]]) -> None:
    product, plain = results[name]
    ours, theirs = product["error"] or {}, plain["error"] or {}
    assert product["printed"] == plain["printed"]
    assert [ours.get(key) for key in ("type", "message", "line")] == [
        theirs.get(key) for key in ("type", "message", "line")
    ]
    assert product["imported"] == [], "the locked process cannot import: warm_up must have done it"
