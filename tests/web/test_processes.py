"""The server's processes: how it starts, what it survives, how it ends."""

import asyncio
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from app.__main__ import address, listen, main
from app.main import confine
from app.sandbox.client.sandbox import Sandbox
from app.sandbox.features import Insecure
from app.settings import Settings
from tests.server import PATIENCE, Held, Server, lives, running_server, wait_for
from tests.store.test_restart import UNSANDBOXED, stored_step
from tests.web.owner import Run
from tests.web.sockets import following, losses_of


def test_nothing_of_the_web_process_imports_torch() -> None:
    program = (
        "import sys\n"
        "from app.main import create_app\n"
        "from app.settings import Settings\n"
        "create_app(Settings()).openapi()\n"
        "print('torch' in sys.modules, 'numpy' in sys.modules)\n"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert found.stdout == "False False\n"


def test_the_running_web_process_never_maps_torch(server: Server, client: httpx.Client) -> None:
    Run(client).step(1)
    maps = psutil.Process(server.process.pid).memory_maps()
    assert not [m.path for m in maps if "torch" in m.path]
    assert [m.path for m in server.engine().memory_maps() if "torch" in m.path]


@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1"])
def test_the_address_that_is_printed_is_one_of_this_machine(host: str) -> None:
    own = {found.address for found in chain.from_iterable(psutil.net_if_addrs().values())}
    with listen(host, 0) as listener:
        printed = urlsplit(address(listener))
        assert printed.hostname in own
        with socket.create_connection((printed.hostname, printed.port or 0), timeout=PATIENCE):
            pass


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Held:
    return Held(tmp_path_factory.mktemp("held"))


@pytest.fixture(scope="module")
def warming(tmp_path_factory: pytest.TempPathFactory, held: Held) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("fragile") / "log"
    with running_server(log, PLAYGROUND_OWNER_GRACE="0.5", **held.settings) as server:
        yield server


@pytest.fixture(scope="module")
def fragile(warming: Server, held: Held) -> Server:
    """A server for tests to break: the last ends it."""
    held.go()
    return warming


def test_pages_are_served_while_torch_is_still_being_imported(warming: Server, held: Held) -> None:
    with warming.client() as client:
        assert client.get("/").status_code == 200
        assert client.get("/calculator").status_code == 200
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
        refused = client.post("/api/runs", json={})
        assert refused.status_code == 503
        assert refused.headers["content-type"] == "application/problem+json"
        assert int(refused.headers["retry-after"]) >= 1
        assert "warming up" in refused.json()["detail"]
        assert client.get("/healthz").json()["status"] == "alive"
        held.go()
        warming.wait_until("engine")
        assert client.post("/api/runs", json={}).status_code == 201


async def test_a_killed_engine_is_told_and_replaced_and_the_same_socket_goes_on(fragile: Server) -> None:
    fragile.wait_until("engine")
    with fragile.client() as client:
        run = Run(client, {"max_steps": 20_000})
        async with following(fragile, run, owner=True) as stream:
            await stream.say("step", count=50)
            before = losses_of(await stream.hear_until("paused"))
            fragile.engine().kill()
            failed = await stream.hear()
            assert (failed["type"], failed["problem"]["status"]) == ("failed", 503)
            started = await stream.hear()
            assert started["type"] == "started"
            after = await stream.hear_until("paused")
            assert losses_of(after) == before
            await stream.say("step", count=1)
            assert (await stream.hear_until("paused"))[-1]["step"] == 51


def test_of_what_is_killed_nothing_is_left_and_all_is_replaced(fragile: Server) -> None:
    fragile.wait_until("engine", "sandbox")
    web = psutil.Process(fragile.process.pid)
    with fragile.client() as client:
        run = Run(client)
        run.step(5)
        n_processes, n_descriptors = settled(fragile)
        for victim in fragile.family():
            with suppress(psutil.NoSuchProcess):  # ended with the one before
                victim.kill()
        while (refused := client.get(run.path)).status_code == 200:
            pass
        assert refused.status_code == 503
        assert "retry-after" in refused.headers
        wait_for(lambda: client.get(run.path).status_code == 200)
        assert run.step(1)["step"] == 6
        asked = {"program": "print(6 * 7)"}
        wait_for(lambda: client.post("/api/gradients", json=asked).json().get("printed") == "42\n")
        wait_for(lambda: len(fragile.family()) == n_processes and web.num_fds() <= n_descriptors)


def settled(server: Server) -> tuple[int, int]:
    """How many processes and descriptors it has once all children are there."""
    web, children = psutil.Process(server.process.pid), Settings().sandbox_children
    wait_for(lambda: len(server.family()) >= children + 2)
    return len(server.family()), web.num_fds()


async def test_a_run_whose_owner_left_is_paused_after_a_while(fragile: Server) -> None:
    fragile.wait_until("engine")
    with fragile.client() as client:
        run = Run(client, {"max_steps": 100_000})
        async with following(fragile, run, owner=True) as stream:
            await stream.say("play", steps_per_second=10)
            await stream.hear_until("playing")
        async with following(fragile, run) as viewer:
            assert (await viewer.hear())["run"]["status"] == "playing"
            assert (await viewer.hear_until("paused"))[-1]["step"] < 100_000


async def test_sigterm_ends_everything_in_time_whatever_goes_on(fragile: Server) -> None:
    fragile.wait_until("engine")
    with fragile.client() as client:
        run, long = Run(client, {"max_steps": 100_000}), Run(client, {"max_steps": 100_000})
        async with (
            following(fragile, run, owner=True) as owner,
            following(fragile, run) as silent,
            following(fragile, run, over="http") as plain,
            httpx.AsyncClient(base_url=fragile.url, timeout=PATIENCE) as waiting,
        ):
            await owner.say("play")
            await owner.hear_until("snapshot")
            await silent.hear()
            steps = asyncio.create_task(
                waiting.post(f"{long.path}/steps", json={"count": 100_000}, headers=long.owner)
            )
            endless = asyncio.create_task(
                waiting.post("/api/gradients", json={"program": "while True: pass"})
            )
            await asyncio.to_thread(wait_for, lambda: long.state()["status"] == "playing")
            reached = (await owner.hear_until("snapshot"))[-1]["step"]
            family = fragile.family()
            spent = -seconds_of([psutil.Process(fragile.process.pid), *family]) - seconds_of_children()
            fragile.process.send_signal(signal.SIGTERM)
            assert (await owner.closed())[0] in (1001, 1012)
            assert (await plain.closed())[0] == 1012
            assert await asyncio.to_thread(fragile.process.wait, PATIENCE) is not None
            await asyncio.wait([steps, endless])
            wait_for(lambda: not any(lives(member) for member in family))
            assert spent + seconds_of_children() < 10
            assert stored_step(fragile.log.parent, run) >= reached


def seconds_of(processes: list[psutil.Process]) -> float:
    """Processor time that they have taken."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def seconds_of_children() -> float:
    """Processor time of all processes that have ended and were started here."""
    return sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


def test_a_port_that_is_taken_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("PLAYGROUND_PORT", str(port))
        monkeypatch.setattr(sys, "argv", ["app"])
        with pytest.raises(SystemExit) as ended:
            main()
    assert f"127.0.0.1:{port} is taken by another program" in str(ended.value.code)


def test_a_second_server_is_refused_the_same_folder(server: Server) -> None:
    second = subprocess.run(
        [sys.executable, *UNSANDBOXED],
        env={**os.environ, "PLAYGROUND_PORT": "0", "PLAYGROUND_DATA_DIR": str(server.log.parent / "data")},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert "Another server uses what is stored." in second.stderr
    assert server.process.poll() is None


@pytest.mark.parametrize(
    ("variable", "value"),
    [("PLAYGROUND_PORT", "many"), ("PLAYGROUND_SNAPSHOTS_PER_SECOND", "0"), ("PLAYGROUND_MAX_RUNS", "-1")],
)
def test_a_setting_that_is_not_allowed_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    monkeypatch.setattr(sys, "argv", ["app"])
    monkeypatch.setattr("app.__main__.serve", lambda _: pytest.fail("it was started"))
    with pytest.raises(SystemExit) as ended:
        main()
    assert str(ended.value.code).startswith(f"{variable}: ")


async def test_a_machine_that_cannot_confine_programs_gets_no_server(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox, sent = Sandbox(Settings()), list[int]()

    async def refuse() -> None:
        raise Insecure("no seccomp here")

    monkeypatch.setattr(sandbox, "start", refuse)
    monkeypatch.setattr(signal, "raise_signal", sent.append)
    await confine(sandbox)
    assert sent == [signal.SIGTERM]
    assert "no seccomp here" in caplog.text
