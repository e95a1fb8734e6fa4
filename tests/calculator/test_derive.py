"""The lesson's programs through `derive`: what is printed, what is told of each tensor, where errors are."""

import pytest

from app.calculator import derive
from app.protocol.gradients import Derivation, Variable

CHAIN = """\
import torch
from torch.autograd import Variable

tensor = torch.FloatTensor([2])
variable = Variable(tensor, requires_grad=True)
test = Variable(tensor)

v_1 = 3 * variable
v_2 = 4 * v_1

v_2.backward()
print("variable.grad: \\n", variable.grad)
"""


def by_name(derivation: Derivation) -> dict[str, Variable]:
    return {variable.name: variable for variable in derivation.variables}


def test_the_chain_prints_twelve_as_torch_does() -> None:
    derivation = derive(CHAIN)
    assert derivation.error is None
    assert derivation.printed == "variable.grad: \n tensor([12.])\n"
    assert derivation.deterministic


def test_every_tensor_is_described_in_the_order_it_was_named() -> None:
    derivation = derive(CHAIN)
    assert [variable.name for variable in derivation.variables] == [
        "tensor",
        "variable",
        "test",
        "v_1",
        "v_2",
    ]
    found = by_name(derivation)
    assert found["variable"] == Variable(
        name="variable",
        text="tensor([2.], requires_grad=True)",
        value="[2.]",
        shape=[1],
        dtype="float32",
        requires_grad=True,
        is_leaf=True,
        grad="tensor([12.])",
        grad_state="value",
        grad_fn=None,
        value_numbers=[2.0],
        grad_numbers=[12.0],
    )
    assert found["v_2"].grad_fn == "MulBackward0"
    assert found["v_2"].value == "[24.]"


@pytest.mark.parametrize(
    ("name", "state"),
    [("test", "untracked"), ("variable", "value"), ("v_1", "not_retained"), ("w", "none"), ("kept", "value")],
)
def test_why_there_is_no_gradient_is_told_apart(name: str, state: str) -> None:
    program = CHAIN.replace("v_2.backward()", "w = torch.ones(2, requires_grad=True)\nkept = v_2 * 1\n")
    program += "kept.retain_grad()\nkept.backward()\n"
    assert by_name(derive(program))[name].grad_state == state


def test_a_gradient_argument_weighs_the_result() -> None:
    program = CHAIN.replace("v_2.backward()", "v_2.backward(gradient=torch.FloatTensor([2]))")
    assert derive(program).printed == "variable.grad: \n tensor([24.])\n"


def test_backward_of_a_vector_fails_in_torchs_words_at_its_place_and_keeps_what_was_done() -> None:
    derivation = derive(
        "import torch\nx = torch.ones(2, requires_grad=True)\nprint(1)\ny = 2 * x; y.backward()\n"
    )
    error = derivation.error
    assert error is not None
    assert (error.type, error.line, error.column) == ("RuntimeError", 4, 12)
    assert error.message == "grad can be implicitly created only for scalar outputs"
    assert derivation.printed == "1\n"
    assert [variable.name for variable in derivation.variables] == ["x", "y"]


def test_a_network_shows_its_parameters_under_the_names_that_reach_them() -> None:
    program = "import torch\nnet = torch.nn.Linear(1, 1)\nnet(torch.ones(1, 1)).sum().backward()\n"
    found = by_name(derive(program))
    assert found["net.weight"].grad == "tensor([[1.]])"
    assert found["net.bias"].text.startswith("Parameter containing:\ntensor([")
    assert found["net.bias"].value.startswith("[")


@pytest.mark.parametrize(
    ("tensor", "value"),
    [
        ("torch.tensor(3.5)", "3.5000"),
        ("torch.tensor([[1, 2], [3, 4]])", "[[1, 2],\n [3, 4]]"),
        ("torch.tensor([1.0], dtype=torch.float64)", "[1.]"),
        ("torch.zeros(0, 3)", "[]"),
        ("torch.tensor(True)", "True"),
        ("torch.nn.Parameter(torch.tensor([[1.0], [2.0]]))", "[[1.],\n [2.]]"),
    ],
)
def test_the_numbers_stand_alone_as_torch_writes_them(tensor: str, value: str) -> None:
    assert derive(f"import torch\nx = {tensor}\n").variables[0].value == value


def test_two_runs_never_share_random_numbers_unless_seeded() -> None:
    program = "import torch\nprint(torch.rand(3))\n"
    first, second = derive(program), derive(program)
    assert first.printed != second.printed
    assert not first.deterministic
    seeded = program.replace("print", "torch.manual_seed(0)\nprint")
    assert derive(seeded).printed == derive(seeded).printed == "tensor([0.4963, 0.7682, 0.0885])\n"
    assert derive(seeded).deterministic


@pytest.mark.parametrize(
    "program",
    [
        "import torch\nprint(torch.initial_seed())\n",
        "import torch\ng = torch.Generator()\ng.seed()\nprint(torch.rand(3, generator=g))\n",
    ],
)
def test_a_seed_that_is_random_itself_makes_a_program_random(program: str) -> None:
    first, second = derive(program), derive(program)
    assert first.printed != second.printed
    assert not first.deterministic
    assert derive("import torch\ntorch.manual_seed(5)\nprint(torch.initial_seed())\n").deterministic


def test_a_network_is_told_as_torch_built_it_whatever_its_methods_say() -> None:
    program = """
import torch
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(1, 1, bias=False)
    def named_parameters(self, *args, **kwargs):
        while True:
            pass
net = Net()
net.parameters = lambda *args, **kwargs: 1 / 0
"""
    derivation = derive(program)
    assert derivation.error is None
    assert [variable.name for variable in derivation.variables] == ["net.fc.weight"]


def test_a_warning_is_shown_with_its_line_and_without_paths() -> None:
    derivation = derive("import torch\nx = torch.ones(1, requires_grad=True)\nprint((x * 2).grad)\n")
    (warning,) = derivation.warnings
    assert warning.line == 3
    assert warning.message.startswith("The .grad attribute of a Tensor that is not a leaf Tensor")
    assert "Triggered internally" not in warning.message
    assert derivation.printed == "None\n"


def test_one_program_leaves_nothing_behind_for_the_next() -> None:
    derive("import torch\ntorch.set_grad_enabled(False)\ntorch.set_default_dtype(torch.float64)\n")
    probe = "import torch\nprint(torch.get_default_dtype(), torch.is_grad_enabled())\n"
    assert derive(probe).printed == "torch.float32 True\n"
