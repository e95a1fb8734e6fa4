"""Every way from an output back to its leaves, and what the derivatives along them add up to."""

from collections.abc import Iterator
from functools import reduce
from math import prod

from app.calculator.explain.figures import Figures
from app.calculator.explain.matrices import MAX_ROWS, Matrix, identity, plus, row_of, times
from app.calculator.explain.picture import Arc, Picture

Place = tuple[str, int]
"""A vertex of the picture and one of its outputs."""
Path = list[tuple[Arc, int]]
"""Arrows from an output back to a leaf, each with the output of its target that the path came through."""


class Paths:
    """All that lies between one output and its leaves.

    weight: what was given as `gradient=`, as a row. counts: how many paths lead from the output to a place.
    totals: their sum, the weights included: one row, or without weights a row per element of the output.
    A place is missing from totals where a derivative on the way to it is not known.
    """

    def __init__(self, picture: Picture, root: Place, weight: Figures | None) -> None:
        self.picture = picture
        self.root = root
        self.weight = None if weight is None else row_of(weight)
        self.counts: dict[Place, int] = {root: 1}
        self.totals: dict[Place, Matrix] = {}
        self._add_up(self._start() if weight is None else self.weight)

    def leaves(self) -> list[str]:
        """The leaves the output was computed from."""
        return [
            id_
            for id_, vertex in self.picture.vertices.items()
            if vertex.kind == "leaf" and (id_, 0) in self.counts and id_ != self.root[0]
        ]

    def between(self, leaf: str) -> Iterator[Path]:
        """Every path from the output to a leaf, in the order of the inputs."""
        leading = {leaf}
        for id_ in self.picture.vertices:
            if any(arc.source in leading for arc in self.picture.flows_into(id_)):
                leading.add(id_)
        stack: list[tuple[Place, Path]] = [(self.root, [])]
        while stack:
            (id_, output), path = stack.pop()
            if id_ == leaf:
                yield path
            for arc in reversed(self.picture.flows_into(id_)):
                if arc.source in leading:
                    stack.append(((arc.source, arc.output), [*path, (arc, output)]))

    def _start(self) -> Matrix | None:
        """Without weights: every element of the output by itself."""
        size = prod(self.picture.vertices[self.root[0]].shape)
        return identity(size) if size <= MAX_ROWS else None

    def _add_up(self, start: Matrix | None) -> None:
        """From the output backwards. What arrives at a place is known if all its parts are."""
        parts: dict[Place, list[Matrix | None]] = {self.root: [start]}
        outputs: dict[str, set[int]] = {self.root[0]: {self.root[1]}}
        for id_ in reversed(self.picture.vertices):
            for output in sorted(outputs.get(id_, ())):
                total = summed(parts[id_, output])
                if total is not None:
                    self.totals[id_, output] = total
                for arc in self.picture.flows_into(id_):
                    before, local = (arc.source, arc.output), arc.local.get(output)
                    self.counts[before] = self.counts.get(before, 0) + self.counts[id_, output]
                    outputs.setdefault(arc.source, set()).add(arc.output)
                    part = None if total is None or local is None else times(total, local)
                    parts.setdefault(before, []).append(part)


def summed(parts: list[Matrix | None]) -> Matrix | None:
    """The sum, if every part is known."""
    known = [part for part in parts if part is not None]
    return reduce(plus, known) if len(known) == len(parts) else None
