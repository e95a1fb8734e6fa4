"""The chain rule written out: every path from an output back to a leaf, with the numbers along it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import islice

from app.calculator.explain import formulas
from app.calculator.explain.matrices import Matrix, is_number, matrix_text, short_text, times
from app.calculator.explain.passes import Pass
from app.calculator.explain.paths import Path, Paths
from app.calculator.explain.picture import Picture
from app.protocol.explanation import Chain, ChainPath, Formula

MAX_CHAINS = 12
MAX_PATHS = 6
"""Paths written out between one output and one leaf."""
MOST_PATHS = 1_000_000_000
"""More are not counted: each `x = x * x` doubles them."""
MAX_FORMULA = 20
"""Factors of all paths together that are written in mathematical notation."""
MAX_TABLES = 6
"""Of so many, matrices are written as tables."""
MAX_TEXT = 500
"""Characters of all products in a line."""
MAX_FACTORS = 12
"""Factors written in one line; of a longer path the first and the last."""


def chains(picture: Picture, passes: Sequence[Pass]) -> list[Chain]:
    """A chain for each output and leaf of each pass; none if the graph is not shown whole."""
    return list(islice(_chains(picture, passes), MAX_CHAINS))


def _chains(picture: Picture, passes: Sequence[Pass]) -> Iterator[Chain]:
    for flow in passes if picture.whole else ():
        for (number, output), weight in zip(flow.roots, flow.weights, strict=True):
            if f"n{number}" in picture.vertices:
                paths = Paths(picture, (f"n{number}", output), weight)
                for leaf in paths.leaves():
                    yield _Writer(paths, leaf).chain(flow)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes one chain. Where a derivative is too large, its size stands for it and nothing is multiplied."""

    all: Paths
    leaf: str

    def chain(self, flow: Pass) -> Chain:
        paths = list(islice(self.all.between(self.leaf), MAX_PATHS))
        n_paths = self.all.counts[self.leaf, 0]
        total = self.all.totals.get((self.leaf, 0))
        weight, vertex = self.all.weight, self.all.picture.vertices[self.leaf]
        arrived = flow.gradient(vertex.number)
        return Chain(
            backward=flow.number,
            output=self.all.root[0],
            leaf=self.leaf,
            weight=None if weight is None else matrix_text(weight),
            paths=[self._path(path) for path in paths],
            n_paths=min(n_paths, MOST_PATHS),
            text=self._text(paths, n_paths, total),
            total=None if total is None else matrix_text(total),
            grad=None if arrived is None else arrived.text,
            formula=self._formula(paths, n_paths, total),
        )

    def _path(self, path: Path) -> ChainPath:
        product = self._product(path)
        return ChainPath(
            edges=[arc.id for arc, _ in path],
            product=None if product is None else matrix_text(product),
        )

    def _matrices(self, path: Path) -> list[Matrix | None]:
        """The weights, if there are any, and the derivatives along a path."""
        front = [] if self.all.weight is None else [self.all.weight]
        return [*front, *(arc.local.get(output) for arc, output in path)]

    def _product(self, path: Path) -> Matrix | None:
        known = [matrix for matrix in self._matrices(path) if matrix is not None]
        return reduce(times, known) if len(known) == len(self._matrices(path)) else None

    def _text(self, paths: list[Path], n_paths: int, total: Matrix | None) -> str | None:
        """The sum in one line: "4 × 3 = 12", "3 + 3 = 6", "[1, 1] · diag(2, 4) = [2, 4]"."""
        if total is None:
            return None
        parts: list[str] = []
        for path in paths:
            part = self._product_text(path)
            if sum(map(len, (*parts, part))) > MAX_TEXT:
                break
            parts.append(part)
        if n_paths > len(parts):
            parts.append("…")
        written = " + ".join(parts)
        return written if written == matrix_text(total) else f"{written} = {matrix_text(total)}"

    def _product_text(self, path: Path) -> str:
        known = [matrix for matrix in self._matrices(path) if matrix is not None]
        texts = [short_text(matrix) for matrix in known]
        texts = [f"({text})" if k and text.startswith("-") else text for k, text in enumerate(texts)]
        if len(texts) > MAX_FACTORS:
            texts = [*texts[: MAX_FACTORS // 2], "…", *texts[-MAX_FACTORS // 2 :]]
        return (" × " if all(map(is_number, known)) else " · ").join(texts)

    def _formula(self, paths: list[Path], n_paths: int, total: Matrix | None) -> Formula | None:
        """The derivative = products of derivatives = the numbers = their sum."""
        if n_paths > len(paths) or sum(map(len, paths)) > MAX_FORMULA:
            return None
        vertices = self.all.picture.vertices
        output = vertices[self.all.root[0]].symbol if self.all.weight is None else "L"
        sides = [[formulas.derivative(output, vertices[self.leaf].symbol)]]
        if self._can_name(paths):
            sides.append(formulas.joined([formulas.row(self._named(path)) for path in paths], "+"))
        if total is not None:
            sides.append(
                formulas.joined(
                    [formulas.row(self._numbers(path, self._tables(paths))) for path in paths], "+"
                )
            )
            if len(paths) > 1 or len(self._matrices(paths[0])) > 1:
                sides.append([formulas.matrix(total, self._tables(paths))])
        return formulas.equation(sides)

    def _can_name(self, paths: list[Path]) -> bool:
        """Whether derivatives by name say more: in `x * x` both would be called the same."""
        arcs = {arc.id: (arc.target, arc.source) for path in paths for arc, _ in path}
        return len(set(arcs.values())) == len(arcs) and (
            self.all.weight is not None or all(len(path) > 1 for path in paths)
        )

    def _named(self, path: Path) -> list[Formula]:
        vertices = self.all.picture.vertices
        factors = [] if self.all.weight is None else [formulas.symbol("gradient")]
        for arc, _ in path:
            names = vertices[arc.target].symbol, vertices[arc.source].symbol
            factors.append(formulas.derivative(*names, edge=arc.id))
        return formulas.joined(factors, "·")

    def _tables(self, paths: list[Path]) -> bool:
        return sum(map(len, paths)) <= MAX_TABLES

    def _numbers(self, path: Path, tables: bool) -> list[Formula]:
        factors = [] if self.all.weight is None else [formulas.matrix(self.all.weight, tables)]
        factors += [formulas.matrix(arc.local[output], tables, edge=arc.id) for arc, output in path]
        known = [arc.local[output] for arc, output in path]
        return formulas.joined(factors, "×" if all(map(is_number, known)) else "·")
