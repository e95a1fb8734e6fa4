"""Values as text: `str`, `repr`, format specifications, `%` and `str.format`, each within its limits."""

import itertools
import math
import re
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from torch import Tensor, _tensor_str

from app.calculator.gates import TENSORS, check_characters
from app.calculator.limits import MAX_WIDTH
from app.calculator.names.arrays import Array
from app.calculator.output import without_addresses
from app.calculator.refusals import NotSupported, TextTooLong
from app.errors import N_

MAX_SHOWN_ITEMS = 1_000_000
"""Items of containers written out; a tensor's element takes torch as long as many of them."""
ELEMENT_COST = 50
MAX_SHOWN_DEPTH = 500
NUMBER = re.compile(r"\d+")
CONVERSION = re.compile(r"%(?:\([^)]*\))?[#0\- +]*(\*|\d+)?(?:\.(\*|\d+)?)?")
CONTAINERS = (list, tuple, dict, set, frozenset)
NUMERIC = TENSORS | {Array}
PLAIN = frozenset({str, int, float, bool, type(None)})


def to_text(value: Any) -> str:
    """`str(value)`; where Python shows an address, `0x...` stands."""
    if type(value) in PLAIN:
        return str(value)
    check_shown(value.args if isinstance(value, Exception) else value)
    return without_addresses(str(value))


def to_repr(value: Any) -> str:
    """`repr(value)`, likewise."""
    if type(value) in PLAIN:
        return repr(value)
    check_shown(value.args if isinstance(value, Exception) else value)
    return without_addresses(repr(value))


def to_ascii(value: Any) -> str:
    """`ascii(value)`, likewise."""
    return ascii(value) if type(value) is str else to_repr(value).encode("ascii", "backslashreplace").decode()


def check_shown(value: Any) -> None:
    """Refuse what is long as text: many tensors, or a container small in memory that holds itself often."""
    if type(value) in NUMERIC:
        check_cost(ELEMENT_COST * shown_elements(value))
    elif isinstance(value, CONTAINERS):
        count_shown(value, 0, set(), MAX_SHOWN_DEPTH)


def shown_elements(value: Tensor | Array) -> int:
    """How many numbers `print` writes of a tensor: all, or the first and last few along each dimension.

    NumPy's options of printing are torch's defaults; a program changes torch's only.
    """
    options = _tensor_str.PRINT_OPTS
    count = math.prod(value.shape)
    if count <= options.threshold:
        return count
    return math.prod(min(length, 2 * options.edgeitems) for length in value.shape)


def count_shown(value: Any, count: int, above: set[int], depth: int) -> int:
    """The cost of the items `repr` would write, on top of `count`. above: the containers this one is in."""
    if depth == 0:
        raise RecursionError("maximum recursion depth exceeded while getting the repr of an object")
    if id(value) in above:
        return count  # Python writes [...]
    above.add(id(value))
    for item in (*value.keys(), *value.values()) if isinstance(value, dict) else value:
        count += 1 + (ELEMENT_COST * shown_elements(item) if type(item) in NUMERIC else 0)
        check_cost(count)
        if isinstance(item, CONTAINERS):
            count = count_shown(item, count, above, depth - 1)
    above.remove(id(value))
    return count


def check_cost(count: int) -> None:
    """Refuse to write more than a reader could want, before the time is spent."""
    if count > MAX_SHOWN_ITEMS:
        raise TextTooLong(N_("Output truncated: more than {limit:,} items to show."), limit=MAX_SHOWN_ITEMS)


def check_spec(spec: str) -> None:
    """Refuse a width or precision that would fill the page."""
    for number in NUMBER.findall(spec):
        if len(number) > 4 or int(number) > MAX_WIDTH:
            raise TextTooLong(
                N_("Output truncated: a width or precision of {width}; {limit} is allowed."),
                width=number[:20],
                limit=MAX_WIDTH,
            )


def format_value(value: Any, spec: str = "") -> str:
    """`format(value, spec)`."""
    check_spec(spec)
    if type(value) in PLAIN:
        return format(value, spec)
    check_shown(value)
    return without_addresses(format(value, spec))


def format_percent(template: str, values: Any) -> str:
    """`template % values`."""
    for conversion in CONVERSION.finditer(template):
        if "*" in conversion.groups():
            raise NotSupported(N_("`{construct}` is not supported here."), construct="%*d")
        check_spec(" ".join(filter(None, conversion.groups())))
    for value in values if isinstance(values, tuple) else (values,):
        check_shown(value)
    text = without_addresses(template % values)
    check_characters(len(text))
    return text


def format_fields(template: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """`template.format(*args, **kwargs)`, whose fields may name arguments but not reach into them."""
    return fill_fields(template, args, kwargs, itertools.count(), nesting=2)


def fill_fields(
    template: str, args: Sequence[Any], kwargs: Mapping[str, Any], automatic: Iterator[int], nesting: int
) -> str:
    """The same for a template or a format specification in one. automatic: the number of the next `{}`."""
    if nesting == 0:
        raise ValueError("Max string recursion exceeded")
    text = ""
    for literal, field, spec, conversion in string.Formatter().parse(template):
        text += literal
        if field is None:
            continue
        value = field_value(field or str(next(automatic)), args, kwargs)
        if conversion:
            value = CONVERSIONS[conversion](value)
        inner = fill_fields(spec, args, kwargs, automatic, nesting - 1) if spec else ""
        text += format_value(value, inner)
        check_characters(len(text))
    return text


CONVERSIONS: dict[str, Callable[[Any], str]] = {"r": to_repr, "s": to_text, "a": to_ascii}
"""`!r`, `!s` and `!a` in a replacement field."""


def field_value(field: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """The argument a replacement field names."""
    if field.isdecimal():
        index = int(field[:9])
        if index >= len(args):
            raise IndexError(f"Replacement index {index} out of range for positional args tuple")
        return args[index]
    if not field.isidentifier():
        raise NotSupported(
            N_("`{{{field}}}` in a format is not supported here: plain names and numbers are."),
            field=field[:50],
        )
    return kwargs[field]
