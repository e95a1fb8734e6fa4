"""System calls that Python has no function for. Linux only; each raises OSError if the kernel refuses."""

import ctypes
import os
import platform

_libc = ctypes.CDLL(None, use_errno=True)

# prctl(2)
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
PR_SET_NO_NEW_PRIVS = 38

# unshare(2)
CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

# mount(2), umount2(2)
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_REC, MS_PRIVATE = 0x4000, 0x40000
MNT_DETACH = 2

# pivot_root(2), which libc has no function for, by machine
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}

# madvise(2)
MADV_COLLAPSE = 25

# landlock(7); these numbers are the same on every architecture
LANDLOCK_CREATE_RULESET = 444
LANDLOCK_RESTRICT_SELF = 446
LANDLOCK_CREATE_RULESET_VERSION = 1

# All rights that the ABI of that version can forbid: on files, on TCP, and on reaching other processes.
_FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_NETWORK = {4: (1 << 2) - 1}
_SCOPE = {6: (1 << 2) - 1}


class _Ruleset(ctypes.Structure):
    """`struct landlock_ruleset_attr`; an older kernel accepts the longer form when the rest is zero."""

    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Filter(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


INSTRUCTION = 8
"""Bytes of one instruction of a filter."""
LINUX_CAPABILITY_VERSION_3 = 0x20080522


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def prctl(option: int, value: int) -> None:
    """Set one attribute of this process."""
    _checked(_libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0))


def filter_calls(instructions: bytes) -> None:
    """Let a filter decide on every system call of this process, for good. Needs no_new_privs."""
    program = _Filter(len(instructions) // INSTRUCTION, instructions)
    _checked(_libc.prctl(PR_SET_SECCOMP, ctypes.c_ulong(SECCOMP_MODE_FILTER), ctypes.byref(program), 0, 0))


def unshare(flags: int) -> None:
    """Move to new, empty namespaces of the kinds in `flags`."""
    _checked(_libc.unshare(flags))


def empty_root(place: str) -> None:
    """Make an empty folder that nobody can write to the root of this mount namespace, and forget the old one.

    place: any folder, to mount it on.
    """
    still = MS_NOSUID | MS_NODEV | MS_NOEXEC
    _checked(_libc.mount(None, b"/", None, ctypes.c_ulong(MS_REC | MS_PRIVATE), None))
    _checked(_libc.mount(b"none", place.encode(), b"tmpfs", ctypes.c_ulong(still), b"size=4k,mode=555"))
    os.chdir(place)
    if platform.machine() not in PIVOT_ROOT:
        raise OSError("pivot_root: unknown machine")
    _checked(_libc.syscall(PIVOT_ROOT[platform.machine()], b".", b"."))
    _checked(_libc.umount2(b".", MNT_DETACH))
    os.chdir("/")
    _checked(_libc.mount(None, b"/", None, ctypes.c_ulong(MS_REMOUNT | MS_RDONLY | still), None))


def drop_capabilities() -> None:
    """Give up every capability."""
    header = _CapabilityHeader(LINUX_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _checked(_libc.capset(ctypes.byref(header), nothing))


def collapse(start: int, length: int) -> None:
    """Move a range of this process's memory to huge pages."""
    _checked(_libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), MADV_COLLAPSE))


def landlock_version() -> int:
    """The kernel's landlock ABI. Raises: OSError: there is none."""
    return _checked(
        _libc.syscall(LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), LANDLOCK_CREATE_RULESET_VERSION)
    )


def landlock_deny_all() -> int:
    """Give up every right that landlock knows, for good. Needs no_new_privs. Returns the ABI."""
    version = landlock_version()
    ruleset = _Ruleset(_newest(_FILES, version), _newest(_NETWORK, version), _newest(_SCOPE, version))
    descriptor = _checked(
        _libc.syscall(
            LANDLOCK_CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(ctypes.sizeof(ruleset)), 0
        )
    )
    try:
        _checked(_libc.syscall(LANDLOCK_RESTRICT_SELF, descriptor, 0))
    finally:
        os.close(descriptor)
    return version


def _newest(rights: dict[int, int], version: int) -> int:
    """What `version` knows of a table that maps the version a set of rights came with to that set."""
    return max((mask for since, mask in rights.items() if since <= version), default=0)
