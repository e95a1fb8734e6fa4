"""Bad requests: each gets a problem that names the field, the value and what is allowed."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.web.owner import Run

PROBLEM = "application/problem+json"


def refused(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem that an answer carries."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert problem["type"].startswith("/problems/")
    assert problem["title"]
    assert problem["detail"]
    return problem


@pytest.fixture(scope="module")
def nobody_else_notices(server: Any) -> Iterator[None]:
    """A run made before all of this goes on afterwards as if nothing had happened."""
    with server.client() as client:
        run = Run(client)
        run.step(5)
        yield
        assert run.step(5) == Run(client).step(10)


pytestmark = pytest.mark.usefixtures("nobody_else_notices")

CONFIGS: list[tuple[dict[str, Any], str, str]] = [
    ({"optimiser": {}}, "optimiser", "there is no such field; the fields here are seed, data, model, loss,"),
    (
        {"optimizer": {"lrr": 1}},
        "optimizer.lrr",
        "lrr is not a setting of SGD; its settings are lr, momentum",
    ),
    (
        {"optimizer": {"name": "Adam", "momentum": 0.9}},
        "optimizer.momentum",
        "momentum is not a setting of Adam; its settings are lr, betas, eps, weight_decay, amsgrad",
    ),
    ({"optimizer": {"name": []}}, "optimizer.name", "[] is not allowed; it must be one of 'SGD', 'Adam'"),
    ({"optimizer": {"nesterov": True}}, "optimizer.nesterov", "nesterov needs momentum above 0 and"),
    ({"scheduler": {"name": "StepLR"}}, "scheduler.step_size", "this field is required"),
    ({"scheduler": {"gamma": 0.5}}, "scheduler.name", "this field is required"),
    ({"scheduler": {"name": "Cosine"}}, "scheduler.name", "must be one of 'StepLR', 'MultiStepLR'"),
    (
        {"batch_size": 101},
        "batch_size",
        "batch_size (101) must be at most the number of points to learn from (100)",
    ),
    ({"optimizer": {"lr": "abc"}}, "optimizer.lr", '"abc" is not allowed; it must be a finite number'),
    ({"optimizer": {"lr": 0}}, "optimizer.lr", "0 is not allowed; it must be at least 1e-10"),
    ({"optimizer": {"lr": 1e9}}, "optimizer.lr", "1000000000.0 is not allowed; it must be at most 1000"),
    ({"optimizer": {"lr": None}}, "optimizer.lr", "null is not allowed; it must be a finite number"),
    ({"optimizer": {"name": "Sgd"}}, "optimizer.name", "\"Sgd\" is not allowed; it must be one of 'SGD'"),
    ({"optimizer": 3}, "optimizer", "3 is not allowed; it must be an object with fields"),
    ({"model": {"hidden": [100000]}}, "model.hidden[0]", "100000 is not allowed; it must be at most 64"),
    ({"model": {"hidden": [0]}}, "model.hidden[0]", "0 is not allowed; it must be at least 1"),
    ({"model": {"hidden": [1] * 5}}, "model.hidden", "5 values are too many; at most 4 are allowed"),
    ({"model": {"hidden": 10}}, "model.hidden", "10 is not allowed; it must be a list"),
    ({"model": {"hidden": [1.5]}}, "model.hidden[0]", "1.5 is not allowed; it must be a whole number"),
    ({"model": {"activation": "relu"}}, "model.activation", '"relu" is not allowed; it must be one of'),
    ({"data": {"n_samples": -1}}, "data.n_samples", "-1 is not allowed; it must be at least 2"),
    ({"data": {"x_min": 2, "x_max": 1}}, "data.x_min", "x_min (2.0) must be less than x_max (1.0)"),
    ({"seed": 10**40}, "seed", "is not allowed; it must be at most 2147483647"),
    ({"loop": {"zero_grad": "perhaps"}}, "loop.zero_grad", '"perhaps" is not allowed; it must be true or'),
    ({"loop": {"zero_grad": "no"}}, "loop.zero_grad", '"no" is not allowed; it must be true or false'),
    ({"loop": {"step": 0}}, "loop.step", "0 is not allowed; it must be true or false"),
    ({"seed": True}, "seed", "true is not allowed; it must be a whole number"),
    ({"max_steps": "5"}, "max_steps", '"5" is not allowed; it must be a whole number'),
    ({"optimizer": {"lr": "0.1"}}, "optimizer.lr", '"0.1" is not allowed; it must be a finite number'),
    ({"loss": "\u202e\x07"}, "loss", '"\\u202e\\u0007" is not allowed'),
]


@pytest.mark.parametrize(("config", "field", "message"), CONFIGS, ids=[str(c[0])[:40] for c in CONFIGS])
def test_a_config_that_is_not_allowed_names_field_value_and_what_is(
    client: httpx.Client, config: dict[str, Any], field: str, message: str
) -> None:
    problem = refused(client.post("/api/runs", json=config), 422)
    assert [error["field"] for error in problem["errors"]] == [field]
    assert message in problem["errors"][0]["message"]
    assert field in problem["detail"]


@pytest.mark.parametrize(("config", "field", "message"), CONFIGS, ids=[str(c[0])[:40] for c in CONFIGS])
def test_a_patch_is_held_to_the_same(
    client: httpx.Client, config: dict[str, Any], field: str, message: str
) -> None:
    if config == {"optimizer": {"lr": None}}:
        pytest.skip("in a merge patch null means the default")
    run = Run(client)
    problem = refused(client.patch(run.path, json=config, headers=run.owner), 422)
    assert [error["field"] for error in problem["errors"]] == [field]
    assert message in problem["errors"][0]["message"]
    assert client.get(run.path).json()["config"] == run.created["config"]


def test_not_a_number_is_refused_although_python_would_read_it(client: httpx.Client) -> None:
    for text in ("NaN", "Infinity", "1e999"):
        body = f'{{"optimizer": {{"lr": {text}}}}}'
        answer = client.post("/api/runs", content=body, headers={"Content-Type": "application/json"})
        assert refused(answer, 422)["errors"][0]["field"] == "optimizer.lr"


def test_several_mistakes_are_all_named(client: httpx.Client) -> None:
    problem = refused(client.post("/api/runs", json={"seed": -1, "data": {"n_samples": 1}}), 422)
    assert {error["field"] for error in problem["errors"]} == {"seed", "data.n_samples"}
    assert problem["detail"] == "2 values are not allowed."


def test_thousands_of_mistakes_are_not_all_named(client: httpx.Client) -> None:
    config = {f"field_{i}": i for i in range(3000)}
    assert len(refused(client.post("/api/runs", json=config), 422)["errors"]) == 20


@pytest.mark.parametrize("count", [0, -1, 10**9, 1.5, "many", None, [1]])
def test_steps_are_counted_within_bounds(client: httpx.Client, count: object) -> None:
    run = Run(client)
    problem = refused(client.post(f"{run.path}/steps", json={"count": count}, headers=run.owner), 422)
    assert problem["errors"][0]["field"] == "count"
    assert client.get(run.path).json()["step"] == 0


@pytest.mark.parametrize("first_step", ["0", "-1", "x", "1.5", "99999999999999999999"])
def test_losses_begin_at_a_step(client: httpx.Client, first_step: str) -> None:
    problem = refused(client.get(f"{Run(client).path}/losses?from={first_step}"), 422)
    assert problem["errors"][0]["field"] == "from"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"not json", b"\xff\xfe", b'{"a": 1}}', b"[" * 100_000, b"1" * 5000, b"\x00", b"{'a': 1}"],
    ids=lambda body: repr(body[:8]),
)
def test_what_is_not_json_is_malformed(client: httpx.Client, body: bytes) -> None:
    answer = client.post("/api/gradients", content=body, headers={"Content-Type": "application/json"})
    refused(answer, 400 if body not in (b"", b"1" * 5000) else answer.status_code)
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize("body", ["null", "[]", "1", '"text"', "true"])
def test_json_that_is_no_object_is_refused(client: httpx.Client, body: str) -> None:
    answer = client.post("/api/gradients", content=body, headers={"Content-Type": "application/json"})
    refused(answer, 422)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
@pytest.mark.parametrize("path", ["/api/runs", "/api/gradients"])
def test_only_json_is_read(client: httpx.Client, kind: str, path: str) -> None:
    headers = {"Content-Type": kind} if kind else {}
    refused(client.post(path, content=b'{"program": ""}', headers=headers), 415)


def test_a_body_over_the_cap_is_refused(client: httpx.Client) -> None:
    problem = refused(client.post("/api/gradients", json={"program": "#" * 200_000}), 413)
    assert "131072" in problem["detail"]


def test_a_body_that_hides_its_length_is_refused_as_soon_as_it_is_over_the_cap(client: httpx.Client) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"program": "'
        for _ in range(100):
            yield b"#" * 65536

    answer = client.post("/api/gradients", content=chunks(), headers={"Content-Type": "application/json"})
    refused(answer, 413)


def test_a_program_over_its_own_cap_is_refused(client: httpx.Client) -> None:
    problem = refused(client.post("/api/gradients", json={"program": "#" * 70_000}), 422)
    assert problem["errors"] == [
        {"field": "program", "message": "too long; at most 65536 characters are allowed"}
    ]


@pytest.mark.parametrize("path", ["/nowhere", "/api", "/api/runs/", "/static/x/y.js", "/static", "/docs"])
def test_what_is_not_there_is_404(client: httpx.Client, path: str) -> None:
    refused(client.get(path), 404)


@pytest.mark.parametrize("run_id", ["no-such-run", "..%2f..", "%00", "\u202e", "x" * 5000])
def test_an_unknown_run_is_404(client: httpx.Client, run_id: str) -> None:
    refused(client.get(f"/api/runs/{run_id}"), 404)
    refused(client.get(f"/api/runs/{run_id}/losses"), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/", {"GET", "HEAD"}),
        ("GET", "/api/runs", {"POST"}),
        ("PUT", "/api/runs/x", {"GET", "PATCH", "DELETE"}),
        ("GET", "/api/gradients", {"POST"}),
        ("DELETE", "/healthz", {"GET"}),
        ("OPTIONS", "/api/runs", {"POST"}),
    ],
)
def test_a_method_that_an_address_does_not_take_is_405(
    client: httpx.Client, method: str, path: str, allowed: set[str]
) -> None:
    answer = client.request(method, path)
    refused(answer, 405)
    assert set(answer.headers["allow"].split(", ")) == allowed


def test_problems_are_in_the_readers_language(client: httpx.Client) -> None:
    english = refused(client.get("/api/runs/none"), 404)
    chinese = refused(client.get("/api/runs/none", headers={"Accept-Language": "zh-CN,zh;q=0.9"}), 404)
    assert english["title"].isascii()
    assert not chinese["title"].isascii()
    assert not chinese["detail"].isascii()
    assert chinese["type"] == english["type"]


def test_the_language_chosen_on_the_page_counts_more_than_the_browsers(client: httpx.Client) -> None:
    client.get("/calculator?lang=zh")
    chinese = refused(client.get("/api/runs/none", headers={"Accept-Language": "en"}), 404)
    assert not chinese["title"].isascii()
