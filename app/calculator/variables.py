"""The tensors a program named, as records."""

import math
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any

import torch
from torch import Tensor, _tensor_str, nn
from torch._C._functorch import is_functorch_wrapped_tensor
from torch.autograd import forward_ad

from app.calculator.limits import MAX_VARIABLES
from app.calculator.numbers import numbers_of
from app.calculator.output import visible
from app.calculator.parameters import named_parameters
from app.protocol.gradients import GradState, Variable

SUFFIX = re.compile(
    r"(,\s+(size=\([\d, ]*\)|dtype=torch\.\w+|grad_fn=<[^>]*>|requires_grad=True|device='\w+(:\d+)?'))*\)$"
)
"""What torch writes after the numbers."""
MAX_SHOWN_ELEMENTS = 5000
"""Elements written out, those of small tensors not counted: a fraction of a second and of a reply."""
SMALLEST_PLAIN, LARGEST_PLAIN = 1e-4, 1e8
"""What torch writes without an exponent."""
SHORT = 70
"""Characters that torch never breaks into lines."""
FEW = 10
MAX_NUMBERS = 10_000
"""Numbers told of all tensors and their gradients together."""


def variables(names: Mapping[str, Any]) -> list[Variable]:
    """One record per tensor, in the order of first assignment.

    The numbers of the first few large tensors are written as `print` does, those of the others in short.
    Never raises: what cannot be written, because the program has broken what writes it, is left out.
    """
    found: list[Variable] = []
    room = MAX_SHOWN_ELEMENTS
    numbers_left = MAX_NUMBERS
    for name, tensor in islice(named_tensors(names), MAX_VARIABLES):
        with suppress(Exception):  # such as a tensor that has left the torch.func call it lives in
            room -= shown_elements(tensor) if tensor.numel() > FEW else 0
            if room < 0:
                # It is torch's setting, but the program is over, and it is put back after.
                torch.set_printoptions(threshold=0, edgeitems=1)  # type: ignore[no-untyped-call]
            found.append(describe(name, tensor, numbers_left))
            told = (found[-1].value_numbers, found[-1].grad_numbers)
            numbers_left -= tensor.numel() * sum(numbers is not None for numbers in told)
    return found


def named_tensors(names: Mapping[str, Any]) -> Iterator[tuple[str, Tensor]]:
    """The program's tensors, and the parameters of its networks as `net.hidden.weight`."""
    for name, value in names.items():
        if issubclass(type(value), Tensor):  # `isinstance` would ask the program's own classes
            yield name, value
        elif issubclass(type(value), nn.Module):
            yield from ((f"{name}.{path}", parameter) for path, parameter in named_parameters(value))


def describe(name: str, tensor: Tensor, numbers_left: int) -> Variable:
    """The record of one tensor. numbers_left: how many numbers there is room for."""
    state = grad_state(tensor)
    text = tensor_text(tensor)
    grad = tensor.grad if state == "value" else None
    return Variable(
        name=visible(name),
        text=text,
        value=numbers(text),
        value_numbers=numbers_of(tensor, numbers_left // 2),
        shape=list(tensor.shape),
        dtype=str(tensor.dtype).removeprefix("torch."),
        requires_grad=tensor.requires_grad,
        is_leaf=tensor.is_leaf,
        grad=tensor_text(grad) if grad is not None else None,
        grad_numbers=numbers_of(grad, numbers_left // 2),
        grad_state=state,
        grad_fn=type(tensor.grad_fn).__name__ if tensor.grad_fn is not None else None,
    )


def shown_elements(tensor: Tensor) -> int:
    """How many numbers `print` writes of a tensor: all, or the first and last few along each dimension."""
    options = _tensor_str.PRINT_OPTS
    count = math.prod(tensor.shape)
    if count <= options.threshold:
        return count
    return math.prod(min(length, 2 * options.edgeitems) for length in tensor.shape)


def tensor_text(tensor: Tensor) -> str:
    """As `print` writes it; of one with so many dimensions that even their ends are too many, as torch writes
    tensors without data.
    """
    if shown_elements(tensor) > MAX_SHOWN_ELEMENTS:
        return f"tensor(..., size={tuple(tensor.shape)})"
    if is_one(tensor):
        text = f"tensor({contents_of_one(tensor.item(), tensor.dim())}{origin_of(tensor)})"
        if len(text) < SHORT and "CppFunction" not in text:  # which has another name to be shown by
            return text
    return str(tensor)


def is_one(tensor: Tensor) -> bool:
    """Whether it is an ordinary tensor of one number, of which torch asks a dozen things to write it."""
    return (
        type(tensor) is Tensor
        and tensor.dtype is torch.float32
        and tensor.layout is torch.strided
        and tensor.numel() == 1
        and tensor.device.type == "cpu"
        and not is_functorch_wrapped_tensor(tensor)
        and forward_ad._current_level < 0  # else it may be a dual number
    )


def origin_of(tensor: Tensor) -> str:
    """What torch writes behind the numbers of a tensor that is tracked."""
    if tensor.grad_fn is not None:
        return f", grad_fn=<{type(tensor.grad_fn).__name__}>"
    return ", requires_grad=True" if tensor.requires_grad else ""


def contents_of_one(number: float, n_dimensions: int) -> str:
    """A float32 number as torch writes it by default, between its brackets.

    >>> contents_of_one(12.0, 1), contents_of_one(0.5, 0), contents_of_one(2e-5, 2)
    ('[12.]', '0.5000', '[[2.0000e-05]]')
    """
    size = abs(number)
    if not math.isfinite(number):
        text = str(number)
    elif number and not SMALLEST_PLAIN <= size <= LARGEST_PLAIN:
        text = f"{number:.4e}"
    else:
        text = f"{number:.0f}." if number == int(number) else f"{number:.4f}"
    return "[" * n_dimensions + text + "]" * n_dimensions


def grad_state(tensor: Tensor) -> GradState:
    """Whether there is a gradient, and if not, why. Asking a plain non-leaf for `.grad` would warn."""
    if not tensor.is_leaf and not tensor.retains_grad:
        return "not_retained"
    if tensor.grad is not None:
        return "value"
    return "none" if tensor.requires_grad else "untracked"


def numbers(text: str) -> str:
    """The numbers in a tensor's text, without `tensor(`, dtype and the rest.

    >>> numbers("tensor([12.], grad_fn=<MulBackward0>)")
    '[12.]'
    """
    start = text.index("(") + 1 if "(" in text else 0
    indent = "\n" + " " * (start - text.rfind("\n", 0, start) - 1)
    return SUFFIX.sub("", text[start:]).replace(indent, "\n")
