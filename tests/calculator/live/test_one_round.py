"""One round, explained: the gradients are those that plain torch has in that round, and the checks agree."""

import pytest
import torch

from app.calculator.live.one_round import derive_round
from app.protocol.gradients import Derivation

LESSON = """\
import torch
torch.manual_seed(5)
x = torch.linspace(-1, 1, 20).unsqueeze(1)
y = x ** 2
net = torch.nn.Linear(1, 1)
scale = torch.ones(1, requires_grad=True)
optimizer = torch.optim.Adam([*net.parameters(), scale], lr=0.05)
for epoch in range(3):
    for t in range(40):
        loss = ((net(x) * scale - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
"""
METHOD = """\
import torch
class Model:
    def train(self, n):
        w = torch.tensor(2., requires_grad=True)
        for i in range(n):
            if i % 2:
                continue
            l = w ** 3
            l.backward()
            with torch.no_grad():
                w -= 0.01 * w.grad
        return w
print(Model().train(9))
"""


def alone(program: str, number: int) -> dict[str, object]:
    """The variables of the plain program when its inner loop has ended a round so many times."""
    inner = [line for line in program.splitlines() if line.startswith(" " * 8)]
    counted = f"{inner[-1]}\n        ended += 1\n        if ended == {number}: raise KeyboardInterrupt"
    names: dict[str, object] = {}
    with pytest.raises(KeyboardInterrupt):
        exec(f"ended = 0\n{program.replace(inner[-1], counted)}", names)
    return names


def agreeing(derivation: Derivation) -> dict[str, str]:
    return {nudge.name: nudge.state for nudge in derivation.nudge}


@pytest.mark.parametrize("number", [1, 57])
def test_a_round_has_the_gradients_that_plain_torch_has_there(number: int) -> None:
    names = alone(LESSON, number)
    derivation = derive_round(LESSON, 0, loop=1, number=number)
    assert derivation.error is None
    shown = {variable.name: variable for variable in derivation.variables}
    net, scale, loss = names["net"], names["scale"], names["loss"]
    assert isinstance(net, torch.nn.Linear)
    assert isinstance(scale, torch.Tensor)
    assert isinstance(loss, torch.Tensor)
    for name, tensor in (("net.weight", net.weight), ("net.bias", net.bias), ("scale", scale)):
        assert torch.equal(torch.tensor(shown[name].value_numbers), tensor.detach())
        assert tensor.grad is not None
        assert torch.equal(torch.tensor(shown[name].grad_numbers), tensor.grad)
    assert shown["loss"].value_numbers == pytest.approx(loss.item(), rel=0)
    assert agreeing(derivation) == {"net.weight": "agree", "net.bias": "agree", "scale": "agree"}
    graph = derivation.graph
    assert graph is not None
    assert {node.name for node in graph.nodes if node.kind == "leaf"} == {"net.weight", "net.bias", "scale"}
    assert derivation.printed.count("\n") == (number - 1) // 40
    assert {step.line for step in derivation.steps if step.event == "line"} <= {10, 11, 12, 13}


def test_a_round_in_a_method_shows_the_methods_variables() -> None:
    derivation = derive_round(METHOD, 0, loop=0, number=3)
    w, grad = 2.0, 0.0
    for _ in range(2):
        grad += 3 * w**2
        before, w = w, w - 0.01 * grad
    shown = {variable.name: variable.value_numbers for variable in derivation.variables}
    assert shown["w"] == pytest.approx(w)
    assert agreeing(derivation) == {"w": "agree"}
    (nudge,) = derivation.nudge
    assert nudge.elements[0].finite_difference == pytest.approx(3 * before**2, rel=1e-4)


def test_a_round_without_gradients_is_shown_all_the_same() -> None:
    derivation = derive_round(METHOD, 0, loop=0, number=2)
    assert derivation.nudge == []
    assert derivation.error is None


def test_a_round_that_never_comes_gives_what_the_program_did() -> None:
    derivation = derive_round(METHOD, 0, loop=0, number=99)
    assert derivation.printed.startswith("tensor(")
    assert derivation.graph is None


def test_random_numbers_are_those_of_the_seed() -> None:
    program = (
        "import torch\nfor k in range(9):\n    w = torch.rand(1, requires_grad=True)\n"
        "    (w * torch.rand(1)).backward()\n"
    )
    one, other = (derive_round(program, seed, loop=0, number=4) for seed in (1, 2))
    again = derive_round(program, 1, loop=0, number=4)
    assert one.variables == again.variables != other.variables
    assert agreeing(one) == {"w": "agree"}
