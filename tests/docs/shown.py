"""Examples as the documentation shows them: a command or a program, and what it answers."""

import json
import math
import re
import shlex
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, NamedTuple

import httpx

from tools.step import ROOT

API = ROOT / "docs" / "api.md"
SECRETS = ("id", "owner_token", "code", "suggestion", "member_token", "ticket", "run")
"""Fields that are new each time."""
ELLIPSIS = "..."


class Exchange(NamedTuple):
    """A curl command and the answer shown under it. source: both, as they are written."""

    source: str
    command: str
    answer: str


def exchanges() -> list[Exchange]:
    """All ```console blocks that begin with `$ curl`."""
    blocks = re.findall(r"```console\n(\$ curl .*?)```", API.read_text(encoding="utf-8"), re.DOTALL)
    found = []
    for block in blocks:
        end = re.search(r"(?<!\\)\n", block)
        assert end
        command = block[2 : end.start()].replace("\\\n", " ")
        found.append(Exchange(block, command, block[end.end() :]))
    return found


def conversation(client: httpx.Client) -> Iterator[tuple[Exchange, Any]]:
    """Send all commands in turn. Yields the real answers.

    $ID and $TOKEN are those of the run or room made last, $CODE and $MEMBER of the room and member.
    """
    variables: dict[str, str] = {}
    for exchange in exchanges():
        answer = curl(exchange.command, client, variables)
        real = read(answer)
        if isinstance(real, dict) and "owner_token" in real:
            variables = {"ID": real["id"], "TOKEN": real["owner_token"], "CODE": real.get("code", "")}
        elif isinstance(real, dict) and "member_token" in real:
            variables["MEMBER"] = real["member_token"]
        yield exchange, real


def curl(command: str, client: httpx.Client, variables: dict[str, str]) -> str:
    """What curl would print, for the few options the documentation uses."""
    for name, value in variables.items():
        command = command.replace(f"${name}", value)
    words = shlex.split(command)[1:]
    method, path, body = "GET", "", None
    headers = {}
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "--json":
            method, body = ("POST" if method == "GET" else method), words.pop(0)
            headers["Content-Type"] = "application/json"
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word != "-s":
            path = word.removeprefix("http://127.0.0.1:8000")
    return client.request(method, path, content=body, headers=headers).text


def read(answer: str) -> Any:
    """An answer: JSON, or the text it is."""
    return json.loads(answer) if answer.startswith("{") else answer or None


def parsed(shown: str) -> Any:
    """JSON in which "..." stands for the rest of a list or of an object; or a text, in which it does too."""
    if not shown.startswith("{"):
        return shown or None
    text = re.sub(r",\s*\.\.\.\s*\]", f', "{ELLIPSIS}"]', shown)
    text = re.sub(r",\s*\.\.\.\s*\}", f', "{ELLIPSIS}": 0}}', text)
    return json.loads(text)


def rows(table: str) -> list[list[float]]:
    """The numbers of a table, without its head."""
    return [[float(number) for number in line.split(",")] for line in table.splitlines()[1:]]


def with_secrets_of(shown: Any, real: Any) -> Any:
    """The real answer with the ids and tokens that are shown now."""
    if isinstance(shown, dict) and isinstance(real, dict):
        return {
            key: shown[key] if key in SECRETS and key in shown else with_secrets_of(shown.get(key), value)
            for key, value in real.items()
        }
    if isinstance(shown, list) and isinstance(real, list):
        return [with_secrets_of(part, item) for part, item in zip_longest(shown[: len(real)], real)]
    return real


def differences(shown: Any, real: Any, where: str = "answer") -> list[str]:
    """Where the real answer is not what is shown; empty if it is."""
    if isinstance(shown, dict) and isinstance(real, dict):
        rest = shown.pop(ELLIPSIS, None) is not None
        missing = [f"{where}.{key} is not in the answer" for key in shown.keys() - real.keys()]
        extra = [] if rest else [f"{where}.{key} is not shown" for key in real.keys() - shown.keys()]
        inner = [
            line
            for key in shown.keys() & real.keys() - set(SECRETS)
            for line in differences(shown[key], real[key], f"{where}.{key}")
        ]
        return missing + extra + inner
    if isinstance(shown, list) and isinstance(real, list):
        if shown[-1:] == [ELLIPSIS]:
            shown, real = shown[:-1], real[: len(shown) - 1]
        if len(shown) != len(real):
            return [f"{where} has {len(real)} items, shown are {len(shown)}"]
        pairs = enumerate(zip(shown, real, strict=True))
        return [line for i, (a, b) in pairs for line in differences(a, b, f"{where}[{i}]")]
    if isinstance(shown, str) and shown.endswith(f"{ELLIPSIS}\n"):
        shown = shown.removesuffix(f"{ELLIPSIS}\n")
        real = "".join(str(real).splitlines(keepends=True)[: shown.count("\n")])
    if isinstance(shown, str) and isinstance(real, str) and shown.startswith("step,loss"):
        return differences(rows(shown), rows(real), where)
    if isinstance(shown, float) and isinstance(real, float):
        return [] if math.isclose(shown, real, rel_tol=1e-4) else [f"{where} is {real}, shown is {shown}"]
    return [] if shown == real else [f"{where} is {real!r}, shown is {shown!r}"]
