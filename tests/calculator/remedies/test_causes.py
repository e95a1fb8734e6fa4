"""What the message alone would get wrong: each situation is really what the text says, and the fix is run."""
# ruff: noqa: E501  # a program a line

from typing import Any

import pytest
import torch
from torch import nn

from app.calculator import derive
from app.protocol.edits import edited
from app.protocol.gradients import ProgramError, ProgramWarning

HEAD = "import torch\nfrom torch import nn\ntorch.manual_seed(0)\n"
LEAF = HEAD + "x = torch.tensor([1., 2.], requires_grad=True)\n"
LOOP = (
    HEAD + "net = nn.Linear(2, 1)\nopt = torch.optim.SGD(net.parameters(), lr=0.1)\ndata = torch.ones(3, 2)\n"
)


def trouble(program: str) -> ProgramError | ProgramWarning:
    derivation = derive(program)
    found: list[ProgramError | ProgramWarning] = [*derivation.warnings]
    found[:0] = [derivation.error] if derivation.error else []
    assert found, program
    first = found[0]
    assert isinstance(first, ProgramError | ProgramWarning)
    return first


def fixed(program: str) -> str:
    told = trouble(program)
    assert told.fixes, (told.topic, told.message)
    return edited(program, told.fixes[0])


def names_after(program: str, n_lines: int) -> dict[str, Any]:
    """The variables of plain Python and torch after the first lines of a program."""
    names: dict[str, Any] = {}
    exec("\n".join(program.split("\n")[:n_lines]), names)
    return names


def version(names: dict[str, Any], tensor: str) -> int:
    return int(eval(tensor, names)._version)


CULPRITS = [
    ("changed_after_use", LEAF + "y = x.exp()\nz = y * 2\ntotal = 0\ntotal += 1\ny += 1\nz = z + 1\nz += 1\ny.sum().backward()", "y"),
    ("changed_after_use", LEAF + "y = x.sigmoid()\ny[0] = 3\ns = torch.zeros(1)\ns += 1\ny.sum().backward()", "y"),
    ("changed_after_use", LEAF + "y = x.exp()\nview = y.view(2)\nview.mul_(2)\nk = torch.ones(2)\nk.add_(1)\ny.sum().backward()", "y"),
    ("step_before_backward", LOOP + "h = nn.Sequential(net, nn.Linear(1, 1))\nopt = torch.optim.SGD(h.parameters(), lr=0.1)\nout = h(data)\na, b = out.sum(), (out * out).sum()\na.backward(retain_graph=True)\nopt.step()\nb.backward()", "h[1].weight"),
]  # fmt: skip


@pytest.mark.parametrize(("topic", "program", "tensor"), CULPRITS)
def test_the_line_that_is_named_is_the_one_that_took_the_tensor_past_what_was_kept(
    topic: str, program: str, tensor: str
) -> None:
    told = trouble(program)
    assert told.topic == topic
    assert told.params is not None
    line = int(str(told.params["line"]))
    expected = torch_kept(told.message)
    before, after = (version(names_after(program, n), tensor) for n in (line - 1, line))
    assert before <= expected < after
    # No later line did it, and the program without that line comes to its end.
    without = program.split("\n")
    del without[line - 1]
    exec("\n".join(without), {})


def torch_kept(message: str) -> int:
    return int(message.partition("expected version ")[2].split()[0])


CASES = [
    # topic, fields, program, what the fix writes
    ("class_called_with_data", {"name": "nn.MSELoss"}, HEAD + "loss = nn.MSELoss(torch.ones(2), torch.zeros(2))", "nn.MSELoss()(torch"),
    ("layer_instead_of_tensor", {"given": "ReLU"}, HEAD + "y = nn.ReLU(torch.ones(2))\nprint(y.sum())", "nn.ReLU()(torch"),
    ("takes_no_data", {"name": "Sigmoid"}, HEAD + "y = nn.Sigmoid(torch.ones(2))", "nn.Sigmoid()(torch"),
    ("returns_nothing", {"name": "forward"}, HEAD + "class Net(nn.Module):\n    def forward(self, x):\n        y = x * 2\nnet = Net()\nnet(torch.ones(1)).sum()", "        return y"),
    ("returns_nothing", {"name": "double"}, HEAD + "def double(x):\n    x * 2\ny = double(torch.ones(1))\nprint(y + 1)", "    return (x * 2)"),
    ("layers_in_a_list", {"name": "layers"}, HEAD + "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.layers = [nn.Linear(1, 1)]\nnet = Net()\ntorch.optim.SGD(net.parameters(), lr=0.1)", "nn.ModuleList([nn.Linear(1, 1)])"),
    ("parameter_is_a_result", {"name": "w"}, HEAD + "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.w = nn.Parameter(torch.ones(2)).double()\nnet = Net()\ntorch.optim.SGD(net.parameters(), lr=0.1)", "nn.Parameter(torch.ones(2).double())"),
    ("iterator_used_up", {"name": "p"}, LOOP + "p = filter(lambda q: q.requires_grad, net.parameters())\nprint(len(list(p)))\ntorch.optim.SGD(p, lr=0.1)", "p = list(filter("),
    ("grad_was_cleared", {"line": "9"}, LOOP + "loss = net(data).sum()\nloss.backward()\nopt.zero_grad()\nprint(net.weight.grad[0])", "zero_grad(set_to_none=False)"),
    ("leaf_replaced", {"name": "x", "line": "5"}, LEAF + "x = x.view(2, 1)\nx.sum().backward()\nprint(x.grad)", "x = x.view(2, 1).detach().requires_grad_()"),
    ("copy_of_a_leaf", {"name": "w"}, HEAD + "w = torch.ones(2, requires_grad=True).double()\nw.sum().backward()\nprint(w.grad)", ".double().detach().requires_grad_()"),
    ("single_number_has_no_index", {}, LOOP + "loss = net(data).sum()\ntotal = loss.data[0]", "total = loss.item()"),
    ("retain_grad_untracked", {}, HEAD + "x = torch.ones(2)\ny = x * 2\ny.retain_grad()", "torch.ones(2, requires_grad=True)"),
    ("old_keyword", {}, LEAF + "x.sum().backward(retain_variables=True)", "retain_graph=True"),
    ("old_constructor", {}, HEAD + "x = torch.Tensor([1., 2.], requires_grad=True)", "torch.Tensor([1., 2.]).requires_grad_()"),
    ("metric_is_missing", {}, LOOP + "s = torch.optim.lr_scheduler.ReduceLROnPlateau(opt)\nloss = net(data).sum()\ns.step()", "s.step(loss.item())"),
    ("misspelt", {"name": "ReLu", "meant": "ReLU"}, HEAD + "nn.ReLu()", "nn.ReLU()"),
    ("misspelt", {"name": "bakward", "meant": "backward"}, LEAF + "y = x.sum()\ny.bakward()", "y.backward()"),
    ("misspelt", {"name": "rnadn", "meant": "randn"}, HEAD + "print(torch.rnadn(2).shape)", "torch.randn(2)"),
    ("misspelt", {"name": "lossfunc", "meant": "loss_func"}, HEAD + "loss_func = nn.MSELoss()\nlossfunc(torch.ones(1), torch.ones(1))", "\nloss_func(torch"),
    ("misspelt", {"name": "requires_gard", "meant": "requires_grad"}, HEAD + "torch.tensor([1.], requires_gard=True)", "requires_grad=True"),
    ("misspelt", {"name": "fc2", "meant": "fc1"}, HEAD + "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc1 = nn.Linear(1, 1)\n    def forward(self, x):\n        return self.fc2(x)\nnet = Net()\nnet(torch.ones(1, 1))", "self.fc1(x)"),
    ("misspelt", {"name": "numpi", "meant": "numpy"}, "import numpi as np\nprint(np.ones(1))", "import numpy as np"),
    ("misspelt", {"name": "Linaer", "meant": "Linear"}, "from torch.nn import Linaer as L\nL(1, 1)", "import Linear as L"),
    ("derivative_without_graph", {}, LEAF + "y = (x ** 3).sum()\n(g,) = torch.autograd.grad(y, x)\ng.sum().backward()", "create_graph=True"),
    ("assigned_without_tracking", {"name": "x", "line": "8"}, LEAF + "for k in range(2):\n    (x * x).sum().backward()\n    with torch.no_grad():\n        x = x - 0.1 * x.grad", "        x -= "),
    ("state_of_last_round", {"name": "h", "line": "9"}, LOOP + "h = torch.ones(1, 1)\nfor k in range(2):\n    h = net(torch.cat([h, h], dim=1))\n    (h * h).sum().backward()", "    h = h.detach()\n    h = net"),
    ("state_of_last_round", {"name": "total", "line": "10"}, LOOP + "total = 0\nfor k in range(2):\n    loss = net(data).pow(2).sum()\n    total += loss\n    total.backward()", "    total = total.detach()"),
    ("made_once_outside", {"name": "y", "line": "8"}, LOOP + "w = torch.ones(2, 1, requires_grad=True)\ny = (data @ w).exp()\nfor k in range(2):\n    (net(data) - y).pow(2).sum().backward()", ".exp().detach()"),
    ("grad_used_further", {"line": "7"}, HEAD + "w = torch.tensor(2., requires_grad=True)\nx = torch.tensor(1., requires_grad=True)\nfor k in range(2):\n    (x * x).backward()\n    y = w * x.grad if k == 0 else y\ny.backward()", ".grad.clone()"),
]  # fmt: skip


@pytest.mark.parametrize(("topic", "fields", "program", "written"), CASES)
def test_the_cause_is_told_and_the_fix_lets_plain_torch_run_on(
    topic: str, fields: dict[str, str], program: str, written: str
) -> None:
    told = trouble(program)
    assert (told.topic, told.params) == (topic, fields)
    mended = fixed(program)
    assert written in mended
    torch.manual_seed(0)
    exec(mended, {"__name__": "__main__"})


def test_the_derivative_that_is_called_constant_has_no_graph() -> None:
    program = (
        LEAF
        + "y = (3 * x).sum()\n(g,) = torch.autograd.grad(y, x, create_graph=True)\ntorch.autograd.grad(g.sum(), x)"
    )
    assert trouble(program).topic == "constant_derivative"
    assert not names_after(program, 6)["g"].requires_grad


HARMFUL = [
    # `requires_grad_()` is no change of values: the culprit is `mul_`
    (LEAF + "y = x.exp()\nk = torch.ones(2)\nk.requires_grad_()\ny.mul_(2)\ny.sum().backward()", "= k.requires_grad()"),
    # it has requires_grad=True already
    (LEAF + "y = x.argmax().float()\ny.backward()", "requires_grad=True, requires_grad=True"),
    # the culprit is not the sum
    (LEAF + "y = x.exp()\ntotal = torch.zeros(())\ny.mul_(2)\ntotal += 1\ny.sum().backward()", "total = total + 1"),
    # no backward() will ever fill it
    (HEAD + "w = torch.ones(2, requires_grad=True)\nw.grad.zero_()", "is not None"),
    (HEAD + "w = torch.ones(2)\nw.grad.zero_()\n(w * w).sum()", "is not None"),
    # a state that is carried on
    (LOOP + "h = torch.ones(1, 1)\nfor k in range(2):\n    h = net(torch.cat([h, h], dim=1))\n    (h * h).sum().backward()", "retain_graph"),
    # the sum needs no graph
    (LOOP + "total = 0\nfor k in range(2):\n    total += net(data).pow(2).sum()\n    total.backward()", "retain_graph"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "harm"), HARMFUL)
def test_a_fix_that_does_harm_is_not_offered(program: str, harm: str) -> None:
    told = trouble(program)
    assert not any(harm in edited(program, fix) for fix in told.fixes)


def test_the_layers_that_are_said_to_be_missing_are_missing() -> None:
    net: Any = nn.Module()
    net.layers = [nn.Linear(1, 1)]
    assert list(net.parameters()) == []
    net.layers = nn.ModuleList(net.layers)
    assert len(list(net.parameters())) == 2


def test_python_refuses_an_argument_that_is_given_twice() -> None:
    error = derive("def f(a): pass\nf(a=1, a=2)").error
    assert error is not None
    assert (error.type, error.message, error.line) == ("SyntaxError", "keyword argument repeated: a", 2)


@pytest.mark.parametrize(
    ("topic", "program", "params"),
    [
        ("package_of_data", "import torch\nimport torchvision.transforms as transforms", "torchvision"),
        ("package_for_display", "from torch.utils.tensorboard import SummaryWriter", "torch.utils.tensorboard"),
        ("package_of_a_book", "%matplotlib inline\nfrom d2l import torch as d2l", "d2l"),
        ("package_of_the_network", "import gdown", "gdown"),
        ("module_not_here", "import scipy", "scipy"),
        ("no_such_key", "d = {'a': 1}\nprint(d['b'])", "'b'"),
        ("no_command_line", "import argparse\np = argparse.ArgumentParser()\np.add_argument('x')\np.parse_args()", None),
        ("ended_itself", "import sys\nsys.exit(1)", "1"),
        ("none_is_used", "xs = [1].sort()\nprint(xs[0])", None),
        ("grad_is_none", LEAF + "g = x.grad\nprint(g[0])", None),
        ("made_of_numbers", LEAF + "total = 0.0\ntotal += x.sum().item()\ntorch.tensor(total).backward()", "6"),
    ],
)  # fmt: skip
def test_what_the_message_does_not_say_is_found_in_the_program(
    topic: str, program: str, params: str | None
) -> None:
    told = trouble(program)
    assert (told.topic, next(iter((told.params or {}).values()), None)) == (topic, params)
    assert told.fixes == []


def test_an_import_that_nothing_uses_can_be_left_out() -> None:
    program = "from IPython.display import clear_output\nx = 1\n"
    assert derive(fixed(program)).error is None
    assert trouble(program + "clear_output()").fixes == []


def test_a_leaf_is_not_made_a_result_to_have_it_unchanged() -> None:
    told = trouble(LEAF + "y = (x * x).sum()\nwith torch.no_grad():\n    x -= 0.1\ny.backward()")
    assert (told.topic, told.fixes) == ("changed_after_use", [])
