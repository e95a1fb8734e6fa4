"""The browser's types of what crosses the wire, written from `app.protocol`: `static/types/protocol.d.ts`."""

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from pydantic_core import core_schema

from app.protocol import (
    admin,
    class_experiment,
    comparisons,
    confusions,
    connection,
    exercises,
    gradients,
    lessons,
    lines,
    lookback,
    options,
    points,
    problems,
    programs,
    rooms,
    runs,
    scripts,
    snapshots,
    stream,
)
from tools.step import ROOT

TARGET = ROOT / "static" / "types" / "protocol.d.ts"
HEADER = "// Written by `python3.11 -m tools generate` from app/protocol. Do not edit.\n"

Mode = Literal["validation", "serialization"]

# What the page sends: a field with a default may be left out.
SENT = (
    runs.RunConfig, runs.StepsRequest, gradients.Program, comparisons.ComparisonRequest,
    lines.LinesRequest, lines.ParameterEdit, points.Table, scripts.ScriptText,
    stream.Hello, stream.Play, stream.Pause, stream.Step, stream.RunLine, stream.Edit, stream.Update,
    stream.Reset, stream.Ack, stream.Ping, exercises.ProgramText, exercises.Sheet,
    programs.RunProgram, programs.WatchProgram, programs.PauseProgram, programs.ResumeProgram,
    admin.SignIn, connection.Call,
    programs.OneRound, programs.ProgramSpeed, programs.StopProgram, programs.ExplainRound,
    rooms.RoomHello, rooms.GiveAnswer, rooms.Feel, rooms.Show, rooms.RoomRequest, rooms.Join,
    rooms.RoomChange, rooms.MemberChange, rooms.Ask, rooms.TicketRequest, rooms.Redeem,
    class_experiment.Experiment, lessons.Tried, lessons.Predicted,
)  # fmt: skip
# What it receives: every field is there.
RECEIVED = (
    runs.RunState, runs.RunCreated, runs.Losses, snapshots.Snapshot, gradients.Derivation, problems.Problem,
    lookback.Snapshots, lookback.Norms, points.PointsRead,
    stream.Started, stream.SnapshotMessage, stream.Playing, stream.Paused, stream.Updated, stream.Finished,
    stream.Warned, stream.Stored, stream.Failed, stream.Pong, stream.Lines, lines.LinesRan, options.Options,
    confusions.Confusions, exercises.Questions, exercises.Marks, exercises.Drill, exercises.DrillOffers,
    comparisons.Comparison, comparisons.ComparisonCreated, comparisons.ComparisonStarted,
    comparisons.ComparisonSnapshot, comparisons.ComparisonEnded, comparisons.ComparisonFinished,
    scripts.Script, scripts.ScriptRead, scripts.RunFromScript, scripts.Weights,
    programs.LiveProgram, programs.ProgramStarted, programs.ProgramQueued, programs.ProgramRunning,
    programs.ProgramPaused, programs.Printed, programs.Rounds, programs.FigureShown,
    programs.ProgramFinished, programs.RoundExplained,
    admin.Status, admin.Erased, connection.ConnectionInfo, connection.Tick, connection.Echo,
    rooms.RoomState, rooms.RoomEnded, rooms.RoomCreated, rooms.RoomOffer, rooms.Joined, rooms.Ticket,
    rooms.RoomOwner, lessons.LessonOffers, lessons.LessonShown, lessons.Revealed, lessons.Checked,
)  # fmt: skip
UNIONS: dict[str, tuple[Any, Mode]] = {
    "ClientMessage": (stream.ClientMessage, "validation"),
    "ServerMessage": (stream.ServerMessage, "serialization"),
    "ProgramClientMessage": (programs.ProgramClientMessage, "validation"),
    "ProgramMessage": (programs.ProgramMessage, "serialization"),
    "ComparisonMessage": (comparisons.ComparisonMessage, "serialization"),
    "RoomMessage": (rooms.RoomMessage, "serialization"),
    "RoomClientMessage": (rooms.RoomClientMessage, "validation"),
}

PRIMITIVES = {
    "string": "string",
    "boolean": "boolean",
    "integer": "number",
    "number": "number",
    "null": "null",
}

Schema = dict[str, Any]


class WireSchema(GenerateJsonSchema):
    """JSON schema in which what the server sends has all its fields."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        """Whether the field is always present on the wire."""
        if "serialization_exclude_if" in field:
            return False
        return self.mode == "serialization" or super().field_is_required(field, total)


def typescript() -> str:
    """The text of the declarations."""
    modes: list[tuple[type[BaseModel], Mode]] = []
    modes += [(record, "validation") for record in SENT]
    modes += [(record, "serialization") for record in RECEIVED]
    references, document = models_json_schema(modes, schema_generator=WireSchema)
    parts = [HEADER]
    parts += [declaration(name, definition) for name, definition in sorted(document["$defs"].items())]
    for name, (annotated, mode) in UNIONS.items():
        records = get_args(get_args(annotated)[0])
        choices = {"anyOf": [references[record, mode] for record in records]}
        parts.append(f"export type {name} = {type_of(choices)};\n")
    return "\n".join(parts)


def declaration(name: str, definition: Schema) -> str:
    """One exported type with its documentation."""
    comment = "".join(documented(definition, ""))
    if "properties" not in definition:
        return f"{comment}export type {type_name(name)} = {type_of(definition)};\n"
    lines = "".join(members(definition))
    return f"{comment}export interface {type_name(name)} {{\n{lines}}}\n"


def members(definition: Schema) -> Iterator[str]:
    """The lines of an interface's fields."""
    for name, field in definition["properties"].items():
        yield from documented(field, "  ")
        optional = "" if name in definition.get("required", ()) else "?"
        yield f"  {name}{optional}: {type_of(field)};\n"


def documented(schema: Schema, indent: str) -> Iterator[str]:
    """The description as a JSDoc comment."""
    if "description" not in schema:
        return
    lines = textwrap.dedent(schema["description"]).splitlines()
    if len(lines) == 1:
        yield f"{indent}/** {lines[0]} */\n"
        return
    yield f"{indent}/**\n"
    yield from (f"{indent} * {line}".rstrip() + "\n" for line in lines)
    yield f"{indent} */\n"


def type_of(schema: Schema) -> str:
    """The TypeScript type of a JSON schema, of the kinds that pydantic writes for the records."""
    if "$ref" in schema:
        return type_name(schema["$ref"].rpartition("/")[2])
    if "enum" in schema or "const" in schema:
        return " | ".join(json.dumps(value) for value in schema.get("enum", [schema.get("const")]))
    for choices in ("anyOf", "oneOf"):
        if choices in schema:
            return " | ".join(type_of(choice) for choice in schema[choices])
    if "prefixItems" in schema:
        return f"[{', '.join(type_of(item) for item in schema['prefixItems'])}]"
    if schema.get("type") == "array":
        return array_of(type_of(schema["items"]))
    if isinstance(schema.get("additionalProperties"), dict):
        return f"Record<string, {type_of(schema['additionalProperties'])}>"
    return PRIMITIVES[schema["type"]] if "type" in schema else "unknown"


def array_of(item: str) -> str:
    """`item[]`, in brackets where it needs them."""
    return f"({item})[]" if " | " in item else f"{item}[]"


def type_name(definition: str) -> str:
    """The name in pydantic's schema: RunConfig-Input is what may be sent, RunConfig-Output what comes."""
    return definition.removesuffix("-Output").replace("-", "")


def files() -> dict[Path, str]:
    """The file that holds the declarations."""
    return {TARGET: typescript()}
