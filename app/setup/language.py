"""docs/language.md and the data of the page /language, written from the calculator's own tables."""

import json
from typing import Any

from app.setup.step import ROOT

DOCUMENT = ROOT / "docs" / "language.md"
DATA = ROOT / "app" / "web" / "language.json"


def write() -> None:
    """Bring both up to date. Imports torch, whose names it lists."""
    from app.calculator import reference  # slow: the other commands need not wait for torch

    DOCUMENT.write_text(reference.markdown(), encoding="utf-8")
    DATA.write_text(data(reference.tables()), encoding="utf-8")


def data(tables: dict[str, Any]) -> str:
    """The page's data, a line for each table, so that a change is seen."""
    return json.dumps(tables, ensure_ascii=False, indent=1) + "\n"
