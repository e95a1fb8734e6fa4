"""The zygote: the process that imports torch once and forks a child per program. It never sees a program.

It is started by `app.sandbox.client.process` with an empty environment, speaks `app.sandbox.messages`, and
ends when the web process does.
"""

import gc
import os
import resource
import selectors
import socket
from importlib import import_module
from pathlib import Path

from app.protocol.arithmetic import ARITHMETIC
from app.sandbox import paper
from app.sandbox.features import Features
from app.sandbox.messages import FORK, Confined, Ended, Forked, Ready
from app.sandbox.zygote import child, hugepages, locks
from app.sandbox.zygote.jobs import Jobs

KEPT = {"LC_CTYPE", "OMP_NUM_THREADS", "MKL_NUM_THREADS"}
"""Of the environment, which begins empty: what torch set is of no use to a program."""


def main(link: socket.socket, jobs_module: str, memory: int, cpu_seconds: int) -> None:
    """Confine this process, warm up the `JOBS` of `jobs_module`, and fork children until `link` closes.

    memory, cpu_seconds: bytes and seconds that a child may take beyond those of this process.
    """
    locks.offer_first_to_oom_killer()
    held = locks.leave_namespaces()
    if "process_namespace" in held:
        locks.become_first()
    features = locks.probe(held)
    link.send(Confined(features=features).model_dump_json().encode())

    # OpenMP with two threads deadlocks after a fork; on a shared machine one is enough anyway.
    os.environ.update(ARITHMETIC, OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
    jobs: Jobs = import_module(jobs_module).JOBS
    jobs.warm_up()
    for name in os.environ.keys() - KEPT:
        del os.environ[name]
    if len(list(Path("/proc/self/task").iterdir())) != 1:
        raise RuntimeError("the warm-up started a thread, which no child would have")
    gc.collect()
    gc.freeze()
    hugepages.collapse()

    size, resident = _sizes()
    _silence()
    if features.empty_root:
        locks.leave_files()
    locks.leave_user()
    locks.die_with_parent()  # again: who changes user forgets it
    link.send(Ready().model_dump_json().encode())
    limits = locks.Limits(memory=size + memory, cpu_seconds=cpu_seconds)
    Zygote(link, limits, features, jobs, resident).run()


def _sizes() -> tuple[int, int]:
    """The address space and the resident memory of this process, in bytes."""
    size, resident = Path("/proc/self/statm").read_text(encoding="ascii").split()[:2]
    return int(size) * resource.getpagesize(), int(resident) * resource.getpagesize()


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


class Zygote:
    """Forks children on demand and reaps them. resident: bytes of memory that every child starts with."""

    def __init__(
        self, link: socket.socket, limits: locks.Limits, features: Features, jobs: Jobs, resident: int
    ) -> None:
        self._link = link
        self._limits = limits
        self._features = features
        self._jobs = jobs
        self._resident = resident
        self._pid = os.getpid()
        self._selector = selectors.DefaultSelector()

    def run(self) -> None:
        """Serve until the web process has ended."""
        self._selector.register(self._link, selectors.EVENT_READ)
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is not self._link:
                    self._reap(key.fd, pid=key.data)
                elif self._link.recv(len(FORK)) == FORK:
                    self._fork()
                else:
                    return

    def _fork(self) -> None:
        theirs, ours = socket.socketpair()
        with theirs, ours:
            sheet = paper.new()
            pid = os.fork()
            if pid == 0:
                child.serve(ours.fileno(), sheet, self._pid, self._limits, self._features, self._jobs)
            pidfd = os.pidfd_open(pid)
            self._selector.register(pidfd, selectors.EVENT_READ, data=pid)
            forked = Forked(pid=pid).model_dump_json().encode()
            socket.send_fds(self._link, [forked], [theirs.fileno(), pidfd, sheet])
            os.close(sheet)

    def _reap(self, pidfd: int, pid: int) -> None:
        self._selector.unregister(pidfd)
        os.close(pidfd)
        _, status, usage = os.wait4(pid, 0)
        ended = Ended(
            pid=pid,
            signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
            memory=max(0, usage.ru_maxrss * 1024 - self._resident),
        )
        self._link.send(ended.model_dump_json().encode())
