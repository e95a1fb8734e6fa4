"""docs/api.md: every command is sent to the real server, and must answer what is shown."""

import json
import re
import subprocess
import sys

from app.setup.step import ROOT
from benchmarks.server import Client
from tests.docs.shown import curl, differences, exchanges, parsed

API = ROOT / "docs" / "api.md"
PROGRAM = re.compile(r"```python\n(?P<program>.*?)```\n```text\n(?P<output>.*?)```", re.DOTALL)


def test_the_commands_answer_what_is_shown(client: Client) -> None:
    variables: dict[str, str] = {}
    wrong = []
    for exchange in exchanges(API):
        answer = curl(exchange.command, client, variables)
        real = json.loads(answer) if answer else None
        if isinstance(real, dict) and "owner_token" in real:
            variables = {"ID": real["id"], "TOKEN": real["owner_token"]}
        found = differences(parsed(exchange.answer), real)
        wrong += [f"{exchange.command}: {line}" for line in found]
    assert wrong == []
    assert len(variables) == 2


def test_the_program_that_follows_a_run_prints_what_is_shown(client: Client) -> None:
    shown = PROGRAM.search(API.read_text(encoding="utf-8"))
    assert shown
    program = shown["program"].replace("127.0.0.1:8000", client.address)
    answer = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert answer.stderr == ""
    assert answer.stdout == shown["output"]


def test_every_call_the_server_offers_is_described(client: Client) -> None:
    paths = json.loads(client.request("GET", "/openapi.json")[1])["paths"]
    text = API.read_text(encoding="utf-8")
    missing = [
        f"{method.upper()} {path}"
        for path, methods in paths.items()
        for method in methods
        if f"`{method.upper()} {path.replace('run_id', 'id')}`" not in text
    ]
    assert missing == []
