"""Schemathesis over all of `/openapi.json`, in this process: each answer is one that is described there.

Longer, with other examples each time: pytest --hypothesis-profile=long --timeout=0 -o faulthandler_timeout=0
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.settings import Settings
from tests.web.in_process import client_of, served

schemathesis = pytest.importorskip("schemathesis", reason="needs all of requirements/dev.lock: make test")
of = pytest.importorskip("schemathesis.specs.openapi.checks")

MODE = schemathesis.GenerationMode
RIGHT, WRONG, LONGER = 6, 3, 100
"""Requests to each operation that are as described, and that are not; the long profile's multiple of both."""
TOO_LARGE, UNEXPECTED = 413, 500


class Site:
    """The application on an event loop of its own, with a run and a comparison to be called about."""

    def __init__(self, app: FastAPI, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._client = client_of(app)
        self.description = schemathesis.openapi.from_dict(app.openapi())
        self._ids: dict[str, str] = {}
        self._token = ""

    def call(self, method: str, url: str, **request: Any) -> httpx.Response:
        """The answer to a request."""
        return self._runner.run(self._client.request(method, url, **request))

    def real(self, name: str) -> str | None:
        """The id of something that exists, for a parameter of that name; None if there is no such thing."""
        place = {"run_id": "/api/runs", "comparison_id": "/api/comparisons"}.get(name)
        if place is None:
            return None
        if name not in self._ids or not self.call("GET", f"{place}/{self._ids[name]}").is_success:
            body = {"max_steps": 20} if name == "run_id" else {"vary": [{}, {"loop": {"zero_grad": False}}]}
            made = self.call("POST", place, json=body).json()
            self._ids[name], self._token = made["id"], made["owner_token"]
        return self._ids[name]

    def answer(self, case: Any, known: bool) -> httpx.Response:
        """The answer to a case. known: whether it is about something that exists, and with its token."""
        headers = {name: str(value) for name, value in (case.headers or {}).items()}
        if known:
            for name in case.path_parameters or {}:
                case.path_parameters[name] = self.real(name) or case.path_parameters[name]
            headers["Authorization"] = f"Bearer {self._token}"
        request = case.as_transport_kwargs(base_url="http://localhost")
        if "json" in request:
            body = json.dumps(request["json"]).encode()
            headers["Content-Type"] = "application/json"
        else:
            data = request.get("data")
            body = data if isinstance(data, bytes) else str(data or "").encode("utf-8", "surrogatepass")
        return self.call(
            request["method"],
            request["url"],
            params=request.get("params"),
            headers={name: value.encode("utf-8", "replace") for name, value in headers.items()},
            content=body,
        )


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        app = runner.run(stack.enter_async_context(served(Settings(rate_limit=0, max_runs_per_client=10**6))))
        yield Site(app, runner)
        runner.run(stack.aclose())


def checks(known: bool, status: int) -> list[Any]:
    """What an answer must be."""
    described = [
        of.status_code_conformance,
        of.content_type_conformance,
        of.response_schema_conformance,
        of.response_headers_conformance,
    ]
    # Schemathesis takes neither 413 for a refusal nor notices the token that was added.
    return described if known or status == TOO_LARGE else [*described, of.negative_data_rejection]


def test_every_answer_is_one_that_is_described(site: Site) -> None:
    operations = [result.ok() for result in site.description.get_all_operations()]
    assert len(operations) > 30
    longer = LONGER if settings.get_current_profile_name() == "long" else 1
    for operation in operations:
        try_out(site, operation.as_strategy(generation_mode=MODE.POSITIVE), longer * RIGHT)
        if operation.body or operation.query:
            try_out(site, operation.as_strategy(generation_mode=MODE.NEGATIVE), longer * WRONG)


def try_out(site: Site, cases: st.SearchStrategy[Any], many: int) -> None:
    """Send so many requests, and check the answers."""

    @settings(max_examples=many, suppress_health_check=list(HealthCheck), database=None)
    @given(cases, st.booleans())
    def attempt(case: Any, known: bool) -> None:
        answer = site.answer(case, known)
        assert answer.status_code != UNEXPECTED
        case.validate_response(answer, checks=checks(known, answer.status_code))

    attempt()
