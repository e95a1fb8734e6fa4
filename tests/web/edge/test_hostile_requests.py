"""Requests that mean harm: they cost little, are refused in plain words, and show nothing of the server."""

from typing import Any

import httpx
import psutil
import pytest

from tests.script.listings import LESSON
from tests.server import Server
from tests.web.owner import Run

JSON = {"Content-Type": "application/json"}


def refused(answer: httpx.Response, status: int = 422) -> dict[str, Any]:
    """What is said. Nothing that acts on a screen is in it, and nothing of the machine."""
    assert answer.status_code == status, answer.text[:300]
    problem: dict[str, Any] = answer.json()
    told = problem["detail"] + "".join(error["field"] + error["message"] for error in problem["errors"])
    assert all(character.isprintable() or character == "\n" for character in told), told
    assert not any(secret in told for secret in ("Traceback", "site-packages", "/root", "<unknown>", "sys."))
    assert len(answer.content) < 20_000
    return problem


@pytest.mark.parametrize(
    "body",
    ['{"\u202e": 1}', '{"a\\u0007": 1}', '{"data": {"\u202e": 1}}', '{"' + "k" * 100_000 + '": 1}',
     '{"optimizer": {"\u202e": 1}}', '{"model": ' + '{"a":' * 900 + "1" + "}" * 901,
     '{"model": ' + "[" * 900 + "]" * 900 + "}",
     '{"' + '": 1, "'.join(f"{i}k" * 3000 for i in range(9)) + '": 1}'],
    ids=range(8),
)  # fmt: skip
def test_names_of_fields_are_cut_and_escaped_like_values(client: httpx.Client, body: str) -> None:
    run = Run(client)
    for method, path, text in (
        ("POST", "/api/runs", body),
        ("PATCH", run.path, body),
        ("POST", "/api/comparisons", f'{{"vary": [{{}}, {body}]}}'),
    ):
        problem = refused(client.request(method, path, content=text.encode(), headers={**JSON, **run.owner}))
        assert all(len(error["field"]) <= 230 for error in problem["errors"])


def test_a_parameter_that_an_address_has_not_is_named_with_those_it_has(client: httpx.Client) -> None:
    path = Run(client).path
    problem = refused(client.get(f"{path}/snapshots", params={"\u202efirst": 1}))
    assert problem["detail"].endswith("the fields here are from, to, count, format")


def spent(server: Server) -> float:
    """Seconds of processor time the web process has taken, which other programs do not add to."""
    times = psutil.Process(server.process.pid).cpu_times()
    return times.user + times.system


AFFORDABLE = 3.0
"""Seconds for a request that takes a tenth of one: what grows without bound takes minutes."""

NUMBER = "0x" + "f" * 5000


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("lr=0.2", f"lr={NUMBER}"),
        ("n_hidden=10", f"n_hidden={NUMBER}"),
        ("x.pow(2)", f"x*{NUMBER}"),
        ("lr=0.2", "lr=" + "9" * 5000),
        ("lr=0.2", "lr=(10**12)**99"),
        ("x.pow(2)", "torch.save(x, x.type())"),
        ("x.pow(2)", "[" + "x, " * 4000 + "]" + "[:, None]" * 45),
        ("lr=0.2", "lr=" + "-" * 20_000 + "1"),
    ],
    ids=range(8),
)
def test_a_hostile_script_is_refused_and_costs_little(
    server: Server, client: httpx.Client, old: str, new: str
) -> None:
    server.wait_until("engine", "sandbox")
    before = spent(server)
    script = LESSON.replace(old, new, 1)
    errors = refused(client.post("/api/runs/from-script", json={"script": script}))["errors"]
    assert {error["field"] for error in errors} == {"script"}
    assert spent(server) - before < AFFORDABLE


def test_a_script_whose_points_are_no_numbers_makes_no_run(server: Server, client: httpx.Client) -> None:
    server.wait_until("engine", "sandbox")
    script = LESSON.replace("x.pow(2)", "x.log()")
    [error] = refused(client.post("/api/runs/from-script", json={"script": script}))["errors"]
    assert "no number" in error["message"]


def test_no_address_of_a_run_gets_into_a_header_or_a_file_name(client: httpx.Client) -> None:
    for what in ("script", "notebook", "weights?format=pt", "losses.csv"):
        refused(client.get(f"/api/runs/a%0d%0aX-Mine:%201%22/{what}"), 404)
        told = client.get(f"{Run(client).path}/{what}").headers["content-disposition"]
        assert told in {
            f'attachment; filename="{name}"' for name in ("net.py", "net.ipynb", "net.pt", "losses.csv")
        }


@pytest.mark.parametrize(
    "shape",
    [
        "," * 250_000, '"' * 250_000, '"a' * 100_000, "1," * 120_000, ("9" * 2500 + ",1\n") * 100,
        "\n" * 250_000, "\r" * 250_000, "1 " * 120_000, "e" * 250_000, "1e" + "9" * 250_000 + ",1",
        "\x1c" * 250_000, ("," * 248 + "\n") * 1000,
    ],
    ids=range(12),
)  # fmt: skip
def test_a_table_of_any_shape_costs_little(server: Server, client: httpx.Client, shape: str) -> None:
    before = spent(server)
    answer = client.post("/api/points", json={"csv": shape})
    assert answer.status_code in (200, 413, 422)
    assert len(answer.content) < 300_000
    assert spent(server) - before < AFFORDABLE
