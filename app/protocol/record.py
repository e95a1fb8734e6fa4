"""The base of every record."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Frozen, refuses unknown fields, and writes NaN and infinities as JSON null."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        ser_json_inf_nan="null",
        use_attribute_docstrings=True,
    )
