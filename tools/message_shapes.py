"""What each message of a server has at least, by which a page knows that it can read it.

Written from `app.protocol` to `static/js/run/message-shapes.js`, without the snapshots: the page takes those
in their binary form, which has a version of its own.
"""

import json
from pathlib import Path
from typing import Any, get_args

from pydantic.json_schema import models_json_schema

from app.protocol import comparisons, programs, rooms, stream
from tools.protocol_types import Schema, WireSchema
from tools.step import ROOT

TARGET = ROOT / "static" / "js" / "run" / "message-shapes.js"
HEADER = """// @ts-check
/**
 * What each message of the server has at least, by its type: null is anything, a list has items of one shape.
 *
 * Written by `python3.11 -m tools generate` from app/protocol. Do not edit.
 */

/** @typedef {null | Shape[] | { [field: string]: Shape }} Shape */
"""
UNIONS = {
    "RUN_SHAPES": stream.ServerMessage,
    "COMPARISON_SHAPES": comparisons.ComparisonMessage,
    "PROGRAM_SHAPES": programs.ProgramMessage,
    "ROOM_SHAPES": rooms.RoomMessage,
}
PICTURE = "snapshot"

Shape = dict[str, Any] | list[Any] | None


def script() -> str:
    """The text of the module."""
    parts = [HEADER]
    for name, annotated in UNIONS.items():
        records = get_args(get_args(annotated)[0])
        references, document = models_json_schema(
            [(record, "serialization") for record in records], schema_generator=WireSchema
        )
        shapes: dict[str, Shape] = {}
        for record in records:
            kind = get_args(record.model_fields["type"].annotation)[0]
            if kind != PICTURE:
                shapes[kind] = shape_of(references[record, "serialization"], document["$defs"])
        parts.append(f"/** @type {{Record<string, Shape>}} */\nexport const {name} = {written(shapes)};\n")
    return "\n".join(parts)


def shape_of(schema: Schema, definitions: dict[str, Schema]) -> Shape:
    """What a value of this schema has at least; None where it may be of several kinds, or a plain value."""
    if schema.get("$ref", "").endswith("/Derivation"):
        return None  # has a check of its own: static/js/calculator/program/derivation.js
    if "$ref" in schema:
        return shape_of(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "properties" in schema:
        fields = schema["properties"]
        return {name: shape_of(fields[name], definitions) for name in schema.get("required", ())}
    if schema.get("type") == "array" and "items" in schema:
        return [shape_of(schema["items"], definitions)]
    return None


def written(shape: Shape, indent: str = "") -> str:
    """A shape in JavaScript, laid out as biome does it."""
    if not shape or shape == [None]:
        return json.dumps(shape)
    inner = indent + "  "
    if isinstance(shape, list):
        return f"[\n{inner}{written(shape[0], inner)},\n{indent}]"
    fields = "".join(f"{inner}{name}: {written(value, inner)},\n" for name, value in shape.items())
    return f"{{\n{fields}{indent}}}"


def files() -> dict[Path, str]:
    """The file, and what it is to hold."""
    return {TARGET: script()}
