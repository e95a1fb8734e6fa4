"""The rows of tests/data/attacks.jsonl, which were given, and of our_attacks.jsonl, found by reviews."""

import json
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True)
class Attack:
    id: str
    program: str
    kind: str
    expect: str
    prints: str | None = None
    """How what it prints begins, where that is part of what is expected."""


def attacks() -> list[Attack]:
    return [
        Attack(**json.loads(line))
        for name in ("attacks.jsonl", "our_attacks.jsonl")
        for line in (DATA / name).read_text(encoding="utf-8").splitlines()
    ]
