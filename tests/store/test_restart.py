"""The server, killed and started again: what was acknowledged is there, with the very numbers."""

import json
import os
import random
import socket
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from app.settings import Settings
from tests.server import PATIENCE, Server, lives, running_server, wait_for
from tests.web.in_process import in_thread
from tests.web.owner import Run
from tests.web.sockets import following, losses_of

KILLS = int(os.environ.get("KILLS", "3"))
RUNS = int(os.environ.get("RUNS", "6"))
SEEDS = range(1, 1 + int(os.environ.get("SEEDS", "1")))
"""For a night: 200 kills, 200 runs."""
MOST_BETWEEN = 10 * min(RUNS, 30)
"""Most changes between two kills: to bring many runs back and look at all of them takes long enough."""
STEPS_MORE = 400
LONGEST = 200
"""Most steps of one request."""


UNSANDBOXED = ("-m", "tests.store.unsandboxed")


class Again:
    """A server that is started again where it was. It runs no programs."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            self._port = other.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._folder = folder
        self._lives = 0

    @contextmanager
    def life(self, **settings: str) -> Iterator[Server]:
        """The server, until the context is left or it is killed."""
        self._lives += 1
        log = self._folder / f"log{self._lives}"
        settings |= {"PLAYGROUND_PORT": str(self._port), "PLAYGROUND_RATE_LIMIT": "0"}
        with running_server(log, UNSANDBOXED, **settings) as server:
            server.wait_until("engine")
            yield server


def kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    wait_for(lambda: not any(lives(process) for process in processes))


def everything(server: Server) -> list[psutil.Process]:
    return [psutil.Process(server.process.pid), *server.family()]


VICTIMS: dict[str, Callable[[Server], list[psutil.Process]]] = {
    "the web process": lambda server: everything(server)[:1],
    "the engine": lambda server: [server.engine()],
    "everything": everything,
}


class Person:
    """Somebody with a run, who changes it again and again, and remembers what was acknowledged.

    doubtful: what was asked for and not answered, with the key by which it may be asked for again.
    """

    def __init__(self, client: httpx.Client, number: int, seed: int) -> None:
        self.random = random.Random(f"{seed} {number}")
        # No two have the same settings, so that each trains alone, as after a restart.
        hidden = [number % 20 + 2, number // 20 + 2]
        self.run = Run(client, {"model": {"hidden": hidden}, "seed": number, "max_steps": 100_000})
        self.config = self.run.created["config"]
        self.snapshot = client.get(f"{self.run.path}/snapshots/0").json()
        self.doubtful: tuple[str, Any, str] | None = None
        self.n_done = 0

    def act(self, client: httpx.Client) -> None:
        """Ask for something, and note the answer."""
        key = f"{self.random.getrandbits(128):032x}"
        kind, what = self.random.choice(
            [
                ("steps", self.random.randint(1, LONGEST)),
                ("config", self.random.choice([0.1, 0.05, 0.02, 0.01])),
                ("edit", self.random.random()),
                ("reset", None),
            ]
        )
        self.doubtful = kind, what, key
        self.finish(client)
        self.n_done += 1

    def finish(self, client: httpx.Client) -> None:
        """Ask for what is doubtful, perhaps once more."""
        assert self.doubtful is not None
        kind, what, key = self.doubtful
        match kind:
            case "steps":
                before = self.snapshot["step"]
                self.snapshot = self.ask(client, "POST", "/steps", {"count": what}, key)
                assert self.snapshot["step"] == before + what
            case "config":
                self.config = self.ask(client, "PATCH", "", {"optimizer": {"lr": what}}, key)["config"]
            case "edit":
                change = {"name": "predict.bias", "index": [0], "value": what}
                self.snapshot = self.ask(client, "POST", "/parameters", change, key)
            case _:
                self.ask(client, "POST", "/reset", None, key)
                self.snapshot = client.get(f"{self.run.path}/snapshots/0").raise_for_status().json()
        self.doubtful = None

    def ask(self, client: httpx.Client, method: str, path: str, body: Any, key: str) -> Any:
        headers = {**self.run.owner, "Idempotency-Key": key}
        answer = client.request(method, self.run.path + path, json=body, headers=headers)
        return answer.raise_for_status().json()

    def act_until_refused(self, client: httpx.Client) -> None:
        """Act until there is no server, or no engine."""
        try:
            while True:
                self.act(client)
        except httpx.TransportError:
            pass
        except httpx.HTTPStatusError as error:
            if error.response.status_code != 503:
                raise

    def check(self, client: httpx.Client) -> None:
        """Look whether all is there, as soon as the server can tell: an engine may be replaced once more."""
        wait_for(partial(self.is_there, client))

    def is_there(self, client: httpx.Client) -> bool:
        """Look whether all is there. Returns whether the server could tell."""
        try:
            self.compare(client)
        except httpx.HTTPStatusError as error:
            if error.response.status_code != 503:
                raise
            return False
        return True

    def compare(self, client: httpx.Client) -> None:
        """Compare what is there, once what was doubtful is asked for again: nothing is done twice."""
        if self.doubtful is not None:
            self.finish(client)
        now = client.get(self.run.path).raise_for_status().json()
        assert now["config"] == self.config
        assert now["step"] == self.snapshot["step"]
        at = client.get(f"{self.run.path}/snapshots/{now['step']}").raise_for_status().json()
        assert numbers_of(at) == numbers_of(self.snapshot)
        # Still the owner, and nobody else is.
        client.patch(self.run.path, json={"stop_loss": None}, headers=self.run.owner).raise_for_status()
        assert client.post(f"{self.run.path}/reset", headers={"Authorization": "Bearer x"}).status_code == 403


def numbers_of(snapshot: dict[str, Any]) -> dict[str, Any]:
    """All but the learning rate, which the next step takes."""
    return {name: value for name, value in snapshot.items() if name != "lr"}


@contextmanager
def clients_of(server: Server) -> Iterator[list[httpx.Client]]:
    """A client for each person: threads that share one take each other's connections away.

    They keep no connection: the server closes one that is idle, perhaps just when a request is sent on it.
    """
    none_kept = httpx.Limits(max_keepalive_connections=0)
    with ExitStack() as stack:
        transports = [httpx.HTTPTransport(verify=False, limits=none_kept) for _ in range(RUNS)]
        yield [
            stack.enter_context(httpx.Client(base_url=server.url, timeout=PATIENCE, transport=each))
            for each in transports
        ]


def answered(people: list[Person]) -> int:
    return sum(person.n_done for person in people)


def reaches(people: list[Person], enough: int) -> bool:
    return answered(people) >= enough


@pytest.mark.timeout(300 * KILLS)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_acknowledged_survives_whatever_is_killed(tmp_path: Path, seed: int) -> None:
    again, chance = Again(tmp_path), random.Random(seed)
    order = chance.sample([*VICTIMS.values()], len(VICTIMS))
    kills = [order[number % len(order)] for number in range(KILLS)]
    people: list[Person] = []
    lives_on = False
    while not lives_on:
        with again.life(PLAYGROUND_MAX_RUNS="4000") as server, clients_of(server) as clients:
            people = people or [Person(client, number, seed) for number, client in enumerate(clients)]
            with ThreadPoolExecutor(RUNS) as pool:
                list(pool.map(Person.check, people, clients))
                while (lives_on := server.process.poll() is None) and kills:
                    enough = answered(people) + chance.randint(1, MOST_BETWEEN)
                    acting = [
                        pool.submit(person.act_until_refused, client)
                        for person, client in zip(people, clients, strict=True)
                    ]
                    wait_for(partial(reaches, people, enough))
                    kill(kills.pop()(server))
                    for each in acting:
                        each.result()
                    if server.process.poll() is None:
                        list(pool.map(Person.check, people, clients))


async def test_a_page_goes_on_by_itself(tmp_path: Path) -> None:
    again, config = Again(tmp_path), {"max_steps": 100_000, "optimizer": {"lr": 0.01}}
    with again.life() as server, server.client() as client:
        run = Run(client, config)
        async with following(server, run, owner=True) as page:
            await page.say("play", steps_per_second=200)
            heard = [message for _ in range(30) for message in await page.hear_until("snapshot")]
            wait_for(lambda: stored_step(tmp_path, run) > 0)
            kill(everything(server))
    losses = losses_of(heard)
    with in_thread(Settings(data_dir=tmp_path / "data")) as next_one, next_one.client() as client:
        async with following(next_one, run, owner=True, losses_from=len(losses) + 1) as page:
            started = (await page.hear_until("started"))[-1]
            assert started["control"]
            assert started["run"]["config"] == run.created["config"]
            while len(losses) <= STEPS_MORE:
                message = (await page.hear_until("snapshot"))[-1]
                losses[message["losses_from"] - 1 :] = message["losses"]
            await page.say("pause")
            await page.hear_until("paused")
        run.client = client
        assert run.losses()[: len(losses)] == losses
        twin = Run(client, config)
        twin.step(len(losses))
        assert twin.losses() == losses


def stored_step(folder: Path, run: Run) -> int:
    """The step at which a run is stored."""
    with sqlite3.connect(folder / "data" / "playground.db") as file:
        (state,) = file.execute("SELECT state FROM runs WHERE id = ?", (run.id,)).fetchone()
    file.close()
    step: int = json.loads(state)["step"]
    return step
