"""The system calls that a locked child may make."""

import errno

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


def compiled() -> pyseccomp.SyscallFilter:
    """The filter, ready to be loaded into the calling process for good."""
    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    for name in ALLOWED:
        rules.add_rule(pyseccomp.ALLOW, name)
    for name in ALLOWED_WITHOUT_EXECUTION:
        rules.add_rule(pyseccomp.ALLOW, name, pyseccomp.Arg(2, pyseccomp.MASKED_EQ, PROT_EXEC, 0))
    for name in FATAL:
        rules.add_rule(pyseccomp.KILL_PROCESS, name)
    return rules
