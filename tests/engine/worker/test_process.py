"""The engine process itself, spoken to over a bare socket."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app import frames
from app.engine.commands import AnyCommand, Create, EngineOptions, Play, Request, Watch
from app.engine.reports import REPORT, AnyReport, Feed, Noted, Ready, Reply, Saved
from app.engine.worker.process import EngineProcess
from app.frames import LENGTHS, Deframer, frame
from app.protocol.runs import RunConfig
from app.protocol.snapshots import PackedSnapshot
from tests.server import PATIENCE
from tests.training.device import DEVICE

ROOT = Path(frames.__file__).parents[1]
OPTIONS = EngineOptions(
    device=DEVICE.type,
    max_runs=10,
    run_memory=10**7,
    runs_memory=10**9,
    run_retention=60,
    snapshots_per_second=60,
)


class Peer:
    """The other end of an engine process."""

    def __init__(self, ours: socket.socket, process: psutil.Process) -> None:
        self.socket = ours
        self.process = process
        self.deframer = Deframer()
        self.received = 0

    def send(self, number: int, command: AnyCommand) -> None:
        request = Request(number=number, command=command)
        self.socket.sendall(frame(request.model_dump_json().encode()))

    def reports(self) -> Iterator[tuple[AnyReport, bytes]]:
        """What it says, until it says nothing more."""
        while data := self.socket.recv(1 << 16):
            self.received += len(data)
            for header, payload in self.deframer.feed(data):
                yield REPORT.validate_json(header), payload

    def wait_until_idle(self) -> None:
        """Until it has used no processor time for two seconds: a busy machine may just have given it none."""
        deadline = time.monotonic() + PATIENCE
        before, still = -1.0, 0
        while still < 4:
            assert time.monotonic() < deadline, "it never came to rest"
            now = sum(self.process.cpu_times()[:2])
            before, still = now, still + 1 if now == before else 0
            time.sleep(0.5)


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    """A process for all tests, which ends quietly after them."""
    ours, theirs = socket.socketpair()
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)  # so that it is soon full
    with ours, theirs:
        ours.settimeout(PATIENCE)
        command = [sys.executable, "-m", "app.engine", str(theirs.fileno()), OPTIONS.model_dump_json()]
        process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        theirs.close()
        try:
            yield Peer(ours, psutil.Process(process.pid))
        finally:
            ours.close()
            _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (0, "")


def test_a_client_that_does_not_read_stops_nothing_costs_little_and_misses_no_loss(peer: Peer) -> None:
    n_steps = 4000
    peer.send(1, Create(run_id="a", config=RunConfig(max_steps=n_steps)))
    peer.send(2, Watch(run_id="a"))
    peer.send(3, Play(run_id="a", steps_per_second=None))
    peer.wait_until_idle()
    losses: list[float] = []
    last_step = 0
    for report, payload in peer.reports():
        if not isinstance(report, Feed):
            assert isinstance(report, Noted | Ready | Reply | Saved)
            continue
        (entry,) = report.entries(payload)
        assert entry.losses_from == len(losses) + 1
        losses += memoryview(entry.losses).cast("f").tolist()
        last_step = PackedSnapshot(entry.snapshot).step
        assert last_step == len(losses)
        if last_step == n_steps:
            break
    assert len(losses) == n_steps
    # All losses, and the few pictures that found room in the socket: none were kept for later.
    assert peer.received < 4 * n_steps + 100_000


def test_pictures_come_no_faster_than_asked_for(peer: Peer) -> None:
    peer.send(4, Create(run_id="b", config=RunConfig(max_steps=100_000)))
    peer.send(5, Watch(run_id="b"))
    start = time.monotonic()
    peer.send(6, Play(run_id="b", steps_per_second=None))
    frames = 0
    for report, _ in peer.reports():
        frames += isinstance(report, Feed)
        if frames == 100:
            break
    # As run, and one each of watching and of playing. A busy machine only makes them fewer.
    assert frames - 2 <= 60 * (time.monotonic() - start)


@pytest.mark.parametrize(
    "nonsense",
    [b"GET / HTTP/1.1\r\n\r\n" * 10, LENGTHS.pack(2**32 - 1, 0), LENGTHS.pack(2, 0) + b"{}", b""],
    ids=["http", "absurd length", "not a request", "nothing"],
)
def test_told_nonsense_it_ends_quietly(nonsense: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(nonsense)
        ours.shutdown(socket.SHUT_WR)
        EngineProcess(theirs, OPTIONS).serve()
        theirs.close()
        assert ours.recv(1) == b""
