"""The reviewed table of what may be read of each exact type. A type that is not here has no attributes."""

import types
from collections.abc import Mapping

import torch
from torch import nn, optim
from torch.utils.hooks import RemovableHandle

from app.calculator.names import layers, python, tensor
from app.calculator.names.arrays import Array
from app.calculator.names.randomness import reseed_own
from app.calculator.names.values import Member, words

RETURN_TYPES: dict[str, tuple[str, ...]] = {
    "aminmax": ("min", "max"),
    "cummax": ("values", "indices"),
    "cummin": ("values", "indices"),
    "frexp": ("mantissa", "exponent"),
    "kthvalue": ("values", "indices"),
    "linalg_cholesky_ex": ("L", "info"),
    "linalg_eig": ("eigenvalues", "eigenvectors"),
    "linalg_eigh": ("eigenvalues", "eigenvectors"),
    "linalg_inv_ex": ("inverse", "info"),
    "linalg_lstsq": ("solution", "residuals", "rank", "singular_values"),
    "linalg_lu": ("P", "L", "U"),
    "linalg_lu_factor": ("LU", "pivots"),
    "linalg_qr": ("Q", "R"),
    "linalg_slogdet": ("sign", "logabsdet"),
    "linalg_solve_ex": ("result", "info"),
    "linalg_svd": ("U", "S", "Vh"),
    "max": ("values", "indices"),
    "median": ("values", "indices"),
    "min": ("values", "indices"),
    "mode": ("values", "indices"),
    "nanmedian": ("values", "indices"),
    "qr": ("Q", "R"),
    "slogdet": ("sign", "logabsdet"),
    "sort": ("values", "indices"),
    "svd": ("U", "S", "V"),
    "topk": ("values", "indices"),
    "triangular_solve": ("solution", "cloned_coefficient"),
}
"""torch's named tuples and their fields."""


def methods(names: tuple[str, ...], kind: type | None = None) -> dict[str, Member]:
    """Members that are plain methods; of a type whose objects cannot have their own, taken from the type."""
    return {name: Member(name, real=getattr(kind, name, None)) for name in names}


def properties(names: tuple[str, ...]) -> dict[str, Member]:
    """Members that are read."""
    return {name: Member(name, call=False) for name in names}


MODULE: Mapping[str, Member] = types.MappingProxyType(
    methods(layers.MODULE) | {"type": Member("type", real=lambda module, dtype: module.type(dtype.real))}
)
"""Of every `nn.Module`, besides what it was given as its own."""

NODE: Mapping[str, Member] = types.MappingProxyType(
    methods(("name", "register_hook", "register_prehook")) | properties(("next_functions", "variable"))
)
"""Of a `grad_fn`."""

CONTEXT: Mapping[str, Member] = types.MappingProxyType(
    methods(("save_for_backward", "mark_dirty", "mark_non_differentiable", "set_materialize_grads"))
    | properties(("saved_tensors", "needs_input_grad"))
)
"""Of the `ctx` of an `autograd.Function`."""

EXCEPTION: Mapping[str, Member] = types.MappingProxyType(properties(("args",)))


def build() -> dict[type, dict[str, Member]]:
    """The table: exact type to name to member."""
    table: dict[type, dict[str, Member]] = {}
    for kind, names in python.TYPES.items():
        table[kind] = methods(names, kind)
    for kind, special in python.SPECIAL.items():
        table[kind] |= {name: Member(name, real=real) for name, real in special.items()}
    for kind, names in python.PROPERTIES.items():
        table[kind] = table.get(kind, {}) | properties(names)
    table[torch.Tensor] = table[nn.Parameter] = tensor.members()
    for name, fields in RETURN_TYPES.items():
        table[getattr(torch.return_types, name)] = properties(fields)
    table[Array] = properties(words("shape dtype ndim size T")) | methods(words("tolist item"))
    table[RemovableHandle] = methods(("remove",))
    table[torch.Generator] = methods(("manual_seed", "initial_seed")) | {
        "seed": Member("seed", real=reseed_own)
    }
    for name in layers.OPTIMIZERS:
        table[getattr(optim, name)] = methods(layers.OPTIMIZER) | properties(layers.OPTIMIZER_PROPERTIES)
    for name in layers.SCHEDULERS:
        table[getattr(optim.lr_scheduler, name)] = methods(layers.SCHEDULER) | properties(
            layers.SCHEDULER_PROPERTIES
        )
    return table


MEMBERS: Mapping[type, Mapping[str, Member]] = types.MappingProxyType(build())

LAYER_MEMBERS: Mapping[type, Mapping[str, Member]] = types.MappingProxyType(
    {getattr(nn, name): methods(names) for name, names in layers.LAYER_METHODS.items()}
    | {getattr(nn, name): methods(("reset_parameters",)) for name in layers.RESET}
)
"""Further members of single layer types."""
