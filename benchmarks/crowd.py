"""Members of a room in one process: `python -m benchmarks.crowd ADDRESS CODE RUN COUNT`.

They arrive all at once, as browsers do: the page, the name, the room's socket, a run of their own from the
teacher's, and the sockets of both runs. A line on standard input has them go on: their runs play, and at the
next line each answers the room's question at some moment of one second. After each part a line of JSON tells
of it.
"""

import asyncio
import json
import random
import sys
import time
from dataclasses import dataclass, field
from typing import TypeVar

import httpx

from benchmarks.viewers import Seen, Socket, Viewer

PATIENCE = 120.0
"""Seconds until the room has an answer."""
CONNECTIONS = 100
"""For requests, at once."""
SPREAD = 1.0
"""Seconds within which all answer."""


S = TypeVar("S", bound=Socket)


class Seat(Socket):
    """A member's connection with the room. state: the room as it was told last."""

    def __init__(self, host: str, room: str, token: str) -> None:
        super().__init__(host)
        self.path = f"/api/rooms/{room}/stream"
        self._token = token
        self.state: dict[str, object] = {}
        self.changed = asyncio.Event()

    def opened(self) -> None:
        """Say who this is."""
        self.say({"type": "hello", "role": "member", "token": self._token})

    def heard(self, payload: bytes, *, is_text: bool) -> None:
        """Take the room in."""
        message = json.loads(payload)
        if message["type"] == "room":
            self.state = message
            self.changed.set()

    async def answer(self) -> float:
        """Answer the question. Seconds until the room has told so."""
        await asyncio.sleep(random.random() * SPREAD)
        began = time.perf_counter()
        self.say({"type": "answer", "question": 1, "answer": {"kind": "choice", "choice": 0}})
        async with asyncio.timeout(PATIENCE):
            while (self.state["question"] or {}).get("own") in (None, [None]):  # type: ignore[attr-defined]
                self.changed.clear()
                await self.changed.wait()
        return time.perf_counter() - began


@dataclass
class Crowd:
    """The members of this process, and what they see of their own runs and of the teacher's."""

    address: str
    code: str
    run: str
    seen: Seen = field(default_factory=Seen)
    seats: list[Seat] = field(default_factory=list)
    viewers: list[Viewer] = field(default_factory=list)

    async def arrive(self, client: httpx.AsyncClient) -> None:
        """One more member: all that a browser asks for until it shows the room."""
        await read(client, "GET", f"/room/{self.code}")
        room = (await read(client, "GET", f"/api/rooms/{self.code}")).json()["id"]
        joined = (await read(client, "POST", f"/api/rooms/{self.code}/members", {})).json()
        seat = await self._open(Seat(self.address, room, joined["member_token"]))
        await seat.changed.wait()
        own = (await read(client, "POST", f"/api/runs/{self.run}/fork", {"step": 0})).json()
        theirs = f"/api/rooms/{room}/members/{joined['member_id']}"
        await read(client, "PATCH", theirs, {"run": own["id"]}, joined["member_token"])
        self.seats.append(seat)
        for run_id, token in ((own["id"], own["owner_token"]), (self.run, "")):
            self.viewers.append(await self._open(Viewer(self.address, run_id, token, self.seen, plays=False)))

    async def _open(self, socket: S) -> S:
        host, _, port = self.address.partition(":")
        await asyncio.get_running_loop().create_connection(lambda: socket, host, int(port))
        return socket


async def read(
    client: httpx.AsyncClient, method: str, path: str, body: object = None, token: str = ""
) -> httpx.Response:
    """An answer that is no refusal."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return (await client.request(method, path, json=body, headers=headers)).raise_for_status()


async def told() -> None:
    """Wait for a line."""
    await asyncio.to_thread(sys.stdin.readline)


async def main(address: str, code: str, run: str, count: int) -> None:
    """Arrive, have the runs played, answer; tell of each."""
    crowd = Crowd(address, code, run)
    began = time.perf_counter()
    # A connection for each request: one that is kept may be closed by the server just when it is used again.
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=0)
    async with httpx.AsyncHTTPTransport(limits=limits) as transport:
        # Each member is a browser, with cookies of their own.
        clients = [
            httpx.AsyncClient(base_url=f"http://{address}", transport=transport, timeout=PATIENCE)
            for _ in range(count)
        ]
        await asyncio.gather(*map(crowd.arrive, clients))
    print(json.dumps({"arrived": time.perf_counter() - began}), flush=True)
    await told()
    for viewer in crowd.viewers:
        viewer.play()
    await told()
    for viewer in crowd.viewers:
        viewer.measured_from = time.perf_counter()
    waited = await asyncio.gather(*(seat.answer() for seat in crowd.seats))
    print(
        json.dumps({"waited": waited, "intervals": crowd.seen.intervals, "lost": crowd.seen.lost}), flush=True
    )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
