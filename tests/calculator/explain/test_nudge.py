"""The check by running again: it must find every wrong gradient, and say why it cannot judge the others."""

import math

import pytest

from app.protocol.explanation import Nudge
from tests.calculator.explain.told import told


def nudges(program: str, curves: bool = False) -> dict[str, Nudge]:
    return {nudge.name: nudge for nudge in told(program, curves).nudge}


def nudge(program: str) -> Nudge:
    """The only one."""
    (found,) = nudges(program).values()
    return found


LEAF = "x = torch.tensor({}, requires_grad=True)\n"
AGREEING = {
    "the lesson's chain": (LEAF.format([2.0]) + "(4 * (3 * x)).backward()", "12"),
    "a vector with weights": (
        LEAF.format([1.0, 2.0]) + "(x ** 2).backward(gradient=torch.tensor([1., 0.5]))",
        "[2, 2]",
    ),
    "a matrix": (LEAF.format([[1.0, 2.0], [3.0, 4.0]]) + "torch.det(x).backward()", "[[4, -3], [-2, 1]]"),
    "a branch taken": (LEAF.format(2.0) + "y = x * 3 if x > 0 else x * 5\ny.backward()", "3"),
    "a loop": (LEAF.format(1.0) + "y = x\nwhile y < 100:\n    y = y * 3\ny.backward()", "243"),
    "a function": (LEAF.format(2.0) + "def f(a):\n    return a ** 3\nf(x).backward()", "12"),
    "two outputs": (LEAF.format(2.0) + "torch.autograd.backward([x * 3, x ** 2])", "7"),
    "autograd.grad": (LEAF.format(2.0) + "torch.autograd.grad(x ** 3, x)", "12"),
    "a leaf made later": ("a = torch.tensor(3.)\n" + LEAF.format(2.0) + "(a * x).backward()", "3"),
    "a leaf in a list": ("ws = [torch.tensor(2., requires_grad=True)]\n(ws[0] ** 2).backward()", "4"),
    "random numbers without a seed": (
        LEAF.format([1.0, 1.0, 1.0]) + "y = (x + torch.randn(3)) * 2\ny.sum().backward()",
        "[2, 2, 2]",
    ),
    "a second derivative": (
        LEAF.format(2.0) + "g, = torch.autograd.grad(x ** 3, x, create_graph=True)\ng.backward()",
        "12",
    ),
    "several passes": (LEAF.format(2.0) + "(x * 3).backward()\n(x * 5).backward()", "5"),
    "gradients far from zero": (LEAF.format(1e-3) + "(1 / x).backward()", "-1e+06"),
}  # fmt: skip


@pytest.mark.parametrize("name", AGREEING)
def test_central_differences_agree_with_autograd(name: str) -> None:
    program, expected = AGREEING[name]
    found = nudge(program)
    assert (found.state, found.agree, found.topic) == ("agree", True, None), found
    assert found.autograd == expected
    measured = [element.finite_difference for element in found.elements]
    theirs = [element.autograd for element in found.elements]
    assert measured == pytest.approx(theirs, rel=1e-3)


def test_the_slope_is_measured_and_not_taken_from_autograd() -> None:
    found = nudge(LEAF.format(2.0) + "y = torch.exp(x)\ny.backward()")
    (element,) = found.elements
    slope = (math.exp(2 + element.h) - math.exp(2 - element.h)) / (2 * element.h)
    assert element.finite_difference == pytest.approx(slope, rel=1e-9)
    assert element.finite_difference != pytest.approx(math.exp(2), rel=1e-12)


def test_a_wrong_backward_of_the_programs_own_is_found() -> None:
    found = nudge(
        "class Square(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, x):\n"
        "        ctx.save_for_backward(x)\n        return x * x\n"
        "    @staticmethod\n    def backward(ctx, g):\n"
        "        x, = ctx.saved_tensors\n        return g * x\n"
        + LEAF.format(3.0) + "Square.apply(x).backward()"
    )  # fmt: skip
    assert (found.state, found.autograd, found.finite_difference) == ("disagree", "3", "6")
    assert found.topic == "changed_on_the_way"


def test_a_hook_that_changes_the_gradient_is_found() -> None:
    found = nudge(LEAF.format(3.0) + "x.register_hook(lambda g: g * 2)\n(x * x).backward()")
    assert (found.state, found.autograd, found.finite_difference) == ("disagree", "12", "6")


@pytest.mark.parametrize(
    ("program", "left", "right", "autograd"),
    [
        ("torch.relu(x)", "0", "1", "0"),
        ("x.abs()", "-1", "1", "0"),
        ("torch.maximum(x * 2, x * 3)", "2", "3", "2.5"),
        ("x.clamp(min=0)", "0", "1", "1"),
    ],
)
def test_a_corner_is_explained_with_the_slopes_on_both_sides(
    program: str, left: str, right: str, autograd: str
) -> None:
    found = nudge(LEAF.format(0.0) + f"y = {program}\ny.backward()")
    if found.state == "agree":  # autograd may choose the very middle
        assert autograd == found.finite_difference
        return
    assert found.topic == "kink"
    assert found.params == {"left": left, "right": right, "autograd": autograd}


def test_a_strong_curve_is_no_corner() -> None:
    assert nudge(LEAF.format(1.0) + "y = (1000 * (x - 1)) ** 2\ny.backward()").state == "agree"


@pytest.mark.parametrize(
    ("program", "topic", "state"),
    [
        ("(x * x.detach()).backward()", "cut_off", "disagree"),
        ("(x * x.clone().detach()).backward()", "cut_off", "disagree"),
        ("(x * torch.tensor(x.item())).backward()", "changed_on_the_way", "disagree"),
        ("torch.round(x * 0.5 + 0.5).backward()", "jump", "disagree"),
        ("y = x * x\nx.data *= 10\ny.backward()", "changed_after_use", "disagree"),
        ("x = x - 0.1 * x.detach()\nx.backward()", "cut_off", "disagree"),
        ("y = x * 2 if x > 2 else x * 3\ny.backward()", "another_way", "unchecked"),
        ("(x - 2).sqrt().backward()", "undefined", "unchecked"),
        ("y = x * 2\nif x > 2:\n    y = y * x\ny.backward()", "another_way", "unchecked"),
        ("(x * torch.randn_like(x.expand(30)).sum()).backward()", "random", "unchecked"),
        ("(x.float() * 2).backward()", "low_precision", "unchecked"),
        ("assert x.dtype == torch.float32\n(x * 2).backward()", "stopped", "unchecked"),
        ("for k in range(25000):\n    a = k\n(x * a).backward()", "too_long", "unchecked"),
    ],
)
def test_every_reason_is_told(program: str, topic: str, state: str) -> None:
    first, *_ = told(LEAF.format(2.0) + program).nudge
    assert (first.topic, first.state) == (topic, state), first
    assert first.agree is (False if state == "disagree" else None)


def test_a_chaotic_computation_is_told_apart_from_a_wrong_gradient() -> None:
    found = nudge(LEAF.format(0.3) + "y = x\nfor k in range(80):\n    y = 3.99 * y * (1 - y)\ny.backward()")
    assert (found.state, found.topic) == ("unchecked", "differs_in_float64")


def test_each_step_of_a_training_loop_is_checked_where_it_happened() -> None:
    found = nudges(
        "torch.manual_seed(0)\n"
        "net = nn.Sequential(nn.Linear(1, 3), nn.Tanh(), nn.Linear(3, 1))\n"
        "optimizer = torch.optim.Adam(net.parameters(), lr=0.05)\n"
        "x = torch.linspace(-1, 1, 20).unsqueeze(1)\n"
        "for t in range(10):\n"
        "    loss = ((net(x) - x ** 2) ** 2).mean()\n"
        "    optimizer.zero_grad()\n    loss.backward()\n    optimizer.step()\n"
    )
    assert found.keys() == {"net.0.weight", "net.0.bias", "net.2.weight", "net.2.bias"}
    assert {(each.state, each.backward) for each in found.values()} == {("agree", 10)}


def test_of_a_loop_too_long_to_run_again_the_first_round_is_checked() -> None:
    found = nudge(
        "w = torch.tensor(2., requires_grad=True)\n"
        "for t in range(1500):\n"
        "    loss = (w * 3 - 1) ** 2\n    loss.backward()\n"
        "    with torch.no_grad():\n        w -= 0.01 * w.grad\n    w.grad = None\n"
    )
    assert (found.state, found.backward, found.autograd) == ("agree", 1, "30")


def test_of_many_elements_some_are_checked() -> None:
    found = nudge("x = torch.linspace(1, 2, 40, requires_grad=True)\n(x ** 2).sum().backward()")
    assert found.state == "agree"
    assert [element.index for element in found.elements] == [[k] for k in range(9)]
    assert (found.finite_difference or "").endswith(", …]")


def test_many_leaves_share_what_may_be_spent() -> None:
    leaves = "".join(f"w{k} = torch.ones(5, requires_grad=True)\n" for k in range(16))
    total = " + ".join(f"w{k} * {k}" for k in range(16))
    found = nudges(f"{leaves}({total}).sum().backward()")
    assert {(each.state, len(each.elements)) for each in found.values()} == {("agree", 2)}


def test_curves_follow_the_function_around_a_single_number() -> None:
    found = nudges(LEAF.format(2.0) + "y = x ** 2\ny.backward()", curves=True)["x"]
    assert len(found.curve) == 33
    assert found.curve[0] == (0.0, 0.0)
    assert found.curve[-1] == (4.0, 16.0)
    assert all(y == pytest.approx(x * x) for x, y in found.curve)
    assert nudges(LEAF.format(2.0) + "(x * 2).backward()")["x"].curve == ()


def test_running_again_leaves_no_trace_in_the_result() -> None:
    derivation = told(
        "import math\nprint('once')\nx = torch.tensor(2., requires_grad=True)\n"
        "y = torch.tensor(x) + math.exp(x)\n(x * 2).backward()\nprint(x.grad, torch.is_grad_enabled())"
    )
    assert derivation.printed == "once\ntensor(2.) True\n"
    assert len(derivation.warnings) == 2


def test_what_is_not_a_gradient_is_not_checked() -> None:
    assert told("x = torch.ones(2, requires_grad=True)\ny = x * 2").nudge == []
    assert told("x = torch.ones(2, requires_grad=True)\n(x * 2).backward()").nudge == []
