"""Reading and setting attributes, by the reviewed table."""

import sys
from typing import Any

import torch
from torch import nn
from torch.autograd.function import BackwardCFunction
from torch.autograd.graph import Node

from app.calculator.interpreter.functions import Static, Super, UserFunction
from app.calculator.names.table import CONTEXT, EXCEPTION, LAYER_MEMBERS, MEMBERS, MODULE, NODE
from app.calculator.names.values import PROGRAM_CLASS, Bound, Class, Function, Member, Namespace, Opaque
from app.calculator.refusals import NotSupported
from app.errors import N_

SETTABLE = frozenset(
    {"grad", "data", "requires_grad", "is_leaf", "grad_fn", "shape", "dtype", "real", "imag", "_version"}
)
"""Of a tensor; torch itself refuses some of them, in its own words."""


def get_attr(owner: Any, name: str) -> Any:
    """`owner.name`. Raises AttributeError where Python would, NotSupported for what is there but left out."""
    members = MEMBERS.get(type(owner))
    if members is not None:
        return member_of(owner, name, members.get(name))
    match owner:
        case Namespace():
            return namespace_attribute(owner, name)
        case Class():
            return class_attribute(owner, name)
        case nn.Module():
            return module_attribute(owner, name)
        case Super():
            return super_attribute(owner, name)
        case BackwardCFunction():
            if name in vars(owner):
                return vars(owner)[name]
            return member_of(owner, name, CONTEXT.get(name) or NODE.get(name))
        case Exception():
            return member_of(owner, name, EXCEPTION.get(name))
        case Function() | UserFunction() if name == "__name__":
            return owner.name.rpartition(".")[2]
    if isinstance(owner, Node):
        return member_of(owner, name, NODE.get(name))
    raise missing(owner, name)


def member_of(owner: Any, name: str, member: Member | None) -> Any:
    """What a member of the table gives for this object."""
    if member is None:
        raise missing(owner, name)
    if member.call:
        return Bound(owner, member)
    return member.real(owner) if member.real is not None else getattr(owner, name)


def missing(owner: Any, name: str) -> Exception:
    """The error for a name that is not in the table."""
    kind = owner.stands_for if isinstance(owner, Opaque) else type(owner)
    if hasattr(kind, name):
        return NotSupported(N_("`{type}.{name}` is not available here."), type=kind.__name__, name=name)
    return AttributeError(f"'{kind.__name__}' object has no attribute '{name}'")


def namespace_attribute(owner: Namespace, name: str) -> Any:
    """`torch.relu`."""
    if name in owner.members:
        return owner.members[name]
    if name in vars(sys.modules[owner.name]):
        raise NotSupported(N_("`{type}.{name}` is not available here."), type=owner.name, name=name)
    raise AttributeError(f"module '{owner.name}' has no attribute '{name}'")


def class_attribute(owner: Class, name: str) -> Any:
    """`type(x).__name__`, `Square.apply`, `nn.Module.__init__`."""
    if name == "__name__":
        return getattr(owner.real, "__name__", owner.name)
    if name == "__init__" and owner.real is nn.Module:
        return Function("Module.__init__", nn.Module.__init__)
    if name in owner.methods:
        value = owner.methods[name]
        return value.function if type(value) is Static else value
    if name in owner.statics:
        return owner.statics[name]
    if hasattr(owner.real, name):
        raise NotSupported(N_("`{type}.{name}` is not available here."), type=owner.name, name=name)
    raise AttributeError(f"type object '{owner.name}' has no attribute '{name}'")


def program_class(kind: type) -> Class | None:
    """The stand-in of a class that the program defined."""
    found = vars(kind).get(PROGRAM_CLASS)
    return found if isinstance(found, Class) else None


def library_type(kind: type) -> type:
    """The library's class that a class of the program comes from; any other class itself."""
    while (defined := program_class(kind)) is not None and defined.base is not None:
        kind = defined.base.real
    return kind


def module_attribute(owner: nn.Module, name: str) -> Any:
    """Of a layer or a network: its own values, the methods the program gave it, then the table's."""
    own = vars(owner)
    if name in own and not name.startswith("_"):
        return own[name]
    if (defined := program_class(type(owner))) is not None and name in defined.methods:
        return method_of(owner, defined.methods[name])
    member = MODULE.get(name) or LAYER_MEMBERS.get(library_type(type(owner)), {}).get(name)
    if member is not None:
        return Bound(owner, member)
    for store in ("_parameters", "_modules", "_buffers"):
        if name in own.get(store, {}):
            return own[store][name]
    raise missing(owner, name)


def method_of(owner: Any, value: Any) -> Any:
    """What a name assigned in the body of a class gives through an instance."""
    if type(value) is UserFunction:
        return Bound(owner, value)
    return value.function if type(value) is Static else value


def super_attribute(owner: Super, name: str) -> Any:
    """`super().__init__`, or a method of the base class that the program or the table knows."""
    base = owner.kind.base
    if base is not None and name in base.methods:
        return method_of(owner.owner, base.methods[name])
    if name == "__init__" or name in MODULE:
        return Function(f"super().{name}", getattr(super(owner.kind.real, owner.owner), name))
    raise AttributeError(f"'super' object has no attribute '{name}'")


def set_attr(owner: Any, name: str, value: Any) -> None:
    """`owner.name = value`, for tensors, modules and the `ctx` of a Function."""
    if isinstance(owner, torch.Tensor):
        if name not in SETTABLE:
            raise not_settable(owner, name)
    elif name.startswith("_"):
        raise not_settable(owner, name)
    elif isinstance(owner, BackwardCFunction):
        if hasattr(type(owner), name):
            raise not_settable(owner, name)
    elif not isinstance(owner, nn.Module):
        raise not_settable(owner, name)
    setattr(owner, name, value)


def del_attr(owner: Any, name: str) -> None:
    """`del owner.name`, of a module's own or a tensor's gradient."""
    if isinstance(owner, torch.Tensor) and name == "grad":
        del owner.grad
    elif isinstance(owner, nn.Module) and not name.startswith("_"):
        delattr(owner, name)
    else:
        raise not_settable(owner, name)


def not_settable(owner: Any, name: str) -> Exception:
    """The error for an attribute that cannot be set."""
    kind = owner.name if isinstance(owner, Namespace | Class) else type(owner).__name__
    return NotSupported(N_("`{type}.{name}` cannot be set here."), type=kind, name=name)
