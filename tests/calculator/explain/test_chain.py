"""The chain rule written out: its numbers, its paths, its formula."""

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.protocol.explanation import Chain, Formula, Graph
from tests.calculator.explain.told import node, plain, told

CHAIN = "variable = torch.tensor([2.], requires_grad=True)\nv_1 = 3 * variable\nv_2 = 4 * v_1\n"


def chain(program: str) -> Chain:
    """The only chain of a program."""
    (found,) = told(program).chain
    return found


def test_the_lessons_chain_multiplies_four_by_three() -> None:
    found = chain(CHAIN + "v_2.backward()")
    assert (found.text, found.total, found.grad, found.weight) == ("4 × 3 = 12", "12", "12", None)
    assert (found.n_paths, [path.product for path in found.paths]) == (1, ["12"])
    assert plain(found.formula) == "∂v_2/∂variable=∂v_2/∂v_1·∂v_1/∂variable=4×3=12"


def test_a_weight_stands_in_front() -> None:
    found = chain(CHAIN + "v_2.backward(gradient=torch.tensor([2.]))")
    assert (found.text, found.weight, found.grad) == ("2 × 4 × 3 = 24", "2", "24")
    assert plain(found.formula) == "∂L/∂variable=gradient·∂v_2/∂v_1·∂v_1/∂variable=2×4×3=24"


def test_a_square_is_a_sum_over_two_paths() -> None:
    found = chain("x = torch.tensor(3., requires_grad=True)\ny = x * x\ny.backward()")
    assert (found.text, found.n_paths) == ("3 + 3 = 6", 2)
    assert plain(found.formula) == "∂y/∂x=3+3=6"


def test_negative_factors_stand_in_parentheses() -> None:
    found = chain("x = torch.tensor(2., requires_grad=True)\ny = -(x * -3.)\ny.backward()")
    assert found.text == "-1 × (-3) = 3"


def test_vectors_multiply_as_matrices() -> None:
    found = chain("x = torch.tensor([1., 2.], requires_grad=True)\nz = (x * x).sum()\nz.backward()")
    assert found.text == "[1, 1] · diag(1, 2) + [1, 1] · diag(1, 2) = [2, 4]"
    matrix = chain(
        "x = torch.tensor([1., 2.], requires_grad=True)\n"
        "z = torch.tensor([[1., 2.], [3., 4.]]) @ x\nz.backward(torch.tensor([1., 10.]))"
    )
    assert matrix.text == "[1, 10] · [[1, 2], [3, 4]] = [31, 42]"
    assert matrix.formula is not None
    tables = [part for part in every(matrix.formula) if part.tag == "mtable"]
    assert [[plain(row) for row in table.children] for table in tables] == [["12", "34"]]


def test_without_weights_the_derivatives_of_many_outputs_are_a_matrix() -> None:
    found = chain("x = torch.tensor([1., 2.], requires_grad=True)\nz = x * 3\nz.backward()")
    assert (found.text, found.grad) == ("diag(3, 3)", None)


def test_what_is_too_large_to_write_is_left_to_its_size() -> None:
    derivation = told("x = torch.ones(50, requires_grad=True)\ny = (x * 2).sum()\ny.backward()")
    (found,) = derivation.chain
    assert (found.text, found.total) == (None, None)
    assert plain(found.formula) == "∂y/∂x=∂y/∂u1·∂u1/∂x"
    assert found.grad == "[2, 2, 2, …, 2] (50)"
    assert derivation.graph is not None
    assert [edge.local for edge in derivation.graph.edges if edge.kind == "flow"] == ["(50) / (50)", "(1×50)"]


def test_a_hook_that_changes_the_gradient_shows_beside_the_sum() -> None:
    found = chain(
        "x = torch.tensor(2., requires_grad=True)\nx.register_hook(lambda g: g * 10)\ny = x * 3\ny.backward()"
    )
    assert (found.total, found.grad) == ("3", "30")


def test_there_is_a_chain_for_every_output_and_leaf() -> None:
    found = told(
        "a = torch.tensor(2., requires_grad=True)\nb = torch.tensor(5., requires_grad=True)\n"
        "y = a * b\nz = a + b\ntorch.autograd.backward([y, z])"
    ).chain
    assert [each.text for each in found] == ["5", "2", "1", "1"]
    assert [each.grad for each in found] == ["6", "3", "6", "3"]


def test_of_very_many_paths_a_few_are_written_and_all_are_counted_and_summed() -> None:
    found = chain(
        "x = torch.tensor(1., requires_grad=True)\ny = x\nfor k in range(12):\n    y = y + y\ny.backward()"
    )
    assert found.n_paths == 2**12
    assert len(found.paths) == 6
    assert (found.total, found.grad) == ("4096", "4096")
    assert (found.text or "").endswith("+ … = 4096")
    assert found.formula is None


def test_more_paths_than_anyone_could_walk_cost_nothing() -> None:
    found = chain(
        "x = torch.tensor(1., requires_grad=True)\ny = x\nfor k in range(39):\n    y = y + y\ny.backward()"
    )
    assert found.n_paths == 10**9


def every(formula: Formula) -> list[Formula]:
    """A formula and all its parts."""
    return [formula, *(part for child in formula.children for part in every(child))]


def element(formula: Formula) -> ElementTree.Element:
    """The MathML a page builds."""
    tag: str = formula.tag
    built = ElementTree.Element(tag)
    built.text = formula.text
    built.extend(map(element, formula.children))
    return built


def test_a_formula_is_well_formed_and_names_edges_of_the_graph() -> None:
    derivation = told(CHAIN + "v_2.backward()")
    assert derivation.graph is not None
    formula = derivation.chain[0].formula
    assert formula is not None
    text = ElementTree.tostring(element(formula), encoding="unicode")
    assert "".join(ElementTree.fromstring(text).itertext()) == "∂v_2∂variable=∂v_2∂v_1·∂v_1∂variable=4×3=12"
    lit = {part.edge for part in every(formula)} - {None}
    assert lit == {edge.id for edge in derivation.graph.edges if edge.kind == "flow"}


def paths_by_hand(graph: Graph, source: str, target: str) -> list[list[str]]:
    """Every way along flow edges, found by walking them all."""
    if source == target:
        return [[]]
    return [
        [edge.id, *rest]
        for edge in graph.edges
        if edge.kind == "flow" and edge.target == source
        for rest in paths_by_hand(graph, edge.source, target)
    ]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from("+-*")), min_size=1, max_size=7)
)
def test_the_sum_over_all_paths_is_the_gradient(steps: list[tuple[int, int, str]]) -> None:
    lines = ["t0 = torch.tensor(0.5, requires_grad=True)", "t1 = torch.tensor(-1.5, requires_grad=True)"]
    for k, (a, b, operator) in enumerate(steps, start=2):
        lines.append(f"t{k} = t{a % k} {operator} t{b % k}")
    last = f"t{len(lines) - 1}"
    program = "\n".join(lines)
    derivation = told(f"{program}\n{last}.backward()")

    names: dict[str, Any] = {"torch": torch}
    exec(program, names)
    leaves: list[torch.Tensor] = [names["t0"], names["t1"]]
    theirs: Sequence[torch.Tensor | None] = torch.autograd.grad(names[last], leaves, allow_unused=True)

    graph = derivation.graph
    assert graph is not None
    found = {each.leaf: each for each in derivation.chain}
    for name, gradient in zip(("t0", "t1"), theirs, strict=True):
        leaf = node(graph, name).id
        if gradient is None:
            assert leaf not in found
            continue
        assert float(found[leaf].total or "nan") == pytest.approx(gradient.item(), rel=1e-4, abs=1e-9)
        by_hand = paths_by_hand(graph, node(graph, last).id, leaf)
        assert found[leaf].n_paths == len(by_hand)
        assert [path.edges for path in found[leaf].paths] == by_hand[:6]
