"""docs/api.md: every command is sent to the real server, and must answer what is shown."""

import re
import subprocess
import sys
from typing import Any, get_args

import httpx
import pytest

from app.protocol.comparisons import ComparisonMessage
from app.protocol.programs import ProgramClientMessage, ProgramMessage
from app.protocol.rooms import RoomClientMessage, RoomMessage
from app.protocol.stream import ClientMessage, ServerMessage
from tests.docs import answers
from tests.docs.shown import API, conversation, differences, parsed


def members(union: Any) -> list[str]:
    """The `type` of each record of a union of messages."""
    records = get_args(get_args(union)[0])
    return [get_args(record.model_fields["type"].annotation)[0] for record in records]


UNIONS = (
    ClientMessage,
    ServerMessage,
    ComparisonMessage,
    ProgramClientMessage,
    ProgramMessage,
    RoomClientMessage,
    RoomMessage,
)
PROGRAM = re.compile(r"```python\n(?P<program>.*?)```\n```text\n(?P<output>.*?)```", re.DOTALL)


def test_the_commands_answer_what_is_shown(client: httpx.Client) -> None:
    wrong = [
        f"{exchange.command}: {line}"
        for exchange, real in conversation(client)
        for line in differences(parsed(exchange.answer), real)
    ]
    assert wrong == [], "if that is meant: python -m tests.docs.refresh"


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_program_that_follows_prints_what_is_shown(client: httpx.Client, place: int) -> None:
    shown = list(PROGRAM.finditer(API.read_text(encoding="utf-8")))[place]
    program = shown["program"].replace("127.0.0.1:8000", client.base_url.netloc.decode())
    answer = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False
    )
    assert answer.stderr == ""
    assert answer.stdout == shown["output"]


def test_every_call_the_server_offers_is_described(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    text = API.read_text(encoding="utf-8")
    missing = [
        f"{method.upper()} {path}"
        for path, methods in paths.items()
        for method in methods
        if f"`{method.upper()} {re.sub('{[a-z]*_id}', '{id}', path)}`" not in text
    ]
    assert missing == []


def test_every_answer_in_the_description_is_one_the_server_gives(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    examples = {
        f"{method.upper()} {path}": content["application/json"].get("example")
        for path, methods in paths.items()
        for method, operation in methods.items()
        for status, response in operation["responses"].items()
        if status < "300" and "application/json" in (content := response.get("content", {}))
    }
    real = {request.name: answer for request, answer in answers.answers(client)}
    assert examples.keys() == real.keys()
    wrong = [
        f"{name}: {line}" for name, answer in real.items() for line in differences(examples[name], answer)
    ]
    assert wrong == [], "if that is meant: python -m tests.docs.refresh"


@pytest.mark.parametrize(
    "message",
    sorted(
        {name for union in UNIONS for name in members(union)},
    ),
)
def test_every_message_of_the_stream_is_described(message: str) -> None:
    text = API.read_text(encoding="utf-8")
    assert f'"type": "{message}"' in text or f"`{message}`" in text
