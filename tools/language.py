"""docs/language.md, the data of the page /language, and the names that a script's formula may have.

All are written from the calculator's own tables.
"""

import json
from pathlib import Path
from typing import Any

from app.script.formula import NAMES
from tools.step import ROOT

DOCUMENT = ROOT / "docs" / "language.md"
DATA = ROOT / "app" / "web" / "pages" / "language.json"
MODULES = ("torch", "math", "torch.nn.functional", "torch.linalg", "torch.special")
OBJECTS = ("torch.Tensor", "torch.Size", "torch.finfo")
"""What a formula in x is made of."""


def files() -> dict[Path, str]:
    """The files that hold them. Imports torch, whose names it lists."""
    from app.calculator import reference  # slow: the other commands need not wait for torch

    tables = reference.tables()
    return {DOCUMENT: reference.markdown(), DATA: data(tables), NAMES: names(tables)}


def names(tables: dict[str, Any]) -> str:
    """What may follow a dot in a formula that gets into a script, one a line."""
    texts = [tables["modules"][name] for name in MODULES] + [tables["objects"][name] for name in OBJECTS]
    known = {name for text in (*texts, *tables["results"].values()) for name in text.split()}
    return "".join(f"{name}\n" for name in sorted(known) if not name.startswith("_"))


def data(tables: dict[str, Any]) -> str:
    """The page's data, a line for each table, so that a change is seen."""
    return json.dumps(tables, ensure_ascii=False, indent=1) + "\n"
