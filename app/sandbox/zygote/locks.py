"""The rights that the zygote and its children give up for good."""

import contextlib
import functools
import operator
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


Held = frozenset[str]
"""The names of namespaces, as in `Features`."""
NAMESPACES = {
    "network_namespace": kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC,
    "process_namespace": kernel.CLONE_NEWPID,
    "mount_namespace": kernel.CLONE_NEWNS,
    "other_namespaces": kernel.CLONE_NEWUTS | kernel.CLONE_NEWCGROUP,
}
"""What to leave, and how the kernel calls it."""


def leave_namespaces() -> Held:
    """Move into namespaces with nothing in them, as many as the kernel allows.

    Needs a process with one thread. An unprivileged user gets there through a user namespace, whose
    capabilities `leave_user` drops. The process namespace is that of the children to come.
    """
    ordinary = 0 if os.geteuid() == 0 else kernel.CLONE_NEWUSER
    for names in (NAMESPACES, {"network_namespace": NAMESPACES["network_namespace"]}):
        try:
            kernel.unshare(ordinary | functools.reduce(operator.or_, names.values()))
        except OSError:
            continue
        return frozenset(names)
    return frozenset()


def become_first() -> None:
    """Go on as the first process of the process namespace; this one waits for its end, and then ends."""
    pid = os.fork()
    if pid != 0:
        os.closerange(3, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        _, status = os.waitpid(pid, 0)
        os._exit(abs(os.waitstatus_to_exitcode(status)))
    die_with_parent()


def die_with_parent() -> None:
    """Be killed when the process that made this one ends, however it ends."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)


def leave_files() -> bool:
    """Go on in an empty root, if this process has a mount namespace of its own."""
    try:
        kernel.empty_root("/proc")
    except OSError:
        return False
    return True


def leave_user() -> bool:
    """Go on without capabilities and, if root may change, as nobody in a user namespace of its own.

    Whether this is not root (any more).
    """
    if os.getuid() == 0:
        with contextlib.suppress(PermissionError):
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
        with contextlib.suppress(OSError):
            kernel.unshare(kernel.CLONE_NEWUSER)
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
    """Be killed when the zygote ends, however it ends."""
    die_with_parent()
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
    # The import fails where there is no libseccomp. `probe` is first with both: a child can read no file.
    from app.sandbox.zygote import seccomp  # noqa: PLC0415

    kernel.filter_calls(seccomp.compiled())


def probe(held: Held) -> Features:
    """Find out in a throw-away process which of the locks this kernel grants."""
    with contextlib.suppress(ImportError, OSError, RuntimeError):
        import_module("app.sandbox.zygote.seccomp").compiled()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(writer, _tried(held).model_dump_json().encode())
        finally:
            os._exit(0)
    os.close(writer)
    found = os.read(reader, 4096)
    os.close(reader)
    os.waitpid(pid, 0)
    return Features.model_validate_json(found)


def _tried(held: Held) -> Features:
    if "mount_namespace" in held:
        kernel.unshare(kernel.CLONE_NEWNS)  # for the root is the whole namespace's
        empty_root = leave_files()
    else:
        empty_root = False
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
        seccomp=seccomp,
        landlock=landlock,
        network_namespace="network_namespace" in held,
        process_namespace="process_namespace" in held,
        empty_root=empty_root,
        other_namespaces="other_namespaces" in held,
        unprivileged=unprivileged,
    )
