"""The order of a drawing: which layer each box is in, and in which order a layer's boxes stand.

Boxes are numbers from 0; the dummies that stand for a line passing through a layer are negative.
"""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 12


@dataclass(frozen=True, slots=True)
class Layering:
    """layers: left to right, each from top to bottom. layer_of: the inverse.
    chains: one per line, from its source over its dummies to its target.
    before, after: each box's and dummy's neighbours in the layers beside its own, once per line.
    """

    layers: list[list[int]]
    layer_of: dict[int, int]
    chains: list[list[int]]
    before: dict[int, list[int]]
    after: dict[int, list[int]]


def arrange(boxes: Sequence[int], lines: Sequence[tuple[int, int]]) -> Layering:
    """Layers by longest path to the output, ordered so that few lines cross. ValueError on a cycle."""
    layer_of = _layers(boxes, lines)
    chains = []
    n_dummies = 0
    for source, target in lines:
        chain = [source]
        for layer in range(layer_of[source] + 1, layer_of[target]):
            n_dummies += 1
            layer_of[-n_dummies] = layer
            chain.append(-n_dummies)
        chains.append([*chain, target])
    before: dict[int, list[int]] = {v: [] for v in layer_of}
    after: dict[int, list[int]] = {v: [] for v in layer_of}
    for chain in chains:
        for a, b in pairwise(chain):
            after[a].append(b)
            before[b].append(a)
    layers = _first_order(layer_of, before)
    return Layering(_with_few_crossings(layers, before, after), layer_of, chains, before, after)


def crossings(layers: Sequence[Sequence[int]], after: dict[int, list[int]]) -> int:
    """How many pairs of lines cross between neighbouring layers.

    >>> crossings([[0, 1], [2, 3]], {0: [3], 1: [2]})
    1
    """
    total = 0
    for row, following in pairwise(layers):
        place = {v: k for k, v in enumerate(following)}
        seen: list[int] = []
        for v in row:
            ends = [place[u] for u in after[v]]
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return total


def _layers(boxes: Sequence[int], lines: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Outputs in the last layer, everything else as far right as its longest path to an output allows."""
    sources = defaultdict(list)
    waiting = dict.fromkeys(boxes, 0)
    for source, target in lines:
        sources[target].append(source)
        waiting[source] += 1
    depth = dict.fromkeys(boxes, 0)
    ready = [box for box in boxes if not waiting[box]]
    for box in ready:  # grows while it is walked
        for source in sources[box]:
            depth[source] = max(depth[source], depth[box] + 1)
            waiting[source] -= 1
            if not waiting[source]:
                ready.append(source)
    if len(ready) < len(boxes):
        raise ValueError("the lines form a cycle")
    last = max(depth.values(), default=0)
    return {box: last - depth[box] for box in boxes}


def _first_order(layer_of: dict[int, int], before: dict[int, list[int]]) -> list[list[int]]:
    """Depth first from the outputs, inputs in the order of the lines: a tree then has no crossing."""
    layers: list[list[int]] = [[] for _ in range(max(layer_of.values(), default=-1) + 1)]
    seen: set[int] = set()
    stack = sorted((v for v in layer_of if v >= 0), key=lambda v: (-layer_of[v], v), reverse=True)
    while stack:
        v = stack.pop()
        if v not in seen:
            seen.add(v)
            layers[layer_of[v]].append(v)
            stack.extend(reversed(before[v]))
    return layers


def _with_few_crossings(
    layers: list[list[int]], before: dict[int, list[int]], after: dict[int, list[int]]
) -> list[list[int]]:
    """Barycentre sweeps to and fro; the best order met is kept."""
    best, fewest = layers, crossings(layers, after)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        rightwards = sweep % 2 == 0
        layers = _swept(layers, before if rightwards else after, rightwards)
        found = crossings(layers, after)
        if found < fewest:
            best, fewest = layers, found
    return _switched(best, before, after) if fewest else best


def _swept(layers: list[list[int]], beside: dict[int, list[int]], rightwards: bool) -> list[list[int]]:
    """Order each layer by the mean place of its neighbours in the layer just done."""
    result = [list(row) for row in layers]
    order = range(1, len(layers)) if rightwards else range(len(layers) - 2, -1, -1)
    for layer in order:
        place = {v: k for k, v in enumerate(result[layer - 1 if rightwards else layer + 1])}
        mean = {
            v: sum(place[u] for u in beside[v]) / len(beside[v]) if beside[v] else float(k)
            for k, v in enumerate(result[layer])
        }
        result[layer].sort(key=mean.__getitem__)  # stable: equals keep their order
    return result


def _switched(
    layers: list[list[int]], before: dict[int, list[int]], after: dict[int, list[int]]
) -> list[list[int]]:
    """Swap two that stand beside each other wherever that saves crossings, until none does."""
    place = {v: k for row in layers for k, v in enumerate(row)}
    for _ in range(SWEEPS):
        swapped = False
        for row in layers:
            for k in range(len(row) - 1):
                a, b = row[k], row[k + 1]
                if _inversions(a, b, before, after, place) > _inversions(b, a, before, after, place):
                    row[k], row[k + 1] = b, a
                    place[a], place[b] = k + 1, k
                    swapped = True
        if not swapped:
            break
    return layers


def _inversions(
    a: int, b: int, before: dict[int, list[int]], after: dict[int, list[int]], place: dict[int, int]
) -> int:
    """Crossings between the lines of `a` and those of `b` if `a` stands above `b`."""
    return sum(place[u] > place[w] for beside in (before, after) for u in beside[a] for w in beside[b])
