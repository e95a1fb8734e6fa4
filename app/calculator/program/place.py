"""Where in a program something happened, and which part of its tree that is."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType, TracebackType

from app.calculator.program.read import FILENAME, Script, characters

Point = tuple[int, int]
"""Line and column, both from 1, in characters."""


@dataclass(frozen=True, slots=True)
class Place:
    """The part of the program that was running. end: behind its last character."""

    start: Point
    end: Point
    node: ast.AST

    @property
    def line(self) -> int:
        """Where it begins."""
        return self.start[0]

    @property
    def column(self) -> int:
        """Where it begins in its line."""
        return self.start[1]


def innermost(traceback: TracebackType | None) -> TracebackType | None:
    """What an error's traceback says of the innermost frame of the program."""
    found = None
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == FILENAME:
            found = traceback
        traceback = traceback.tb_next
    return found


def frame_in(traceback: TracebackType | None) -> FrameType | None:
    """The innermost frame of the program, of an error's traceback."""
    found = innermost(traceback)
    return None if found is None else found.tb_frame


def place_in(script: Script, traceback: TracebackType | None) -> Place | None:
    """The innermost place in the program, of an error's traceback; None if it is not there."""
    found = innermost(traceback)
    if found is None or found.tb_lineno > len(script.lines):  # code that the program made under the same name
        return None
    positions = list(found.tb_frame.f_code.co_positions())
    line, end_line, column, end_column = positions[found.tb_lasti // 2]
    line = line or found.tb_lineno
    start, end = point(script, line, column), point(script, end_line or line, end_column)
    node = next(nodes_at(script, start, end), None)
    if node is None:
        return Place(start, end, ast.Pass(lineno=line, col_offset=0))
    head = head_of(node)
    if head is None or head.lineno != line:
        return Place(start, end, node)
    return Place(*ends_of(script, head), head)


def point(script: Script, line: int | None, offset: int | None) -> Point:
    """A place that CPython gives in bytes."""
    line = line or 1
    text = script.lines[line - 1] if line <= len(script.lines) else ""
    return line, characters(text, offset or 0)


def ends_of(script: Script, node: ast.AST) -> tuple[Point, Point]:
    """Where a part of the tree begins and ends."""
    return (
        point(script, node.lineno, node.col_offset),  # type: ignore[attr-defined]
        point(script, node.end_lineno, node.end_col_offset),  # type: ignore[attr-defined]
    )


def nodes_at(script: Script, start: Point, end: Point) -> Iterator[ast.AST]:
    """The parts of the tree at a place, the best first: just there; ending there; around it."""
    nodes = [node for node in ast.walk(script.tree) if getattr(node, "end_lineno", None)]
    ends = [(node, *ends_of(script, node)) for node in nodes if node.lineno <= start[0]]  # type: ignore[attr-defined]
    yield from (node for node, first, last in reversed(ends) if (first, last) == (start, end))
    named = ast.Call | ast.Attribute  # a name on another line than its object stands for both
    yield from (node for node, _, last in ends if last == end and isinstance(node, named))
    yield from (node for node, first, last in reversed(ends) if first <= start and last >= end)


def head_of(node: ast.AST) -> ast.expr | None:
    """The expression that a block begins with: CPython marks the whole block where that fails."""
    match node:
        case ast.For(iter=head) | ast.If(test=head) | ast.While(test=head):
            return head
        case ast.With(items=[ast.withitem(context_expr=head), *_]):
            return head
    return None
