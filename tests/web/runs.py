"""A run as its owner has it."""

from typing import Any

import httpx


class Run:
    """A new run on the server that `client` talks to. owner: the headers that allow changing it."""

    def __init__(self, client: httpx.Client, config: dict[str, Any] | None = None) -> None:
        answer = client.post("/api/runs", json=config or {})
        assert answer.status_code == 201, answer.text
        self.created: dict[str, Any] = answer.json()
        self.id: str = self.created["id"]
        self.token: str = self.created["owner_token"]
        self.path: str = answer.headers["location"]
        self.owner = {"Authorization": f"Bearer {self.token}"}
