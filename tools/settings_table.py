"""The README's table of settings, written from `app.settings`."""

import json

from app.settings import Settings
from tools.step import ROOT

README = ROOT / "README.md"
BEGIN, END = "<!-- settings: written by tools generate -->\n", "<!-- end of settings -->"


def table() -> str:
    """One row per setting: its environment variable, its default, what it is for."""
    rows = ["| variable | default | |\n", "|---|---|---|\n"]
    for name, field in Settings.model_fields.items():
        meaning = " ".join((field.description or "").split())
        rows.append(f"| `PLAYGROUND_{name.upper()}` | {shown(field.default)} | {meaning} |\n")
    return "".join(rows)


def shown(default: object) -> str:
    """A default as one would type it into the environment."""
    if default is None:
        return "unset"
    return f"`{default}`" if isinstance(default, str | float) else f"`{json.dumps(default)}`"


def inserted(readme: str) -> str:
    """The README's text with the table brought up to date."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + table() + END + after


def write() -> None:
    """Bring the README up to date."""
    README.write_text(inserted(README.read_text(encoding="utf-8")), encoding="utf-8")
