"""The base of every record."""

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, FailFast

T = TypeVar("T")

Many = Annotated[list[T], FailFast()]
"""A list from an untrusted process: its first wrong item refuses it, so a million cost what one does."""


class Record(BaseModel):
    """Frozen, refuses unknown fields, and writes NaN and infinities as JSON null."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        ser_json_inf_nan="null",
        use_attribute_docstrings=True,
    )
