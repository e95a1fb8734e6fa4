"""What a program can get hold of, and what it cannot whatever it tries."""

import gc
import types
from typing import Any

import pytest

from app.calculator import derive
from app.calculator.interpreter.language import compile_program
from app.calculator.interpreter.run import CURRENT, Run
from app.calculator.names.values import Opaque
from app.calculator.parse import parse

NET = """\
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 1)
    def forward(self, x):
        return self.fc(x)
class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        return g * 2
net = Net()
x = torch.ones(2, requires_grad=True)
y = net(x)
def f(n): return n
e = None
try:
    1 / 0
except ZeroDivisionError as error:
    e = error
g = (i for i in [1])
opt = torch.optim.SGD(net.parameters(), lr=0.1)
h = x.register_hook(f)
a = torch.ones(2).numpy()
"""

REFUSED = [
    "x.data_ptr", "x.storage", "x.untyped_storage", "x.apply_", "x.map_", "x.set_", "x.resize_",
    "x.share_memory_", "x.as_strided", "x.to_sparse", "x.record_stream", "x.as_subclass", "x.volatile",
    "x.is_shared", "x.module_load", "y.grad_fn.metadata", "g.gi_frame", "g.gi_code", "g.send", "g.throw",
    "e.with_traceback", "e.add_note", "net.share_memory", "net.compile",
    "net.register_state_dict_pre_hook", "net.set_extra_state", "net.ipu", "net.get_buffer", "net.cuda",
    "net.xpu", "opt.register_step_pre_hook", "opt.add_hook", "a.tofile", "a.ctypes", "a.data", "a.base",
    "a.dump", "a.setflags", "a.view", "torch.os", "torch.sys", "torch.ops", "torch.classes",
    "torch.Tensor.backward", "torch.Tensor.register_hook", "nn.Module.forward", "nn.Linear.forward",
    "f.run", "f.signature", "f.frame", "f.invoke", "f.within", "torch.relu.real", "torch.relu.gate",
    "torch.members", "nn.Linear.real", "nn.Linear.make", "Net.real", "Net.base", "Net.mro",
    "Double.make", "x.sum.owner", "x.sum.member", "print.real", "'{}'.format.real", "int.from_bytes",
    "int.to_bytes", "str.maketrans", "'a'.translate", "'a'.encode", "float.fromhex", "dict.fromkeys",
    "type(x).mro", "type(f).name", "h.id", "h.hooks_dict_ref", "torch.Size.numel", "torch.device.type",
    "super", "vars", "getattr", "setattr", "delattr", "hasattr", "eval", "exec", "compile", "open",
    "input", "globals", "locals", "dir", "help", "exit", "quit", "memoryview", "bytes", "bytearray",
    "classmethod", "property", "breakpoint", "copyright", "BaseException", "SystemExit",
    "KeyboardInterrupt", "GeneratorExit", "aiter", "anext", "id", "hash", "object", "Warning",
    "BaseExceptionGroup", "MemoryError",
]  # fmt: skip

SET = [
    "x.backward = None", "x.foo = 1", "torch.relu = print", "nn.Module.forward = f", "Net.forward = f",
    "f.name = 'g'", "e.args = ()", "opt.param_groups = []", "y.grad_fn.x = 1", "(1).x = 2",
    "a.shape = (1,)", "print.x = 1", "torch.nn = 1", "g.x = 1", "h.x = 1", "del torch.relu",
    "del x.data", "del net._modules", "Double.apply = f", "x.shape[0] = 1", "(1, 2)[0] = 3", "a[0] = 5",
    "del x[0]", "torch[0]", "f[0]", "g[0]", "nn.Linear[0]",
]  # fmt: skip


@pytest.mark.parametrize("expression", REFUSED)
def test_what_leads_out_is_not_there(expression: str) -> None:
    error = derive(f"{NET}got = {expression}\nprint(got)\n").error
    assert error is not None
    assert error.type in {"NotSupported", "AttributeError"}, error
    assert error.line == NET.count("\n") + 1


@pytest.mark.parametrize("statement", SET)
def test_what_is_given_cannot_be_changed(statement: str) -> None:
    error = derive(f"{NET}{statement}\n").error
    assert error is not None
    assert error.type in {"NotSupported", "TypeError", "AttributeError"}, error
    assert error.line == NET.count("\n") + 1


def run_program(program: str) -> dict[str, Any]:
    run = Run()
    token = CURRENT.set(run)
    try:
        compile_program(parse(program), run)()
    finally:
        CURRENT.reset(token)
    return run.names


def test_nothing_a_program_names_is_a_module_a_function_or_a_class() -> None:
    program = (
        NET
        + "import math\nfrom torch.nn import functional as F\nk = [print, len, torch.relu, F.mse_loss, int]\n"
    )
    program += "t = type(x)\nb = x.sum\nc = net.parameters\nd = opt.state_dict\nm = math.sin\n"
    names = run_program(program)
    reached = [item for value in names.values() for item in (value if isinstance(value, list) else [value])]
    forbidden = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, type)
    for value in reached:
        assert not isinstance(value, forbidden), value


def test_stand_ins_have_no_dict_and_name_what_they_stand_for() -> None:
    kinds = [kind for kind in Opaque.__subclasses__() if kind.stands_for is not object]
    assert len(kinds) >= 6
    for kind in kinds:
        assert "__dict__" not in dir(kind)
        assert kind.__name__ == kind.stands_for.__name__


def test_a_finished_program_leaves_no_tensor_behind() -> None:
    import torch

    def alive() -> int:
        gc.collect()
        return sum(type(value) is torch.Tensor for value in gc.get_objects())

    # A hook that reaches its own tensor is a circle that not even plain Python can see through C++.
    program = NET.replace("h = x.register_hook(f)\n", "")
    derive(program)
    before = alive()
    for _ in range(3):
        derive(program)
    assert alive() <= before


@pytest.mark.parametrize(
    ("program", "printed"),
    [
        ("x = 1\ndef f():\n    x = 2\n    return x\nprint(f(), x)", "2 1\n"),
        ("def f():\n    return g()\ndef g():\n    return 3\nprint(f())", "3\n"),
        ("xs = [1, 2]\nys = [x * k for x in xs for k in xs]\nprint(ys)", "[1, 2, 2, 4]\n"),
        ("class_ = 1\nprint(class_)", "1\n"),
        ("def f(a, b=[]):\n    b.append(a)\n    return b\nprint(f(1), f(2))", "[1, 2] [1, 2]\n"),
        ("def outer():\n    fs = []\n    for i in range(2):\n        fs.append(lambda i=i: i)\n"
         "    return [f() for f in fs]\nprint(outer())", "[0, 1]\n"),
        ("def f():\n    global made\n    made = 5\nf()\nprint(made)", "5\n"),
        ("def f():\n    x = 1\n    def g():\n        nonlocal x\n        x += 1\n    g(); g()\n    return x\n"
         "print(f())", "3\n"),
        ("print([y for y in [1, 2]], [(lambda: z)() for z in [3]])", "[1, 2] [3]\n"),
        ("print([n := i for i in range(3)], n)", "[0, 1, 2] 2\n"),
    ],
)  # fmt: skip
def test_names_belong_where_python_says(program: str, printed: str) -> None:
    assert derive(program).printed == printed
