"""`python -m benchmarks [B1 ...]`: measure the budgets, or those named, and print them as a table."""

import sys
from collections.abc import Callable

from benchmarks import b1_streaming, b4_gradients, b6_start, b7_browser
from benchmarks.figure import Figure, table

BUDGETS: dict[str, Callable[[], list[Figure]]] = {
    "B1": b1_streaming.measure,
    "B4": b4_gradients.measure,
    "B6": b6_start.measure,
    "B7": b7_browser.measure,
}


def main(names: list[str]) -> None:
    """Measure and print."""
    unknown = [name for name in names if name not in BUDGETS]
    if unknown:
        sys.exit(f"no benchmark named {', '.join(unknown)}; there are {', '.join(BUDGETS)}")
    figures: list[Figure] = []
    for name in names or BUDGETS:
        print(f"measuring {name}", file=sys.stderr, flush=True)
        figures += BUDGETS[name]()
    print(table(figures))


if __name__ == "__main__":
    main(sys.argv[1:])
