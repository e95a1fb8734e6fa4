"""Where the boxes and lines of a graph go: left to right, by layers, lines routed around boxes.

The method of Sugiyama, Tagawa and Toda (1981): every box gets a layer by its longest path to the output,
a long line gets a dummy box in each layer it passes, barycentre sweeps order the layers so that few lines
cross, and each layer is then pulled towards its neighbours without overlaps. Pure Python, no torch.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from app.calculator.explain.layers import Layering, arrange

ROW_GAP = 28.0
"""Least vertical space between two boxes of a layer."""
LANE_GAP = 12.0
"""Least vertical space around a line that passes a layer."""
PORT_GAP = 16.0
"""Vertical space between two lines that end at the same side of a box."""
COLUMN_GAP = 56.0
"""Least horizontal space between two layers."""
MAX_PULLS = 3
"""How often the layers are pulled into place, to and fro."""
COMPONENT_GAP = 40.0
"""Vertical space between two graphs that share nothing."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """What is to be placed: its size, in the unit of one pixel at 16 px text.

    pull: how strongly it draws its neighbours to its own height; less for what only hangs on.
    """

    width: float
    height: float
    pull: float = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """An arrow between two boxes, by their index. `label`: the horizontal space its text needs."""

    source: int
    target: int
    label: float = 0.0


@dataclass(frozen=True, slots=True)
class Layout:
    """The drawing, from (0, 0) at the top left to (width, height).

    centers: one point per box. routes: for each line its bends, from the right side of its source to the
    left side of its target.
    """

    width: float
    height: float
    centers: list[Point]
    routes: list[list[Point]]


def lay_out(boxes: Sequence[Box], lines: Sequence[Line]) -> Layout:
    """Place boxes and route lines. The lines must not form a cycle (ValueError).

    >>> lay_out([Box(50, 40), Box(50, 40)], [Line(0, 1)]).centers
    [(25.0, 20.0), (131.0, 20.0)]
    """
    centers: dict[int, Point] = {}
    routes: dict[int, list[Point]] = {}
    width = top = 0.0
    for members in _components(len(boxes), lines):
        drawing = _Drawing(boxes, lines, members)
        centers.update((v, (x, y + top)) for v, (x, y) in drawing.centers().items())
        routes.update((k, [(x, y + top) for x, y in route]) for k, route in drawing.routes().items())
        width = max(width, drawing.width)
        top += drawing.height + COMPONENT_GAP
    return Layout(
        round(width, 1),
        round(max(top - COMPONENT_GAP, 0.0), 1),
        [_rounded(centers[v]) for v in range(len(boxes))],
        [[_rounded(point) for point in routes[k]] for k in range(len(lines))],
    )


def _components(n: int, lines: Sequence[Line]) -> list[list[int]]:
    """Boxes that hang together, in order of their first box."""
    parent = list(range(n))

    def find(box: int) -> int:
        while parent[box] != box:
            parent[box] = parent[parent[box]]
            box = parent[box]
        return box

    for line in lines:
        a, b = find(line.source), find(line.target)
        parent[max(a, b)] = min(a, b)
    groups = defaultdict(list)
    for box in range(n):
        groups[find(box)].append(box)
    return list(groups.values())


class _Drawing:
    """One connected graph, placed with its top left at (0, 0)."""

    def __init__(self, boxes: Sequence[Box], lines: Sequence[Line], members: list[int]) -> None:
        mine = set(members)
        self.boxes = boxes
        self.lines = {k: line for k, line in enumerate(lines) if line.source in mine}
        self.layering = arrange(members, [(line.source, line.target) for line in self.lines.values()])
        heights = self._heights()
        y = _rows(self.layering, heights, {v: boxes[v].pull for v in members})
        top = min(y[v] - heights[v] / 2 for v in y)
        self.y = {v: position - top for v, position in y.items()}
        self.height = max(y[v] + heights[v] / 2 for v in y) - top
        self.left, self.right = self._columns()
        self.width = self.right[-1]

    def centers(self) -> dict[int, Point]:
        return {
            v: ((left + right) / 2, self.y[v])
            for row, left, right in zip(self.layering.layers, self.left, self.right, strict=True)
            for v in row
            if v >= 0
        }

    def routes(self) -> dict[int, list[Point]]:
        leaving, arriving = _ports(self.layering, self.y)
        return {
            k: self._route(chain, start, end)
            for k, chain, start, end in zip(self.lines, self.layering.chains, leaving, arriving, strict=True)
        }

    def _route(self, chain: list[int], leaving: float, arriving: float) -> list[Point]:
        """Level through a layer, slanted only between layers, where no box can be."""
        layers = [self.layering.layer_of[v] for v in chain]
        start, end = self.y[chain[0]] + leaving, self.y[chain[-1]] + arriving
        points = [(self._middle(layers[0]) + self.boxes[chain[0]].width / 2, start)]
        points.append((self.right[layers[0]], start))
        for layer, dummy in zip(layers[1:-1], chain[1:-1], strict=True):
            points += [(self.left[layer], self.y[dummy]), (self.right[layer], self.y[dummy])]
        points.append((self.left[layers[-1]], end))
        points.append((self._middle(layers[-1]) - self.boxes[chain[-1]].width / 2, end))
        return [point for k, point in enumerate(points) if k == 0 or point != points[k - 1]]

    def _middle(self, layer: int) -> float:
        return (self.left[layer] + self.right[layer]) / 2

    def _heights(self) -> dict[int, float]:
        """The height each box needs: its own, or that of the lines ending at one of its sides."""
        leaving = Counter(line.source for line in self.lines.values())
        arriving = Counter(line.target for line in self.lines.values())
        return {
            v: max(self.boxes[v].height, PORT_GAP * max(leaving[v], arriving[v])) if v >= 0 else 0.0
            for row in self.layering.layers
            for v in row
        }

    def _columns(self) -> tuple[list[float], list[float]]:
        """Left and right edge of every layer."""
        gaps = [COLUMN_GAP] * len(self.layering.layers)
        for line, way in zip(self.lines.values(), self.layering.chains, strict=True):
            before = self.layering.layer_of[way[-2]]  # the label stands in the gap before the target
            gaps[before] = max(gaps[before], line.label + COLUMN_GAP / 2)
        left, right, x = [], [], 0.0
        for row, gap in zip(self.layering.layers, gaps, strict=True):
            width = max((self.boxes[v].width for v in row if v >= 0), default=0.0)
            left.append(x)
            right.append(x + width)
            x += width + gap
        return left, right


def _rows(layering: Layering, heights: dict[int, float], pulls: dict[int, float]) -> dict[int, float]:
    """A vertical position for every box and dummy: each layer near its neighbours, nothing overlapping."""
    y: dict[int, float] = {}
    for row in layering.layers:
        position = 0.0
        for above, v in zip([None, *row], row, strict=False):
            position += 0.0 if above is None else _distance(above, v, heights)
            y[v] = position
    if all(len(row) == 1 for row in layering.layers):
        return y
    order = range(len(layering.layers))
    for _ in range(MAX_PULLS):
        for layer in (*order, *reversed(order)):
            row = layering.layers[layer]
            wish = [_wish(v, layering, y, pulls) for v in row]
            # A line that passes a layer wants to be straight more than a box wants to be central.
            weight = [4.0 if v < 0 else pulls[v] for v in row]
            distances = [_distance(a, b, heights) for a, b in pairwise(row)]
            y.update(zip(row, separated(wish, weight, distances), strict=True))
    return y


def _wish(v: int, layering: Layering, y: dict[int, float], pulls: dict[int, float]) -> float:
    """Where a box or dummy wants to be: in the middle of its neighbours."""
    total = weighted = 0.0
    for u in chain(layering.before[v], layering.after[v]):
        pull = pulls.get(u, 1.0)
        total += pull
        weighted += pull * y[u]
    return weighted / total if total else y[v]


def _distance(above: int, below: int, heights: dict[int, float]) -> float:
    gap = ROW_GAP if above >= 0 and below >= 0 else LANE_GAP
    return (heights[above] + heights[below]) / 2 + gap


def separated(wish: list[float], weight: list[float], distances: list[float]) -> list[float]:
    """Positions nearest to `wish` (weighted least squares) with y[i + 1] - y[i] >= distances[i].

    Subtracting the running distance turns it into isotonic regression, solved by pooling adjacent
    violators (Barlow et al. 1972).

    >>> separated([0.0, 0.0], [1.0, 1.0], [10.0])
    [-5.0, 5.0]
    """
    if len(wish) == 1:
        return wish
    offsets = [0.0]
    for distance in distances:
        offsets.append(offsets[-1] + distance)
    pools: list[tuple[float, float, int]] = []  # mean, weight, members
    for want, w, offset in zip(wish, weight, offsets, strict=True):
        mean, total, members = want - offset, w, 1
        while pools and pools[-1][0] > mean:
            other, other_total, other_members = pools.pop()
            mean = (mean * total + other * other_total) / (total + other_total)
            total += other_total
            members += other_members
        pools.append((mean, total, members))
    means = [mean for mean, _, members in pools for _ in range(members)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


def _ports(layering: Layering, y: dict[int, float]) -> tuple[list[float], list[float]]:
    """For each chain, how far below the middle of its source it leaves, and of its target it arrives."""
    leaving = [0.0] * len(layering.chains)
    arriving = [0.0] * len(layering.chains)
    for offsets, end, neighbour in ((leaving, 0, 1), (arriving, -1, -2)):
        ending: dict[int, list[int]] = defaultdict(list)
        for k, way in enumerate(layering.chains):
            ending[way[end]].append(k)
        for chains in ending.values():
            chains.sort(key=lambda k: y[layering.chains[k][neighbour]])
            for place, k in enumerate(chains):
                offsets[k] = (place - (len(chains) - 1) / 2) * PORT_GAP
    return leaving, arriving


def _rounded(point: Point) -> Point:
    return round(point[0], 1), round(point[1], 1)
