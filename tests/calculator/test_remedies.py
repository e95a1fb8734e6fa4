"""What to change: every fix is applied to its program, and the program run again."""

import pytest

from app.calculator import derive
from app.protocol.edits import Fix, edited
from app.protocol.gradients import Derivation, ProgramError, ProgramWarning
from app.protocol.topics import find
from app.web.pages.examples.clinic import CLINIC
from app.web.pages.examples.gallery import GALLERY

LEAF = "import torch\nx = torch.ones(1, requires_grad=True)\n"
FORMS = [
    ("import torch as t\nx = t.ones(2, requires_grad=True)\n(x * 2).backward()", "(x * 2).sum().backward()"),
    (
        "import torch\nx = torch.ones(2, requires_grad=True)\ny = x * 2\ny.backward(\n    torch.ones(3),\n)",
        "torch.ones_like(y),",
    ),
    (
        LEAF + "y = x * x\nfor i in range(2):\n    y.backward()",
        "y.backward(retain_graph=True)",
    ),
    (
        "import torch\nx = torch.FloatTensor([2])\n(3 * x).backward()",
        "torch.FloatTensor([2]).requires_grad_()",
    ),
    ("import torch\nx = torch.tensor([1, 2])\nx.requires_grad_()", "torch.tensor([1., 2.])"),
    (
        "import torch\nx = torch.ones(2, requires_grad=True)\ny = x.exp()\ny.add_(1)\ny.sum().backward()",
        "y = y.add(1)",
    ),
    ("import torch\nz = torch.ones(2, 3)\nü = z @ (z + 1)", "ü = z @ ((z + 1).T)"),
    (
        "import torch\nx = torch.linspace(-1, 1, 9)\nlayer = torch.nn.Linear(1, 1)\nlayer(x)",
        "layer(x.unsqueeze(dim=1))",
    ),
    ("x = nn.Linear(1, 1)", "from torch import nn\n"),
    ("import torch\nprint(torch.exp(2.0))", "torch.exp(torch.tensor(2.0))"),
    ("import torch\nx = torch.arange(3)\nprint(x.mean())", "x.float().mean()"),
]


def troubles(derivation: Derivation) -> list[ProgramError | ProgramWarning]:
    return [*([derivation.error] if derivation.error else []), *derivation.warnings]


def first_fix(derivation: Derivation, program: str) -> str:
    fixes = [fix for trouble in troubles(derivation) for fix in trouble.fixes]
    assert fixes, derivation.error
    return edited(program, fixes[0])


@pytest.mark.parametrize("key", CLINIC)
def test_each_confusion_of_the_clinic_says_what_it_should_and_its_fix_cures_it(key: str) -> None:
    case = CLINIC[key]
    derivation = derive(case.program)
    told = next(trouble for trouble in troubles(derivation) if trouble.message == case.message)
    # The program may show more than the message says; then its topic is a better one.
    assert case.topic in (told.topic, (find(told.message) or [None])[0])
    cured = derive(first_fix(derivation, case.program))
    assert cured.error is None
    assert cured.warnings == []


@pytest.mark.parametrize(("program", "expected"), FORMS)
def test_a_fix_fits_the_way_the_program_is_written(program: str, expected: str) -> None:
    fixed = first_fix(derive(program), program)
    assert expected in fixed
    assert derive(fixed).error is None


def test_where_nothing_is_sure_to_help_there_is_no_fix() -> None:
    for program in (
        "import torch\ntorch.ones(2, 3) @ torch.ones(4, 5)",
        "import torch\nx = torch.ones(1)\nprint(x.grad + 1)",
        "totally_unknown",
        "if True: import torch; x = torch.ones(2, requires_grad=True); x += 1",
        "x = (",
    ):
        error = derive(program).error
        assert error is not None
        assert error.fixes == []


@pytest.mark.parametrize(
    "program",
    [
        LEAF + "y = 3 * x\n(y * 2).backward()",
        LEAF + "y = 3 * x; z = y * 2; z.backward()",
        LEAF + "y = (3 *\n  x)  # three\n(y * 2).backward()",
        LEAF + "for i in range(2):\n\ty = 3 * x\n\t(y * 2).backward()",
    ],
)
def test_a_results_gradient_can_be_kept(program: str) -> None:
    y = next(variable for variable in derive(program).variables if variable.name == "y")
    assert y.retain is not None
    again = derive(edited(program, y.retain))
    assert next(variable.grad for variable in again.variables if variable.name == "y") == "tensor([2.])"


def test_other_weights_take_the_place_of_those_given() -> None:
    head = "import torch\nx = torch.tensor([1., 2.], requires_grad=True)\ny = x * x\n"
    for call in ("y.backward(torch.ones(2))", "y.backward(retain_graph=True, gradient=torch.ones(2),)"):
        (jacobian,) = derive(head + call).jacobians
        assert jacobian.weights is not None
        edit = jacobian.weights.model_copy(update={"text": jacobian.weights.text.replace("…", "[0., 3.]")})
        (again,) = derive(edited(head + call, Fix(edits=[edit]))).jacobians
        assert again.product == [0.0, 12.0]


@pytest.mark.parametrize(
    "call",
    [
        "torch.autograd.backward([x * x], [torch.ones(2)])",
        "backward(x * x, torch.ones(2))",
        "ag.backward((x * x,), (torch.ones(2),))",
    ],
)
def test_the_function_backward_has_its_outputs_first_and_is_left_alone(call: str) -> None:
    program = (
        "import torch\nimport torch.autograd as ag\nfrom torch.autograd import backward\n"
        f"x = torch.tensor([1., 2.], requires_grad=True)\n{call}\n"
    )
    (jacobian,) = derive(program).jacobians
    assert jacobian.product == [2.0, 4.0]
    assert jacobian.weights is None


def test_the_failing_expression_is_marked_to_its_end() -> None:
    error = derive("import torch\nü = torch.ones(2); ü @ torch.ones(3)").error
    assert error is not None
    assert (error.column, error.end_column) == (20, 37)


@pytest.mark.parametrize("key", GALLERY)
def test_the_gallerys_programs_run(key: str) -> None:
    example = GALLERY[key]
    for program in filter(None, (example.program, example.beside)):
        derivation = derive(program)
        assert derivation.error is None
        assert derivation.warnings == []
        assert derivation.graph is not None
        assert derivation.deterministic
