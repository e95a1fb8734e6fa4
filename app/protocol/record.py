"""The base of every record."""

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, FailFast, FiniteFloat, Strict
from typing_extensions import TypeAliasType

T = TypeVar("T")

# Types of fields that clients send. pydantic alone would take true for 1, "5" for 5 and "no" for false.
Whole = Annotated[int, Strict()]
Number = Annotated[FiniteFloat, Strict()]
Flag = Annotated[bool, Strict()]


class _FailFast(FailFast):
    """pydantic's `FailFast`, made hashable, so that it can be part of a union."""

    __hash__ = object.__hash__


FIRST_WRONG = _FailFast()
Many = Annotated[list[T], FIRST_WRONG]
"""A list from an untrusted process, refused at its first wrong item, so a million cost as much as one."""

Numbers = TypeAliasType("Numbers", "bool | int | float | list[Numbers] | None")
"""Numbers as `torch.Tensor.tolist` gives them, nested like the tensor; null for one that is not finite."""


class Record(BaseModel):
    """A frozen model that refuses unknown fields and writes NaN and infinities as JSON null."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        ser_json_inf_nan="null",
        use_attribute_docstrings=True,
    )
