"""A run as its owner has it, over REST."""

from typing import Any

import httpx


class Run:
    """A new run on the server that `client` talks to. owner: the headers that allow changing it."""

    def __init__(self, client: httpx.Client, config: dict[str, Any] | None = None) -> None:
        answer = client.post("/api/runs", json=config or {})
        assert answer.status_code == 201, answer.text
        self.client = client
        self.created: dict[str, Any] = answer.json()
        self.id: str = self.created["id"]
        self.token: str = self.created["owner_token"]
        self.path: str = answer.headers["location"]
        self.owner = {"Authorization": f"Bearer {self.token}"}

    def state(self, language: str = "en") -> dict[str, Any]:
        """The run's state."""
        state: dict[str, Any] = self.client.get(self.path, headers={"Accept-Language": language}).json()
        return state

    def patch(self, settings: dict[str, Any]) -> None:
        """Change settings."""
        assert self.client.patch(self.path, json=settings, headers=self.owner).status_code == 200

    def reset(self) -> None:
        """Back to the initial weights."""
        assert self.client.post(f"{self.path}/reset", headers=self.owner).status_code == 200

    def losses(self) -> list[float | None]:
        """The losses of all steps taken."""
        losses: list[float | None] = self.client.get(f"{self.path}/losses").json()["losses"]
        return losses

    def step(self, count: int) -> dict[str, Any]:
        """Take steps; the snapshot after them."""
        answer = self.client.post(f"{self.path}/steps", json={"count": count}, headers=self.owner)
        assert answer.status_code == 200, answer.text
        snapshot: dict[str, Any] = answer.json()
        return snapshot

    def delete(self) -> None:
        """Forget it."""
        assert self.client.delete(self.path, headers=self.owner).status_code == 204
