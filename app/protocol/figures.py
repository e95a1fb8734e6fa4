"""Plotly figures: `GET /api/runs/{id}/figure` and `/losses/figure`."""

from typing import Any

from app.protocol.record import Record


class Figure(Record):
    """A figure as plotly.js and `plotly.io.from_json` take it."""

    data: list[dict[str, Any]]
    """The traces."""
    layout: dict[str, Any]
    """Title, axes and looks."""
