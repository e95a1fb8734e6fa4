"""The rights that the zygote and its children give up for good."""

import contextlib
import os
import resource
import signal
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from app.sandbox.features import Features
from app.sandbox.zygote import kernel

NOBODY = 65534
"""The user and group of a zygote that root started: Linux's overflow id, which owns nothing."""


def leave_network() -> bool:
    """Move into empty network and IPC namespaces. Returns whether the kernel allowed it.

    The process must have one thread. An unprivileged user gets there through a user namespace, whose
    capabilities `leave_user` drops.
    """
    ordinary = 0 if os.geteuid() == 0 else kernel.CLONE_NEWUSER
    try:
        kernel.unshare(ordinary | kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC)
    except OSError:
        return False
    return True


def leave_user() -> bool:
    """Drop all capabilities and, if this is root, become nobody. Returns whether the user is not root."""
    if os.getuid() == 0:
        with contextlib.suppress(PermissionError):
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
    kernel.drop_capabilities()
    return os.getuid() != 0


def offer_first_to_oom_killer() -> None:
    """Make the kernel end this process before any other when the machine runs out of memory."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


@dataclass(frozen=True)
class Limits:
    """Limits of one child.

    memory: bytes of address space, including that of the zygote. cpu_seconds: processor time.
    """

    memory: int
    cpu_seconds: int


def lock(connection: int, parent: int, limits: Limits, features: Features) -> None:
    """Raise all barriers around a child. Raises: OSError: a barrier of `features` fails to hold.

    connection: the only descriptor kept besides 0 to 2, which the zygote has opened on /dev/null.
    parent: the zygote's process id.
    """
    _close_descriptors(connection)
    _die_with(parent)
    _deny_privileges()
    if features.landlock:
        kernel.landlock_deny_all()
    _set_limits(limits)
    if features.seccomp:
        _load_seccomp()


def _close_descriptors(kept: int) -> None:
    os.closerange(3, kept)
    os.closerange(kept + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _die_with(parent: int) -> None:
    """Have the kernel kill this process when the zygote ends."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise ProcessLookupError  # The zygote ended before the line above.


def _deny_privileges() -> None:
    """Gain no rights from executed files, and let no process of the same user read this one's memory."""
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)


def _set_limits(limits: Limits) -> None:
    for name, soft, hard in (
        (resource.RLIMIT_AS, limits.memory, limits.memory),
        (
            resource.RLIMIT_CPU,
            limits.cpu_seconds,
            limits.cpu_seconds + 1,
        ),  # SIGXCPU comes first and tells why.
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NOFILE, 0, 0),
        (resource.RLIMIT_NPROC, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        resource.setrlimit(name, (soft, hard))


def _load_seccomp() -> None:
    # The import fails where there is no libseccomp. `probe` imports it first: a child can read no file.
    from app.sandbox.zygote import seccomp  # noqa: PLC0415

    seccomp.compiled().load()


def probe(network_namespace: bool) -> Features:
    """Find out in a throw-away process which barriers this kernel grants."""
    with contextlib.suppress(ImportError, OSError, RuntimeError):
        import_module("app.sandbox.zygote.seccomp")
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(writer, _tried(network_namespace).model_dump_json().encode())
        finally:
            os._exit(0)
    os.close(writer)
    found = os.read(reader, 4096)
    os.close(reader)
    os.waitpid(pid, 0)
    return Features.model_validate_json(found)


def _tried(network_namespace: bool) -> Features:
    unprivileged = leave_user()
    _deny_privileges()
    try:
        landlock = kernel.landlock_deny_all()
    except OSError:
        landlock = 0
    try:
        _load_seccomp()
    except (ImportError, OSError, RuntimeError):
        seccomp = False
    else:
        seccomp = True
    return Features(
        seccomp=seccomp, landlock=landlock, network_namespace=network_namespace, unprivileged=unprivileged
    )
