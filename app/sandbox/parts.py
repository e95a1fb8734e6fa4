"""A long reply in lines, each of which the web process can read without holding anybody up.

A reply is one line, a whole `Derivation`. A longer one has a first line with what is short, and then lines
that each add to some of the fields.
"""

from collections.abc import Iterator
from typing import Any

from pydantic import create_model
from pydantic_core import to_json

from app.protocol.gradients import Derivation
from app.protocol.record import Record
from app.sandbox.affordable import MOST_AT_ONCE, is_affordable

MOST_LINES = 32
FIELDS: dict[str, Any] = {
    name: (field.rebuild_annotation(), None) for name, field in Derivation.model_fields.items()
}
Part = create_model("Part", __base__=Record, **FIELDS)
"""Some fields of a Derivation."""


def lines(derivation: Derivation) -> Iterator[bytes]:
    """A derivation in as many lines as it takes."""
    whole = derivation.model_dump_json().encode()
    if is_affordable(whole, MOST_AT_ONCE):
        yield whole
        return
    lists = {name: value for name, value in derivation if isinstance(value, list) and value}
    short: dict[str, Any] = {"printed": "", "graph": None, **{name: [] for name in lists}}
    yield derivation.model_copy(update=short).model_dump_json().encode()
    yield line("printed", to_json(derivation.printed))
    if derivation.graph is not None:
        yield line("graph", derivation.graph.model_dump_json().encode())
    for name, items in lists.items():
        yield from slices(name, [item.model_dump_json().encode() for item in items])


def line(name: str, value: bytes) -> bytes:
    """A line with one field."""
    return b'{"%b":%b}' % (name.encode(), value)


def slices(name: str, items: list[bytes]) -> Iterator[bytes]:
    """Lines with the items of a list."""
    text = line(name, b"[%b]" % b",".join(items))
    if len(items) == 1 or is_affordable(text, MOST_AT_ONCE):
        yield text
    else:
        middle = len(items) // 2
        yield from slices(name, items[:middle])
        yield from slices(name, items[middle:])


def with_part(derivation: Derivation, part: Record) -> Derivation:
    """A derivation with what another line adds to it."""
    added = {name: getattr(part, name) for name in part.model_fields_set}
    for name, value in added.items():
        if isinstance(value, list | str):
            added[name] = getattr(derivation, name) + value
    return derivation.model_copy(update=added)
