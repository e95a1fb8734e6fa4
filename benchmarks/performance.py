"""The table of all budgets: the last figure measured of each, and `docs/performance.md`, which shows them."""

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import torch

from benchmarks.figure import HEADINGS, Figure, place_of, row

ROOT = Path(__file__).resolve().parent.parent
MEASURED = ROOT / "benchmarks" / "measured.json"
PAGE = ROOT / "docs" / "performance.md"
BOUNDS: Mapping[str, str] = {
    "B2": "the web process. Of its time 30% is the kernel's sending, a message per picture and viewer; 19% is"
    " reading acknowledgements; 11% finding out what a viewer lacks; 10% uvloop itself; 8% taking in the"
    " feed. The engine takes half to two thirds as much: a third of that is training, and 38% snapshots, most"
    " of it torch's forward pass; checkpoints are 10%.",
    "B4": "the child that runs the program: 6.4 of about 10 ms, of which 1.9 are the first touch of memory"
    " that it shares with the zygote, and the rest is spread over 8,500 calls: running it three times, once"
    " recorded and twice nudged, is 40%, the drawing of the graph 10%, records 10%, edits 10%, watching hooks"
    " 10%. The web process takes 2 ms, of which reading the reply as a stranger's is most, and the client 1.",
    "B5": "processor time: 37 ms a program on two cores, of which the making of its child, forked, locked and"
    " warmed, is 19.",
    "B6": "of the page: imports, 1.1 s of processor time: 0.5 making the validators of our records, 0.3"
    " FastAPI, 0.15 finding the docstrings of fields. Of the first snapshot: importing torch, which the"
    " engine and the zygote do at once on two cores.",
    "B8": "of an idle run: 18 kB are Python's objects, of which torch's modules are 4 kB and the settings 3"
    " kB; of a trained one: the losses, and parameters and gradients after every step.",
    "B10": "the web process, of which pictures are most: 25% of its time is sending them, 8% finding what a"
    " viewer lacks, 6% reading acknowledgements, 6% the deadline of each message, 6% taking in the feed. The"
    " wall was 12% before its curves were packed once for all who look; answers and what they tell everybody"
    " are less than 5%.",
    "B11": "matplotlib, which makes the axes and their artists anew at every figure, and does it once more"
    " where the explanation at the end runs the program again. Drawing itself is left to the page.",
    "B13": "of the steps: the engine's one thread, which is busy all the time (5.8 of 6 seconds); the web"
    " process takes a quarter of a core beside it, and the store's thread 4%. Of the time after the death of"
    " the engine: half is the start of another. Of the space: four bytes a loss, and one checkpoint.",
    "B14": "of following: the hooks at each statement, half as much as the program itself. Of explaining: the"
    " program once more, to record its end (1.5 times its time), and tries of what could be changed (once).",
}
"""What keeps a figure from being better, by a profile of its load (py-spy, and processor time by thread)."""


INTRODUCTION = """\
# Performance

Every budget of the server, its must and its aim, what was measured last, and what a reader would use instead,
measured in the same rounds. `make bench` measures all of them and writes this page; arguments of
`python3.11 -m tools bench`, such as `B2 B13`, name some, and the rest stays as it was. "Load" is the load
average at the end of the benchmarks, their own included: what is measured beside other work is worse than it
would be alone.

"""


def keep(figures: Sequence[Figure], budgets: Iterable[str]) -> None:
    """Keep what was measured in place of what was measured of these budgets before, and show it."""
    now = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "load": round(os.getloadavg()[0], 1),
        "machine": machine(),
    }
    rows = [{**now, "figure": asdict(figure)} for figure in figures]
    anew = {figure.budget for figure in figures}
    kept = [each for each in measured() if each["figure"]["budget"] not in anew] + rows
    kept.sort(key=lambda each: place_of(each["figure"]["budget"]))
    MEASURED.write_text(json.dumps(kept, indent=1) + "\n")
    PAGE.write_text(page(kept, budgets))


def measured() -> list[dict[str, Any]]:
    """What was measured last of each budget."""
    found: list[dict[str, Any]] = json.loads(MEASURED.read_text()) if MEASURED.exists() else []
    return found


def machine() -> str:
    """The machine in words."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{psutil.cpu_count()} cores ({processor()}), {memory:.0f} GiB, {platform.system()}"
        f" {platform.release()}, Python {platform.python_version()}, torch {torch.__version__}"
    )


def processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "unknown")


def page(kept: Sequence[Mapping[str, Any]], budgets: Iterable[str]) -> str:
    """`docs/performance.md`. budgets: the names of those that can be measured."""
    machines = list(dict.fromkeys(each["machine"] for each in kept))
    rows = [
        (
            *row(Figure(**each["figure"])),
            each["date"],
            str(each["load"]),
            f"{1 + machines.index(each['machine'])}",
        )
        for each in kept
    ]
    known = {cells[0] for cells in rows}
    rows += [(name, "", "not kept yet", *[""] * 9) for name in budgets if name not in known]
    rows.sort(key=lambda cells: place_of(cells[0]))
    lines = [
        *markdown((*HEADINGS, "date", "load", "machine"), rows),
        "",
        *[f"{i}. {words}" for i, words in enumerate(machines, start=1)],
        "",
        "## What bounds each",
        *[f"- **{name}**: {text}" for name, text in BOUNDS.items()],
        "- The others have no profile here yet.",
    ]
    return INTRODUCTION + "\n".join(lines) + "\n"


def markdown(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table's lines."""
    lines = [headings, ["---"] * len(headings), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
