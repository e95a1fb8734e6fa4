"""Each lock by itself, with the others left open: two have to fail before anything is reached."""

import functools
import os
import subprocess
import sys

import pytest

from app.sandbox.client.process import ROOT
from app.sandbox.features import Features
from tests.oracle import Oracle

PROGRAM = """
import ctypes, os, pyseccomp, resource, socket, sys
sys.path.insert(0, sys.argv[2])
from app.sandbox.zygote import kernel, locks, seccomp
def attempt(action):
    try:
        action()
    except Exception as error:
        print(type(error).__name__, getattr(error, "errno", None), flush=True)
    else:
        print("did it", flush=True)
def answer(program):
    reader, writer = os.pipe()
    if (pid := os.fork()) == 0:
        try:
            os.dup2(writer, 1)
            exec(program)
            os._exit(0)
        except BaseException as error:
            print(repr(error), flush=True)
            os._exit(1)
    os.close(writer)
    with open(reader) as said:
        text = said.read().strip()
    return text, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
"""
FORKS = Oracle(PROGRAM, str(os.getpid()), str(ROOT))
"""Has imported what the locks need; each question is put to a process forked from it."""

DENIED = "PermissionError 13"
REFUSED = "PermissionError 1"
NO_DESCRIPTOR = "OSError 24"
NO_NETWORK = "OSError 101"
SIGSYS = 31

LANDLOCK = "kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1); kernel.landlock_deny_all()"
SECCOMP = "kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1); locks._load_seccomp()"
LIMITS = "locks._set_limits(locks.Limits(memory=2**31, cpu_seconds=1))"
NETWORK = "assert 'network_namespace' in locks.leave_namespaces()"
PROCESSES = "assert 'process_namespace' in locks.leave_namespaces(); locks.become_first()"
FILES = "assert locks.leave_namespaces(); assert locks.leave_files()"
USER = "assert locks.leave_user()"

CONNECT = "socket.create_connection(('127.0.0.1', 9), timeout=1)"
SEND = "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))"


NEEDED = {
    "seccomp": SECCOMP,
    "landlock": LANDLOCK,
    "network_namespace": NETWORK,
    "process_namespace": PROCESSES,
    "empty_root": FILES,
    "unprivileged": USER,
}


@functools.cache
def available() -> dict[str, bool]:
    """Which locks this machine grants."""
    program = "import sys; sys.path.insert(0, sys.argv[1]); from app.sandbox.zygote import locks; "
    program += "held = locks.leave_namespaces(); 'process_namespace' in held and locks.become_first(); "
    program += "print(locks.probe(held).model_dump_json(), flush=True)"
    done = subprocess.run([sys.executable, "-c", program, str(ROOT)], capture_output=True, check=True)
    features = Features.model_validate_json(done.stdout)
    return {**features.model_dump(), "landlock": features.landlock >= 6}


def outcome(lock: str, action: str) -> tuple[str, int]:
    """What a process of its own says that raises one lock and then tries something, and what ended it."""
    missing = [feature for feature, needed in NEEDED.items() if needed in lock and not available()[feature]]
    if missing:
        pytest.skip(f"this machine grants no {missing[0]}")
    said, status = FORKS.ask(f"{lock}\nattempt(lambda: {action})")
    return said, status


@pytest.mark.parametrize(
    ("lock", "action", "said"),
    [
        ("", "open('/etc/hosts')", "did it"),
        (LANDLOCK, "open('/etc/hosts')", DENIED),
        (LANDLOCK, "open('/proc/self/status')", DENIED),
        (LANDLOCK, "open('/dev/null', 'w')", DENIED),
        (LANDLOCK, "os.listdir('/')", DENIED),
        (LANDLOCK, "os.mkdir('/tmp/canary')", DENIED),
        (LANDLOCK, "os.execv('/bin/true', ['true'])", DENIED),
        (LANDLOCK, CONNECT, DENIED),
        (LANDLOCK, "os.kill(os.getppid(), 0)", REFUSED),
        (LIMITS, "open('/etc/hosts')", NO_DESCRIPTOR),
        (LIMITS, "socket.socket()", NO_DESCRIPTOR),
        (LIMITS, "os.memfd_create('x')", NO_DESCRIPTOR),
        (LIMITS, "bytearray(2**32)", "MemoryError None"),
        (USER + ";" + LIMITS, "os.fork()", "BlockingIOError 11"),
        (USER, "open('/proc/1/environ')", DENIED),
        (NETWORK, CONNECT, NO_NETWORK),
        (NETWORK, SEND, NO_NETWORK),
        (PROCESSES, "os.kill(int(sys.argv[1]), 0)", "ProcessLookupError 3"),
        (PROCESSES, "os.getpid() == 1 or 1 / 0", "did it"),
        (FILES, "open('/etc/hosts')", "FileNotFoundError 2"),
        (FILES, "os.mkdir('/canary')", "OSError 30"),
        (FILES, "os.chdir('..') or os.listdir('.') == [] or 1 / 0", "did it"),
        (SECCOMP, "open('/etc/hosts')", REFUSED),
        (SECCOMP, "os.fork()", REFUSED),
        (SECCOMP, "socket.socket()", REFUSED),
        (SECCOMP, "os.getppid() == -1 or 1 / 0", "did it"),
        (SECCOMP, "resource.setrlimit(resource.RLIMIT_CPU, (1, 1))", "ValueError None"),
    ],
)
def test_a_lock_alone_refuses(lock: str, action: str, said: str) -> None:
    assert outcome(lock, action) == (said, 0)


def test_who_is_nobody_cannot_be_root_again() -> None:
    assert outcome(USER, "os.setuid(0)") in {
        (REFUSED, 0),
        ("OSError 22", 0),
    }  # in a user namespace: no such user


@pytest.mark.parametrize(
    "action",
    [
        "os.execv('/bin/true', ['true'])",
        "os.kill(os.getpid(), 0)",
        "ctypes.CDLL(None).ptrace(0, 0, 0, 0)",
        "ctypes.CDLL(None).syscall(pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, 'bpf'), 0)",
    ],
)
def test_seccomp_alone_ends_a_process_that_tries(action: str) -> None:
    assert outcome(SECCOMP, action) == ("", -SIGSYS)


def test_the_processor_limit_alone_ends_a_process() -> None:
    assert outcome(LIMITS, "9**9**9") == ("", -24)


def test_a_child_of_a_zygote_that_is_already_gone_does_not_start() -> None:
    assert outcome("", "locks._die_with(1234567)") == ("ProcessLookupError None", 0)
