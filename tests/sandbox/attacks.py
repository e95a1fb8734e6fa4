"""The rows of tests/data/attacks.jsonl."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Attack:
    id: str
    program: str
    kind: str
    expect: str


def attacks() -> list[Attack]:
    path = Path(__file__).parents[1] / "data" / "attacks.jsonl"
    return [Attack(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
