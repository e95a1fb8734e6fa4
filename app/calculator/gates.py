"""What is asked before a call is made: whether its result would be too large.

Numbers, strings and lists are judged by simple arithmetic. For tensors torch itself is asked: a call whose
arguments could multiply into something large is first made on the meta device, where torch works out the
shape of the result and allocates nothing. Most calls are too small to need it.
"""

import math
import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn

import torch
from torch import Tensor

from app.calculator.limits import MAX_ELEMENTS, MAX_INT_BITS, MAX_ITEMS
from app.calculator.names.values import Gate
from app.calculator.refusals import LimitReached, TextTooLong
from app.errors import N_

MAX_DIMENSIONS = 128
"""Of a tensor made of nested lists: torch's own limit."""
TENSORS: frozenset[type] = frozenset({Tensor, torch.nn.Parameter})


def span(tensor: Tensor) -> int:
    """The number of elements; of an empty tensor, what it would be if it were one along its empty dimensions.

    A sum over an empty dimension is as large as the others, though there is nothing to sum.
    """
    return tensor.numel() or math.prod(max(1, length) for length in tensor.shape)


def bound(value: Any) -> float:
    """The factor by which an argument could at most multiply the size of the result."""
    kind = type(value)
    if kind in TENSORS:
        return float(span(value))
    if kind is int or kind is float:
        return abs(value) if abs(value) > 1 else 1.0
    if kind is tuple or kind is list or kind is torch.Size:
        if value and type(value[0]) in TENSORS:
            return float(sum(span(item) if type(item) in TENSORS else 1 for item in value))
        return math.prod(bound(item) for item in value[:MAX_ITEMS] if type(item) not in (tuple, list))
    return 1.0


def could_be_large(args: Iterable[Any], kwargs: dict[str, Any]) -> bool:
    """Whether the arguments multiply to more than a tensor may have elements."""
    product = 1.0
    for value in args:
        product *= max(1.0, bound(value))
    for value in kwargs.values():
        product *= max(1.0, bound(value))
    return product > MAX_ELEMENTS


def on_meta(value: Any) -> Any:
    """An argument as it is on the meta device: tensors without their data, everything else as it is."""
    kind = type(value)
    if kind in TENSORS:
        return value.detach().to("meta")
    if kind is tuple or kind is list:
        return kind(on_meta(item) for item in value)
    return value


def rehearse(call: Callable[..., Any], args: Iterable[Any], kwargs: dict[str, Any]) -> None:
    """Make the call on the meta device and judge the result. What torch refuses there it is left to say."""
    try:
        with torch.no_grad():
            result = call(*map(on_meta, args), **{name: on_meta(value) for name, value in kwargs.items()})
    except Exception:
        return
    for item in result if isinstance(result, tuple | list) else (result,):
        if isinstance(item, Tensor):
            check_elements(span(item))
        elif isinstance(item, torch.nn.Module):
            check_elements(sum(parameter.numel() for parameter in item.parameters()))


def check_elements(count: int) -> None:
    """Refuse a tensor of more elements than allowed."""
    if count > MAX_ELEMENTS:
        raise LimitReached(
            N_(
                "Too large: a tensor of {count:,} elements would take too long or run out of memory;"
                " {limit:,} are allowed."
            ),
            count=count,
            limit=MAX_ELEMENTS,
        )


def function_gate(real: Callable[..., Any]) -> Gate:
    """The gate of a function of tensors."""

    def gate(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if could_be_large(args, kwargs):
            rehearse(real, args, kwargs)

    return gate


def method_gate(name: str) -> Gate:
    """The gate of a Tensor method; the tensor is the first argument."""

    def gate(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if could_be_large(args, kwargs):
            rehearse(lambda owner, *rest, **named: getattr(owner, name)(*rest, **named), args, kwargs)

    return gate


def factory_gate(real: Callable[..., Any]) -> Gate:
    """The gate of what makes a tensor or a layer out of sizes and takes `device=`."""

    def gate(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if could_be_large(args, kwargs):
            rehearse(real, args, {**kwargs, "device": "meta"})

    return gate


def arange_gate(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """A step below 1 multiplies as well, so the size is not bounded by the arguments' product."""
    rehearse(torch.arange, args, {**kwargs, "device": "meta"})


def is_data(args: tuple[Any, ...]) -> bool:
    """Whether `torch.Tensor(...)` is given data: one sequence or tensor. Anything else is sizes."""
    return len(args) == 1 and type(args[0]) is not torch.Size and hasattr(args[0], "__len__")


def sizes_gate(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Constructors such as `torch.Tensor(2, 3)`, which have no meta form: integers are sizes."""
    if is_data(args):
        data_gate(args, kwargs)
    elif args and all(hasattr(value, "__index__") for value in args):
        check_elements(math.prod(max(1, operator.index(length)) for length in args))


def data_gate(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """A tensor from nested lists, each perhaps the same one many times."""
    value: Any = args[0] if args else kwargs.get("data")
    size = 1
    for _ in range(MAX_DIMENSIONS):
        if not (isinstance(value, list | tuple | range) and len(value)):
            break
        size *= len(value)
        value = value[0]
    check_elements(size * (span(value) if type(value) in TENSORS else 1))


def pieces_gate(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """What takes a tensor apart makes at most as many pieces as it is long."""
    value: Any = args[0] if args else kwargs.get("input")
    if type(value) in TENSORS and any(length > MAX_ITEMS for length in value.shape):
        too_many(MAX_ITEMS)


def squared_gate(real: Callable[..., Any]) -> Gate:
    """The gate of what makes a matrix of a vector (`diag`), or a square one of a tall one (`svd`)."""

    def gate(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if could_be_large((*args, *args), kwargs):
            rehearse(real, args, kwargs)

    return gate


def combinations_gate(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """`combinations` looks at every way to take r of n, as `cartesian_prod` does."""
    pool: Any = args[0] if args else kwargs.get("input")
    taken = args[1] if len(args) > 1 else kwargs.get("r", 2)
    if type(pool) in TENSORS and type(taken) is int and taken > 0:
        check_elements(int(min(float(pool.numel()) ** min(taken, 100), 1e30)))


def repeats_gate(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """`repeat_interleave` and `bincount`: the values of integer tensors say how long the result is."""
    total = 1
    for value in (*args, *kwargs.values()):
        if type(value) in TENSORS and value.numel():
            counts = not (value.is_floating_point() or value.is_complex())
            total *= max(value.numel(), int(value.max()) if counts else 1)
        elif type(value) is int:
            total *= max(1, value)
    if total > MAX_ELEMENTS:
        check_elements(exact_repeats(args, kwargs))


def exact_repeats(args: tuple[Any, ...], kwargs: dict[str, Any]) -> int:
    """The most elements such a call can give."""
    given = [*args, *kwargs.values()]
    source, *rest = (value for value in given if type(value) in TENSORS or type(value) is int)
    if not rest:
        return max(int(source.max()), int(source.sum())) + 1
    repeats: Any = rest[0]
    if type(repeats) is int:
        return int(max(source.numel(), 1) * repeats)
    return int(repeats.sum()) * max(1, int(source.numel()) // max(1, int(repeats.numel())))


def one_hot_gate(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """`one_hot` has a column for each class, and unless told how many, for each number up to the largest."""
    labels: Any = args[0] if args else kwargs.get("tensor")
    classes = args[1] if len(args) > 1 else kwargs.get("num_classes", -1)
    if type(labels) in TENSORS and labels.numel() and type(classes) is int:
        check_elements(int(labels.numel()) * (classes if classes > 0 else int(labels.max()) + 1))


def hessian_gate(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """A Hessian has as many elements as its input, squared."""
    inputs = args[1] if len(args) > 1 else kwargs.get("inputs")
    for value in inputs if isinstance(inputs, tuple) else (inputs,):
        if type(value) in TENSORS:
            check_elements(value.numel() ** 2)


def refuse_bits() -> NoReturn:
    """Refuse an integer that is too long."""
    raise LimitReached(
        N_("Too large: a number of more than {limit:,} bits would take too long or run out of memory."),
        limit=MAX_INT_BITS,
    )


def check_items(count: int) -> None:
    """Refuse a list, tuple, set or dict of more items than allowed."""
    if count > MAX_ITEMS:
        raise LimitReached(
            N_(
                "Too large: a list of {count:,} items would take too long or run out of memory;"
                " {limit:,} are allowed."
            ),
            count=count,
            limit=MAX_ITEMS,
        )


def check_characters(count: int) -> None:
    """Refuse a string of more characters than allowed."""
    if count > MAX_ITEMS:
        raise TextTooLong(
            N_("Out of memory, output truncated: a text of {count:,} characters; {limit:,} are allowed."),
            count=count,
            limit=MAX_ITEMS,
        )


def check_length(value: Any, count: int) -> None:
    """Refuse `count` as the length of a sequence like `value`."""
    if type(value) is str:
        check_characters(count)
    else:
        check_items(count)


def finite(iterable: Any, limit: int = MAX_ITEMS) -> Any:
    """The iterable, if it is no longer than allowed; else it raises, at the latest when consumed that far."""
    if type(iterable) in (list, tuple, str, dict, set, frozenset):
        return iterable
    if type(iterable) is Tensor or type(iterable) is torch.nn.Parameter:
        if iterable.dim():
            check_items(len(iterable))
        return iterable
    if type(iterable) is range:
        if len(iterable) > limit:
            too_many(limit)
        return iterable
    return counted(iter(iterable), limit)


def counted(iterator: Iterator[Any], limit: int) -> Iterator[Any]:
    """The iterator's items, up to a limit."""
    for count, item in enumerate(iterator):
        if count >= limit:
            too_many(limit)
        yield item


def too_many(limit: int) -> NoReturn:
    """Refuse to go on through an iterable."""
    raise LimitReached(
        N_("Too large: more than {limit:,} items in one go would take too long or run out of memory."),
        limit=limit,
    )
