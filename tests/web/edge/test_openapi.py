"""The description at `/openapi.json`, held against what the server does."""

from typing import Any

import httpx
import pytest

from tests.server import Server


@pytest.fixture(scope="module")
def document(server: Server) -> dict[str, Any]:
    with server.client() as client:
        description: dict[str, Any] = client.get("/openapi.json").json()
    return description


def test_every_address_is_described_in_words_and_with_its_refusals(document: dict[str, Any]) -> None:
    assert set(document["paths"]) == {
        "/api/answers",
        "/api/comparisons",
        "/api/comparisons/{comparison_id}",
        "/api/drills",
        "/api/drills/{kind}",
        "/api/gradients",
        "/api/options",
        "/api/points",
        "/api/questions",
        "/api/runs",
        "/api/runs/{run_id}",
        "/api/runs/{run_id}/figure",
        "/api/runs/{run_id}/fork",
        "/api/runs/{run_id}/lines",
        "/api/runs/{run_id}/losses",
        "/api/lessons",
        "/api/lessons/{lesson}",
        "/api/lessons/{lesson}/steps/{number}/check",
        "/api/lessons/{lesson}/steps/{number}/reveal",
        "/api/runs/{run_id}/losses/figure",
        "/api/runs/{run_id}/norms",
        "/api/runs/{run_id}/losses.csv",
        "/api/runs/{run_id}/notebook",
        "/api/runs/{run_id}/script",
        "/api/runs/{run_id}/weights",
        "/api/runs/from-script",
        "/api/scripts",
        "/api/scripts/read",
        "/api/runs/{run_id}/parameters",
        "/api/runs/{run_id}/reset",
        "/api/runs/{run_id}/snapshots",
        "/api/runs/{run_id}/snapshots/{step}",
        "/api/runs/{run_id}/steps",
        "/api/rooms",
        "/api/rooms/{code}",
        "/api/rooms/{code}/members",
        "/api/rooms/{room_id}",
        "/api/rooms/{room_id}/derivations",
        "/api/rooms/{room_id}/derivations/{number}",
        "/api/rooms/{room_id}/experiment",
        "/api/rooms/{room_id}/experiment/play",
        "/api/rooms/{room_id}/experiment/run",
        "/api/rooms/{room_id}/lesson",
        "/api/rooms/{room_id}/lesson/play",
        "/api/rooms/{room_id}/members/{number}",
        "/api/rooms/{room_id}/owners/me",
        "/api/rooms/{room_id}/qr.svg",
        "/api/rooms/{room_id}/questions",
        "/api/rooms/{room_id}/questions/{number}/again",
        "/api/rooms/{room_id}/questions/{number}/answer",
        "/api/rooms/{room_id}/questions/{number}/close",
        "/api/rooms/{room_id}/questions/{number}/lock",
        "/api/rooms/{room_id}/questions/{number}/reveal",
        "/api/rooms/{room_id}/results.csv",
        "/api/rooms/{room_id}/results.json",
        "/api/rooms/{room_id}/tickets",
        "/api/rooms/owners",
        "/api/topics",
        "/api/{socket}/stream",
        "/api/programs/{program_id}",
        "/healthz",
        "/readyz",
    }
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["summary"]
            assert operation["description"]
            if path in ("/api/drills", "/api/lessons", "/api/options", "/api/points", "/api/topics"):
                assert "429" in operation["responses"]
            elif path == "/api/drills/{kind}":
                assert {"422", "429"} <= operation["responses"].keys()
            elif path in ("/api/programs/{program_id}", "/api/lessons/{lesson}"):
                assert {"404", "422", "429"} <= operation["responses"].keys(), path
            elif path.startswith("/api"):
                assert {"422", "429", "503"} <= operation["responses"].keys(), path


def test_refusals_are_described_as_problems(document: dict[str, Any]) -> None:
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if status >= "400" and path != "/readyz":
                    assert answer["content"] == {"application/problem+json": problem}, (path, status)


def test_the_examples_are_accepted(document: dict[str, Any], client: httpx.Client) -> None:
    examples = document["paths"]["/api/runs"]["post"]["requestBody"]["content"]["application/json"][
        "examples"
    ]
    assert examples
    for example in examples.values():
        assert client.post("/api/runs", json=example["value"]).status_code == 201


def test_every_parameter_is_described_in_words(document: dict[str, Any]) -> None:
    for operations in document["paths"].values():
        for operation in operations.values():
            assert all(parameter["description"] for parameter in operation.get("parameters", ()))


def test_whoever_takes_a_body_says_that_it_may_be_malformed(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if "requestBody" in operation:
                assert "400" in operation["responses"], (method, path)


def test_the_example_of_a_problem_is_one(document: dict[str, Any], client: httpx.Client) -> None:
    answer = client.post("/api/runs", json={"model": {"hidden": [100000]}})
    assert document["components"]["schemas"]["Problem"]["examples"] == [answer.json()]


PRIVATE = "/api/rooms/{room_id}/results", "/api/rooms/{room_id}/derivations"
"""What may not even be read without a token."""


def test_changing_calls_say_that_they_need_the_token(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            own = path.endswith(("/fork", "/stream", "/{code}/members")) or path.startswith("/api/lessons")
            wanted = path.startswith(PRIVATE) or ("{" in path and method != "get" and not own)
            assert ("security" in operation) == wanted, (method, path)
