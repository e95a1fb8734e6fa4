"""The system calls that a locked child may make."""

import errno
import os
from functools import cache

import pyseccomp  # type: ignore[import-untyped]

ALLOWED = (
    "brk",
    "clock_gettime",
    "clock_nanosleep",
    "close",
    "exit",
    "exit_group",
    "futex",
    "getpid",
    "getrandom",
    "gettid",
    "gettimeofday",
    "lseek",
    "madvise",
    "mremap",
    "munmap",
    "nanosleep",
    "read",
    "restart_syscall",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "sched_getaffinity",
    "sched_yield",
    "sigaltstack",
    "write",
)
ALLOWED_WITHOUT_EXECUTION = ("mmap", "mprotect")
"""Allowed only for memory that cannot hold code; both take the protection as their third argument."""
FATAL = (
    "bpf",
    "execve",
    "execveat",
    "io_uring_enter",
    "io_uring_register",
    "io_uring_setup",
    "kill",
    "process_vm_readv",
    "process_vm_writev",
    "ptrace",
    "tkill",
)
"""Calls that no program makes by accident: they kill it. Any call in no list fails with EPERM."""
PROT_EXEC = 4


@cache
def compiled() -> bytes:
    """The filter as the kernel takes it. The zygote makes it once: each child would take 2 ms to."""
    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    for name in ALLOWED:
        rules.add_rule(pyseccomp.ALLOW, name)
    for name in ALLOWED_WITHOUT_EXECUTION:
        rules.add_rule(pyseccomp.ALLOW, name, pyseccomp.Arg(2, pyseccomp.MASKED_EQ, PROT_EXEC, 0))
    for name in FATAL:
        rules.add_rule(pyseccomp.KILL_PROCESS, name)
    with os.fdopen(os.memfd_create("seccomp"), "w+b") as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()
