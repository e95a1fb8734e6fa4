"""What pydantic found wrong, said in plain words: the field, the value, and what is allowed."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from app.errors import N_, Invalid, PlaygroundError
from app.protocol.problems import FieldProblem
from app.web.catalogue import Language

MAX_PROBLEMS = 20
MAX_SHOWN = 60

NOT_AN_INTEGER = N_("{value} is not allowed; it must be a whole number")
NOT_A_NUMBER = N_("{value} is not allowed; it must be a finite number")
NOT_TEXT = N_("{value} is not allowed; it must be text")
NOT_A_LIST = N_("{value} is not allowed; it must be a list")
NOT_AN_OBJECT = N_("{value} is not allowed; it must be an object with fields")
NOT_A_CHOICE = N_("{value} is not allowed; it must be one of {expected}")

WORDS: Mapping[str, str] = {
    "bool_parsing": N_("{value} is not allowed; it must be true or false"),
    "bool_type": N_("{value} is not allowed; it must be true or false"),
    "dict_type": NOT_AN_OBJECT,
    "extra_forbidden": N_("there is no such field; the fields here are {fields}"),
    "finite_number": NOT_A_NUMBER,
    "float_parsing": NOT_A_NUMBER,
    "float_type": NOT_A_NUMBER,
    "greater_than": N_("{value} is not allowed; it must be more than {gt}"),
    "greater_than_equal": N_("{value} is not allowed; it must be at least {ge}"),
    "int_from_float": NOT_AN_INTEGER,
    "int_parsing": NOT_AN_INTEGER,
    "int_parsing_size": N_("{value} is not allowed; the number is too large"),
    "int_type": NOT_AN_INTEGER,
    "less_than": N_("{value} is not allowed; it must be less than {lt}"),
    "less_than_equal": N_("{value} is not allowed; it must be at most {le}"),
    "list_type": NOT_A_LIST,
    "literal_error": NOT_A_CHOICE,
    "missing": N_("this field is required"),
    "model_attributes_type": NOT_AN_OBJECT,
    "model_type": NOT_AN_OBJECT,
    "string_too_long": N_("too long; at most {max_length} characters are allowed"),
    "string_type": NOT_TEXT,
    "string_unicode": N_("{value} is not allowed; it is not valid Unicode text"),
    "too_long": N_("{actual_length} values are too many; at most {max_length} are allowed"),
    "too_short": N_("{actual_length} values are too few; at least {min_length} are required"),
    "tuple_type": NOT_A_LIST,
    "union_tag_invalid": N_('{value} is not allowed; "type" must be one of {expected_tags}'),
    "union_tag_not_found": N_('the field "type" is required; it says which message this is'),
}
"""The sentence for each of pydantic's error types, with its own context and `value` as fields."""


class NotValid(PlaygroundError):
    """Values that a record does not allow.

    errors: as pydantic gives them, with `loc` below the record. record: what was validated, if known.
    """

    def __init__(self, errors: Sequence[Mapping[str, Any]], record: type[BaseModel] | None = None) -> None:
        super().__init__(N_("{count} values are not allowed."), count=len(errors))
        self.errors = errors
        self.record = record

    def field_problems(self, language: Language) -> tuple[FieldProblem, ...]:
        """The first MAX_PROBLEMS of them, in the reader's language."""
        return tuple(field_problem(error, language, self.record) for error in self.errors[:MAX_PROBLEMS])


def field_problem(
    error: Mapping[str, Any], language: Language, record: type[BaseModel] | None
) -> FieldProblem:
    """One of pydantic's errors in plain words."""
    path, context = list(error["loc"]), dict(error.get("ctx", {}))
    cause = context.get("error")
    if isinstance(cause, Invalid):  # a record's own validator
        return FieldProblem(field=joined([*path, cause.field]), message=printable(language.error(cause)))
    if error["type"] == "extra_forbidden":
        context["fields"] = ", ".join(known_fields(record, path[:-1]))
    for choices in ("expected", "expected_tags"):
        if choices in context:
            context[choices] = context[choices].replace(" or ", ", ")
    template = WORDS.get(error["type"])
    message = (
        language.text(template, {"value": shown(error.get("input")), **context}) if template else error["msg"]
    )
    return FieldProblem(field=joined(path), message=printable(message))


def known_fields(record: type[BaseModel] | None, path: Sequence[str | int]) -> list[str]:
    """The names of the fields at a path below a record."""
    for name in path:
        if record is None or name not in record.model_fields:
            return []
        record = inner_record(record.model_fields[str(name)].annotation)
    return list(record.model_fields) if record else []


def inner_record(annotation: Any) -> type[BaseModel] | None:
    """The record in a field's type, also where that is `X | None`."""
    candidates = [annotation, *get_args(annotation)]
    return next((t for t in candidates if isinstance(t, type) and issubclass(t, BaseModel)), None)


def joined(path: Sequence[str | int]) -> str:
    """A path as one would write it.

    >>> joined(["model", "hidden", 0])
    'model.hidden[0]'
    """
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def shown(value: object) -> str:
    """A value that was sent, as JSON, cut to a readable length."""
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"


def printable(text: str) -> str:
    r"""Text with what does not show itself escaped: control and bidirectional characters, surrogates.

    >>> printable("a\u202eb")
    'a\\u202eb'
    """
    return "".join(
        c if c.isprintable() or c == "\n" else c.encode("unicode_escape", "surrogatepass").decode()
        for c in text
    )
