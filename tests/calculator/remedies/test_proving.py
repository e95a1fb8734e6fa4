"""Fixes that do harm are not offered: each is run, and the program has to come further with it."""

import pytest

from app.calculator import derive
from app.calculator.explain.recording import Recording
from app.calculator.program.read import read
from app.calculator.program.run import Program
from app.calculator.remedies.proving import MAX_RUNS, Proof
from app.calculator.remedies.source import Source
from app.protocol.edits import Fix, TextEdit

LEAF = "import torch\nw = torch.ones(1, requires_grad=True)\n"
HARM = {
    "a method made of a flag": (
        "y = w.exp()\nw.requires_grad_()\ny.add_(1)\ny.sum().backward()",
        ("w.requires_grad_()", "w = w.requires_grad()"),
        ("y.add_(1)", "y = y.add(1)"),
    ),
    "an argument twice": (
        "y = w.detach() * 2\ny.sum().backward()",
        ("requires_grad=True", "requires_grad=True, requires_grad=True"),
        ("w.detach()", "w"),
    ),
    "another line than the culprit": (
        "total = 0\ntotal += w.exp()\ne = w.exp()\ne += 1\n(total + e).sum().backward()",
        ("total += w.exp()", "total = total + w.exp()"),
        ("e += 1", "e = e + 1"),
    ),
    "a condition that hides": (
        "v = w * 2\n(v * 3).sum().backward()\nv.grad.zero_()",
        ("v.grad.zero_()", "if v.grad is not None:\n    v.grad.zero_()"),
        ("v = w * 2", "v = w * 2\nv.retain_grad()"),
    ),
    "a graph that is kept and not cut": (
        "h = torch.zeros(1)\noptimizer = torch.optim.SGD([w], lr=0.1)\nfor i in range(3):\n"
        "    h = h * w + 1\n    (h**2).sum().backward()\n    optimizer.step()",
        (".backward()", ".backward(retain_graph=True)"),
        ("h = h * w", "h = h.detach() * w"),
    ),
    "an error on an earlier line": (
        "y = w * 2\nprint(y.numpy())",
        ("y = w * 2", "y = (w * 2).numpy()"),
        ("y.numpy()", "y.detach().numpy()"),
    ),
}


def proof_of(program: str) -> Proof:
    running, recording = Program(read(program)), Recording()
    run = running.run(recording)
    source = Source(running.script.tree, running.script.lines)
    statement = None if run.place is None else source.statement(run.place.node)
    return Proof(running, run, recording.n_lines, statement)


def change(program: str, old: str, new: str) -> Fix:
    before = program[: program.index(old)]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return Fix(
        edits=[TextEdit(line=line, column=column, end_line=line, end_column=column + len(old), text=new)]
    )


@pytest.mark.parametrize("kind", HARM)
def test_a_fix_that_does_harm_is_told_from_one_that_helps(kind: str) -> None:
    text, harm, help_ = HARM[kind]
    program = LEAF + text
    assert not proof_of(program).cures(change(program, *harm))
    assert proof_of(program).cures(change(program, *help_))


def test_a_condition_that_is_needed_only_at_first_is_no_harm() -> None:
    program = (
        LEAF
        + "for i in range(2):\n    w.grad.zero_()\n    (w * 2).backward()\n    seen = w.grad\nw.grad = None"
    )
    condition = "if w.grad is not None:\n        w.grad.zero_()"
    assert proof_of(program).cures(change(program, "w.grad.zero_()", condition))


def test_a_program_that_goes_on_for_long_has_come_further() -> None:
    program = "import torch\nx = torch.one(2)\nwhile True:\n    x = x + 1"
    assert proof_of(program).cures(change(program, "torch.one(", "torch.ones("))
    stuck = "import torch\nwhile x is None:\n    pass\ny = x + 1"
    assert not proof_of(stuck).cures(change(stuck, "import torch", "import torch; x = None; n = 3"))


@pytest.mark.parametrize(
    "loop",
    [
        "import os\nos._exit(0)",
        "while True:\n    try:\n        x + 1\n    except:\n        pass",
        "while True:\n    try:\n        x + 1\n    except BaseException:\n        pass",
        "while True:\n    try:\n        x + 1\n    finally:\n        continue",
        "class Deaf:\n    def __enter__(self): ...\n    def __exit__(self, *_): return True\n"
        "while True:\n    with Deaf():\n        x + 1",
    ],
)
def test_a_program_that_could_not_be_ended_again_is_not_run(loop: str) -> None:
    program = f"x = lenn([1])\n{loop}"
    assert not proof_of(program).cures(change(program, "lenn", "len"))


def test_the_number_of_runs_is_bounded() -> None:
    program = "x = lenn([1])"
    proof = proof_of(program)
    assert [proof.cures(change(program, "lenn", "len")) for _ in range(MAX_RUNS + 1)] == [
        *[True] * MAX_RUNS,
        False,
    ]


def test_a_warning_has_to_be_gone() -> None:
    program = "import torch\nloss = torch.nn.MSELoss()\nprint(loss(torch.ones(3, 1), torch.ones(3)))"
    (warning,) = derive(program).warnings
    assert warning.fixes
    assert not proof_of(program).silences(change(program, "print(", "print( "), warning)


def test_a_gradient_that_would_not_be_kept_is_not_promised() -> None:
    kept = {
        variable.name: variable.retain is not None
        for variable in derive(
            LEAF + "y = w * 2\nunused = w * 3\nif True:\n    z = y * 1\nz.backward()"
        ).variables
    }
    assert kept == {"w": False, "y": True, "unused": False, "z": True}
