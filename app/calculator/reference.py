"""The language, written out from the tables that define it.

Three readers: docs/language.md, the page at /language (made from `tables`, as the web process cannot import
torch), and the list that a review reads.
"""

import ast
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import optim

from app.calculator import limits
from app.calculator.names.arrays import Array
from app.calculator.names.contexts import CONTEXTS
from app.calculator.names.namespaces import BUILTINS, MODULES
from app.calculator.names.table import CONTEXT, EXCEPTION, LAYER_MEMBERS, MEMBERS, MODULE, NODE, RETURN_TYPES
from app.calculator.names.values import Class, Function, Member, Namespace
from app.calculator.parse import NAMES, SPECIAL_ATTRIBUTES, SPECIAL_NAMES
from app.errors import N_

HEAD = """\
# The calculator's language

{introduction}

This page is written from the interpreter's own tables: `python3.11 -m tools generate`.
"""
INTRODUCTION = N_(
    "The part of Python and PyTorch that autograd tutorials are written in. What is listed here does what it"
    " does in Python 3.11 and torch {torch}: it prints the same text and fails with the same errors, and"
    " hundreds of programs are run by both to hold it to that. Everything else is refused by its name, with"
    " the line."
)
DIFFERENCES = (
    N_("A program cannot read or write files, reach the network, or import anything but the modules below."),
    N_(
        "Names with a leading underscore are Python's and torch's inside. Of those a program can read"
        " {special}; a variable of its own may begin with one underscore."
    ),
    N_(
        "A class extends `torch.nn.Module` or `torch.autograd.Function`. Its methods are `__init__`,"
        " `forward`, `backward`, `@staticmethod`s and others, but none that torch's own code calls by a name"
        " with an underscore."
    ),
    N_("An optimizer steps without `fused=True`; the numbers are the same."),
    N_("What `tensor.numpy()` gives can be printed, indexed and turned into a list, not computed with."),
    N_("Annotations are not evaluated."),
    N_(
        "Where Python prints an address, `0x...` stands. Control characters and marks that turn the direction"
        " of writing are printed as escapes. `torch.empty` and its like are filled with zeros."
    ),
    N_(
        "Every program starts afresh, as in a new process: no variable of another one is there, and random"
        " numbers differ from run to run unless `torch.manual_seed` is called."
    ),
)
"""Where it is not Python and torch; `{special}` are the underscored names that can be read."""
SYNTAX: dict[type[ast.AST], str] = {
    ast.Expr: "f(x)",
    ast.Assign: "a = b = 1; a, (b, *rest) = values; x[0] = 1; net.scale = 2",
    ast.AnnAssign: "lr: float = 0.1",
    ast.AugAssign: "x += 1 (in place where the object can, as in torch)",
    ast.Delete: "del x, xs[0], d['key']",
    ast.Pass: "pass",
    ast.If: "if ...: elif ...: else:",
    ast.While: "while ...: else:",
    ast.For: "for i, (a, b) in enumerate(pairs): else:",
    ast.Break: "break",
    ast.Continue: "continue",
    ast.FunctionDef: "def f(a, /, b=1, *args, c, d=2, **kwargs): with decorators",
    ast.Return: "return x",
    ast.ClassDef: "class Net(torch.nn.Module):",
    ast.Global: "global x",
    ast.Nonlocal: "nonlocal x",
    ast.With: "with torch.no_grad():",
    ast.Try: "try: except (ValueError, TypeError) as e: else: finally:",
    ast.Raise: "raise ValueError('...') from e",
    ast.Assert: "assert x > 0, 'message'",
    ast.Import: "import torch.nn as nn",
    ast.ImportFrom: "from torch import nn, optim",
    ast.Constant: "1, 2.5, 1j, 'text', True, None, ...",
    ast.Name: "x",
    ast.Attribute: "x.grad",
    ast.Subscript: "x[0], d['key']",
    ast.Slice: "x[1:, ::2, None, ..., mask]",
    ast.Call: "f(1, *args, key=2, **kwargs); super().__init__()",
    ast.Starred: "[*xs, *ys]",
    ast.BinOp: "+ - * / // % ** @ << >> & | ^",
    ast.UnaryOp: "-x, +x, ~x, not x",
    ast.BoolOp: "a and b or c",
    ast.Compare: "0 < x <= 1, is, is not, in, not in",
    ast.IfExp: "a if test else b",
    ast.NamedExpr: "(n := 5)",
    ast.Lambda: "lambda x, y=1: x + y",
    ast.List: "[1, 2]",
    ast.Tuple: "1, 2",
    ast.Set: "{1, 2}",
    ast.Dict: "{'a': 1, **more}",
    ast.ListComp: "[x for x in xs if x]",
    ast.SetComp: "{x for x in xs}",
    ast.DictComp: "{k: v for k, v in pairs}",
    ast.GeneratorExp: "sum(x for x in xs)",
    ast.JoinedStr: "f'{x:.2f} {name!r} {x=}'",
    ast.FormattedValue: "",
}
"""How each construct is written."""

OBJECTS: dict[str, type] = {
    "torch.Tensor": torch.Tensor,
    "torch.Size": torch.Size,
    "torch.dtype": torch.dtype,
    "torch.device": torch.device,
    "torch.Generator": torch.Generator,
    "torch.finfo": torch.finfo,
    "torch.iinfo": torch.iinfo,
    "optimizer": optim.SGD,
    "learning rate scheduler": optim.lr_scheduler.StepLR,
    "tensor.numpy()": Array,
    "str": str,
    "list": list,
    "tuple": tuple,
    "dict": dict,
    "set": set,
    "int": int,
    "float": float,
    "complex": complex,
    "range": range,
}
"""Objects by the names people know; those of a kind share their members."""

NOT_HERE = {
    "Built-in": "open input eval exec compile getattr setattr vars dir globals locals exit help id bytes",
    "Modules": "os sys numpy matplotlib random time torchvision torch.utils.data torch.cuda torch.jit",
    "torch": "load save hub compile export set_num_threads set_default_device sparse_coo_tensor Storage",
    "torch.Tensor": "data_ptr storage set_ resize_ share_memory_ apply_ map_ to_sparse as_strided pin_memory",
}
"""What people look for and do not find."""

LIMITS: tuple[tuple[str, dict[str, float]], ...] = (
    (
        N_("{limit:,} bytes of program, nested at most {depth} deep"),
        {"limit": limits.MAX_PROGRAM_BYTES, "depth": limits.MAX_DEPTH},
    ),
    (
        N_("{limit:,} steps (statements, rounds of loops and calls), within {seconds} s"),
        {"limit": limits.MAX_STEPS, "seconds": limits.MAX_SECONDS},
    ),
    (N_("{limit} calls of the program's functions inside one another"), {"limit": limits.MAX_CALLS}),
    (N_("{limit:,} elements in one tensor"), {"limit": limits.MAX_ELEMENTS}),
    (N_("{limit:,} bytes in all tensors together"), {"limit": limits.MAX_TENSOR_BYTES}),
    (N_("{limit:,} characters or items in one string or list"), {"limit": limits.MAX_ITEMS}),
    (N_("{limit:,} bits in one integer"), {"limit": limits.MAX_INT_BITS}),
    (N_("{limit:,} characters printed; what follows is cut"), {"limit": limits.MAX_PRINTED}),
)
"""How much a program may be and do: a text and its fields."""


def listing() -> dict[str, list[str]]:
    """Every name a program can reach, by what it is reached through, sorted, with the gate before it."""
    found = {"built-in": marked(BUILTINS)}
    found |= {name: marked(space.members) for name, space in MODULES.items()}
    found |= {f"a {title(kind)}": marked(members) for kind, members in MEMBERS.items()}
    found |= {f"a {title(kind)}": marked(members) for kind, members in LAYER_MEMBERS.items()}
    found |= {
        "a torch.nn.Module": marked(MODULE),
        "a grad_fn": marked(NODE),
        "the ctx of a Function": marked(CONTEXT),
        "an Exception": marked(EXCEPTION),
        "with": sorted(kind.__name__ for kind in CONTEXTS),
        "underscored": sorted(SPECIAL_NAMES | SPECIAL_ATTRIBUTES),
        "syntax": sorted(kind.__name__ for kind in SYNTAX),
    }
    return {name: found[name] for name in sorted(found)}


def marked(table: Mapping[str, Any]) -> list[str]:
    """The names in a table, with what a review wants to see beside each."""
    return sorted(f"{name}{mark(value)}" for name, value in table.items())


def mark(value: Any) -> str:
    """The gate before a call, or that it is only read."""
    match value:
        case Member(call=False):
            return " (read)"
        case Function(gate=gate) | Class(gate=gate) | Member(gate=gate) if gate is not None:
            return f" [{gate.__qualname__.partition('.')[0]}]"
    return ""


def title(kind: type) -> str:
    """A type, written with its module."""
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def tables() -> dict[str, Any]:
    """Everything that the page at /language shows: names in one line, texts to be translated."""
    objects = {name: MEMBERS[kind] for name, kind in OBJECTS.items()}
    objects |= {"torch.nn.Module": MODULE, "grad_fn": NODE, "ctx": CONTEXT, "Exception": EXCEPTION}
    return {
        "torch": torch.__version__.partition("+")[0],
        "introduction": INTRODUCTION,
        "syntax": list(filter(None, SYNTAX.values())),
        "refused": sorted({*NAMES.values(), "import *"}),
        "differences": list(DIFFERENCES),
        "special": sorted(SPECIAL_NAMES | SPECIAL_ATTRIBUTES),
        "limits": [[text, fields] for text, fields in LIMITS],
        "not_here": {where: ordered(what.split()) for where, what in NOT_HERE.items()},
        "builtins": ordered(BUILTINS),
        "modules": {name: ordered(own(space.members)) for name, space in sorted(MODULES.items())},
        "objects": {name: ordered(own(members)) for name, members in objects.items()},
        "layers": {kind.__name__: ordered(members) for kind, members in LAYER_MEMBERS.items()},
        "results": {name: ordered(fields) for name, fields in RETURN_TYPES.items()},
    }


def markdown() -> str:
    """docs/language.md."""
    found = tables()
    special = ", ".join(f"`{name}`" for name in found["special"])
    parts = [
        HEAD.format(introduction=INTRODUCTION.format(torch=found["torch"])),
        "## Syntax\n\n```python\n" + "\n".join(found["syntax"]) + "\n```\n",
        f"Not supported: {', '.join(f'`{name}`' for name in found['refused'])}.\n",
        "## Where it differs\n\n" + "".join(f"- {text.format(special=special)}\n" for text in DIFFERENCES),
        "## Limits\n\n" + "".join(f"- {text.format(**fields)}\n" for text, fields in LIMITS),
        "## Not here\n\n" + items(found["not_here"], ": "),
        "## Built-in names\n\n" + row(found["builtins"]) + "\n",
        "## Modules\n",
        *(section(name, names) for name, names in found["modules"].items()),
        "## Objects\n",
        *(section(name, names) for name, names in found["objects"].items()),
        "### Further methods of layers\n\n" + items(found["layers"], ": ", "`"),
        "### Named results\n\n" + items(found["results"], ": ", "`"),
    ]
    return "\n".join(parts)


def own(members: Mapping[str, Any]) -> list[str]:
    """The names in a table, the modules in it left to sections of their own."""
    return [name for name, value in members.items() if not isinstance(value, Namespace)]


def ordered(names: Iterable[str]) -> str:
    """In one line, as in a dictionary."""
    return " ".join(sorted(names, key=str.lower))


def items(found: Mapping[str, str], sign: str, quote: str = "") -> str:
    """A list of names with what is in each."""
    return "".join(f"- {quote}{name}{quote}{sign}{row(names)}\n" for name, names in found.items())


def section(name: str, names: str) -> str:
    """One module or type with its names."""
    return f"### `{name}`\n\n{row(names)}\n"


def row(names: str) -> str:
    """Names beside one another."""
    return " ".join(f"`{name}`" for name in names.split())
