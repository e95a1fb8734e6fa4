"""The drawing of a graph, against geometry done here by brute force."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.calculator.explain.layers import arrange, crossings
from app.calculator.explain.layout import Box, Layout, Line, lay_out, separated

Graph = tuple[list[Box], list[Line]]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Any acyclic graph, parallel lines included, its boxes in no particular order."""
    n = draw(st.integers(1, 14))
    boxes = [Box(draw(st.integers(20, 160)), draw(st.integers(20, 90))) for _ in range(n)]
    order = draw(st.permutations(range(n)))
    pairs = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] < p[1])
    lines = draw(st.lists(pairs, max_size=20)) if n > 1 else []
    return boxes, [Line(order[a], order[b], draw(st.integers(0, 80))) for a, b in lines]


def sides(layout: Layout, boxes: list[Box], k: int) -> tuple[float, float, float, float]:
    (x, y), box = layout.centers[k], boxes[k]
    return x - box.width / 2, y - box.height / 2, x + box.width / 2, y + box.height / 2


@given(graphs())
def test_no_two_boxes_overlap(graph: Graph) -> None:
    boxes, lines = graph
    layout = lay_out(boxes, lines)
    for a in range(len(boxes)):
        for b in range(a):
            left, top, right, bottom = sides(layout, boxes, a)
            left_b, top_b, right_b, bottom_b = sides(layout, boxes, b)
            apart = right <= left_b or right_b <= left or bottom <= top_b or bottom_b <= top
            assert apart, (a, b)


@given(graphs())
def test_everything_is_inside_the_picture(graph: Graph) -> None:
    boxes, lines = graph
    layout = lay_out(boxes, lines)
    points = [point for route in layout.routes for point in route]
    for k in range(len(boxes)):
        left, top, right, bottom = sides(layout, boxes, k)
        points += [(left, top), (right, bottom)]
    assert all(-0.2 <= x <= layout.width + 0.2 and -0.2 <= y <= layout.height + 0.2 for x, y in points)


@given(graphs())
def test_lines_run_from_left_to_right_and_through_no_box(graph: Graph) -> None:
    boxes, lines = graph
    layout = lay_out(boxes, lines)
    for line, route in zip(lines, layout.routes, strict=True):
        assert route[0][0] == pytest.approx(sides(layout, boxes, line.source)[2], abs=0.11)
        assert route[-1][0] == pytest.approx(sides(layout, boxes, line.target)[0], abs=0.11)
        assert all(a[0] <= b[0] + 0.11 for a, b in pairwise(route))
        for k in range(len(boxes)):
            if k not in (line.source, line.target):
                left, top, right, bottom = sides(layout, boxes, k)
                for (x0, y0), (x1, y1) in pairwise(route):
                    for step in range(21):
                        x, y = x0 + (x1 - x0) * step / 20, y0 + (y1 - y0) * step / 20
                        inside = left + 0.2 < x < right - 0.2 and top + 0.2 < y < bottom - 0.2
                        assert not inside, (line, k)


@given(graphs())
def test_the_output_is_last_and_nothing_is_further_left_than_its_longest_path(graph: Graph) -> None:
    boxes, lines = graph
    n = range(len(boxes))
    layering = arrange(n, [(line.source, line.target) for line in lines])

    def longest(box: int) -> int:
        return max((1 + longest(line.target) for line in lines if line.source == box), default=0)

    last = len(layering.layers) - 1
    assert all(layering.layer_of[box] == last - longest(box) for box in n)


def test_two_lines_between_the_same_boxes_stay_apart() -> None:
    layout = lay_out([Box(60, 40), Box(60, 40)], [Line(0, 1), Line(0, 1)])
    first, second = layout.routes
    assert all(abs(a[1] - b[1]) >= 10 for a, b in zip(first, second, strict=True))


def test_a_tree_has_no_crossing() -> None:
    chance = random.Random(3)
    for _ in range(30):
        n = chance.randrange(2, 40)
        lines = [(box, chance.randrange(box)) for box in range(1, n)]  # each box feeds an earlier one
        layering = arrange(range(n), lines)
        assert crossings(layering.layers, layering.after) == 0


def test_few_lines_cross_next_to_the_best_of_many_random_orders() -> None:
    chance = random.Random(5)
    ours = theirs = 0
    for _ in range(15):
        lines = [(a, b) for a, b in (sorted(chance.sample(range(16), 2)) for _ in range(24)) if b - a < 6]
        layering = arrange(range(16), lines)
        ours += crossings(layering.layers, layering.after)
        rows = [list(row) for row in layering.layers]
        fewest = []
        for _ in range(300):
            for row in rows:
                chance.shuffle(row)
            fewest.append(crossings(rows, layering.after))
        theirs += min(fewest)
    assert ours < 0.75 * theirs


@given(st.lists(st.lists(st.integers(0, 5), max_size=4), min_size=6, max_size=6))
def test_crossings_are_counted_as_by_comparing_every_pair(ends: list[list[int]]) -> None:
    after = {k: [6 + end for end in found] for k, found in enumerate(ends)}
    segments = [(a, b) for a, found in after.items() for b in found]
    pairs = sum(
        (a < c and b > d) or (a > c and b < d) for k, (a, b) in enumerate(segments) for c, d in segments[:k]
    )
    assert crossings([list(range(6)), list(range(6, 12))], after) == pairs


@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(1, 4)), min_size=1, max_size=5))
def test_separated_positions_keep_their_distance_and_cannot_be_moved_closer(
    points: list[tuple[float, float]],
) -> None:
    wish, weight = [p[0] for p in points], [p[1] for p in points]
    distances = [10.0] * (len(points) - 1)
    found = separated(wish, weight, distances)
    assert all(b - a >= 10 - 1e-9 for a, b in pairwise(found))

    def cost(positions: list[float]) -> float:
        return sum(w * (p - d) ** 2 for p, d, w in zip(positions, wish, weight, strict=True))

    chance = random.Random(0)
    for _ in range(20):
        moved = [p + chance.uniform(-1, 1) for p in found]
        if all(b - a >= 10 for a, b in pairwise(moved)):
            assert cost(moved) >= cost(found) - 1e-6


def test_a_cycle_is_refused() -> None:
    with pytest.raises(ValueError, match="cycle"):
        lay_out([Box(1, 1), Box(1, 1)], [Line(0, 1), Line(1, 0)])


def test_nothing_is_drawn_for_nothing() -> None:
    assert lay_out([], []) == Layout(0.0, 0.0, [], [])


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 1000))
def test_a_graph_of_the_largest_size_is_placed(seed: int) -> None:
    chance = random.Random(seed)
    lines = [Line(max(0, b - chance.randrange(1, 20)), b) for b in range(1, 120) for _ in range(2)]
    assert lay_out([Box(100, 60)] * 120, lines).width > 0
