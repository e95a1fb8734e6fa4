"""Watching changes nothing: what a program sees, how often its code runs, what memory it holds."""

import ast
import gc
import re
import weakref
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
import torch

from app.calculator import derive
from app.calculator.explain.recording import WATCHED, Recording
from tests.calculator.explain.told import HEAD, told

ADDRESS = re.compile(r"0x[0-9a-f]+")

WITNESS = """\
def say(name, t):
    print(name, t.is_leaf, t._version, t.requires_grad, t.retains_grad, t.grad_fn)
x = torch.tensor([1., 2.], requires_grad=True)
w = torch.tensor(3., requires_grad=True)
y = x * w
y.retain_grad()
z = y.exp().sum()
x.register_hook(lambda g: print('x', g))
y.register_hook(lambda g: print('y', g))
z.backward(retain_graph=True)
for name, t in [('x', x), ('w', w), ('y', y), ('z', z)]:
    say(name, t)
print(x.grad, w.grad, y.grad, x.grad.is_leaf, x.grad._version, x.grad.requires_grad)
z.backward()
print(x.grad, x.grad._version, y.grad)
try:
    z.backward()
except RuntimeError as error:
    print(error)
print(z.grad_fn.next_functions, (x * 2).grad)
with torch.no_grad():
    x -= 0.1 * x.grad
print(x, x._version, x.grad._version, x.is_leaf)
g, = torch.autograd.grad((x ** 3).sum(), x, create_graph=True)
print(g, g.requires_grad, x.grad)
print(torch.rand(3))
"""


class Blind:
    """An observer that looks at nothing."""

    awake = True

    def executed(self, *_: Any) -> None:
        """Nothing is looked at."""

    def passed(self, *_: Any) -> None:
        """Nothing is counted."""

    def called(self, *_: Any) -> None:
        """Nothing is looked at."""

    def backward(self, *_: Any) -> AbstractContextManager[None]:
        return nullcontext()


def test_a_program_that_looks_at_everything_sees_what_it_sees_unwatched() -> None:
    program = f"{HEAD}torch.manual_seed(1)\n{WITNESS}"
    watched, unwatched = derive(program), derive(program, observer=Blind())
    assert watched.graph is not None
    assert unwatched.graph is None
    assert ADDRESS.sub("", watched.printed) == ADDRESS.sub("", unwatched.printed)
    # How to keep a gradient is told with the explanation.
    told = [variable.model_copy(update={"retain": None}) for variable in watched.variables]
    assert told == unwatched.variables
    assert [w.message for w in watched.warnings] == [w.message for w in unwatched.warnings]
    assert watched.error == unwatched.error is None


def test_hooks_and_backwards_of_the_programs_own_run_as_often_as_in_torch() -> None:
    derivation = told(
        "class Double(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, a):\n        print('forward')\n        return a * 2\n"
        "    @staticmethod\n    def backward(ctx, g):\n        print('backward')\n        return g * 2\n"
        "x = torch.tensor([1., 2.], requires_grad=True)\n"
        "x.register_hook(lambda g: print('hook'))\n"
        "Double.apply(x).backward(torch.tensor([1., 1.]))\n"
    )
    assert derivation.printed == "forward\nbackward\nhook\n"


def test_watching_a_long_program_does_not_use_up_its_steps() -> None:
    derivation = told("n = 0\nfor k in range(60000):\n    n += k\nprint(n)")
    assert derivation.printed == f"{sum(range(60000))}\n"
    assert derivation.error is None


@pytest.fixture
def recording() -> Recording:
    return Recording()


def call(recording: Recording, function: str, *args: Any) -> Any:
    """Call torch, and tell the recording as the hooks do."""
    result = getattr(torch, function)(*args)
    node = ast.parse("f()", mode="eval").body
    recording.called(node, f"torch.{function}", args, {}, result)
    return result


def test_tensors_and_graphs_are_let_go_as_in_torch(recording: Recording) -> None:
    x = torch.ones(4, requires_grad=True)
    y = call(recording, "exp", x)
    z = call(recording, "mul", y, torch.full((4,), 2.0))
    gone = [weakref.ref(tensor) for tensor in (x, y, z)]
    del x, y, z
    gc.collect()
    assert [ref() for ref in gone] == [None, None, None]


def test_values_are_those_of_the_moment(recording: Recording) -> None:
    x = torch.ones(2, requires_grad=True)
    y = call(recording, "mul", x, torch.ones(2))
    y.add_(5)
    before = y.grad_fn.next_functions[0][0]
    assert recording.ledger.mark(before).values[0].text == "[1, 1]"


def test_backward_leaves_no_hook_behind(recording: Recording) -> None:
    x: Any = torch.ones(2, requires_grad=True)
    y = call(recording, "exp", x).sum()
    with recording.backward(ast.Pass(), [y], [None]):
        y.backward(retain_graph=True)
    (flow, _), *_ = recording.flows.last.values()
    assert len(flow.flows) == 3
    y.backward()
    assert len(flow.flows) == 3
    assert torch.allclose(x.grad, 2 * x.exp())


def test_an_error_on_the_way_is_not_hidden_and_is_noted(recording: Recording) -> None:
    x = torch.ones(2, requires_grad=True)
    y = call(recording, "exp", x)
    with (
        pytest.raises(RuntimeError, match="scalar outputs"),
        recording.backward(ast.Pass(), [y], [None]),
    ):
        torch.autograd.backward(y)
    (flow, _), *_ = recording.flows.last.values()
    assert flow.failed


def test_a_tensor_that_cannot_be_looked_at_ends_the_watching_and_nothing_else(recording: Recording) -> None:
    call(recording, "exp", torch.ones(1, device="meta"))
    assert recording.gave_up
    assert not recording.complete
    call(recording, "exp", torch.ones(1, requires_grad=True))


def test_only_the_beginning_is_watched_until_it_wakes_up() -> None:
    statement = ast.parse("a = 1").body[0]
    sleepy, woken = Recording(), Recording(wakes_at=250)
    for number in range(300):
        for each in (sleepy, woken):
            if each.awake:
                each.executed(statement, {"__name__": "__main__", "a": number})
            else:
                each.passed(1)
    assert (len(sleepy.playback.lines), sleepy.playback.skipped) == (WATCHED, {WATCHED: 200})
    assert (len(woken.playback.lines), woken.playback.skipped) == (WATCHED + 50, {WATCHED: 150})
    assert (sleepy.complete, woken.complete) == (False, True)
