"""docs/language.md, written from the calculator's own tables."""

from app.setup.step import ROOT

DOCUMENT = ROOT / "docs" / "language.md"


def write() -> None:
    """Bring the document up to date. Imports torch, whose names it lists."""
    from app.calculator import reference  # slow: the other commands need not wait for torch

    DOCUMENT.write_text(reference.markdown(), encoding="utf-8")
