"""A server that is killed while a class answers: what was acknowledged is there, for the same members."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from tests.server import Server, wait_for
from tests.store.test_restart import Again, everything, kill

CHOICES = [f"choice {i}" for i in range(8)]
MEMBERS = 6


class Member:
    """Somebody who answers again and again. asked: the last answer. acknowledged: the last that was."""

    def __init__(self, url: str, joined: dict[str, Any]) -> None:
        self.path = f"{url}/api/rooms/{joined['id']}"
        self.number: int = joined["member_id"]
        self.headers = {"Authorization": f"Bearer {joined['member_token']}"}
        self.acknowledged: int | None = None
        self.asked = 0
        self.n = 0

    def answer_until_refused(self, transport: httpx.HTTPTransport) -> None:
        with httpx.Client(transport=transport, headers=self.headers, timeout=180) as client:
            while True:
                self.n += 1
                self.asked = self.n % len(CHOICES)
                given = {"kind": "choice", "choice": self.asked}
                try:
                    answer = client.put(f"{self.path}/questions/1/answer", json=given)
                except httpx.TransportError:
                    return
                assert answer.status_code == 200, answer.text
                self.acknowledged = self.asked


def test_what_a_class_answered_survives_the_loss_of_every_process(tmp_path: Path) -> None:
    again = Again(tmp_path)
    with again.life() as server, server.client() as client:
        made = client.post("/api/rooms", json={"names": "own"}).json()
        path, owner = f"/api/rooms/{made['id']}", {"Authorization": f"Bearer {made['owner_token']}"}
        members = [
            Member(
                server.url, client.post(f"/api/rooms/{made['code']}/members", json={"name": f"M{i}"}).json()
            )
            for i in range(MEMBERS)
        ]
        poll = {"text": "?", "about": {"kind": "poll", "choices": CHOICES}}
        assert client.post(f"{path}/questions", json=poll, headers=owner).status_code == 201
        transports = [httpx.HTTPTransport(verify=False) for _ in members]
        with ThreadPoolExecutor(MEMBERS) as pool:
            answering = [
                pool.submit(member.answer_until_refused, transport)
                for member, transport in zip(members, transports, strict=True)
            ]
            wait_for(lambda: all(member.n > 5 for member in members))
            kill(everything(server))
            for each in answering:
                each.result()
    with again.life() as server, server.client() as client:
        check(server, client, path, owner, members)


def check(
    server: Server, client: httpx.Client, path: str, owner: dict[str, str], members: list[Member]
) -> None:
    """All answers are there, and the members are the same."""
    revealed = client.post(f"{path}/questions/1/reveal", headers=owner)
    assert revealed.status_code == 202
    results = client.get(f"{path}/results.json?names=1", headers=owner).json()
    assert [one["name"] for one in results["members"]] == [f"M{i}" for i in range(MEMBERS)]
    found = {one["member"]: one["answer"]["choice"] for one in results["questions"][0]["rounds"][0]}
    for member in members:
        assert found[member.number] in (member.acknowledged, member.asked)
        mine = client.patch(
            f"{path}/members/{member.number}", json={"consents": True}, headers=member.headers
        )
        assert mine.status_code == 200
    assert client.delete(path, headers=owner).status_code == 204
    assert client.get(f"{path}/results.json", headers=owner).status_code == 404
