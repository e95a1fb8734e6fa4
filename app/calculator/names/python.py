"""The part of Python's own built-ins a program gets, with the methods of its types."""

import builtins
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from typing import Any

import torch

from app.calculator.formatting import format_fields, format_value, to_repr, to_text
from app.calculator.gates import (
    check_characters,
    check_items,
    finite,
)
from app.calculator.interpreter.run import CURRENT
from app.calculator.limits import MAX_STEPS
from app.calculator.names import arithmetic
from app.calculator.names.values import Class, Function, words
from app.calculator.operators import is_endless
from app.calculator.refusals import NotSupported
from app.errors import N_

EXCEPTIONS = words("""
    Exception ArithmeticError AssertionError AttributeError FloatingPointError ImportError IndexError
    KeyError LookupError NameError NotImplementedError OverflowError RecursionError RuntimeError
    StopIteration TypeError UnboundLocalError UserWarning ValueError ZeroDivisionError
""")

TYPING = words("Any Callable Dict Iterable Iterator List Optional Sequence Set Tuple Union")
DICT = words("clear copy get items keys pop popitem setdefault update values")
MATH = words("""
    acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh degrees dist erf erfc exp exp2
    expm1 fabs floor fmod frexp fsum gamma gcd hypot isclose isfinite isinf isnan isqrt lcm ldexp lgamma
    log log10 log1p log2 modf nextafter pow prod radians remainder sin sinh sqrt tan tanh trunc ulp e
    inf nan pi tau
""")

TYPES: dict[type, tuple[str, ...]] = {
    int: words("bit_length conjugate as_integer_ratio"),
    bool: words("bit_length conjugate"),
    float: words("is_integer conjugate as_integer_ratio hex"),
    complex: ("conjugate",),
    list: words("append clear copy count extend index insert pop remove reverse sort"),
    tuple: words("count index"),
    torch.Size: words("count index numel"),
    dict: DICT,
    defaultdict: DICT,
    OrderedDict: (*DICT, "move_to_end"),
    set: words("""
        add clear copy discard pop remove
    """),
    frozenset: words("copy"),
    str: words("""
        capitalize casefold count endswith find index isalnum isalpha isascii isdecimal isdigit
        isidentifier islower isnumeric isspace istitle isupper lower lstrip partition removeprefix
        removesuffix rfind rindex rpartition rsplit rstrip split splitlines startswith strip swapcase
        title upper
    """),
}  # fmt: skip
"""Methods that cannot make anything large."""

SET_ALGEBRA = words("""
    difference intersection isdisjoint issubset issuperset symmetric_difference union
""")
PROPERTIES: dict[type, tuple[str, ...]] = {
    int: words("real imag"), float: words("real imag"), complex: words("real imag"),
    range: words("start stop step"), slice: words("start stop step"),
    torch.dtype: words("is_floating_point is_complex itemsize"), torch.device: words("type index"),
    torch.finfo: words("bits eps max min tiny dtype resolution smallest_normal"),
    torch.iinfo: words("bits max min dtype"),
}  # fmt: skip


def str_join(separator: str, parts: Any) -> str:
    """`separator.join(parts)`."""
    found = list(finite(parts))
    check_characters(sum(len(part) + len(separator) for part in found if isinstance(part, str)))
    return separator.join(found)


def str_replace(text: str, old: str, new: str, count: int = -1, /) -> str:
    """`text.replace(old, new)`."""
    if isinstance(old, str) and isinstance(new, str):
        check_characters(len(text) + max(0, len(new) - len(old)) * text.count(old))
    return text.replace(old, new, count)


def expandtabs(text: str, tabsize: int = 8) -> str:
    """`text.expandtabs(tabsize)`."""
    if isinstance(tabsize, int):
        check_characters(len(text) + text.count("\t") * tabsize)
    return text.expandtabs(tabsize)


def padded(name: str) -> Callable[..., str]:
    """`text.ljust(width)` and its like."""

    def pad(text: str, *args: Any) -> str:
        if args and type(args[0]) is int:
            check_characters(args[0])
        result: str = getattr(text, name)(*args)
        return result

    return pad


def grow(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    """A list, set or dict method that adds to its object, which is then judged."""

    def change(owner: Any, *args: Any, **kwargs: Any) -> Any:
        result = real(owner, *(finite(arg) if is_endless(arg) else arg for arg in args), **kwargs)
        check_items(len(owner))
        return result

    return change


SPECIAL: dict[type, dict[str, Callable[..., Any]]] = {
    str: {
        "join": str_join,
        "replace": str_replace,
        "expandtabs": expandtabs,
        "format": lambda template, *args, **kwargs: format_fields(template, args, kwargs),
        **{name: padded(name) for name in ("center", "ljust", "rjust", "zfill")},
    },
    list: {name: grow(name, getattr(list, name)) for name in ("extend", "insert")},
    set: {name: grow(name, getattr(set, name)) for name in (*SET_ALGEBRA, "update")},
    frozenset: {name: grow(name, getattr(frozenset, name)) for name in SET_ALGEBRA},
    **{kind: {"update": grow("update", kind.update)} for kind in (dict, defaultdict, OrderedDict)},
}
"""Methods with a gate of their own."""


def print_(*values: Any, sep: Any = None, end: Any = None, file: Any = None, flush: bool = False) -> None:
    """`print(*values, sep=..., end=...)`."""
    if file is not None:
        raise NotSupported(N_("The argument `{name}` is not available here."), name="file")
    for name, value in (("sep", sep), ("end", end)):
        if value is not None and not isinstance(value, str):
            raise TypeError(f"{name} must be None or a string, not {type(value).__name__}")
    output = CURRENT.get().output
    for position, value in enumerate(values):
        if position:
            output.write(" " if sep is None else sep)
        if output.truncated:
            return
        output.write(to_text(value))
    output.write("\n" if end is None else end)


def isinstance_(value: Any, kinds: Any) -> bool:
    """`isinstance(value, kinds)`."""
    return isinstance(
        value, real_types(kinds, "isinstance() arg 2 must be a type, a tuple of types, or a union")
    )


def issubclass_(kind: Any, kinds: Any) -> bool:
    """`issubclass(kind, kinds)`."""
    if type(kind) is not Class:
        raise TypeError("issubclass() arg 1 must be a class")
    return issubclass(
        kind.real, real_types(kinds, "issubclass() arg 2 must be a class, a tuple of classes, or a union")
    )


def real_types(kinds: Any, message: str) -> Any:
    """What stands behind the stand-ins of classes."""
    if isinstance(kinds, tuple):
        return tuple(real_types(kind, message) for kind in kinds)
    if type(kinds) is not Class:
        raise TypeError(message)
    return kinds.real


def exhausting(real: Callable[..., Any], limit: int) -> Callable[..., Any]:
    """A built-in that consumes its first argument, which must not go on for ever."""

    def consume(*args: Any, **kwargs: Any) -> Any:
        if args and hasattr(args[0], "__iter__"):
            args = (finite(args[0], limit), *args[1:])
        return real(*args, **kwargs)

    return consume


def range_text(value: Any, spec: str = "") -> str:
    """`format(value, spec)`."""
    return format_value(value, spec)


def next_(iterator: Any, *default: Any) -> Any:
    """`next(iterator, default)`."""
    return next(iterator, *default)


def iter_(iterable: Any) -> Any:
    """`iter(iterable)`; the form with a sentinel is left out."""
    return iter(iterable)


CONSUMERS = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset, "dict": dict}
AGGREGATES = words("min max any all sorted")
LAZY = words("zip enumerate map filter reversed")
NUMBERS = words("abs divmod len callable ord chr bin hex")
CLASSES = {"int": int, "float": float, "bool": bool, "complex": complex, "range": range, "slice": slice}


def builtin_names() -> dict[str, Any]:
    """The table: name to stand-in."""
    table: dict[str, Any] = {name: Class(name, getattr(builtins, name)) for name in EXCEPTIONS}
    table |= {name: Class(name, real) for name, real in CLASSES.items()}
    table |= {name: Class(name, real, make=exhausting(real, MAX_STEPS)) for name, real in CONSUMERS.items()}
    table["int"] = Class("int", int, make=arithmetic.int_)
    table["str"] = Class("str", str, make=lambda *args: to_text(args[0]) if len(args) == 1 else str(*args))
    for name in AGGREGATES:
        table[name] = Function(name, exhausting(getattr(builtins, name), MAX_STEPS))
    for name in (*LAZY, *NUMBERS):
        table[name] = Function(name, getattr(builtins, name))
    table |= {
        "print": Function("print", print_),
        "sum": Function("sum", arithmetic.sum_),
        "isinstance": Function("isinstance", isinstance_),
        "issubclass": Function("issubclass", issubclass_),
        "repr": Function("repr", to_repr),
        "format": Function("format", range_text),
        "pow": Function("pow", arithmetic.pow_),
        "round": Function("round", arithmetic.round_),
        "next": Function("next", next_),
        "iter": Function("iter", iter_),
        "NotImplemented": NotImplemented,
    }
    return table
