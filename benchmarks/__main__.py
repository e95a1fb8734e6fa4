"""`python -m benchmarks [B1 ...]`: measure the budgets, or those named, print them as a table, and keep them.

`python -m benchmarks soak [--minutes 30]` looks whether memory stays flat.
"""

import sys
from collections.abc import Callable

from benchmarks import (
    b1_streaming,
    b2_live_runs,
    b3_viewers,
    b4_gradients,
    b5_throughput,
    b6_start,
    b7_browser,
    b8_memory,
    b9_idle,
    b10_room,
    b11_figures,
    b12_distance,
    b13_store,
    b14_following,
    b15_fairness,
    performance,
    soak,
)
from benchmarks.figure import Figure, table

BUDGETS: dict[str, Callable[[], list[Figure]]] = {
    "B1": b1_streaming.measure,
    "B2": b2_live_runs.measure,
    "B3": b3_viewers.measure,
    "B4": b4_gradients.measure,
    "B5": b5_throughput.measure,
    "B6": b6_start.measure,
    "B7": b7_browser.measure,
    "B8": b8_memory.measure,
    "B9": b9_idle.measure,
    "B10": b10_room.measure,
    "B11": b11_figures.measure,
    "B12": b12_distance.measure,
    "B13": b13_store.measure,
    "B14": b14_following.measure,
    "B15": b15_fairness.measure,
}


def main(names: list[str]) -> list[Figure]:
    """Measure and print."""
    if names[:1] == ["soak"]:
        print(table(soak.measure(soak.minutes_of(names[1:]))))
        return []
    unknown = [name for name in names if name not in BUDGETS]
    if unknown:
        sys.exit(f"no benchmark named {', '.join(unknown)}; there are {', '.join(BUDGETS)}")
    figures: list[Figure] = []
    for name in names or BUDGETS:
        print(f"measuring {name}", file=sys.stderr, flush=True)
        figures += BUDGETS[name]()
    print(table(figures))
    return figures


if __name__ == "__main__":
    if measured := main(sys.argv[1:]):
        performance.keep(measured, BUDGETS)
