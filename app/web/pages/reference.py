"""Data of the page /language: what a calculator program may use, in the reader's language.

It is written by `tools.language` from the calculator's own tables, which need torch.
"""

import json
from pathlib import Path
from typing import Any

from app.web.edge.catalogue import Language

DATA = Path(__file__).with_name("language.json")


def reference(language: Language) -> dict[str, Any]:
    """The tables, with their texts translated; names stay as they are."""
    tables: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
    special = ", ".join(f"`{name}`" for name in tables["special"])
    return {
        **tables,
        "introduction": language.text(tables["introduction"], {"torch": tables["torch"]}),
        "differences": [language.text(text, {"special": special}) for text in tables["differences"]],
        "limits": [language.text(text, fields) for text, fields in tables["limits"]],
    }
