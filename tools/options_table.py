"""The table of a run's settings in docs/api.md, written from `app.protocol.options`."""

import json
from collections.abc import Iterator

from app.protocol.options import Setting, run_settings
from tools.step import ROOT

API = ROOT / "docs" / "api.md"
BEGIN, END = "<!-- options: written by tools generate -->\n", "<!-- end of options -->"


def table() -> str:
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


def inserted(text: str) -> str:
    """The document with the table brought up to date."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + table() + END + after


def write() -> None:
    """Bring the document up to date."""
    API.write_text(inserted(API.read_text(encoding="utf-8")), encoding="utf-8")
