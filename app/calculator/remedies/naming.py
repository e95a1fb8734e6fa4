"""What a misspelt name was probably meant to be."""

import ast
import builtins
import inspect
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from types import ModuleType
from typing import Any

from torch import Tensor, nn

from app.calculator.remedies.trouble import Trouble, called

IMPORTS = {
    "torch": "import torch",
    "nn": "from torch import nn",
    "optim": "from torch import optim",
    "F": "import torch.nn.functional as F",
    "Variable": "from torch.autograd import Variable",
    "math": "import math",
}
"""What a name is usually imported by."""
NEAR = 0.65
"""How alike two names must be."""
KEYWORDS = (
    *("requires_grad", "dtype", "device", "retain_graph", "create_graph", "gradient", "inputs", "dim"),
    *("keepdim", "lr", "momentum", "weight_decay", "nesterov", "bias", "reduction", "reduction", "step_size"),
)
"""Arguments of functions that do not tell theirs."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The name most like another, upper and lower case aside; None where none is near."""
    public = {one.lower(): one for one in known if not one.startswith("__") and one != name}
    found = get_close_matches(name.lower(), public, n=1, cutoff=NEAR) if len(name) > 2 else []
    return public[found[0]] if found else None


def attribute_meant(trouble: Trouble) -> str | None:
    """Of a module, a tensor, a layer, or an object of the program."""
    name, owner = trouble.params.get("name", ""), trouble.params.get("owner", "")
    for node in trouble.nearby(ast.Attribute):
        if isinstance(node, ast.Attribute) and node.attr == name:
            value = trouble.value(node.value)
            return nearest(name, names_of(Tensor if value is None and owner == "Tensor" else value))
    return nearest(name, dir(sys.modules[owner])) if owner in sys.modules else None


def names_of(value: Any) -> list[str]:
    """The attributes of an object, without asking it."""
    if value is None:
        return []
    if isinstance(value, type | ModuleType):
        return dir(value)
    own = [*vars(value)] if hasattr(type(value), "__dict__") and not isinstance(value, Tensor) else []
    if isinstance(value, nn.Module):
        own += [*value._modules, *value._parameters]
    return own + dir(type(value))


def name_meant(trouble: Trouble) -> str | None:
    """A variable of the program, or of Python's own."""
    return nearest(trouble.params.get("name", ""), (*trouble.names, *dir(builtins)))


def keyword_meant(trouble: Trouble) -> str | None:
    """An argument of the function that is called."""
    name = trouble.params.get("name", "")
    for call in trouble.nearby(ast.Call):
        if isinstance(call, ast.Call) and any(keyword.arg == name for keyword in call.keywords):
            try:
                known = [*inspect.signature(trouble.value(call.func)).parameters]
            except (TypeError, ValueError):
                known = []
            return nearest(name, [one for one in known if one not in ("args", "kwargs")] or KEYWORDS)
    return None


def module_meant(trouble: Trouble) -> str | None:
    """A module that is here."""
    first, _, rest = trouble.params.get("name", "").partition(".")
    if first in sys.modules:
        return None  # it is there; a part of it is not
    meant = nearest(first, {name.partition(".")[0] for name in sys.modules})
    return meant and ".".join(filter(None, (meant, rest)))


def is_layer(value: Any) -> bool:
    """Whether it is one of torch's classes of layers and losses."""
    return isinstance(value, type) and issubclass(value, nn.Module) and value.__module__.startswith("torch.")


def layer_made(trouble: Trouble, given: str | None = None) -> ast.Call | None:
    """Where a layer was made of data: `nn.ReLU(x)`. given: the class, where it is known."""
    for call in (*trouble.nearby(ast.Call), *trouble.source.all(ast.Call)):
        if (
            isinstance(call, ast.Call)
            and call.args
            and not isinstance(call.args[0], ast.Constant)
            and given in (None, called(call))
            and is_layer(trouble.value(call.func))
        ):
            return call
    return None
