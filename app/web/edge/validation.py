"""Errors of pydantic in plain words: the field, the value, and what is allowed."""

import json
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, get_args

from pydantic import BaseModel

from app.errors import N_, Invalid, PlaygroundError
from app.protocol.problems import FieldProblem
from app.web.edge.catalogue import Language

MAX_PROBLEMS = 20
MAX_SHOWN = 60
SHOWN_DEPTH = 3
MAX_PATH = 200

NOT_AN_INTEGER = N_("{value} is not allowed; it must be a whole number")
NOT_A_NUMBER = N_("{value} is not allowed; it must be a finite number")
NOT_TEXT = N_("{value} is not allowed; it must be text")
NOT_A_LIST = N_("{value} is not allowed; it must be a list")
NOT_AN_OBJECT = N_("{value} is not allowed; it must be an object with fields")
NOT_A_CHOICE = N_("{value} is not allowed; it must be one of {expected}")
UNKNOWN_FIELD = N_("there is no such field; the fields here are {fields}")
NOT_A_SETTING = N_("{setting} is not a setting of {name}; its settings are {fields}")

WORDS: Mapping[str, str] = {
    "bool_parsing": N_("{value} is not allowed; it must be true or false"),
    "bool_type": N_("{value} is not allowed; it must be true or false"),
    "dict_type": NOT_AN_OBJECT,
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
    "string_too_long": N_("too long; at most {max_length} {max_length:character is|characters are} allowed"),
    "string_type": NOT_TEXT,
    "string_unicode": N_("{value} is not allowed; it is not valid Unicode text"),
    "too_long": N_(
        "{actual_length} {actual_length:value is|values are} too many; at most {max_length}"
        " {max_length:is|are} allowed"
    ),
    "too_short": N_(
        "{actual_length} {actual_length:value is|values are} too few; at least {min_length}"
        " {min_length:is|are} required"
    ),
    "tuple_type": NOT_A_LIST,
    "union_tag_invalid": N_('{value} is not allowed; "type" must be one of {expected_tags}'),
    "union_tag_not_found": N_('the field "type" is required; it says which message this is'),
}
"""The sentence for each of pydantic's error types. Its fields are `value` and the error's own context."""


class NotValid(PlaygroundError):
    """Values that a record does not allow.

    errors: pydantic's errors, with `loc` below the record. record: the record that was validated, if known.
    above: the place of the record in what was sent.
    """

    def __init__(
        self,
        errors: Sequence[Mapping[str, Any]],
        record: type[BaseModel] | None = None,
        above: Sequence[str | int] = (),
    ) -> None:
        super().__init__(N_("{count} {count:value is|values are} not allowed."), count=len(errors))
        self.errors = errors
        self.record = record
        self.above = above

    def field_problems(self, language: Language) -> tuple[FieldProblem, ...]:
        """The first MAX_PROBLEMS errors, in the reader's language."""
        return tuple(
            field_problem(error, language, self.record, self.above) for error in self.errors[:MAX_PROBLEMS]
        )


def field_problem(
    error: Mapping[str, Any],
    language: Language,
    record: type[BaseModel] | None,
    above: Sequence[str | int] = (),
) -> FieldProblem:
    """One error of pydantic in plain words."""
    error = named_choice(error)
    path, holder = located(error["loc"], record)
    path = [*above, *path]
    context = dict(error.get("ctx", {}))
    cause = context.get("error")
    if isinstance(cause, Invalid):  # a record's own validator
        inner = [cause.field] if cause.field else []
        return FieldProblem(field=joined([*path, *inner]), message=printable(language.error(cause)))
    template = WORDS.get(error["type"])
    if error["type"] == "extra_forbidden":
        template, context = unknown_field(path[-1], holder)
    for choices in ("expected", "expected_tags"):
        if choices in context:
            context[choices] = context[choices].replace(" or ", ", ")
    message = (
        language.text(template, {"value": shown(error.get("input")), **context}) if template else error["msg"]
    )
    return FieldProblem(field=joined(path), message=printable(message))


def unknown_field(name: str | int, holder: type[BaseModel] | None) -> tuple[str, dict[str, Any]]:
    """The sentence and its fields for a field that the record does not have."""
    # The names under which fields are sent, such as "from".
    fields = [field.alias or name for name, field in holder.model_fields.items()] if holder else []
    if holder is None or "name" not in fields:
        return UNKNOWN_FIELD, {"fields": ", ".join(fields)}
    # The record describes a class of torch: it was chosen by that name among several.
    fields.remove("name")
    return NOT_A_SETTING, {"setting": joined([name]), "name": holder.__name__, "fields": ", ".join(fields)}


def named_choice(error: Mapping[str, Any]) -> Mapping[str, Any]:
    """An error about the `name` that chooses a record, such as an optimizer's, as an error of that field."""
    if not error["type"].startswith("union_tag") or error["ctx"]["discriminator"] == "'type'":
        return error
    given = error["input"]
    if not isinstance(given, Mapping):
        return {**error, "type": "model_type"}
    located_error = {**error, "loc": (*error["loc"], "name"), "input": given.get("name")}
    if error["type"] == "union_tag_not_found":
        return {**located_error, "type": "missing"}
    return {**located_error, "type": "literal_error", "ctx": {"expected": error["ctx"]["expected_tags"]}}


def located(
    loc: Sequence[str | int], record: type[BaseModel] | None
) -> tuple[list[str | int], type[BaseModel] | None]:
    """The path as it was sent, and the record that its last part belongs to, if that is known.

    pydantic's `loc` also names the record that was chosen among several: ("optimizer", "Adam", "lr").
    """
    path: list[str | int] = []
    holder, choices = None, [record] if record else []
    for part in loc:
        chosen = [choice for choice in choices if choice.__name__ == part]
        if chosen and len(choices) > 1:
            choices = chosen
            continue
        path.append(part)
        if isinstance(part, str):
            holder = choices[0] if len(choices) == 1 else None
            field = holder.model_fields.get(part) if holder else None
            choices = records_in(field.annotation) if field else []
    return path, holder


def records_in(annotation: Any) -> list[type[BaseModel]]:
    """The records that a type names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [record for argument in get_args(annotation) for record in records_in(argument)]


def joined(path: Sequence[str | int]) -> str:
    """A path as a person would write it, cut to a readable length.

    >>> joined(["model", "hidden", 0])
    'model.hidden[0]'
    """
    parts = (f"[{part}]" if isinstance(part, int) else f".{part[: MAX_PATH + 1]}" for part in path[:MAX_PATH])
    text = printable("".join(parts).removeprefix("."))
    return text if len(text) <= MAX_PATH else text[:MAX_PATH] + "…"


def shown(value: object) -> str:
    """A value that was sent, as JSON, cut to a readable length.

    >>> shown([True, None, [[[[1]]]]])
    '[true, null, [["…"]]]'
    """
    text = json.dumps(clipped(value, SHOWN_DEPTH), ensure_ascii=False, default=repr)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"


def clipped(value: object, depth: int) -> object:
    """A value's first items, down to a depth: what was sent may be nested deeper than can be written."""
    if isinstance(value, (list, tuple)):
        return [clipped(item, depth - 1) for item in value[:MAX_SHOWN]] if depth else "…"
    if isinstance(value, Mapping):
        items = islice(value.items(), MAX_SHOWN)
        return {str(name): clipped(item, depth - 1) for name, item in items} if depth else "…"
    return value


def printable(text: str) -> str:
    r"""Text with invisible characters escaped: control and bidirectional characters, surrogates.

    >>> printable("a\u202eb")
    'a\\u202eb'
    """
    return "".join(
        c if c.isprintable() or c == "\n" else c.encode("unicode_escape", "surrogatepass").decode()
        for c in text
    )
