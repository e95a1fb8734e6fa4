"""Numbers beside the printed text, compared with `tolist()` of the same program in plain Python."""

import json
from typing import Any

import pytest

from app.calculator import derive
from app.calculator.numbers import MAX_NUMBERS
from app.calculator.variables import MAX_NUMBERS as MAX_NUMBERS_IN_ALL
from app.protocol.gradients import Derivation
from tests.calculator.oracle import PLAIN

PROGRAM = """\
import torch
variable = torch.tensor([2.], requires_grad=True)
test = torch.tensor([2.])
v_1 = 3 * variable
v_2 = 4 * v_1
v_2.backward()
matrix = torch.tensor([[1., float("nan")], [float("inf"), 0.1]], requires_grad=True)
(matrix * torch.tensor([[1., 2.], [3., 4.]])).sum().backward()
whole = torch.arange(3)
flags = whole > 1
scalar = torch.tensor(7.5, dtype=torch.float64)
empty = torch.zeros(0, 3)
"""
NUMBERS = """
import json, math
def finite(values):
    if isinstance(values, list):
        return [finite(value) for value in values]
    return values if math.isfinite(values) else None
tensors = {name: value for name, value in dict(globals()).items() if isinstance(value, torch.Tensor)}
leaves = {name: t.grad for name, t in tensors.items() if t.is_leaf and t.grad is not None}
print(json.dumps([{n: finite(t.tolist()) for n, t in tensors.items()},
                  {n: finite(t.tolist()) for n, t in leaves.items()}]))
"""


def told(derivation: Derivation) -> list[dict[str, Any]]:
    """The numbers of all variables, and of those that have a gradient."""
    record = json.loads(derivation.model_dump_json())
    return [
        {each["name"]: each["value_numbers"] for each in record["variables"]},
        {each["name"]: each["grad_numbers"] for each in record["variables"] if each["grad"] is not None},
    ]


def test_each_variable_has_the_numbers_that_tolist_gives() -> None:
    plain = PLAIN.run(PROGRAM + NUMBERS)
    assert plain["error"] is None
    assert told(derive(PROGRAM)) == json.loads(plain["printed"])


@pytest.mark.parametrize(("size", "is_told"), [(MAX_NUMBERS, True), (MAX_NUMBERS + 1, False)])
def test_a_large_tensor_has_none(size: int, is_told: bool) -> None:
    program = f"import torch\nx = torch.ones({size}, requires_grad=True)\nx.sum().backward()"
    values, gradients = told(derive(program))
    assert (values["x"] is not None, gradients["x"] is not None) == (is_told, is_told)


def test_complex_numbers_are_told_as_text_alone() -> None:
    [variable] = derive("import torch\nx = torch.tensor([1j])").variables
    assert (variable.value, variable.value_numbers) == ("[0.+1.j]", None)


def test_all_tensors_together_stay_within_their_room() -> None:
    made = "\n".join(f"x{i} = torch.zeros({MAX_NUMBERS})" for i in range(40))
    values, _ = told(derive(f"import torch\n{made}"))
    assert 0 < sum(len(numbers or ()) for numbers in values.values()) <= MAX_NUMBERS_IN_ALL


def test_nodes_and_edges_have_a_number_where_they_are_one() -> None:
    graph = derive(PROGRAM.partition("matrix")[0]).graph
    assert graph is not None
    nodes = {node.name or node.label: node for node in graph.nodes}
    assert (nodes["variable"].value_numbers, nodes["variable"].grad_numbers) == ([2.0], [12.0])
    assert (nodes["v_1"].value_numbers, nodes["v_1"].grad_numbers) == ([6.0], [4.0])
    assert (nodes["3"].value_numbers, nodes["3"].grad_numbers) == (3, None)
    assert [edge.local_numbers for edge in graph.edges if edge.kind == "flow"] == [3.0, 4.0]


def test_nodes_and_edges_of_several_numbers_have_none() -> None:
    graph = derive("import torch\nx = torch.ones(2, requires_grad=True)\n(3 * x).sum().backward()").graph
    assert graph is not None
    assert [node.value_numbers for node in graph.nodes if node.name == "x"] == [None]
    assert [edge.local_numbers for edge in graph.edges] == [None] * len(graph.edges)
