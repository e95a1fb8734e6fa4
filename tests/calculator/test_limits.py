"""A program that goes on too long ends with what it did so far, and says why."""

import pytest
from app.calculator.interpreter import run as interpreter_run

from app.calculator import derive
from app.calculator.limits import MAX_PRINTED, MAX_STEPS


@pytest.mark.parametrize(
    "loop",
    [
        "while True: pass", "while 1:\n    try:\n        while 1: pass\n    except Exception: pass",
        "for i in range(10**9): pass", "def f():\n    while True: pass\nf()",
        "x = [0 for _ in range(10**6) if 0]",
        "while True:\n    try:\n        1 / 0\n    except ZeroDivisionError:\n        continue",
        "while True:\n    try:\n        pass\n    finally:\n        continue",
        "f = lambda: 0\nwhile True: f()", "sum(1 for i in range(10**9))", "while True: x = 1; del x",
    ],
)  # fmt: skip
def test_endless_loops_end(loop: str) -> None:
    derivation = derive(f"print('before')\n{loop}\n")
    assert derivation.printed == "before\n"
    assert derivation.error is not None
    assert (derivation.error.type, "too long" in derivation.error.message) == ("LimitReached", True)
    assert derivation.error.line is not None
    assert derivation.error.line > 1


def test_a_program_within_the_steps_is_not_stopped() -> None:
    rounds = MAX_STEPS // 4
    derivation = derive(f"n = 0\nfor i in range({rounds}):\n    n += i\n    n -= 1\nprint(n)")
    assert derivation.error is None
    assert derivation.printed == f"{rounds * (rounds - 1) // 2 - rounds}\n"


def test_the_clock_stops_what_takes_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreter_run, "MAX_SECONDS", 0.1)
    derivation = derive("import torch\nprint('before')\nwhile True:\n    torch.ones(1000, 1000).exp()\n")
    assert derivation.printed == "before\n"
    assert derivation.error is not None
    assert (derivation.error.type, derivation.error.line) == ("LimitReached", 4)


@pytest.mark.parametrize(
    "program",
    [
        "f = lambda: f()\nf()", "def f(n):\n    return f(n + 1) + 1\nf(0)",
        "def f(n):\n    return [g(n) for _ in range(1)]\n"
        "def g(n):\n    return sorted([1], key=lambda _: f(n))\nf(0)",
        "import torch\nclass N(torch.nn.Module):\n    def forward(self, x): return self(x)\nN()(1)",
        "import torch\nclass N(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.n = N()\nN()",
        "import torch\nclass F(torch.autograd.Function):\n    @staticmethod\n"
        "    def forward(ctx, x): return F.apply(x)\nF.apply(torch.ones(1))",
        "x = []\nfor _ in range(10**4): x = [x]\nprint(x)",
        "a, b = [], []\nfor _ in range(30000): a = [a]; b = [b]\na == b",
    ],
)  # fmt: skip
def test_recursion_without_end_is_pythons_own_error(program: str) -> None:
    error = derive(program).error
    assert error is not None
    assert (error.type, error.message.startswith("maximum recursion depth exceeded")) == (
        "RecursionError",
        True,
    )
    assert error.line is not None


def test_recursion_as_deep_as_pythons_works() -> None:
    program = "def depth(n):\n    return 0 if n == 0 else 1 + depth(n - 1)\nprint(depth(950))"
    assert derive(program).printed == "950\n"


def test_a_loop_of_ten_thousand_rounds_of_arithmetic_finishes() -> None:
    program = "x = 0.0\nfor i in range(10_000):\n    x = x * 0.999 + 1.0 / (i + 1)\nprint(x)\n"
    derivation = derive(program)
    assert derivation.error is None
    x = 0.0
    for i in range(10_000):
        x = x * 0.999 + 1.0 / (i + 1)
    assert derivation.printed == f"{x}\n"


def test_hooks_cannot_call_backward_without_end() -> None:
    program = """
import torch
def h(g):
    with torch.enable_grad():
        x = torch.ones(1, requires_grad=True)
        y = x * 2
        y.register_hook(h)
        y.backward()
    return g
x = torch.ones(1, requires_grad=True)
y = x * 2
y.register_hook(h)
y.backward()
"""
    error = derive(program).error
    assert error is not None
    assert error.type == "RecursionError"


def test_printing_stops_at_the_limit_and_the_program_goes_on() -> None:
    derivation = derive("for i in range(10000):\n    print('x' * 100)\nprint('last')\ny = 1\nassert y == 1")
    assert derivation.error is None
    assert derivation.truncated
    assert len(derivation.printed) == MAX_PRINTED


def test_what_is_printed_just_fits() -> None:
    derivation = derive(f"print('x' * {MAX_PRINTED - 1})")
    assert (derivation.truncated, len(derivation.printed)) == (False, MAX_PRINTED)


def test_tensors_alive_together_are_limited_and_the_dead_are_forgotten() -> None:
    alive = "import torch\nxs = []\nfor i in range(100):\n    xs.append(torch.ones(1000, 1000))\n"
    error = derive(alive).error
    assert error is not None
    assert (error.type, error.line, "64 MB" in error.message) == ("LimitReached", 4, True)
    dead = "import torch\nfor i in range(100):\n    x = torch.ones(1000, 1000)\nprint(i)\n"
    assert derive(dead).printed == "99\n"


def test_what_autograd_keeps_counts_as_alive() -> None:
    program = "import torch\nx = torch.ones(1000, 1000, requires_grad=True)\n"
    program += "for i in range(50):\n    x = x.exp()\n"
    error = derive(program).error
    assert error is not None
    assert "64 MB" in error.message


def test_views_count_once() -> None:
    program = "import torch\nx = torch.ones(1000, 1000)\nxs = [x.t() for _ in range(100)]\nprint(len(xs))"
    assert derive(program).printed == "100\n"


def test_a_message_too_long_is_cut() -> None:
    error = derive("raise ValueError('x' * 50000)").error
    assert error is not None
    assert (error.type, len(error.message)) == ("ValueError", 4096 + len(" ..."))


def test_refusals_cannot_be_caught_by_the_program() -> None:
    for refused in ("2 ** 10**9", "open('x')", "().append", "[0] * 10**9", "import os"):
        program = (
            f"try:\n    {refused}\nexcept Exception:\n    print('caught')\nfinally:\n    print('finally')\n"
        )
        derivation = derive(program)
        if derivation.error is None:
            assert refused == "().append"  # Python's own AttributeError
        else:
            assert derivation.printed == ""


def test_many_large_tensors_are_described_in_short() -> None:
    program = "import torch\n" + "".join(f"x{i} = torch.rand(1000)\n" for i in range(50))
    found = derive(program).variables
    assert len(found) == 50
    assert "..." not in found[0].text
    assert "..." in found[-1].text
    assert sum(len(variable.text) + len(variable.value) for variable in found) < 200_000


@pytest.mark.parametrize(
    "shown",
    [
        "torch.zeros([2] * 19)",
        "torch.zeros([7] * 7)",
        "[torch.zeros(1000)] * 30",
        "torch.zeros([7] * 7).numpy()",
    ],
)  # fmt: skip
def test_what_would_take_torch_long_to_write_is_refused(shown: str) -> None:
    error = derive(f"import torch\nx = {shown}\nprint(x)").error
    assert error is not None
    assert (error.line, "Output truncated" in error.message) == (3, True)
