"""`python -m tests.docs.refresh`: write the real server's present answers into docs/api.md and the examples.

What is shown in part (with "...") keeps the fields and items it shows; new long lists keep their first items.
"""

import json
from itertools import zip_longest
from typing import Any

from tests.docs import answers
from tests.docs.shown import API, ELLIPSIS, conversation, parsed, with_secrets_of
from tests.server import running_server
from tools.step import ROOT

WIDTH = 108


def written(value: Any, shown: Any = None, depth: int = 0) -> str:
    """A JSON value as the documentation shows it; at the top also a text, or as many of its lines."""
    if isinstance(value, str) and depth == 0:
        lines = value.splitlines(keepends=True)
        kept = len(shown.splitlines()) - 1 if str(shown).endswith(f"{ELLIPSIS}\n") else len(lines)
        return "".join(lines[:kept]) + (f"{ELLIPSIS}\n" if kept < len(lines) else "")
    if isinstance(value, dict):
        return written_object(value, shown if isinstance(shown, dict) else {}, depth)
    if isinstance(value, list):
        return written_list(value, shown if isinstance(shown, list) else [], depth)
    return json.dumps(value, ensure_ascii=False)


def written_object(record: dict[str, Any], shown: dict[str, Any], depth: int) -> str:
    """All of its fields, or those that are shown now."""
    names = [name for name in record if name in shown or ELLIPSIS not in shown]
    fields = [f"{json.dumps(name)}: {written(record[name], shown.get(name), depth + 1)}" for name in names]
    return bracketed("{", [*fields, ELLIPSIS] if ELLIPSIS in shown else fields, "}", depth)


def written_list(items: list[Any], shown: list[Any], depth: int) -> str:
    """As many items as are shown now; of a new list all, or the first of many."""
    if shown[-1:] == [ELLIPSIS]:
        kept = len(shown) - 1
    elif len(items) > 3 or (len(items) > 1 and isinstance(items[0], list)):
        kept = 1 if isinstance(items[0], list) else 2
    else:
        kept = len(items)
    pairs = zip_longest(items[:kept], shown[:kept])
    lines = [written(item, part, depth + 1) for item, part in pairs]
    return bracketed("[", [*lines, ELLIPSIS] if kept < len(items) else lines, "]", depth)


def bracketed(opening: str, items: list[str], closing: str, depth: int) -> str:
    """On one line if it fits, else one item a line."""
    line = opening + ", ".join(items) + closing
    if "\n" not in line and len(line) + 2 * depth < WIDTH:
        return line
    indent = "  " * (depth + 1)
    return opening + "".join(f"\n{indent}{item}," for item in items)[:-1] + "\n" + "  " * depth + closing


def main() -> None:
    """Hold the whole conversation again, and replace each answer."""
    text = API.read_text(encoding="utf-8")
    log = ROOT / "build" / "refresh.log"
    with running_server(log) as server, server.client() as client:
        server.wait_until("engine", "sandbox")
        answers.write(client)
        for exchange, real in conversation(client):
            shown = parsed(exchange.answer)
            told = with_secrets_of(shown, real)
            answer = "" if told is None else written(told, shown).rstrip("\n") + "\n"
            text = text.replace(exchange.source, exchange.source.removesuffix(exchange.answer) + answer)
    API.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
