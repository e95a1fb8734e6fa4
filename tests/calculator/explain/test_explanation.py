"""The whole explanation: always there, always bounded, and all of one piece."""

import pytest

from app.calculator import derive
from app.calculator.explain import bench
from tests.calculator.explain.told import assert_of_one_piece, told

MANY = "xs = [torch.full((8, 8), float(k), requires_grad=True) for k in range(60)]\n"
LONG_NAME = "x" * 5000
LEAF = "x = torch.tensor(2., requires_grad=True)\n"
ONES = "x = torch.ones({}, requires_grad=True)\n"
TRYING: dict[str, str] = {
    "sixty matrices in one sum": MANY + "torch.stack(xs).sum().backward()",
    "sixty matrices in a row": MANY + "y = xs[0]\nfor x in xs:\n    y = y @ x\ny.sum().backward()",
    "many lines with backward": ONES.format(8)
    + "".join(f"(x * {k}).backward(torch.ones(8))\n" for k in range(90)),
    "many paths": "x = torch.eye(3, requires_grad=True)\ny = x\n"
    "for k in range(30):\n    y = y @ y + y * y\ny.sum().backward()",
    "names without end": f"{LONG_NAME} = torch.ones(2, requires_grad=True)\n{LONG_NAME}.sum().backward()",
    "an unknown name without end": f"print({LONG_NAME})",
    "large integers": LEAF + "n = 3 ** 2000\ny = x * (n / 10 ** 900)\n",
    "infinities": "x = torch.tensor([0., float('inf'), float('nan')], requires_grad=True)\n"
    "(1 / x).sum().backward()",
    "outputs by the hundred": ONES.format(300) + "a = x.unbind()\nb, c, d = a[:3]\n(b * c).backward()",
    "a large tensor": "x = torch.rand(1000, 900, requires_grad=True)\n(x.t() * 2).sum().backward()",
    "complex numbers": "x = torch.tensor([1 + 2j], requires_grad=True)\n"
    "y = (x * x.conj()).real.sum()\ny.backward()",
    "no numbers": ONES.format(0) + "(x * 2).sum().backward()",
    "integers and truth values": ONES.format(2) + "m = torch.tensor([True, False])\n"
    "torch.where(m, x, torch.tensor([5, 6])).sum().backward()",
    "in place, through views": ONES.format(4) + "y = x * 2\ny[1:3].mul_(3)\ny[0] = 9.\ny.sum().backward()",
    "a graph of gradients": LEAF + "y = x ** 4\n"
    "for k in range(3):\n    y, = torch.autograd.grad(y, x, create_graph=True)\ny.backward()",
    "backward inside a hook": LEAF + "w = torch.tensor(1., requires_grad=True)\n"
    "x.register_hook(lambda g: (w * 3).backward())\n(x * 2).backward()",
    "transforms": "f = torch.func.grad(lambda a: (a ** 3).sum())\nprint(torch.func.vmap(f)(torch.ones(3)))",
    "functional": "J = torch.autograd.functional.jacobian(lambda a: a ** 2, torch.ones(3))",
    "an optimizer with a closure": LEAF + "o = torch.optim.LBFGS([x])\ndef closure():\n"
    "    o.zero_grad()\n    l = (x - 3) ** 2\n    l.backward()\n    return l\no.step(closure)",
    "nothing at all": "",
}


@pytest.mark.parametrize("name", TRYING)
def test_a_trying_program_is_explained_within_bounds(name: str) -> None:
    derivation = told(TRYING[name])
    assert_of_one_piece(derivation)


def test_a_program_that_cannot_be_read_has_no_explanation() -> None:
    derivation = derive("x = = 3")
    assert derivation.graph is None
    assert (derivation.chain, derivation.nudge, derivation.steps) == ([], [], [])


@pytest.mark.parametrize(
    ("program", "topic", "params"),
    [
        (
            "nn.MSELoss()(torch.ones(3, 1), torch.ones(3))",
            "target_size",
            {"target": "[3]", "input": "[3, 1]"},
        ),
        ("x = torch.ones(2, requires_grad=True)\n(x * 2).grad", "grad_of_non_leaf", {}),
        (
            "x = torch.tensor(1., requires_grad=True)\n(x * x).backward()\nx = x - 0.1 * x.grad\nx.grad",
            "update_makes_non_leaf",
            {"name": "x"},
        ),
    ],
)
def test_warnings_have_topics(program: str, topic: str, params: dict[str, str]) -> None:
    (warning,) = told(program).warnings
    assert (warning.topic, warning.params) == (topic, params)


@pytest.mark.parametrize(
    ("program", "topic", "params"),
    [
        ("x = torch.ones(2, requires_grad=True)\nx.grad.zero_()", "grad_is_none", {}),
        (
            "x = torch.tensor(1., requires_grad=True)\n"
            "for t in range(2):\n    (x * x).backward()\n    x = x - 0.1 * x.grad\n    x.grad.zero_()",
            "update_makes_non_leaf",
            {"name": "x"},
        ),
        ("print(nobody)", "name_not_defined", {"name": "nobody"}),
        ("raise ValueError('something nobody foresaw')", None, None),
    ],
)
def test_errors_have_topics(program: str, topic: str | None, params: dict[str, str] | None) -> None:
    error = told(program).error
    assert error is not None
    assert (error.topic, error.params) == (topic, params)


def test_a_result_that_a_clock_decided_is_not_one_to_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    program = "x = torch.tensor(2., requires_grad=True)\n(x * 3).backward()"
    assert told(program).deterministic
    monkeypatch.setattr(bench, "MAX_SECONDS", 0.0)
    late = told(program)
    assert not late.deterministic
    assert [nudge.topic for nudge in late.nudge] == ["too_long"]
