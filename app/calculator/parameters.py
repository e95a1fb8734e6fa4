"""The parameters of a network, found without asking it: a program's class may say otherwise, or never end."""

from collections.abc import Iterator

from torch import Tensor, nn


def named_parameters(module: nn.Module, prefix: str = "") -> Iterator[tuple[str, Tensor]]:
    """What `module.named_parameters()` gives where nobody redefined it: each once, outermost first."""
    seen: set[int] = set()
    stack = [(prefix, module)]
    while stack:
        path, found = stack.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        own = vars(found)
        for name, parameter in own.get("_parameters", {}).items():
            if parameter is not None and id(parameter) not in seen:
                seen.add(id(parameter))
                yield below(path, name), parameter
        parts = own.get("_modules", {}).items()
        stack.extend((below(path, name), part) for name, part in reversed(parts) if part is not None)


def below(path: str, name: str) -> str:
    """The full name of a part of a module.

    >>> below("", "hidden"), below("net.hidden", "weight")
    ('hidden', 'net.hidden.weight')
    """
    return f"{path}.{name}" if path else name
