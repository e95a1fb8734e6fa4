"""A stand-in for the server's scripts, so that the page's side of them is tested by itself."""

import json
from typing import Any

from playwright.sync_api import Page, Route

SCRIPT = """\
import torch

optimizer = torch.optim.SGD(net.parameters(), lr={lr})
for t in range({max_steps}):
    prediction = net(x)
    loss = loss_func(prediction, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""
LINES = {"forward": 5, "loss": 6, "zero_grad": 7, "backward": 8, "step": 9}


def serve_scripts(page: Page, read: dict[str, Any] | str, note: str | None = None) -> None:
    """Answers for `POST /api/scripts` and `POST /api/scripts/read`. read: a config, or why there is none."""
    notes = [] if note is None else [{"line": 3, "message": note}]

    def write(route: Route) -> None:
        config = json.loads(route.request.post_data or "")
        script = SCRIPT.format(lr=config["optimizer"]["lr"], max_steps=config["max_steps"])
        route.fulfill(json={"script": script, "lines": LINES})

    def answer(route: Route) -> None:
        if isinstance(read, dict):
            route.fulfill(json={"config": read, "notes": notes})
            return
        errors = [{"field": "script", "message": read}]
        problem = {"type": "about:blank", "title": "", "status": 422, "detail": read, "errors": errors}
        headers = {"Content-Type": "application/problem+json"}
        route.fulfill(status=422, headers=headers, body=json.dumps(problem))

    page.route("**/api/scripts", write)
    page.route("**/api/scripts/read", answer)
