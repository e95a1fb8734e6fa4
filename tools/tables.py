"""Tables of the documents, written from the records they tell of: the settings of the server and of a run."""

import json
from collections.abc import Iterator
from pathlib import Path

from app.protocol.options import Setting, run_settings
from app.settings import Settings
from tools.step import ROOT

README, API = ROOT / "README.md", ROOT / "docs" / "api.md"


def files() -> dict[Path, str]:
    """The documents with their tables up to date."""
    tables = {README: ("settings", server_settings()), API: ("options", settings_of_a_run())}
    return {
        path: inserted(path.read_text(encoding="utf-8"), name, table)
        for path, (name, table) in tables.items()
    }


def inserted(text: str, name: str, table: str) -> str:
    """A document with the table between the marks of that name."""
    begin, end = f"<!-- {name}: written by tools generate -->\n", f"<!-- end of {name} -->"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return before + begin + table + end + after


def server_settings() -> str:
    """One row per setting: its environment variable, its default, what it is for."""
    rows = ["| variable | default | |\n", "|---|---|---|\n"]
    for name, field in Settings.model_fields.items():
        meaning = " ".join((field.description or "").split())
        rows.append(f"| `PLAYGROUND_{name.upper()}` | {shown(field.default)} | {meaning} |\n")
    return "".join(rows)


def shown(default: object) -> str:
    """A default as one would type it into the environment."""
    if default is None or default == "":
        return "unset"
    return f"`{default}`" if isinstance(default, str | float | Path) else f"`{json.dumps(default)}`"


def settings_of_a_run() -> str:
    """One row per setting: its path, its default, and what else is allowed."""
    settings, kinds = run_settings()
    rows = ["| setting | default | allowed |\n", "|---|---|---|\n"]
    for path, setting in settings.items():
        rows.append(row(path, setting))
        for name, kind in kinds.get(path.removesuffix(".name"), {}).items():
            rows += [row(f"{path.removesuffix('.name')}.{key} of {name}", kind[key]) for key in kind]
    return "".join(rows)


def row(path: str, setting: Setting) -> str:
    """A line of the table."""
    default = "required" if setting.required else f"`{json.dumps(setting.default)}`"
    return f"| {path} | {default} | {', '.join(allowed(setting))} |\n"


def allowed(setting: Setting) -> Iterator[str]:
    """What a setting may be, in words."""
    if setting.choices:
        yield "one of " + ", ".join(f"`{choice}`" for choice in setting.choices)
    elif setting.type == "boolean":
        yield "true or false"
    elif setting.type == "list":
        most, least = setting.max_length, setting.min_length
        if most is None:
            yield "items"
        else:
            yield f"{least} items" if least == most else f"up to {most} items"
    else:
        kind = {"integer": "a whole number", "number": "a number", "text": "text"}[setting.type]
        yield " ".join([kind, *bounds(setting)])
    if setting.items:
        yield "each " + ", ".join(allowed(setting.items))
    if setting.open:
        yield "or another"
    if setting.nullable:
        yield "or null"


def bounds(setting: Setting) -> Iterator[str]:
    """The limits of a number."""
    for words, bound in (
        ("from {}", setting.minimum),
        ("above {}", setting.above),
        ("up to {}", setting.maximum),
        ("below {}", setting.below),
    ):
        if bound is not None:
            yield words.format(bound)
