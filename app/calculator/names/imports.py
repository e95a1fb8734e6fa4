"""`import`, from the fixed table of modules."""

from typing import Any

from app.calculator.names.namespaces import MODULES
from app.calculator.refusals import NotSupported
from app.errors import N_


def import_module(name: str, renamed: bool) -> Any:
    """What `import name` binds: the module if it is renamed with `as`, else the package it is in."""
    if name not in MODULES:
        raise unknown_module(name)
    return MODULES[name if renamed else name.partition(".")[0]]


def import_from(module: str, name: str) -> Any:
    """What `from module import name` binds."""
    if module == "__future__":
        return None
    if module not in MODULES:
        raise unknown_module(module)
    members = MODULES[module].members
    if name in members:
        return members[name]
    if f"{module}.{name}" in MODULES:
        return MODULES[f"{module}.{name}"]
    raise NotSupported(N_("`{type}.{name}` is not available here."), type=module, name=name)


def unknown_module(name: str) -> NotSupported:
    """The refusal of a module that is not in the table."""
    return NotSupported(
        N_("`import {name}` is not available here. What can be imported: {modules}."),
        name=name,
        modules=", ".join(sorted(MODULES)),
    )
