"""Numbers and calls as a person writes them in a script."""

import textwrap
from collections.abc import Iterable, Iterator

from app.protocol.record import Record

WIDTH = 88


def number(value: float) -> str:
    """A number, without ".0" if it is whole.

    >>> number(-1.0), number(0.25), number(1e-06)
    ('-1', '0.25', '1e-06')
    """
    return str(int(value)) if value.is_integer() and abs(value) < 1e6 else repr(value)


def tensor(values: Iterable[float | list[float]]) -> list[str]:
    """The lines of `torch.tensor([...])`."""
    inside = ", ".join(map(repr, values))
    if len(inside) < WIDTH - 24:
        return [f"torch.tensor([{inside}])"]
    return ["torch.tensor([", *(f"    {line}" for line in textwrap.wrap(inside, WIDTH - 4)), "])"]


def call(record: Record, module: str, first: str) -> str:
    """The call that makes the object of a record: a class of torch, with the arguments that are not defaults.

    >>> from app.protocol.optimizers import SGD
    >>> call(SGD(momentum=0.9), "torch.optim", "net.parameters()")
    'torch.optim.SGD(net.parameters(), lr=0.2, momentum=0.9)'
    """
    arguments = [first, *(f"{name}={value}" for name, value in written(record))]
    return f"{module}.{type(record).__name__}({', '.join(arguments)})"


def written(record: Record) -> Iterator[tuple[str, str]]:
    """The arguments to write. `lr` is always written, because the lesson's value is not torch's default."""
    for name, field in type(record).model_fields.items():
        value = getattr(record, name)
        if name == "name" or (name != "lr" and not field.is_required() and value == field.default):
            continue
        yield name, repr(value)
