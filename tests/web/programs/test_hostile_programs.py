"""Hostile programs as anyone could send them: what comes back is data, and explained."""

import json

import httpx
import pytest

from tests.server import Server


@pytest.fixture(autouse=True)
def ready(server: Server) -> None:
    server.wait_until("sandbox")


def post(client: httpx.Client, program: str) -> httpx.Response:
    body = json.dumps({"program": program})
    return client.post("/api/gradients", content=body, headers={"Content-Type": "application/json"})


@pytest.mark.parametrize("program", ["'\ud800'", "print(1)  # \udfff", "x" * 70_000])
def test_what_is_no_program_is_a_refused_request(client: httpx.Client, program: str) -> None:
    answer = post(client, program)
    assert answer.status_code in (400, 422)
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("program", "topic"),
    [
        ("open('/etc/passwd')", "no_such_file"),
        ("import urllib.request\nurllib.request.urlopen('http://127.0.0.1:1')", "no_network"),
        ("import threading\nthreading.Thread(target=print).start()", "no_threads"),
        ("import subprocess\nsubprocess.run('ls')", "not_permitted"),
        ("import flask_sqlalchemy", "module_not_here"),
        ("n = int(input())", "no_input"),
        ("import torch\ntorch.ones(1).cuda()", "no_accelerator"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_denial_is_explained_with_a_way_on(
    client: httpx.Client, program: str, topic: str, language: str
) -> None:
    headers = {"Accept-Language": language}
    answer = client.post("/api/gradients", json={"program": program}, headers=headers)
    error = answer.json()["error"]
    assert (error["topic"], error["line"]) == (topic, program.count("\n") + 1)
    for text in (error["explanation"], error["remedy"]):
        assert text
        assert text.isascii() == (language == "en")


@pytest.mark.parametrize(
    ("program", "kind"),
    [("print(1)\nwhile True:\n    pass", "Timeout"), ("print(1)\nx = bytearray(10**9)", "MemoryError")],
)
def test_what_ran_out_is_told_with_the_line_and_all_that_was_printed(
    client: httpx.Client, program: str, kind: str
) -> None:
    answer = post(client, program).json()
    assert answer["printed"] == "1\n"
    assert answer["error"]["type"] == kind
    # An endless loop may be stopped at its head as well as in its body.
    assert answer["error"]["line"] in ((2, 3) if kind == "Timeout" else (2,))
    assert answer["error"]["remedy"]
    assert answer["error"]["explanation"]


def test_markup_stays_text(client: httpx.Client) -> None:
    answer = post(client, "print('<b>')\nraise ValueError('<script>')")
    assert answer.headers["content-type"] == "application/json"
    assert (answer.json()["printed"], answer.json()["error"]["message"]) == ("<b>\n", "<script>")


@pytest.mark.parametrize("line", ["%matplotlib inline", "!pip install torch"])
def test_a_notebooks_line_is_left_out_with_a_word(client: httpx.Client, line: str) -> None:
    answer = post(client, f"{line}\nprint(2)").json()
    assert (answer["printed"], answer["error"]) == ("2\n", None)
    (warning,) = answer["warnings"]
    assert (warning["line"], warning["topic"]) == (1, "left_out")
