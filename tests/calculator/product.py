"""The product, running programs by `derive`. Run as a process, beside `plain`.

Each line of standard input is a program as a JSON string; each line of output is what it did. They run one
after the other in one process, so that whatever one program leaves behind shows in the next.
"""

import json
import sys
from typing import Any

import torch

from app.calculator import derive, warm_up


def run(program: str) -> dict[str, Any]:
    """What one program did, and which modules it made Python import."""
    before = set(sys.modules)
    result: dict[str, Any] = derive(program).model_dump(mode="json")
    return result | {"imported": sorted(set(sys.modules) - before)}


if __name__ == "__main__":
    torch.set_num_threads(1)
    warm_up()
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
