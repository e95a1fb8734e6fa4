"""The graph of a derivation, compared with torch's own graph and with what torch says of it."""

from collections import Counter

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.calculator.explain.told import LINES, edges, graph, node, told

CHAIN = """\
from torch.autograd import Variable
tensor = torch.FloatTensor([2])
variable = Variable(tensor, requires_grad=True)
test = Variable(tensor)
v_1 = 3 * variable
v_2 = 4 * v_1
v_2.backward()
"""


def test_the_lessons_chain_is_drawn_with_its_names_values_and_gradients() -> None:
    found = graph(CHAIN)
    told_of = {n.symbol: (n.kind, n.label, n.value, n.grad) for n in found.nodes}
    assert told_of == {
        "variable": ("leaf", "AccumulateGrad", "2", "12"),
        "3": ("constant", "3", "3", None),
        "v_1": ("operation", "MulBackward0", "6", "4"),
        "4": ("constant", "4", "4", None),
        "v_2": ("operation", "MulBackward0", "24", "1"),
    }
    assert [n.name for n in found.nodes if n.output] == ["v_2"]
    assert [edge.local for edge in edges(found, "variable", "v_1")] == ["3"]
    assert [edge.local for edge in edges(found, "v_1", "v_2")] == ["4"]
    assert [edge.kind for edge in found.edges] == ["flow", "constant", "flow", "constant"]
    assert node(found, "v_1").line == LINES + 5


def test_a_square_has_two_edges_from_its_variable_and_a_product_with_a_copy_one() -> None:
    square = graph("x = torch.tensor(3., requires_grad=True)\ny = x * x\ny.backward()")
    assert [(edge.slot, edge.local) for edge in edges(square, "x", "y")] == [(0, "3"), (1, "3")]
    copy = graph("x = torch.tensor(3., requires_grad=True)\ny = x * x.detach()\ny.backward()")
    assert [edge.slot for edge in edges(copy, "x", "y")] == [0]
    cut = next(edge for edge in copy.edges if edge.kind == "cut")
    assert cut.source == node(copy, "x").id
    assert next(n for n in copy.nodes if n.id == cut.target).cut == "detach"


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("c = x.detach()", "detach"),
        ("c = x.data", "detach"),
        ("with torch.no_grad():\n    c = x * 2", "no_grad"),
        ("c = torch.tensor(x)", "copied"),
        ("c = x.argmax().float()", "not_differentiable"),
        ("c = x.clone().detach().requires_grad_()", "detach"),
        ("(x * 2).backward()\nc = x.grad * 2", "gradient"),
        ("c = x.detach() * 2 + 1", "detach"),
    ],
)
def test_every_cut_is_drawn_with_its_reason(program: str, reason: str) -> None:
    found = graph(f"x = torch.tensor(3., requires_grad=True)\n{program}\ny = x * c\ny.backward()")
    assert node(found, "c").cut == reason
    assert [edge.kind for edge in edges(found, "x", "c")] == ["cut"]
    assert [edge.local for edge in edges(found, "x", "c")] == [None]


def test_taking_only_the_shape_is_no_cut() -> None:
    found = graph("x = torch.ones(2, requires_grad=True)\nc = torch.full_like(x, 3.)\ny = (x * c).sum()")
    assert node(found, "c").cut is None
    assert not [edge for edge in found.edges if edge.kind == "cut"]


def test_what_is_not_tracked_and_not_used_is_not_drawn() -> None:
    found = graph(CHAIN)
    assert not {"tensor", "test"} & {n.name for n in found.nodes}


def test_a_leaf_that_nothing_was_computed_from_is_drawn_by_itself() -> None:
    found = graph("x = torch.ones(1, requires_grad=True)\nw = torch.ones(1, requires_grad=True)\ny = x * 2")
    assert node(found, "w").kind == "leaf"
    assert node(found, "w").id not in {end for edge in found.edges for end in (edge.source, edge.target)}


def test_saved_values_are_freed_by_backward_unless_they_are_retained() -> None:
    program = "x = torch.ones(1, requires_grad=True)\ny = x.exp()\nz = y + 1\n"
    assert (node(graph(program), "y").saved, node(graph(program), "z").saved) == ("kept", "none")
    assert node(graph(program + "z.backward()"), "y").saved == "freed"
    assert node(graph(program + "z.backward(retain_graph=True)"), "y").saved == "kept"


def test_a_model_shows_its_parameters_by_name_and_the_values_inside_its_layers() -> None:
    found = graph(
        "torch.manual_seed(0)\n"
        "net = nn.Sequential(nn.Linear(1, 2), nn.Tanh(), nn.Linear(2, 1))\n"
        "x = torch.tensor([[1.], [2.]])\n"
        "loss = nn.MSELoss()(net(x), x ** 2)\n"
        "loss.backward()\n"
    )
    parameters = {n.name for n in found.nodes if n.kind == "leaf"}
    assert parameters == {"net.0.weight", "net.0.bias", "net.2.weight", "net.2.bias"}
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(1, 2), torch.nn.Tanh(), torch.nn.Linear(2, 1))
    hidden = net[1](net[0](torch.tensor([[1.0], [2.0]])))
    first = hidden.flatten().tolist()[0]
    assert (node(found, "TanhBackward0").value or "").startswith(f"[[{first:.5g},")
    assert node(found, "x").kind == "untracked"
    assert node(found, "TanhBackward0").line == LINES + 4


def test_a_name_used_again_and_again_gets_subscripts_save_for_its_last_use() -> None:
    found = graph("h = torch.ones(1, requires_grad=True)\nfor k in range(3):\n    h = h * 2\nh.backward()")
    assert [n.symbol for n in found.nodes if n.kind != "constant"] == ["h₁", "h₂", "h₃", "h"]
    assert [n.names for n in found.nodes if n.symbol == "h"] == [["h"]]


def test_tensors_in_lists_and_dicts_are_named_by_their_place() -> None:
    found = graph(
        "ws = [torch.ones(1, requires_grad=True)]\n"
        "more = {'b': torch.ones(1, requires_grad=True)}\n"
        "y = ws[0] + more['b']\n"
    )
    assert {n.name for n in found.nodes if n.kind == "leaf"} == {"ws[0]", "more['b']"}


def test_an_operation_of_many_outputs_is_one_node() -> None:
    found = graph(
        "x = torch.tensor([3., 1., 2.], requires_grad=True)\na, b, c = x.unbind()\n(a * b).backward()"
    )
    assert node(found, "a").label == "UnbindBackward0"
    assert node(found, "a").names == ["a", "b", "c"]
    assert node(found, "a").value == "3; 1; 2"
    assert node(found, "a").grad == "1; 3"


def test_of_a_long_chain_the_newest_operations_are_shown_and_the_others_counted() -> None:
    found = graph(
        "x = torch.tensor(1., requires_grad=True)\nh = x\n"
        "for k in range(300):\n    h = h * 1.01\nh.backward()\n"
    )
    folded = next(n for n in found.nodes if n.kind == "folded")
    shown = [n for n in found.nodes if n.kind == "operation"]
    assert folded.count == 300 - len(shown)
    assert [edge.source for edge in found.edges if edge.target == folded.id] == [node(found, "x").id]
    assert [n.symbol for n in found.nodes if n.output] == ["h"]
    assert node(found, "x").grad == f"{1.01**300:.5g}"


def test_a_graph_of_very_many_inputs_is_drawn_in_part() -> None:
    derivation = told(
        "xs = [torch.tensor(float(k), requires_grad=True) for k in range(400)]\n"
        "y = torch.stack(xs).sum()\nfor k in range(8):\n    y = y + torch.stack(xs).sum()\ny.backward()\n"
    )
    assert derivation.graph is not None
    assert len(derivation.graph.nodes) <= 100
    assert len(derivation.graph.edges) <= 200
    assert derivation.chain == []


def test_the_graph_is_told_up_to_an_error() -> None:
    derivation = told("x = torch.ones(2, requires_grad=True)\ny = x * 3\ny.backward()")
    assert derivation.error is not None
    assert derivation.graph is not None
    assert node(derivation.graph, "y").label == "MulBackward0"


UNARY = ("exp", "sin", "cos", "tanh", "sigmoid", "neg", "square")
BINARY = ("+", "-", "*")


@st.composite
def computations(draw: st.DrawFn) -> list[str]:
    """Lines that each compute a new tensor t2, t3, ... from earlier ones; t0 and t1 are leaves."""
    lines = []
    for k in range(2, draw(st.integers(3, 9))):
        a, b = (f"t{draw(st.integers(0, k - 1))}" for _ in range(2))
        if draw(st.booleans()):
            lines.append(f"t{k} = {a} {draw(st.sampled_from(BINARY))} {b}")
        else:
            lines.append(f"t{k} = {a}.{draw(st.sampled_from(UNARY))}()")
    return lines


@settings(max_examples=40, deadline=None)
@given(computations())
def test_any_computation_is_told_as_torch_has_it(lines: list[str]) -> None:
    start = "t0 = torch.tensor(0.7, requires_grad=True)\nt1 = torch.tensor(-0.4, requires_grad=True)\n"
    last = lines[-1].split()[0]
    found = graph(start + "\n".join(lines) + f"\n{last}.backward()\n")

    names: dict[str, object] = {"torch": torch}
    exec(start, names)  # the oracle is plain torch, asked to keep every gradient
    for line in lines:
        exec(line, names)
        name = line.split()[0]
        tensor = names[name]
        assert isinstance(tensor, torch.Tensor)
        tensor.retain_grad()
    tensors = {name: value for name, value in names.items() if isinstance(value, torch.Tensor)}
    torch.autograd.backward(tensors[last])

    told_of = {n.name: n for n in found.nodes if n.name is not None}
    assert told_of.keys() == tensors.keys()
    for name, tensor in tensors.items():
        known = told_of[name]
        assert float(known.value or "nan") == pytest.approx(tensor.item(), rel=1e-4, abs=1e-7)
        assert (known.grad is None) == (tensor.grad is None)
        if tensor.grad is not None:
            assert float(known.grad or "nan") == pytest.approx(tensor.grad.item(), rel=1e-4, abs=1e-7)
        if tensor.grad_fn is not None:
            assert known.label == type(tensor.grad_fn).__name__
            inputs = Counter(before for before, _ in tensor.grad_fn.next_functions if before is not None)
            into = [edge for edge in found.edges if edge.target == known.id and edge.kind == "flow"]
            assert len(into) == inputs.total()
