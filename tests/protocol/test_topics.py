"""Every topic, matched on what plain Python and torch really say in a process of their own."""

import json
import re
import string

import pytest

from app.protocol.topics import TOPICS, find
from tests.calculator.oracle import PLAIN

LEAF = "x = torch.tensor([1., 2., 3.], requires_grad=True)\n"
MODEL = "class Net(nn.Module):\n    "

PROGRAMS: list[tuple[str, dict[str, str], str]] = [
    (
        "one_row_of_many",
        {"n": "100", "first": "1x100", "second": "1x10"},
        "nn.Linear(1, 10)(torch.linspace(-1, 1, 100))",
    ),
    ("backward_non_scalar", {}, LEAF + "(x * 2).backward()"),
    ("backward_non_scalar", {}, LEAF + "torch.autograd.grad(x * 2, x)"),
    ("gradient_shape", {"given": "[2]", "expected": "[3]"}, LEAF + "x.backward(gradient=torch.ones(2))"),
    ("gradient_shape", {"given": "[1]", "expected": "[]"}, LEAF + "x.sum().backward(torch.ones(1))"),
    ("gradient_not_a_tensor", {"given": "int"}, LEAF + "x.backward(gradient=[1, 2, 3])"),
    ("backward_twice", {}, LEAF + "y = (x * x).sum()\ny.backward()\ny.backward()"),
    ("nothing_requires_grad", {}, "torch.tensor([1.]).sum().backward()"),
    ("nothing_requires_grad", {}, LEAF + "x.detach().sum().backward()"),
    ("nothing_requires_grad", {}, LEAF + "x.argmax().backward()"),
    ("integer_leaf", {}, "torch.tensor([1], requires_grad=True)"),
    ("integer_leaf", {}, "torch.tensor([1]).requires_grad_()"),
    ("integer_leaf", {}, "torch.autograd.Variable(torch.LongTensor([2]), requires_grad=True)"),
    ("integer_leaf", {}, "nn.Parameter(torch.tensor([1]))"),
    ("inplace_on_leaf", {}, LEAF + "x += 1"),
    ("inplace_on_leaf", {}, LEAF + "x[0] = 1"),
    ("inplace_on_saved", {"found": "1", "kept": "0"}, LEAF + "y = x.exp()\ny += 1\ny.sum().backward()"),
    ("inplace_on_one_of_many", {}, LEAF + "a, b, c = (x * 2).unbind()\na += 1"),
    ("grad_of_non_leaf", {}, LEAF + "(x * 2).grad"),
    ("grad_is_none", {}, LEAF + "x.grad.zero_()"),
    ("grad_is_none", {}, LEAF + "x.data -= 0.1 * x.grad"),
    ("grad_is_none", {}, LEAF + "x.data.sub_(x.grad)"),
    ("not_in_the_graph", {}, LEAF + "torch.autograd.grad(x.sum(), torch.ones(1, requires_grad=True))"),
    ("requires_grad_of_non_leaf", {}, LEAF + "y = x * 2\ny.requires_grad = False"),
    ("numpy_on_tracked", {}, LEAF + "x.numpy()"),
    ("number_has_no_grad", {"given": "float"}, LEAF + "x.sum().item().backward()"),
    ("number_from_tracked", {}, "import math\nmath.exp(torch.ones(1, requires_grad=True))"),
    ("copied_from_tensor", {}, LEAF + "torch.tensor(x)"),
    ("create_graph_cycle", {}, LEAF + "(x * x).sum().backward(create_graph=True)"),
    ("matmul_shapes", {"first": "2x3", "second": "2x3"}, "torch.ones(2, 3) @ torch.ones(2, 3)"),
    ("matmul_shapes", {"first": "4x5", "second": "3x2"}, "nn.Linear(3, 2)(torch.ones(4, 5))"),
    ("sizes_do_not_match", {"first": "3", "second": "4", "dim": "0"}, "torch.ones(3) + torch.ones(4)"),
    (
        "target_size",
        {"target": "[3]", "input": "[3, 1]"},
        "nn.MSELoss()(torch.ones(3, 1), torch.ones(3))",
    ),
    (
        "dtype_mismatch",
        {"first": "float", "second": "double"},
        "torch.ones(2, 2) @ torch.ones(2, 2).double()",
    ),
    ("dtype_mismatch", {"first": "Long", "second": "Float"}, "nn.Linear(2, 2)(torch.ones(2, 2).long())"),
    (
        "class_labels_dtype",
        {"given": "Float"},
        "nn.functional.cross_entropy(torch.ones(1, 3), torch.tensor([1.]))",
    ),
    ("class_labels_shape", {}, "nn.CrossEntropyLoss()(torch.ones(2, 3), torch.tensor([[1], [2]]))"),
    (
        "class_probabilities_dtype",
        {"given": "Long"},
        "nn.CrossEntropyLoss()(torch.ones(2, 3), nn.functional.one_hot(torch.tensor([1, 2]), 3))",
    ),
    (
        "bce_shapes",
        {"target": "[2]", "input": "[2, 1]"},
        "nn.BCEWithLogitsLoss()(torch.ones(2, 1), torch.ones(2))",
    ),
    (
        "result_type",
        {"first": "Float", "second": "Long"},
        "nn.BCEWithLogitsLoss()(torch.ones(2), torch.tensor([0, 1]))",
    ),
    ("needs_floating_point", {"given": "Long"}, "torch.tensor([1, 2]).mean()"),
    ("needs_floating_point", {"given": "Long"}, "torch.arange(3).softmax(0)"),
    ("needs_a_tensor", {"function": "exp", "given": "float"}, "torch.exp(2.0)"),
    ("several_values", {}, "torch.ones(2).item()"),
    ("several_values", {}, "float(torch.ones(2))"),
    ("several_truths", {}, "if torch.ones(2) > 0: pass"),
    ("index_out_of_bounds", {"dim": "0", "size": "3"}, "torch.ones(3)[5]"),
    ("no_such_dimension", {"dim": "1", "range": "[-1, 0]"}, "torch.ones(3).sum(dim=1)"),
    ("wrong_number_of_elements", {"shape": "[2, 2]", "size": "3"}, "torch.ones(3).reshape(2, 2)"),
    ("implicit_dimension", {}, "nn.functional.softmax(torch.ones(2))"),
    ("name_not_defined", {"name": "q"}, "y = 3 * q"),
    ("name_not_defined", {"name": "y"}, "def f():\n    y = y + 1\nf()"),
    ("optimizer_needs_leaves", {}, LEAF + "torch.optim.SGD([x * 2], lr=0.1)"),
    ("optimizer_needs_a_list", {}, LEAF + "torch.optim.SGD(x, lr=0.1)"),
    ("no_parameters", {}, "torch.optim.SGD([], lr=0.1)"),
    ("retain_grad_untracked", {}, "torch.ones(1).retain_grad()"),
    ("layer_instead_of_tensor", {"given": "ReLU"}, "torch.relu(nn.ReLU(torch.ones(2)))"),
    ("layer_instead_of_tensor", {"given": "MSELoss"}, "nn.MSELoss() + 1"),
    ("takes_no_data", {"name": "Sigmoid"}, "nn.Sigmoid(torch.ones(2))"),
    ("single_number_has_no_index", {}, "torch.ones(2).sum().data[0]"),
    ("single_number_has_no_index", {}, "for i in torch.tensor(3.): pass"),
    ("single_number_has_no_index", {}, "len(torch.tensor(3.))"),
    ("old_keyword", {}, LEAF + "x.sum().backward(retain_variables=True)"),
    ("unknown_keyword", {"name": "requires_gard"}, "torch.tensor([1.], requires_gard=True)"),
    ("old_constructor", {}, "torch.Tensor([1., 2.], requires_grad=True)"),
    ("old_constructor", {}, "torch.FloatTensor([1., 2.], requires_grad=True)"),
    (
        "metric_is_missing",
        {},
        LEAF + "torch.optim.lr_scheduler.ReduceLROnPlateau(torch.optim.SGD([x], lr=0.1)).step()",
    ),
    (
        "nan_on_the_way_back",
        {"function": "SqrtBackward0"},
        LEAF + "with torch.autograd.set_detect_anomaly(True): (0 * x.sub(x).sqrt()).sum().backward()",
    ),
    (
        "gradcheck_failed",
        {"output": "0", "input": "0"},
        "torch.autograd.gradcheck(lambda x: x * x.detach(), torch.ones(2).double().requires_grad_())",
    ),
    (
        "vmap_in_place",
        {},
        "torch.func.vmap(lambda a: torch.zeros(2).copy_(a))(torch.ones(3, 2))",
    ),
    ("vmap_needs_tensors", {}, "torch.func.vmap(lambda x: x.item())(torch.ones(3))"),
    ("vmap_needs_tensors", {}, "torch.func.vmap(lambda x: x if x > 0 else -x)(torch.ones(3))"),
    ("vmap_random", {}, "torch.func.vmap(lambda x: x + torch.rand(1))(torch.ones(3))"),
    ("vmap_sizes", {}, "torch.func.vmap(lambda a, b: a + b)(torch.ones(3), torch.ones(4))"),
    (
        "vmap_slow",
        {},
        "torch.func.jacrev(lambda x: torch.take(x, torch.tensor([0, 1])))(torch.ones(3))",
    ),
    (
        "hook_without_inputs",
        {},
        "net = nn.Linear(1, 1)\nnet.register_full_backward_hook(lambda *a: None)\n"
        "net(torch.ones(1, 1)).sum().backward()",
    ),
    (
        "old_hook",
        {},
        "net = nn.Sequential(nn.Linear(1, 1), nn.ReLU())\nnet.register_backward_hook(lambda *a: None)\n"
        "net(torch.ones(1, 1)).sum().backward()",
    ),
    ("old_reduction", {}, "nn.MSELoss(size_average=False)"),
    ("volatile", {}, "torch.autograd.Variable(torch.ones(1), volatile=True)"),
    ("deepcopy_of_a_result", {}, "import copy\n" + LEAF + "copy.deepcopy(x * 2)"),
    ("no_such_attribute", {"owner": "torch.nn", "name": "ReLu"}, "nn.ReLu()"),
    ("no_such_attribute", {"owner": "Tensor", "name": "bakward"}, LEAF + "x.sum().bakward()"),
    ("no_such_attribute", {"owner": "torch.nn", "name": "Linaer"}, "from torch.nn import Linaer"),
    (
        "scheduler_before_optimizer",
        {},
        LEAF + "torch.optim.lr_scheduler.StepLR(torch.optim.SGD([x], lr=0.1), 1).step()",
    ),
    ("no_super_init", {}, MODEL + "def __init__(self):\n        self.layer = nn.Linear(1, 1)\nNet()"),
    ("no_forward", {}, MODEL + "pass\nNet()(1)"),
]

FUNCTION = (
    "class F(torch.autograd.Function):\n    {0}def forward({1}, a, b): return a * b\n"
    "    {0}def backward({1}, g): return g\n"
)
PROGRAMS += [
    ("number_of_gradients", {"expected": "2", "got": "1"},
     FUNCTION.format("@staticmethod\n    ", "ctx") + LEAF + "F.apply(x, x).sum().backward()"),
    ("old_function", {}, FUNCTION.format("", "self") + LEAF + "F()(x, x)"),
    ("view_made_untracked", {}, LEAF + "y = x * 2\nwith torch.no_grad():\n    v = y.view(3)\nv.mul_(2)"),
    ("complex_backward", {}, "(torch.tensor(1j, requires_grad=True) ** 2).backward()"),
    ("grad_of_many", {}, "torch.func.grad(lambda t: t * t)(torch.ones(3))"),
    ("no_probabilities", {}, "nn.BCELoss()(torch.tensor([1.2]), torch.ones(1))"),
    ("no_probabilities", {}, "nn.BCELoss()(torch.ones(1), torch.tensor([2.]))"),
    ("class_out_of_bounds", {"target": "5"}, "nn.CrossEntropyLoss()(torch.ones(1, 5), torch.tensor([5]))"),
    ("channels", {"shape": "[1, 1, 8, 8]", "wanted": "3", "given": "1"},
     "nn.Conv2d(3, 6, 5)(torch.ones(1, 1, 8, 8))"),
    ("other_weights", {}, "nn.Linear(1, 2).load_state_dict(nn.Linear(1, 3).state_dict())"),
    ("no_numbers_on_meta", {}, "torch.ones(1, device='meta').item()"),
    ("old_print", {}, "print x"),
    ("bracket_never_closed", {"bracket": "("}, "x = torch.tensor([1.0], requires_grad=True\ny = 1"),
    ("bracket_without_partner", {"bracket": ")"}, "x = 1)"),
    ("bracket_without_partner", {"bracket": ")"}, "x = [1)"),
    ("foreign_character", {"character": "“"}, "print(“a”)"),
    ("foreign_character", {"character": "，"}, "f(1，2)"),
    ("foreign_character", {"character": "U+00A0"}, "x =\u00a01"),
    ("indentation", {}, "for i in range(3):\nprint(i)"),
    ("indentation", {}, "x = 1\n  y = 2"),
    ("indentation", {}, "if True:\n    x = 1\n  y = 2"),
    ("colon_missing", {}, "for i in range(3)\n    print(i)"),
    ("text_never_closed", {}, "print('a)"),
    ("assigned_in_a_condition", {}, "x = 1\nif x = 1:\n    pass"),
    ("outside_a_function", {"word": "return", "place": "function"}, "return 1"),
    ("outside_a_function", {"word": "break", "place": "loop"}, "break"),
    ("outside_a_function", {"word": "continue", "place": "loop"}, "continue"),
    ("recursion_without_end", {}, "f = lambda: f()\nf()"),
    ("division_by_zero", {}, "1 / 0"),
    ("division_by_zero", {}, "1.0 % 0"),
    ("index_out_of_range", {"kind": "list"}, "[1][1]"),
    ("pop_from_empty", {}, "[].pop()"),
    ("number_of_values", {"expected": "2"}, "a, b = torch.ones(3)"),
    ("number_of_values", {"expected": "2"}, "a, b = [1]"),
    ("not_a_function", {"kind": "int"}, "(3)(4)"),
    ("text_and_number", {}, "'loss: ' + 1.5"),
    ("text_and_number", {}, "1 + 'a'"),
    ("argument_is_missing", {"function": "f", "names": "'n'"}, "def f(n): pass\nf()"),
    ("too_many_arguments", {"function": "f"}, "def f(n, m=1): pass\nf(1, 2, 3)"),
    ("too_many_arguments", {"function": "A.f"}, "class A:\n    def f(x): pass\nA().f(1)"),
    ("no_number_in_the_text", {}, "int('3.5')"),
    ("no_number_in_the_text", {}, "float('a')"),
    ("none_is_used", {}, "for x in [1].sort(): pass"),
    ("none_is_used", {}, "len([1].sort())"),
    ("tensor_in_a_format", {}, "f'{torch.ones(2):.2f}'"),
]  # fmt: skip

RUNNER = """
import json, warnings
import torch
from torch import nn
said = []
for program in PROGRAMS:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec(program, {"torch": torch, "nn": nn})
            said.append(str(caught[-1].message))
        except Exception as error:
            said.append(getattr(error, "msg", str(error)))  # of a SyntaxError without its place
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def messages() -> list[str]:
    """What each program above makes Python or torch say."""
    programs = [program for _, _, program in PROGRAMS]
    found: list[str] = json.loads(PLAIN.run(f"PROGRAMS = {programs}\n{RUNNER}")["printed"])
    return found


@pytest.mark.parametrize("place", range(len(PROGRAMS)), ids=lambda k: f"{PROGRAMS[k][0]}-{k}")
def test_what_torch_says_leads_to_its_topic(place: int, messages: list[str]) -> None:
    topic, fields, _ = PROGRAMS[place]
    assert find(messages[place]) == (topic, fields)


DENIALS = {
    "compiles_nothing", "left_out", "module_not_here", "no_accelerator", "no_input", "no_network",
    "no_such_file", "no_threads", "not_permitted",
}  # fmt: skip
"""What only the locked process says: tried in tests/web/programs/test_hostile_programs.py, and the first in
tests/sandbox/test_tutorials.py."""


def test_every_topic_that_has_a_pattern_is_tried_above() -> None:
    tried = {topic for topic, _, _ in PROGRAMS} | DENIALS
    assert tried == {key for key, topic in TOPICS.items() if topic.patterns}


@pytest.mark.parametrize("key", TOPICS)
def test_the_texts_of_a_topic_use_no_field_its_patterns_do_not_give(key: str) -> None:
    topic = TOPICS[key]
    used = {
        field
        for text in (topic.explanation, topic.remedy)
        for _, field, _, _ in string.Formatter().parse(text)
    } - {None}
    for pattern in topic.patterns:
        assert used <= set(re.compile(pattern).groupindex)


def test_a_message_nobody_foresaw_has_no_topic() -> None:
    assert find("the moon is in the way") is None
    assert find("") is None


def test_a_long_hostile_message_is_searched_in_no_time() -> None:
    text = "modified by an inplace operation: " + "is at version 1; " * 20_000
    assert find(text) is None
