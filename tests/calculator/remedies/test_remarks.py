"""What torch does without a word: the remark is true of the program, and of none that means it."""

from pathlib import Path

import pytest
import torch

from app.calculator import derive
from app.protocol.edits import edited
from app.protocol.gradients import Remark

CASES = Path(__file__).parents[2] / "data" / "cases"


def case(number: int) -> str:
    (path,) = CASES.glob(f"programs/{number}-*.py")
    return path.read_text(encoding="utf-8")


def remark(program: str) -> Remark:
    (one,) = derive(program).remarks
    return one


def test_a_column_minus_a_row_is_every_pair_of_them_and_the_fix_makes_it_one_by_one() -> None:
    program = case(73)
    told = remark(program)
    assert told.topic == "silent_broadcast"
    assert told.params == {"first": "[4, 1]", "second": "[4]", "result": "[4, 4]"}
    assert list((torch.ones(4, 1) - torch.ones(4)).shape) == [4, 4]
    mended = edited(program, told.fixes[0])
    assert derive(mended).remarks == []
    names: dict[str, object] = {}
    exec(mended.partition("out = out.view")[0].replace("range(200)", "range(2)"), names)
    loss = names["loss_history"]
    assert isinstance(loss, list)
    assert loss[1] < loss[0]


def test_a_loss_that_is_made_to_require_grad_teaches_nobody() -> None:
    told = remark(case(111))
    assert (told.topic, told.line, told.params) == (
        "made_to_require_grad",
        14,
        {"name": "loss", "line": "13"},
    )
    derivation = derive(case(111))
    assert [variable.grad for variable in derivation.variables if variable.name.startswith("model.")] == [
        None
    ] * 2
    assert derivation.printed.endswith("True\n")  # the weights are what they were


def test_a_scheduler_alone_moves_nothing_and_with_its_optimizer_it_does() -> None:
    program = case(49)
    told = remark(program)
    assert told.topic == "scheduler_alone"
    assert derive(program).printed.endswith("True\n")  # as above
    assert derive(edited(program, told.fixes[0])).printed.endswith("False\n")


@pytest.mark.parametrize(
    ("program", "offered"),
    [
        ("loss = (a - b).pow(2).mean()", True),
        # the line is one of a loop's, and what follows takes every pair
        ("pairs = a - b\npairs[3, 3].backward()", False),
        ("loss = ((a - b) + (b - a)).mean()", False),  # still every pair, in the other difference
    ],
)
def test_a_column_is_made_of_a_row_only_where_the_program_takes_it(program: str, offered: bool) -> None:
    told = remark(f"import torch\na = torch.ones(4, 1, requires_grad=True)\nb = torch.ones(4)\n{program}")
    assert (told.topic, bool(told.fixes)) == ("silent_broadcast", offered)


def test_an_optimizer_steps_only_where_that_moves_something() -> None:
    program = (
        "import torch\nx = torch.ones(1, requires_grad=True)\noptimizer = torch.optim.SGD([x], lr=1.0)\n"
        "scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1)\n{}scheduler.step()"
    )
    assert remark(program.format("")).fixes == []  # there is no gradient
    assert remark(program.format("(x * x).backward()\n")).fixes != []


@pytest.mark.parametrize(
    "program",
    [
        # an outer difference without gradients, and one of a row with itself
        "import torch\na = torch.ones(4, 1) - torch.ones(4)",
        "import torch\nx = torch.ones(4, requires_grad=True)\n(x - torch.ones(4)).sum().backward()",
        "import torch\nx = torch.ones(4, 1, requires_grad=True)\n(x - torch.ones(1)).sum().backward()",
        # a leaf that is made one on purpose
        "import torch\nx = torch.ones(2)\nx.requires_grad = True\nx.sum().backward()",
        "import torch\nx = torch.ones(2).exp()\nx.requires_grad_()\n(x * x).sum().backward()",
        # a scheduler after its optimizer
        "import torch\nx = torch.ones(1, requires_grad=True)\no = torch.optim.SGD([x], lr=1.0)\n"
        "s = torch.optim.lr_scheduler.StepLR(o, 1)\n(x * x).backward()\no.step()\ns.step()",
    ],
)
def test_what_is_meant_is_left_alone(program: str) -> None:
    assert derive(program).remarks == []


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        ("torch.tensor(p, requires_grad=True)", "copied"),
        ("torch.tensor([p * 2, p])", "copied"),
        ("torch.tensor([[p, 1.], [0., p]])", "copied"),
        ("torch.Tensor([p])", "copied"),
        ("torch.nn.Parameter(p * 2)", "detach"),
        ("torch.autograd.Variable(p * 2, requires_grad=True)", "detach"),
    ],
)
def test_a_copy_that_is_wrapped_is_drawn_as_a_cut(make: str, reason: str) -> None:
    graph = derive(
        f"import torch\np = torch.tensor(2., requires_grad=True)\nq = {make}\n(q * p).sum().backward()"
    ).graph
    assert graph is not None
    (copy,) = [node for node in graph.nodes if node.cut]
    assert (copy.name, copy.cut) == ("q", reason)
    assert [edge.target for edge in graph.edges if edge.kind == "cut"] == [copy.id]
