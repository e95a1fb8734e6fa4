"""Python's operators and the checks before them."""

import ast
import operator
from collections.abc import Callable
from typing import Any

from app.calculator.formatting import format_percent
from app.calculator.gates import TENSORS, check_elements, check_length, finite, on_meta, refuse_bits, span
from app.calculator.limits import MAX_ELEMENTS, MAX_INT_BITS

Apply = Callable[[Any, Any], Any]
Check = Callable[[Any, Any], None]

SEQUENCES = (str, list, tuple)
INTEGERS = (int, bool)


def check_broadcast(apply: Apply, left: Any, right: Any) -> None:
    """Refuse what broadcasts, or multiplies as matrices, to too many elements."""
    if type(left) in TENSORS and type(right) in TENSORS and span(left) * span(right) > MAX_ELEMENTS:
        if apply is not operator.matmul and left.shape == right.shape:
            return
        try:
            count = span(apply(on_meta(left), on_meta(right)))
        except (RuntimeError, TypeError, ValueError):
            return  # the real operation says it better
        check_elements(count)


def check_add(left: Any, right: Any) -> None:
    """`left + right`: long sequences."""
    if type(left) in SEQUENCES and type(right) in SEQUENCES:
        check_length(left, len(left) + len(right))
    else:
        check_broadcast(operator.add, left, right)


def check_multiply(left: Any, right: Any) -> None:
    """`left * right`: large integers, repeated sequences."""
    if type(left) in INTEGERS and type(right) in INTEGERS:
        if left.bit_length() + right.bit_length() > MAX_INT_BITS:
            refuse_bits()
    elif type(left) in SEQUENCES:
        check_length(left, len(left) * repeats(right))
    elif type(right) in SEQUENCES:
        check_length(right, len(right) * repeats(left))
    else:
        check_broadcast(operator.mul, left, right)


def repeats(count: Any) -> int:
    """How often a sequence is repeated when multiplied by this: also a tensor of one integer can say."""
    try:
        return operator.index(count)
    except (TypeError, ValueError, RuntimeError):
        return 1  # Python refuses to repeat, and says why


def check_power(left: Any, right: Any) -> None:
    """`left ** right`: large integers."""
    if type(left) in INTEGERS and type(right) in INTEGERS:
        if right > 0 and abs(left) > 1 and left.bit_length() * right > MAX_INT_BITS:
            refuse_bits()
    else:
        check_broadcast(operator.pow, left, right)


def check_shift(left: Any, right: Any) -> None:
    """`left << right`: large integers."""
    if type(left) in INTEGERS and type(right) in INTEGERS:
        if left and left.bit_length() + right > MAX_INT_BITS:
            refuse_bits()
    else:
        check_broadcast(operator.lshift, left, right)


IADD: Apply = operator.iadd
IMOD: Apply = operator.imod


def in_place_add(left: Any, right: Any) -> Any:
    """`left += right`; a list takes anything that can be gone through."""
    return IADD(left, finite(right) if type(left) is list and is_endless(right) else right)


def is_endless(value: Any) -> bool:
    """Whether going through a value might take long: its items are made on the way."""
    return type(value) is range or hasattr(value, "__next__")


def modulo(left: Any, right: Any) -> Any:
    """`left % right`, which for a string is formatting."""
    return format_percent(left, right) if type(left) is str else left % right


def in_place_modulo(left: Any, right: Any) -> Any:
    """`left %= right`."""
    return format_percent(left, right) if type(left) is str else IMOD(left, right)


def tensors(apply: Apply) -> Check:
    """The check of an operator that only grows by broadcasting."""

    def check(left: Any, right: Any) -> None:
        if type(left) in TENSORS:
            check_broadcast(apply, left, right)

    return check


BINARY: dict[type[ast.operator], tuple[Apply, Apply, Check]] = {
    ast.Add: (operator.add, in_place_add, check_add),
    ast.Sub: (operator.sub, operator.isub, tensors(operator.sub)),
    ast.Mult: (operator.mul, operator.imul, check_multiply),
    ast.Div: (operator.truediv, operator.itruediv, tensors(operator.truediv)),
    ast.FloorDiv: (operator.floordiv, operator.ifloordiv, tensors(operator.floordiv)),
    ast.Mod: (modulo, in_place_modulo, tensors(operator.mod)),
    ast.Pow: (operator.pow, operator.ipow, check_power),
    ast.MatMult: (operator.matmul, operator.imatmul, tensors(operator.matmul)),
    ast.LShift: (operator.lshift, operator.ilshift, check_shift),
    ast.RShift: (operator.rshift, operator.irshift, tensors(operator.rshift)),
    ast.BitAnd: (operator.and_, operator.iand, tensors(operator.and_)),
    ast.BitOr: (operator.or_, operator.ior, tensors(operator.or_)),
    ast.BitXor: (operator.xor, operator.ixor, tensors(operator.xor)),
}
"""The operation, its in-place form, and the check before either."""

UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Invert: operator.invert,
    ast.Not: operator.not_,
}


def contains(item: Any, container: Any) -> bool:
    """`item in container`."""
    quick = type(container) is range and type(item) in INTEGERS  # else Python looks at each number
    return item in (container if quick else finite(container))


COMPARISONS: dict[type[ast.cmpop], tuple[Apply, Check | None]] = {
    ast.Eq: (operator.eq, tensors(operator.eq)),
    ast.NotEq: (operator.ne, tensors(operator.ne)),
    ast.Lt: (operator.lt, tensors(operator.lt)),
    ast.LtE: (operator.le, tensors(operator.le)),
    ast.Gt: (operator.gt, tensors(operator.gt)),
    ast.GtE: (operator.ge, tensors(operator.ge)),
    ast.Is: (operator.is_, None),
    ast.IsNot: (operator.is_not, None),
    ast.In: (contains, None),
    ast.NotIn: (lambda item, container: not contains(item, container), None),
}
