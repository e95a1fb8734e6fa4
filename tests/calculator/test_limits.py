"""A program that goes on too long ends with what it did so far, and says why."""

import signal
from collections.abc import Iterator

import pytest

from app.calculator import derive
from app.calculator.limits import MAX_PRINTED
from app.calculator.program.stage import stop

BEGIN = "import signal; signal.setitimer(signal.ITIMER_REAL, 0.1, 0.05); print('before')"
"""The first line of a program that is stopped soon after."""


@pytest.fixture
def alarm() -> Iterator[None]:
    """The alarm does what the web process's signals do: they come until the program has ended."""
    previous = signal.signal(signal.SIGALRM, stop)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, previous)


@pytest.mark.usefixtures("alarm")
@pytest.mark.parametrize(
    "loop",
    [
        "while True: pass", "while 1:\n    try:\n        while 1: pass\n    except Exception: pass",
        "for i in range(10**12): pass", "def f():\n    while True: pass\nf()",
        "while True:\n    try:\n        pass\n    except:\n        pass",
        "while True:\n    try:\n        1 / 0\n    except ZeroDivisionError:\n        continue",
        "while True:\n    try:\n        pass\n    finally:\n        continue",
        "while True:\n    try:\n        try:\n            pass\n        except:\n            pass\n"
        "    except:\n        pass",
        "f = lambda: 0\nwhile True: f()", "sum(1 for i in range(10**12))", "while True: x = 1; del x",
        "import time\ntime.sleep(60)",
    ],
)  # fmt: skip
def test_endless_loops_end_with_their_line_and_what_was_printed(loop: str) -> None:
    derivation = derive(f"{BEGIN}\n{loop}\n")
    assert derivation.printed == "before\n"
    assert derivation.error is not None
    assert derivation.error.type == "Timeout"
    assert derivation.error.line is not None
    assert derivation.error.line > 1


@pytest.mark.parametrize(
    "program",
    [
        "f = lambda: f()\nf()", "def f(n):\n    return f(n + 1) + 1\nf(0)",
        "def f(n):\n    return [g(n) for _ in range(1)]\n"
        "def g(n):\n    return sorted([1], key=lambda _: f(n))\nf(0)",
        "import torch\nclass N(torch.nn.Module):\n    def forward(self, x): return self(x)\nN()(1)",
        "import torch\nclass N(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.n = N()\nN()",
        "x = []\nfor _ in range(10**4): x = [x]\nprint(x)",
        "a, b = [], []\nfor _ in range(30000): a = [a]; b = [b]\na == b",
    ],
)  # fmt: skip
def test_recursion_without_end_is_pythons_own_error(program: str) -> None:
    error = derive(program).error
    assert error is not None
    assert error.type == "RecursionError"
    assert error.message.startswith("maximum recursion depth exceeded")
    assert error.line is not None


@pytest.mark.parametrize(("depth", "error"), [(950, None), (1000, "RecursionError")])
def test_calls_go_as_deep_as_in_plain_python(depth: int, error: str | None) -> None:
    program = f"def depth(n):\n    return 0 if n == 0 else 1 + depth(n - 1)\nprint(depth({depth}))"
    derivation = derive(program)
    assert (derivation.error and derivation.error.type) == error


def test_printing_stops_at_the_limit_and_the_program_goes_on() -> None:
    derivation = derive("for i in range(10000):\n    print('x' * 100)\nprint('last')\ny = 1\nassert y == 1")
    assert derivation.error is None
    assert derivation.truncated
    assert len(derivation.printed) == MAX_PRINTED


def test_what_is_printed_just_fits() -> None:
    derivation = derive(f"print('x' * {MAX_PRINTED - 1})")
    assert (derivation.truncated, len(derivation.printed)) == (False, MAX_PRINTED)


def test_a_message_too_long_is_cut() -> None:
    error = derive("raise ValueError('x' * 50000)").error
    assert error is not None
    assert (error.type, len(error.message)) == ("ValueError", 4096 + len(" ..."))


def test_many_large_tensors_are_described_in_short() -> None:
    program = "import torch\n" + "".join(f"x{i} = torch.rand(1000)\n" for i in range(50))
    found = derive(program).variables
    assert len(found) == 50
    assert "..." not in found[0].text
    assert "..." in found[-1].text
    assert sum(len(variable.text) + len(variable.value) for variable in found) < 200_000
