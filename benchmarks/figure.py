"""One measured figure, and the table they are printed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Figure:
    """A figure beside its peer and its budget."""

    budget: str
    """The budget's name, such as "B1"."""
    what: str
    unit: str
    ours: float
    peer: float
    """What a reader would use instead, measured in the same rounds, in the same unit."""
    peer_is: str
    better: Literal["higher", "lower"]
    must: float
    aim: float
    judge: Literal["ours", "ratio"] = "ours"
    """What `must` and `aim` speak of."""

    @property
    def ratio(self) -> float:
        """Ours to the peer's."""
        return self.ours / self.peer

    @property
    def verdict(self) -> str:
        """Whether the budget is kept, and how well."""
        sign = 1 if self.better == "higher" else -1
        judged = sign * (self.ours if self.judge == "ours" else self.ratio)
        if judged >= sign * self.aim:
            return "aim"
        return "must" if judged >= sign * self.must else "MISSED"


HEADINGS = ("", "figure", "measured", "must", "aim", "reached", "peer", "peer is", "ours/peer")


def table(figures: Sequence[Figure]) -> str:
    """All figures, aligned."""
    rows = [row(figure) for figure in figures]
    rows.sort(key=lambda cells: place_of(cells[0]))
    rows.insert(0, HEADINGS)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
        for cells in rows
    )


def place_of(budget: str) -> int:
    """Where a budget stands among the others."""
    return int(budget[1:]) if budget[1:].isdigit() else 0


def row(figure: Figure) -> tuple[str, ...]:
    """One figure's cells."""
    bound = ">=" if figure.better == "higher" else "<="
    unit = figure.unit if figure.judge == "ours" else "x peer"
    return (
        figure.budget,
        figure.what,
        f"{figure.ours:.4g} {figure.unit}",
        f"{bound} {figure.must:.3g} {unit}",
        f"{bound} {figure.aim:.3g} {unit}",
        figure.verdict,
        f"{figure.peer:.4g} {figure.unit}",
        figure.peer_is,
        f"{figure.ratio:.2f}",
    )
