"""Python's arithmetic on numbers that can become long, and on lists: refused before it takes long."""

import math
from collections.abc import Callable
from typing import Any

from app.calculator.gates import check_items, finite, refuse_bits
from app.calculator.limits import MAX_INT_BITS, MAX_STEPS
from app.calculator.operators import check_power

MOST_CHOICES = 500
"""500! has 3,768 bits."""


def pow_(base: Any, exponent: Any, modulus: Any = None) -> Any:
    """`pow(base, exponent, modulus)`."""
    if modulus is None:
        check_power(base, exponent)
        return base**exponent
    check_bits(base, exponent, modulus)
    return pow(base, exponent, modulus)


def int_(*args: Any, **kwargs: Any) -> int:
    """`int(value, base)`, of as many digits as the program could have come to by calculating."""
    number = int(*args, **kwargs)
    check_bits(number)
    return number


def lcm(*numbers: Any) -> int:
    """`math.lcm(*numbers)`."""
    found = math.lcm()
    for number in numbers:
        found = math.lcm(found, number)
        check_bits(found)
    return found


def sum_(values: Any, /, start: Any = 0) -> Any:
    """`sum(values, start)`, also of lists."""
    if isinstance(start, list | tuple):
        values = list(finite(values))
        check_items(len(start) + sum(len(value) for value in values if isinstance(value, list | tuple)))
    return sum(finite(values, MAX_STEPS) if hasattr(values, "__iter__") else values, start)


def check_bits(*numbers: Any) -> None:
    """Refuse integers that are too long."""
    if any(isinstance(number, int) and number.bit_length() > MAX_INT_BITS for number in numbers):
        refuse_bits()


def factorial(number: Any) -> int:
    """`math.factorial(number)`."""
    if isinstance(number, int) and number > MOST_CHOICES:
        refuse_bits()
    return math.factorial(number)


def product(values: Any, *, start: Any = 1) -> Any:
    """`math.prod(values, start=1)`."""
    found = list(finite(values))
    bits = sum(value.bit_length() for value in found if isinstance(value, int))
    if bits > MAX_INT_BITS:
        refuse_bits()
    return math.prod(found, start=start)


def round_(*args: Any, **kwargs: Any) -> Any:
    """`round(number, ndigits)`."""
    digits = args[1] if len(args) > 1 else kwargs.get("ndigits")
    if isinstance(digits, int) and digits < -MAX_INT_BITS:
        refuse_bits()  # Python computes that power of ten
    return round(*args, **kwargs)


def choices(real: Callable[..., int]) -> Callable[..., int]:
    """`math.comb` and `math.perm`."""

    def count(*args: Any) -> int:
        if args and isinstance(args[0], int) and args[0] > MOST_CHOICES:
            refuse_bits()
        return real(*args)

    return count
