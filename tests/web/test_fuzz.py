"""Whatever is sent, the answer is a problem that can be read, never a fault of ours."""

import json

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue, ValidationError

from app.main import create_app
from app.protocol.patches import merge_patch
from app.protocol.problems import Problem
from app.protocol.runs import RunConfig
from app.protocol.stream import CLIENT_MESSAGE
from app.settings import Settings
from app.web.edge.catalogue import Language
from app.web.edge.connection import not_valid
from app.web.edge.problems import problem_of
from app.web.edge.validation import NotValid
from app.web.runs.connection import Connection
from tests.web.languages import CHINESE, ENGLISH

NAMES = sorted(
    {"type", "name", "lr", "hidden", "config", "count", "step", "steps_per_second", "format", "owner_token"}
    | set(RunConfig.model_fields)
    | {"target", "n_samples", "x_min", "x_max", "activation", "betas", "gamma", "milestones", "momentum"}
)
WORDS = [
    "SGD",
    "Adam",
    "StepLR",
    "hello",
    "play",
    "update",
    "step",
    "ack",
    "ReLU",
    "MSELoss",
    "",
    "\u202e",
    "\ud800",
]

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(WORDS)
    | st.sampled_from([10**400, -1, 0, 1e308, 65])
)
names = st.sampled_from(NAMES) | st.text(max_size=5)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names, inner, max_size=6),
    max_leaves=20,
)


@pytest.fixture(scope="module")
def client() -> httpx.AsyncClient:
    """The application without its processes: what is accepted is answered 503."""
    transport = httpx.ASGITransport(create_app(Settings(rate_limit=0)))
    return httpx.AsyncClient(transport=transport, base_url="http://localhost")


def explained(error: NotValid, language: Language) -> None:
    """Hold a refusal to having words."""
    problem = problem_of(error, language)
    assert problem.detail
    assert problem.errors or problem.status == 400
    Problem.model_validate_json(problem.model_dump_json())


quickly = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("path", ["/api/runs", "/api/gradients"])
@quickly
@given(values)
async def test_any_json_is_answered(client: httpx.AsyncClient, path: str, value: JsonValue) -> None:
    body = json.dumps(value).encode()
    for language in ("en", "zh"):
        headers = {"Content-Type": "application/json", "Accept-Language": language}
        answer = await client.post(path, content=body, headers=headers)
        assert answer.status_code in (400, 422, 503)
        Problem.model_validate_json(answer.content)


@pytest.mark.parametrize("before", ['{"seed": ', '{"model": {"hidden": ', '{"program": ', '{"type": '])
async def test_any_depth_is_answered(client: httpx.AsyncClient, before: str) -> None:
    for depth in (10, 100, 200, 300, 500, *range(700, 1000, 5), 5000):
        body = before + "[" * depth + "]" * depth + "}" * before.count("{")
        answer = await client.post("/api/runs", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422), depth
        Problem.model_validate_json(answer.content)
        with pytest.raises(ValidationError) as error:
            CLIENT_MESSAGE.validate_json(body)
        explained(not_valid(error.value, Connection.records), ENGLISH)


@quickly
@given(st.binary(max_size=200))
async def test_any_bytes_are_answered(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/api/runs", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422, 503)
    Problem.model_validate_json(answer.content)


@quickly
@given(values.map(json.dumps) | st.text(max_size=50))
def test_any_socket_message_is_understood_or_explained(text: str) -> None:
    try:
        CLIENT_MESSAGE.validate_json(text.encode("utf-8", "replace"))
    except ValidationError as error:
        for language in (ENGLISH, CHINESE):
            explained(not_valid(error, Connection.records), language)


@quickly
@given(st.dictionaries(names, values, max_size=5))
def test_any_patch_gives_a_config_or_is_explained(patch: dict[str, JsonValue]) -> None:
    merged = merge_patch(RunConfig().model_dump(mode="json"), patch)
    try:
        RunConfig.model_validate(merged)
    except ValidationError as error:
        explained(NotValid(error.errors(), RunConfig), CHINESE)
