"""What is around a program: its modules, seeds and output."""
# ruff: noqa: E501  # a program a line

import sys

import pytest

from app.calculator import derive


@pytest.mark.parametrize("name", ["flask", "torch.nothing", "os.nothing", "app_that_is_not"])
def test_other_modules_are_not_there(name: str) -> None:
    error = derive(f"import {name}").error
    assert error is not None
    assert error.type == "ModuleNotFoundError"
    assert error.message.startswith(f"No module named '{name}'")


def test_a_program_can_do_without_a_module() -> None:
    assert derive("try:\n    import cupy\nexcept ImportError:\n    print('none')").printed == "none\n"


@pytest.mark.parametrize(
    ("program", "deterministic"),
    [
        ("import random\nprint(random.random())", False),
        ("import random\nrandom.seed(1)\nprint(random.random())", True),
        ("import numpy as np\nprint(np.random.rand())", False),
        ("import numpy as np\nnp.random.seed(1)\nprint(np.random.rand())", True),
        ("import numpy as np\nprint(np.random.default_rng().random())", False),
        ("import numpy as np\nprint(np.random.default_rng(1).random())", True),
        ("import torch\ntorch.rand(1)\ntorch.manual_seed(0)", False),
        ("import torch\ntorch.manual_seed(0)\nimport random\nprint(random.random())", False),
        ("print(1)", True),
    ],
)
def test_every_generator_is_looked_at(program: str, deterministic: bool) -> None:
    first, second = derive(program), derive(program)
    assert first.deterministic == deterministic
    if deterministic:
        assert first.printed == second.printed


def test_only_standard_output_is_shown() -> None:
    program = (
        "import sys\nprint(1, file=sys.stderr)\nsys.stdout.write('2')\nsys.stdout.flush()\nprint(sys.argv)"
    )
    assert derive(program).printed == "2['program.py']\n"


def test_a_loader_needs_no_other_process() -> None:
    program = """
import torch
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
data = TensorDataset(torch.arange(6.0))
print([batch for (batch,) in DataLoader(data, 2, shuffle=True, num_workers={})])
"""
    assert derive(program.format(0)).printed == derive(program.format(4)).printed != ""


@pytest.mark.parametrize(
    ("call", "kind"), [("exit()", None), ("sys.exit(0)", None), ("sys.exit('no')", "SystemExit")]
)
def test_a_program_may_end_itself(call: str, kind: str | None) -> None:
    derivation = derive(f"import sys\nprint(1)\n{call}\nprint(2)")
    assert derivation.printed == "1\n"
    assert (derivation.error and derivation.error.type) == kind


def test_a_copied_or_saved_tensor_carries_nothing_of_the_watching() -> None:
    program = "import torch, copy\nx = torch.ones(1, requires_grad=True)\ny = copy.deepcopy(x)\nprint(vars(x), vars(y))"
    assert derive(program).printed == "{} {}\n"


def test_everything_is_put_back() -> None:
    before = sys.stdout, sys.getrecursionlimit(), open, sys.modules["__main__"], list(sys.meta_path)
    derive("import sys, builtins\nsys.setrecursionlimit(5000)\nsys.meta_path.clear()")
    assert (sys.stdout, sys.getrecursionlimit(), open, sys.modules["__main__"]) == before[:4]
    sys.meta_path[:] = before[4]
