"""The answers that `/openapi.json` shows as examples: the real server's, to requests that keep them short."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx

from app.setup.step import ROOT

EXAMPLES = ROOT / "app" / "web" / "examples.json"
PROGRAM = "import torch\nx = torch.tensor(3., requires_grad=True)\n(x * x).backward()\nprint(x.grad)"
CONFIG = {"data": {"n_samples": 4}, "model": {"hidden": [2]}}


class Request(NamedTuple):
    """A call. path: as `/openapi.json` has it; the run is the one made last."""

    method: str
    path: str
    body: Any = None

    @property
    def name(self) -> str:
        """What its answer is kept under."""
        return f"{self.method} {self.path}"


REQUESTS = (
    Request("POST", "/api/gradients", {"program": PROGRAM}),
    Request("GET", "/api/options"),
    Request("POST", "/api/runs", CONFIG),
    Request("POST", "/api/runs/{run_id}/steps", {"count": 3}),
    Request("GET", "/api/runs/{run_id}/losses"),
    Request("POST", "/api/runs/{run_id}/lines", {"count": 2}),
    Request("POST", "/api/runs/{run_id}/parameters", {"name": "hidden.bias", "index": [0], "value": 0.5}),
    Request("PATCH", "/api/runs/{run_id}", {"optimizer": {"lr": 0.05}}),
    Request("GET", "/api/runs/{run_id}"),
    Request("POST", "/api/runs/{run_id}/reset"),
    Request("GET", "/healthz"),
    Request("GET", "/readyz"),
)


def answers(client: httpx.Client) -> Iterator[tuple[Request, Any]]:
    """Send all of them in turn. Yields what the server answers; of a long list its first items."""
    run: dict[str, Any] = {}
    for request in REQUESTS:
        answer = client.request(
            request.method,
            request.path.format(run_id=run.get("id")),
            content=b"" if request.body is None else json.dumps(request.body).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {run.get('owner_token')}",
            },
        ).raise_for_status()
        real = answer.json()
        if request.name == "POST /api/runs":
            run = real
        yield request, real


def write(client: httpx.Client) -> None:
    """Keep the present answers as the examples."""
    kept = {request.name: real for request, real in answers(client)}
    EXAMPLES.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
