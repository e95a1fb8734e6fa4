"""`owner[index]`: reading, setting and deleting items, by exact type."""

from collections import OrderedDict, defaultdict
from typing import Any

import torch
from torch import nn

from app.calculator.gates import TENSORS, check_items, could_be_large, finite, rehearse
from app.calculator.names.arrays import Array
from app.calculator.names.attributes import library_type
from app.calculator.names.table import RETURN_TYPES
from app.calculator.operators import is_endless
from app.calculator.refusals import NotSupported
from app.errors import N_

READABLE: frozenset[type] = frozenset(
    {
        list, tuple, dict, str, range, OrderedDict, defaultdict, torch.Size, Array,
        nn.Sequential, nn.ModuleList, nn.ModuleDict, nn.ParameterList, nn.ParameterDict,
        *(getattr(torch.return_types, name) for name in RETURN_TYPES),
    }
)  # fmt: skip
WRITABLE: frozenset[type] = frozenset(
    {
        list, dict, OrderedDict, defaultdict,
        nn.Sequential, nn.ModuleList, nn.ModuleDict, nn.ParameterList, nn.ParameterDict,
    }
)  # fmt: skip


def get_item(owner: Any, key: Any) -> Any:
    """`owner[key]`."""
    kind = library_type(type(owner))
    if kind in TENSORS:
        if type(key) is not int:
            check_index(owner, key)
        return owner[key]
    if kind in READABLE:
        return owner[key]
    if hasattr(kind, "__getitem__"):
        raise NotSupported(N_("`{type}[...]` is not available here."), type=kind.__name__)
    raise TypeError(f"'{kind.__name__}' object is not subscriptable")


def check_index(owner: torch.Tensor, key: Any) -> None:
    """Refuse an index whose tensors and lists pick too many elements."""
    keys = key if type(key) is tuple else (key,)
    if any(type(part) in TENSORS or type(part) is list for part in keys):
        factors = [
            part.numel() if type(part) in TENSORS else len(part) if type(part) is list else 1 for part in keys
        ]
        if could_be_large((owner, *factors), {}):
            rehearse(lambda tensor, index: tensor[index], (owner, key), {})


def set_item(owner: Any, key: Any, value: Any) -> None:
    """`owner[key] = value`."""
    kind = library_type(type(owner))
    if kind in TENSORS:
        check_index(owner, key)
        owner[key] = value
    elif kind in WRITABLE:
        owner[key] = finite(value) if type(key) is slice and is_endless(value) else value
        check_items(len(owner))
    elif hasattr(kind, "__setitem__"):
        raise NotSupported(N_("`{type}[...]` cannot be set here."), type=kind.__name__)
    else:
        raise TypeError(f"'{kind.__name__}' object does not support item assignment")


def del_item(owner: Any, key: Any) -> None:
    """`del owner[key]`."""
    kind = library_type(type(owner))
    if kind in WRITABLE:
        del owner[key]
    elif hasattr(kind, "__delitem__"):
        raise NotSupported(N_("`{type}[...]` cannot be deleted here."), type=kind.__name__)
    else:
        raise TypeError(f"'{kind.__name__}' object doesn't support item deletion")
