"""The picture of a graph as a record: every box with its size and place, every line with its bends."""

import math
from unicodedata import east_asian_width

from app.calculator.explain.layout import Box, Line, lay_out
from app.calculator.explain.matrices import ratio_text, short_text
from app.calculator.explain.picture import FOLDED, Arc, Picture, Vertex
from app.protocol.explanation import Graph, GraphEdge, GraphNode, Rows

CHARACTER = 8.5
"""Width of a character at 16 px."""
PADDING = 24.0
NARROWEST, WIDEST = 56.0, 240.0
NARROWEST_CAPTION = 104.0
"""Room for a caption of the page's own: that a tensor is not tracked, how many operations are folded."""
CUT_LABEL = 9
"""Characters of the reason beside a cut."""
LINE_HEIGHT = 20.0
ASIDE = 0.02
"""What constants and untracked tensors pull, beside the path of the gradients, which is to be straight."""
MAX_LABEL = 14
"""Characters of a derivative that the gap before a box makes room for."""


def draw(picture: Picture) -> Graph:
    """The record of a graph: places and sizes of its boxes, bends of its lines."""
    places = {id_: place for place, id_ in enumerate(picture.vertices)}
    vertices = list(picture.vertices.values())
    boxes = [box(vertex) for vertex in vertices]
    locals_ = [local(arc, picture) for arc in picture.arcs]
    lines = [
        Line(places[arc.source], places[arc.target], CHARACTER * label_length(arc, text))
        for arc, (text, _) in zip(picture.arcs, locals_, strict=True)
    ]
    layout = lay_out(boxes, lines)
    return Graph(
        nodes=[
            node(vertex, size, center)
            for vertex, size, center in zip(vertices, boxes, layout.centers, strict=True)
        ],
        edges=[
            GraphEdge(
                id=arc.id,
                source=arc.source,
                target=arc.target,
                kind=arc.kind,
                slot=arc.slot,
                local=text,
                jacobian=rows,
                local_numbers=single(rows),
                points=route,
            )
            for arc, (text, rows), route in zip(picture.arcs, locals_, layout.routes, strict=True)
        ],
        width=layout.width,
        height=layout.height,
    )


def box(vertex: Vertex) -> Box:
    """Room for the value, the name or label, and the gradient, one above the other."""
    texts = (vertex.value, vertex.label, vertex.symbol, vertex.grad)
    longest = max(text_width(text or "") for text in texts)
    n_lines = 2 if vertex.kind == "constant" else 4
    narrowest = NARROWEST_CAPTION if vertex.kind in ("untracked", "folded") else NARROWEST
    width = min(max(longest + PADDING, narrowest), WIDEST)
    return Box(width, n_lines * LINE_HEIGHT, pull=1.0 if vertex.kind in ("leaf", "operation") else ASIDE)


def label_length(arc: Arc, text: str | None) -> int:
    """Characters written at a line: the derivative, or why it is cut."""
    return CUT_LABEL if arc.kind == "cut" else min(len(text or ""), MAX_LABEL)


def text_width(text: str) -> float:
    """Roughly, in pixels: a Chinese character is as wide as two others."""
    if text.isascii():
        return CHARACTER * len(text)
    return CHARACTER * sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def node(vertex: Vertex, size: Box, center: tuple[float, float]) -> GraphNode:
    """The record of one box."""
    return GraphNode(
        id=vertex.id,
        kind=vertex.kind,
        label=vertex.label,
        name=vertex.name,
        names=vertex.names,
        symbol=vertex.symbol,
        value=vertex.value,
        grad=vertex.grad,
        value_numbers=vertex.value_numbers,
        grad_numbers=vertex.grad_numbers,
        shape=list(vertex.shape),
        line=vertex.line,
        output=vertex.output,
        saved=vertex.saved,
        cut=vertex.cut,
        count=vertex.count,
        x=center[0],
        y=center[1],
        width=size.width,
        height=size.height,
    )


def single(rows: Rows | None) -> float | None:
    """The entry of a matrix of one finite number; else None."""
    if rows is None or len(rows) != 1 or len(rows[0]) != 1:
        return None
    entry = rows[0][0]
    return entry if entry is not None and math.isfinite(entry) else None


def local(arc: Arc, picture: Picture) -> tuple[str | None, Rows | None]:
    """The derivative along an arrow, as text and as a matrix.

    Of an operation with several outputs the one that depends on this input is meant; if several do, none.
    """
    if arc.kind != "flow" or FOLDED in (arc.source, arc.target):
        return None, None
    dependent = [matrix for matrix in arc.local.values() if any(any(row) for row in matrix)]
    if len(dependent) == 1 or len(arc.local) == 1:
        matrix = dependent[0] if dependent else next(iter(arc.local.values()))
        return short_text(matrix), [list(row) for row in matrix]
    if arc.local:
        return None, None
    return ratio_text(picture.vertices[arc.target].shape, picture.vertices[arc.source].shape), None
