"""The answers that `/openapi.json` shows as examples: the real server's, to requests that keep them short."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx
from websockets import Origin
from websockets.sync.client import connect

from tests.docs.shown import with_secrets_of
from tools.step import ROOT

EXAMPLES = ROOT / "app" / "web" / "edge" / "examples.json"
SCRIPT = """\
import torch

x = torch.unsqueeze(torch.linspace(-1, 1, 4), dim=1)
y = x.pow(2)


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = torch.nn.Linear(1, 2)
        self.predict = torch.nn.Linear(2, 1)

    def forward(self, x):
        return self.predict(torch.relu(self.hidden(x)))


torch.manual_seed(0)
net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.2)
loss_func = torch.nn.MSELoss()
for t in range(100):
    loss = loss_func(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""
PROGRAM = "import torch\nx = torch.tensor(3., requires_grad=True)\n(x * x).backward()\nprint(x.grad)"
LIVE = "for k in range(3):\n    square = k * k\nprint(square)"
GIVEN = [
    {
        "question": {"id": "grad x", "about": "grad", "name": "x", "answers": ["number"]},
        "answer": {"kind": "number", "numbers": 3},
    }
]
POLL = {"text": "Is it clear?", "about": {"kind": "poll", "choices": ["yes", "no"]}}
CONFIG = {"data": {"n_samples": 4}, "model": {"hidden": [2]}}


class Request(NamedTuple):
    """A call. path: as `/openapi.json` has it, of the first run and comparison."""

    method: str
    path: str
    body: Any = None
    query: str = ""

    @property
    def name(self) -> str:
        """What its answer is kept under."""
        return f"{self.method} {self.path}"


REQUESTS = (
    Request("POST", "/api/gradients", {"program": PROGRAM}),
    Request("GET", "/api/programs/{program_id}"),
    Request("POST", "/api/questions", {"program": PROGRAM}),
    Request("POST", "/api/answers", {"program": PROGRAM, "given": GIVEN}),
    Request("GET", "/api/drills"),
    Request("GET", "/api/drills/{kind}", query="?level=2&seed=7"),
    Request("GET", "/api/topics"),
    Request("GET", "/api/options"),
    Request("POST", "/api/points", {"csv": "x;y\n-1;0,9\n0;0,1\nthere;1,0\n"}),
    Request("POST", "/api/scripts", CONFIG),
    Request("POST", "/api/scripts/read", {"script": SCRIPT}),
    Request("POST", "/api/runs", CONFIG),
    Request("POST", "/api/runs/{run_id}/steps", {"count": 3}),
    Request("GET", "/api/runs/{run_id}/losses"),
    Request("GET", "/api/runs/{run_id}/snapshots/{step}"),
    Request("GET", "/api/runs/{run_id}/snapshots", query="?from=1&to=3&count=2"),
    Request("GET", "/api/runs/{run_id}/norms"),
    Request("GET", "/api/runs/{run_id}/weights"),
    Request("GET", "/api/runs/{run_id}/figure"),
    Request("GET", "/api/runs/{run_id}/losses/figure"),
    Request("POST", "/api/runs/{run_id}/fork", {"step": 2}),
    Request("POST", "/api/runs/{run_id}/lines", {"count": 2}),
    Request("POST", "/api/runs/{run_id}/parameters", {"name": "hidden.bias", "index": [0], "value": 0.5}),
    Request("PATCH", "/api/runs/{run_id}", {"optimizer": {"lr": 0.05}}),
    Request("GET", "/api/runs/{run_id}"),
    Request("POST", "/api/runs/{run_id}/reset"),
    Request("POST", "/api/runs/from-script", {"script": SCRIPT}),
    Request("POST", "/api/comparisons", {"config": CONFIG, "vary": [{}, {"loop": {"zero_grad": False}}]}),
    Request("GET", "/api/comparisons/{comparison_id}"),
    Request("POST", "/api/rooms", {"names": "own"}),
    Request("GET", "/api/rooms/{code}"),
    Request("POST", "/api/rooms/{code}/members", {"name": "Ann"}),
    Request("PATCH", "/api/rooms/{room_id}", {"paused": True}),
    Request("PATCH", "/api/rooms/{room_id}/members/{number}", {"name": "Anna"}),
    Request("POST", "/api/rooms/{room_id}/questions", POLL),
    Request("PUT", "/api/rooms/{room_id}/questions/{number}/answer", {"kind": "choice", "choice": 1}),
    Request("POST", "/api/rooms/{room_id}/questions/{number}/lock"),
    Request("POST", "/api/rooms/{room_id}/questions/{number}/again"),
    Request("POST", "/api/rooms/{room_id}/questions/{number}/reveal"),
    Request("POST", "/api/rooms/{room_id}/questions/{number}/close"),
    Request("POST", "/api/rooms/{room_id}/experiment", {"vary": "lr", "config": CONFIG}),
    Request("POST", "/api/rooms/{room_id}/experiment/run"),
    Request("GET", "/api/rooms/{room_id}/results.json", query="?names=1"),
    Request("POST", "/api/rooms/{room_id}/derivations", {"program": PROGRAM}),
    Request("GET", "/api/rooms/{room_id}/derivations/{number}"),
    Request("PUT", "/api/rooms/{room_id}/lesson", {"lesson": "07-learning-rate", "step": 1}),
    Request("POST", "/api/rooms/{room_id}/lesson/play"),
    Request("DELETE", "/api/rooms/{room_id}/lesson"),
    Request("POST", "/api/rooms/{room_id}/tickets"),
    Request("POST", "/api/rooms/owners", {"ticket": None}),
    Request("GET", "/api/lessons"),
    Request("GET", "/api/lessons/{lesson}"),
    Request("POST", "/api/lessons/{lesson}/steps/{number}/check", {"program": PROGRAM}),
    Request("POST", "/api/lessons/{lesson}/steps/{number}/reveal", {"answer": {"kind": "none"}}),
    Request("GET", "/healthz"),
    Request("GET", "/readyz"),
)


ROOMS = {f"POST /api/rooms{path}" for path in ("", "/{code}/members", "/{room_id}/tickets")}
"""Calls whose answers later ones need."""


def number_in(path: str) -> int:
    """Of a step of the lesson, or of a question or member of the room."""
    step = {"check": 4, "reveal": 2}
    return step.get(path.rpartition("/")[2], 1) if "lesson" in path else 1


def answers(client: httpx.Client) -> Iterator[tuple[Request, Any]]:
    """Send all of them in turn. Yields what the server answers."""
    with connected(client) as program_id:
        yield from sent(client, program_id)


@contextmanager
def connected(client: httpx.Client) -> Iterator[str]:
    """A program that has run live, as long as its socket is open."""
    address = str(client.base_url.copy_with(scheme="ws")).rstrip("/") + "/api/programs/stream"
    with connect(address, origin=Origin(str(client.base_url).rstrip("/"))) as socket:
        socket.send(json.dumps({"type": "run", "program": LIVE}))
        for message in map(json.loads, socket):
            if message["type"] == "started":
                program_id = message["id"]
            if message["type"] == "finished":
                break
        yield program_id


def sent(client: httpx.Client, program_id: str) -> Iterator[tuple[Request, Any]]:
    """Send all of them in turn."""
    run: dict[str, Any] = {}
    comparison: dict[str, Any] = {}
    room: dict[str, Any] = {}
    for request in REQUESTS:
        body = {"ticket": room["ticket"]} if request.path == "/api/rooms/owners" else request.body
        of_member = request.path.endswith(("/answer", "/experiment/run"))
        token = room.get("member_token" if of_member else "owner_token")
        answer = client.request(
            request.method,
            request.path.format(
                run_id=run.get("id"),
                step=2,
                comparison_id=comparison.get("id"),
                program_id=program_id,
                kind="chain",
                room_id=room.get("id"),
                code=room.get("code"),
                lesson="01-backward",
                number=number_in(request.path),
            )
            + request.query,
            content=b"" if body is None else json.dumps(body).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {token or run.get('owner_token')}",
            },
        ).raise_for_status()
        real = answer.json()
        if request.name == "POST /api/runs":
            run = real
        elif request.name == "POST /api/comparisons":
            comparison = real
        elif request.name in ROOMS:
            room |= real
        yield request, real


def write(client: httpx.Client) -> None:
    """Keep the present answers as the examples."""
    shown = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    kept = {request.name: with_secrets_of(shown.get(request.name), real) for request, real in answers(client)}
    EXAMPLES.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
