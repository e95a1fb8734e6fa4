"""What can be set in a run and within which limits, read from the schema of the records that check it."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import JsonValue

from app.protocol.lines import LinesRequest
from app.protocol.record import Record
from app.protocol.runs import RunConfig, StepsRequest
from app.protocol.stream import Play

Schema = Mapping[str, Any]


class Setting(Record):
    """One field of the settings: what it may be, and what it is if it is not given."""

    type: Literal["number", "integer", "boolean", "text", "list"]
    required: bool
    """Whether it has no default."""
    default: JsonValue
    nullable: bool
    """Whether it may be null."""
    choices: tuple[str, ...] | None = None
    """What it can be."""
    open: bool = False
    """Whether it can also be something else."""
    minimum: int | float | None = None
    above: int | float | None = None
    """It must be more than this."""
    maximum: int | float | None = None
    below: int | float | None = None
    """It must be less than this."""
    min_length: int | None = None
    max_length: int | None = None
    """Characters of a text, items of a list."""
    items: "Setting | None" = None
    """What each item of a list may be."""


class Limits(Record):
    """What this server allows, from its settings."""

    max_runs: int
    """Runs it holds at once."""
    max_runs_per_client: int
    """Runs that one browser holds at once."""
    run_memory: int
    """Bytes of one run."""
    runs_memory: int
    """Bytes of all runs."""
    run_retention: float
    """Seconds after which a run is forgotten that nobody watches or calls."""
    owner_grace: float
    """Seconds that a run plays on after its owner left."""
    snapshots_per_second: float
    """Pictures that a run makes at most."""


class Options(Record):
    """The answer to `GET /api/options`."""

    settings: dict[str, Setting]
    """By path in the `RunConfig`, such as "model.hidden"."""
    kinds: dict[str, dict[str, dict[str, Setting]]]
    """The settings of "optimizer" and "scheduler", by the `name` that is chosen there."""
    commands: dict[str, Setting]
    """What is given along with commands, such as "play.steps_per_second"."""
    limits: Limits


COMMANDS: Mapping[str, type[Record]] = {"play": Play, "steps": StepsRequest, "lines": LinesRequest}


def options(limits: Limits) -> Options:
    """All there is to choose."""
    settings, kinds = run_settings()
    reader = SchemaReader({})
    commands: dict[str, Setting] = {}
    for name, record in COMMANDS.items():
        commands |= reader.settings(record.model_json_schema(), f"{name}.")
    return Options(settings=settings, kinds=kinds, commands=commands, limits=limits)


def run_settings() -> tuple[dict[str, Setting], dict[str, dict[str, dict[str, Setting]]]]:
    """Those of a `RunConfig`, and those of each kind of optimizer and scheduler."""
    schema = RunConfig.model_json_schema()
    reader = SchemaReader(schema["$defs"])
    return dict(reader.settings(schema)), reader.kinds


class SchemaReader:
    """Reads JSON schema as pydantic writes it for the records.

    kinds: the choices between records met so far.
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
        """A choice between records by `name`; their own settings are noted among the kinds."""
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
        """Whether null is allowed, and what else is."""
        schemas = [self._resolved(choice) for choice in schema.get("anyOf", [schema])]
        others = [choice for choice in schemas if choice.get("type") != "null"]
        return len(others) < len(schemas), others

    def _resolved(self, schema: Schema) -> Schema:
        """A schema in place of a reference to it."""
        return self._definitions[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


TYPES: Mapping[str, Literal["number", "integer", "boolean", "text", "list"]] = {
    "number": "number",
    "integer": "integer",
    "boolean": "boolean",
    "string": "text",
    "array": "list",
}
