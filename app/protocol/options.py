"""The settings of a run and their limits, read from the schemas of the records that check them."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import JsonValue

from app.protocol.lines import LinesRequest
from app.protocol.record import Record
from app.protocol.runs import RunConfig, StepsRequest
from app.protocol.stream import Play

Schema = Mapping[str, Any]


class Setting(Record):
    """One field of the settings: its allowed values and its default."""

    type: Literal["number", "integer", "boolean", "text", "list"]
    required: bool
    """Whether the field has no default."""
    default: JsonValue
    nullable: bool
    """Whether the field may be null."""
    choices: tuple[str, ...] | None = None
    """The allowed values, if they can be listed."""
    open: bool = False
    """Whether values besides `choices` are allowed."""
    minimum: int | float | None = None
    above: int | float | None = None
    """The value must be more than this."""
    maximum: int | float | None = None
    below: int | float | None = None
    """The value must be less than this."""
    min_length: int | None = None
    max_length: int | None = None
    """Most characters of a text, or items of a list."""
    items: "Setting | None" = None
    """The allowed items of a list."""


class Limits(Record):
    """The limits of this server, from its settings."""

    max_runs: int
    """Most runs at once."""
    max_runs_per_client: int
    """Most runs that one browser holds at once."""
    run_memory: int
    """Most bytes of one run."""
    runs_memory: int
    """Most bytes of all runs."""
    run_retention: float
    """Seconds after which a run that nobody watches or calls is deleted."""
    owner_grace: float
    """Seconds that a run plays on after its owner has left."""
    snapshots_per_second: float
    """Most snapshots that a run makes in a second."""


class Options(Record):
    """The answer to `GET /api/options`."""

    settings: dict[str, Setting]
    """Settings by their path in the `RunConfig`, such as "model.hidden"."""
    kinds: dict[str, dict[str, dict[str, Setting]]]
    """The settings of "optimizer" and "scheduler", by the `name` that is chosen there."""
    commands: dict[str, Setting]
    """Arguments of commands, such as "play.steps_per_second"."""
    limits: Limits


COMMANDS: Mapping[str, type[Record]] = {"play": Play, "steps": StepsRequest, "lines": LinesRequest}


def options(limits: Limits) -> Options:
    """All settings, their kinds, the arguments of commands, and the limits."""
    settings, kinds = run_settings()
    reader = SchemaReader({})
    commands: dict[str, Setting] = {}
    for name, record in COMMANDS.items():
        commands |= reader.settings(record.model_json_schema(), f"{name}.")
    return Options(settings=settings, kinds=kinds, commands=commands, limits=limits)


def run_settings() -> tuple[dict[str, Setting], dict[str, dict[str, dict[str, Setting]]]]:
    """The settings of a `RunConfig`, and those of each kind of optimizer and scheduler."""
    schema = RunConfig.model_json_schema()
    reader = SchemaReader(schema["$defs"])
    return dict(reader.settings(schema)), reader.kinds


class SchemaReader:
    """Reads the JSON schemas that pydantic writes for the records.

    kinds: the choices between records that were read so far.
    """

    def __init__(self, definitions: Mapping[str, Schema]) -> None:
        self._definitions = definitions
        self.kinds: dict[str, dict[str, dict[str, Setting]]] = {}

    def settings(self, record: Schema, prefix: str = "") -> Iterator[tuple[str, Setting]]:
        """The settings of a record, with their paths."""
        required = record.get("required", ())
        for name, field in record["properties"].items():
            path = f"{prefix}{name}"
            nullable, schemas = self._alternatives(field)
            first = schemas[0]
            if "oneOf" in first:
                yield f"{path}.name", self._choice(path, first, field.get("default"), nullable)
            elif "properties" in first:
                yield from self.settings(first, f"{path}.")
            elif "const" not in first or "default" in field:
                yield path, self._setting(field, schemas, required=name in required, nullable=nullable)

    def _choice(self, path: str, choice: Schema, default: Any, nullable: bool) -> Setting:
        """The setting that chooses between records by `name`; the records' own settings go to `kinds`."""
        records = [self._resolved(record) for record in choice["oneOf"]]
        kinds = {record["properties"]["name"]["const"]: dict(self.settings(record)) for record in records}
        for settings in kinds.values():
            settings.pop("name", None)
        self.kinds[path] = kinds
        return Setting(
            type="text",
            required=False,
            default=default["name"] if default else None,
            nullable=nullable,
            choices=tuple(kinds),
        )

    def _setting(self, field: Schema, schemas: list[Schema], *, required: bool, nullable: bool) -> Setting:
        names = [schema for schema in schemas if "enum" in schema or "const" in schema]
        last = schemas[-1]
        items = last.get("items") or next(iter(last.get("prefixItems", ())), None)
        return Setting(
            type=TYPES[last["type"]],
            required=required,
            default=field.get("default"),
            nullable=nullable,
            choices=tuple(name for schema in names for name in schema.get("enum", [schema.get("const")]))
            or None,
            open=0 < len(names) < len(schemas),
            minimum=last.get("minimum"),
            above=last.get("exclusiveMinimum"),
            maximum=last.get("maximum"),
            below=last.get("exclusiveMaximum"),
            min_length=last.get("minItems", last.get("minLength")),
            max_length=last.get("maxItems", last.get("maxLength")),
            items=self._item(items) if items else None,
        )

    def _item(self, schema: Schema) -> Setting:
        nullable, schemas = self._alternatives(schema)
        return self._setting(schema, schemas, required=True, nullable=nullable)

    def _alternatives(self, schema: Schema) -> tuple[bool, list[Schema]]:
        """Whether null is allowed, and the other alternatives."""
        schemas = [self._resolved(choice) for choice in schema.get("anyOf", [schema])]
        others = [choice for choice in schemas if choice.get("type") != "null"]
        return len(others) < len(schemas), others

    def _resolved(self, schema: Schema) -> Schema:
        """The schema that a reference names; any other schema itself."""
        return self._definitions[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


TYPES: Mapping[str, Literal["number", "integer", "boolean", "text", "list"]] = {
    "number": "number",
    "integer": "integer",
    "boolean": "boolean",
    "string": "text",
    "array": "list",
}
