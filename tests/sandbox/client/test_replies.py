"""Replies from a child which may be anything."""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.protocol.explanation import Step
from app.protocol.formulas import Evaluation
from app.protocol.gradients import Derivation, Variable
from app.protocol.record import FIRST_WRONG, Record
from app.sandbox.affordable import MOST_AT_ONCE, MOST_BYTES, is_affordable
from app.sandbox.client.replies import Hostile, derivation
from app.sandbox.client.sandbox import Sandbox
from app.sandbox.parts import MOST_LINES, lines
from app.web.programs.answers import answer
from tests.sandbox.conftest import JSON, fate

in_package = pytest.mark.asyncio(loop_scope="package")


@in_package
@pytest.mark.parametrize(
    "reply",
    [
        pytest.param("b''", id="empty"),
        pytest.param("b'{'", id="cut short"),
        pytest.param("b'null'", id="another type"),
        pytest.param("b'[' * 100_000", id="deeply nested"),
        pytest.param("b'[' + b'[],' * 600_000 + b'[]]'", id="many errors"),
        pytest.param('b\'{"printed": "x"}\'', id="fields missing"),
        pytest.param('b\'{"printed": NaN, "variables": [], "truncated": false, "error": null}\'', id="NaN"),
        pytest.param('b\'{"printed": 1, "variables": [], "truncated": 0, "error": null}\'', id="wrong types"),
        pytest.param(
            'b\'{"printed": "", "variables": [], "truncated": false, "error": null, "x": 1}\'', id="surplus"
        ),
        pytest.param(
            'b\'{"printed": "\\\\ud800", "variables": [], "truncated": false, "error": null}\'',
            id="lone surrogate",
        ),
        pytest.param(
            'b\'{"printed": "\\xff", "variables": [], "truncated": false, "error": null}\'', id="not UTF-8"
        ),
        pytest.param("b'\\x80\\x04cos\\nsystem\\n(S\"touch canary\"\\ntR.'", id="a pickle"),
        pytest.param(f"b' ' * {MOST_BYTES + 1}", id="huge"),
    ],
)
async def test_a_hostile_reply_is_a_crash(bypassed: Sandbox, reply: str) -> None:
    assert await fate(bypassed, f"raw({reply})") == "Crashed"


@in_package
@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"\xff\xff\xff\xff", id="impossible length"),
        pytest.param(b"\x00\x00\x00\x00", id="nothing"),
        pytest.param(b"\x00\x00\x00\x02{}{}", id="more than announced"),
        pytest.param(b"\x00\x00\x00\x09{}", id="less than announced"),
    ],
)
async def test_a_hostile_frame_is_a_crash(bypassed: Sandbox, sent: bytes) -> None:
    program = f"""
import os
for descriptor in range(3, 1000):
    try:
        os.write(descriptor, {sent!r})
    except OSError:
        pass
os._exit(0)
"""
    assert await fate(bypassed, program) == "Crashed"


@in_package
async def test_an_endless_flood_is_cut(bypassed: Sandbox) -> None:
    flood = """
import os
for descriptor in range(3, 1000):
    try:
        while True:
            os.write(descriptor, b"{" * 2**20)
    except OSError:
        pass
"""
    assert await fate(bypassed, flood) == "Crashed"


@in_package
async def test_a_reply_in_drips_runs_into_the_wall_clock(bypassed: Sandbox) -> None:
    drip = """
import os, time
for descriptor in range(3, 1000):
    try:
        os.write(descriptor, b"\\0\\0\\0\\x09")
        while True:
            pass
    except OSError:
        pass
"""
    assert await fate(bypassed, drip) == "Timeout"


@in_package
@pytest.mark.parametrize(
    "program", ["", "reply('\ud800')", "reply('\\0')", "reply('é 漢 \\U0001f600')", "\ud800"]
)
async def test_any_text_can_be_a_program(bypassed: Sandbox, program: str) -> None:
    await bypassed.derive(program)
    assert await fate(bypassed, "reply('next')") == "next"


def read(reply: bytes) -> Derivation:
    return asyncio.run(derivation(reply))


def test_a_reply_with_more_to_explain_than_any_program_has_is_hostile() -> None:
    honest = Derivation(printed="", variables=[], truncated=False, error=None).model_dump()
    warnings = [{"message": "mat1 and mat2 shapes cannot be multiplied", "line": 1}] * 18_000
    with pytest.raises(Hostile):
        read(json.dumps({**honest, "warnings": warnings}).encode())


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_a_reply_is_a_record_or_hostile(reply: bytes) -> None:
    with contextlib.suppress(Hostile):
        assert isinstance(read(reply), Derivation)


@given(st.lists(st.tuples(st.sampled_from(sorted(Derivation.model_fields)), JSON)))
def test_a_reply_with_the_right_names_is_a_record_or_hostile(changes: list[tuple[str, object]]) -> None:
    honest = Derivation(printed="", variables=[], truncated=False, error=None).model_dump()
    with contextlib.suppress(Hostile):
        assert isinstance(read(json.dumps({**honest, **dict(changes)}).encode()), Derivation)


def lists_in(annotation: Any, where: str, seen: set[Any]) -> Iterator[str]:
    """Places in a record where a long wrong list would be reported item by item."""
    kind, arguments = get_origin(annotation), get_args(annotation)
    if kind is Annotated:
        inner = arguments[0]
        if FIRST_WRONG in annotation.__metadata__:
            arguments = get_args(inner)
        for argument in arguments:
            yield from lists_in(argument, where, seen)
    elif kind is list or (kind is tuple and ... in arguments):
        yield where
    elif isinstance(annotation, type) and issubclass(annotation, Record) and annotation not in seen:
        seen.add(annotation)
        for name, hint in get_type_hints(annotation, include_extras=True).items():
            yield from lists_in(hint, f"{annotation.__name__}.{name}", seen)
    else:
        for argument in arguments:
            yield from lists_in(argument, where, seen)


def test_every_list_in_a_reply_is_refused_at_its_first_wrong_item() -> None:
    assert [*lists_in(Derivation, "", set()), *lists_in(Evaluation, "", set())] == []


PLAIN = Derivation(printed="", variables=[], truncated=False, error=None)
VARIABLE = Variable(
    name="x",
    text="",
    value="",
    shape=[],
    dtype="",
    requires_grad=False,
    is_leaf=True,
    grad=None,
    grad_state="none",
    grad_fn=None,
)
LONG = {
    "numbers": PLAIN.model_copy(
        update={"variables": [VARIABLE.model_copy(update={"value_numbers": [1.5] * 900})] * 60}
    ),
    "numbers in brackets": PLAIN.model_copy(
        update={"variables": [VARIABLE.model_copy(update={"value_numbers": [[1]] * 900})] * 20}
    ),
    "records": PLAIN.model_copy(update={"steps": [Step(line=1, event="line")] * 5_000}),
    "text": PLAIN.model_copy(
        update={"printed": "\u6f22" * 64_000, "steps": [Step(line=1, event="line")] * 900}
    ),
}
"""Results as long as a reply may be. None of the calculator's is."""


@pytest.mark.parametrize("kind", LONG)
def test_a_long_reply_is_read_and_answered_in_steps(kind: str) -> None:
    """Nobody else waits longer for any of its lines than for a reply that is not long."""
    reply = list(lines(LONG[kind]))
    assert 1 < len(reply) <= MOST_LINES
    assert all(is_affordable(line, MOST_AT_ONCE) for line in reply)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def both() -> Derivation:
        waiting = asyncio.create_task(others())
        found = await derivation(b"\n".join(reply))
        waiting.cancel()
        assert json.loads(bytes((await answer(found)).body)) == json.loads(found.model_dump_json())
        return found

    assert asyncio.run(both()) == LONG[kind]
    assert turns >= len(reply) - 1


def test_what_would_take_long_at_once_is_hostile() -> None:
    for long in LONG.values():
        with pytest.raises(Hostile):
            read(long.model_dump_json().encode())
    with pytest.raises(Hostile):
        read(b"\n".join([PLAIN.model_dump_json().encode()] + [b"{}"] * (MOST_LINES + 1)))
