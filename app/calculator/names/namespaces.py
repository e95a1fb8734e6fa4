"""The modules a program can import and the built-in names it finds, assembled from the reviewed lists."""

import math
import types
import typing
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import torch
from torch import nn, optim
from torch.autograd import functional

from app.calculator.gates import (
    arange_gate,
    combinations_gate,
    data_gate,
    factory_gate,
    function_gate,
    hessian_gate,
    one_hot_gate,
    pieces_gate,
    repeats_gate,
    sizes_gate,
    squared_gate,
)
from app.calculator.interpreter.engine import flow_from_first
from app.calculator.interpreter.functions import Static, UserFunction
from app.calculator.names import arithmetic, functions, fused, layers, python, tensor
from app.calculator.names.arrays import from_numpy
from app.calculator.names.attributes import program_class
from app.calculator.names.filled import legacy, zero_filled
from app.calculator.names.printing import print_options_gate
from app.calculator.names.randomness import initial_seed, manual_seed, reseed
from app.calculator.names.values import Class, Function, Gate, Namespace, Opaque
from app.calculator.refusals import NotSupported
from app.errors import N_


def library(
    module: Any, names: Iterable[str], gate: Callable[[Any], Gate] | None = function_gate
) -> dict[str, Any]:
    """Functions of a module, each behind its gate."""
    table = {}
    for name in names:
        real = getattr(module, name)
        table[name] = Function(f"{module.__name__}.{name}", real, gate(real) if gate is not None else None)
    return table


def classes(module: Any, names: Iterable[str], gate: Callable[[Any], Gate] | None = None) -> dict[str, Class]:
    """Classes of a module."""
    table = {}
    for name in names:
        real = getattr(module, name)
        table[name] = Class(name, real, gate=gate(real) if gate is not None else None)
    return table


def returns_function(name: str, real: Callable[..., Any]) -> Function:
    """A function that makes another, such as `torch.func.grad`; what it makes can only be called."""

    def make(*args: Any, **kwargs: Any) -> Function:
        return Function(f"{name}(...)", real(*args, **kwargs))

    return Function(name, make)


def hint(name: str) -> Class:
    """A name of `typing`, for annotations, which are not evaluated."""
    return Class(name, getattr(typing, name), make=refuse_class(name))


def refuse_class(name: str) -> Callable[..., Any]:
    """What calling a class that is not in the tables does."""

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise NotSupported(N_("`{name}` is not available here."), name=name)

    return refuse


def switch(real: Any) -> Class:
    """`torch.no_grad`, which is a class, and without parentheses a decorator."""

    def make(*args: Any, **kwargs: Any) -> Any:
        if args and type(args[0]) is UserFunction:
            return args[0].within(real)
        return real(*args, **kwargs)

    return Class(real.__name__, real, make=make)


def functional_with_callable(name: str) -> Function:
    """`torch.autograd.functional.jacobian` and its like: a function of the program's comes first."""
    return Function(
        f"torch.autograd.functional.{name}",
        getattr(functional, name),
        hessian_gate if name == "hessian" else None,
    )


def math_members() -> dict[str, Any]:
    """`math`."""
    table: dict[str, Any] = {name: getattr(math, name) for name in python.MATH}
    table = {
        name: Function(f"math.{name}", value) if callable(value) else value for name, value in table.items()
    }
    return table | {
        "factorial": Function("math.factorial", arithmetic.factorial),
        "lcm": Function("math.lcm", arithmetic.lcm),
        "comb": Function("math.comb", arithmetic.choices(math.comb)),
        "perm": Function("math.perm", arithmetic.choices(math.perm)),
        "prod": Function("math.prod", arithmetic.product),
    }


def autograd_members() -> dict[str, Any]:
    """`torch.autograd`."""
    names = ("jacobian", "hessian", "vjp", "jvp", "hvp", "vhp")
    return {
        "Variable": Class("Variable", torch.autograd.Variable),
        "Function": Class("Function", torch.autograd.Function),
        "gradcheck": Function("torch.autograd.gradcheck", torch.autograd.gradcheck),
        "gradgradcheck": Function("torch.autograd.gradgradcheck", torch.autograd.gradgradcheck),
        "backward": Function("torch.autograd.backward", flow_from_first(torch.autograd.backward)),
        "grad": Function("torch.autograd.grad", flow_from_first(torch.autograd.grad)),
        "functional": Namespace(
            "torch.autograd.functional", {name: functional_with_callable(name) for name in names}
        ),
        "detect_anomaly": Class("detect_anomaly", torch.autograd.detect_anomaly),
        "set_detect_anomaly": Class("set_detect_anomaly", torch.autograd.set_detect_anomaly),
        **{name: SWITCHES[name] for name in ("no_grad", "enable_grad", "set_grad_enabled", "inference_mode")},
    }


def nn_members() -> dict[str, Any]:
    """`torch.nn`."""
    utils = ("clip_grad_norm_", "clip_grad_value_", "parameters_to_vector", "vector_to_parameters")
    return LAYERS | {
        "Module": Class("Module", nn.Module),
        "Parameter": PARAMETER,
        "functional": Namespace("torch.nn.functional", FUNCTIONAL),
        "init": Namespace("torch.nn.init", library(nn.init, functions.INIT, None)),
        "parameter": Namespace("torch.nn.parameter", {"Parameter": PARAMETER}),
        "utils": Namespace("torch.nn.utils", library(nn.utils, utils, None)),
    }


def func_members() -> dict[str, Any]:
    """`torch.func`."""
    makers = ("grad", "grad_and_value", "vmap", "jacrev", "jacfwd", "hessian")
    return {name: returns_function(f"torch.func.{name}", getattr(torch.func, name)) for name in makers} | {
        name: Function(f"torch.func.{name}", getattr(torch.func, name)) for name in ("jvp", "functional_call")
    }


def linalg_members() -> dict[str, Any]:
    """`torch.linalg`."""
    return library(torch.linalg, functions.LINALG) | library(
        torch.linalg, functions.SQUARED_LINALG, squared_gate
    )


def torch_functions() -> dict[str, Any]:
    """The functions in `torch` itself."""
    special = {
        "arange": Function("torch.arange", torch.arange, arange_gate),
        "bincount": Function("torch.bincount", torch.bincount, repeats_gate),
        "combinations": Function("torch.combinations", torch.combinations, combinations_gate),
        "empty": Function("torch.empty", zero_filled(torch.empty), factory_gate(torch.empty)),
        "empty_like": Function("torch.empty_like", zero_filled(torch.empty_like)),
        "initial_seed": Function("torch.initial_seed", initial_seed),
        "manual_seed": Function("torch.manual_seed", manual_seed),
        "repeat_interleave": Function("torch.repeat_interleave", torch.repeat_interleave, repeats_gate),
        "seed": Function("torch.seed", reseed),
        "set_printoptions": Function("torch.set_printoptions", torch.set_printoptions, print_options_gate),
        "from_numpy": Function("torch.from_numpy", from_numpy),
        "vmap": returns_function("torch.vmap", torch.vmap),
    }
    in_place = [f"{name}_" for name in (*tensor.POINTWISE, "fill", "zero") if hasattr(torch, f"{name}_")]
    return (
        library(torch, (*functions.TORCH, *in_place))
        | library(torch, functions.SIZED, factory_gate)
        | library(torch, functions.SQUARED, squared_gate)
        | library(torch, functions.PIECES, lambda _: pieces_gate)
        | library(torch, functions.FROM_DATA, lambda _: data_gate)
        | library(torch, functions.STATE, None)
        | special
    )


def torch_types() -> dict[str, Any]:
    """The classes, dtypes and constants in `torch` itself."""
    legacy_tensors = {
        name: Class(name, getattr(torch, name), make=legacy(getattr(torch, name)), gate=sizes_gate)
        for name in layers.LEGACY_TENSORS
    }
    plain = classes(torch, ("Size", "Generator", "device", "dtype", "finfo", "iinfo"))
    values = {name: getattr(torch, name) for name in (*layers.DTYPES, *layers.CONSTANTS)}
    return (
        legacy_tensors | plain | values | SWITCHES | {"Tensor": TENSOR, "__version__": str(torch.__version__)}
    )


def torch_parts() -> dict[str, Any]:
    """The modules in `torch`."""
    schedulers = Namespace("torch.optim.lr_scheduler", classes(optim.lr_scheduler, layers.SCHEDULERS))
    optimizers = classes(optim, layers.OPTIMIZERS) | {"lr_scheduler": schedulers}
    return {
        "autograd": Namespace("torch.autograd", autograd_members()),
        "func": Namespace("torch.func", func_members()),
        "linalg": Namespace("torch.linalg", linalg_members()),
        "nn": Namespace("torch.nn", nn_members()),
        "optim": Namespace("torch.optim", optimizers),
        "special": Namespace("torch.special", library(torch.special, functions.SPECIAL)),
    }


fused.remove()
LAYERS = classes(nn, layers.LAYERS) | classes(nn, layers.SIZED_LAYERS, factory_gate)
PARAMETER = Class("Parameter", nn.Parameter)
TENSOR = Class("Tensor", torch.Tensor, make=legacy(torch.Tensor), gate=sizes_gate)
SWITCHES = {
    name: switch(getattr(torch, name))
    for name in ("no_grad", "enable_grad", "set_grad_enabled", "inference_mode")
}
FUNCTIONAL = library(nn.functional, functions.FUNCTIONAL) | {
    "one_hot": Function("torch.nn.functional.one_hot", nn.functional.one_hot, one_hot_gate)
}


def modules() -> Iterator[Namespace]:
    """Every namespace, outermost first."""
    stack = outermost()
    while stack:
        space = stack.pop()
        yield space
        stack.extend(value for value in space.members.values() if isinstance(value, Namespace))


def outermost() -> list[Namespace]:
    """The modules that are in no other."""
    collections_members = {
        "OrderedDict": Class("OrderedDict", OrderedDict),
        "defaultdict": Class("defaultdict", defaultdict),
    }
    return [
        Namespace("collections", collections_members),
        Namespace("math", math_members()),
        Namespace("torch", torch_functions() | torch_types() | torch_parts()),
        Namespace("typing", {name: hint(name) for name in python.TYPING}),
    ]


MODULES: Mapping[str, Namespace] = types.MappingProxyType({space.name: space for space in modules()})


def known_classes() -> dict[Any, Class]:
    """The stand-in of each class in the tables, by the class: what `type(x)` gives."""
    found = {value.real: value for value in BUILTIN_NAMES.values() if type(value) is Class}
    for space in MODULES.values():
        for value in space.members.values():
            if type(value) is Class and isinstance(value.real, type):
                found.setdefault(value.real, value)
    return found


BUILTIN_NAMES = python.builtin_names()
CLASS_OF: Mapping[Any, Class] = types.MappingProxyType(known_classes())


def type_(value: Any) -> Class:
    """`type(value)`: to compare, to print, and for its `__name__`."""
    kind = value.stands_for if isinstance(value, Opaque) else type(value)
    if type(value) is Class:
        kind = type(value.real)
    found = CLASS_OF.get(kind) or program_class(kind)
    return found if found is not None else Class(kind.__name__, kind, make=refuse_class(kind.__name__))


BUILTINS: Mapping[str, Any] = types.MappingProxyType(
    BUILTIN_NAMES | {"type": Function("type", type_), "staticmethod": Function("staticmethod", Static)}
)
