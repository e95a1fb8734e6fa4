"""Each thing the kernel must refuse to a child whatever it runs: plain Python here."""

import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pyseccomp  # type: ignore[import-untyped]
import pytest

from app.protocol.gradients import Derivation
from app.sandbox.client.sandbox import Sandbox
from app.sandbox.zygote import seccomp
from app.settings import Settings

pytestmark = pytest.mark.asyncio(loop_scope="package")

REFUSED = "PermissionError"

ATTEMPT = """
try:
    {statement}
except BaseException as error:
    reply(type(error).__name__)
else:
    reply("did it")
"""


async def attempt(sandbox: Sandbox, statement: str, setup: str = "") -> str:
    result = await sandbox.derive(setup + ATTEMPT.format(statement=statement))
    return result.error.type if result.error else result.printed


async def ends_as(sandbox: Sandbox, program: str) -> str:
    result: Derivation = await sandbox.derive(program)
    assert result.error is not None, result.printed
    return result.error.type


async def test_a_harmless_program_answers(bypassed: Sandbox) -> None:
    assert await attempt(bypassed, "1 + 1") == "did it"


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[str]:
    """A file anyone may write, in a folder anyone may write, which stays as it is."""
    tmp_path.chmod(0o777)
    path = tmp_path / "canary"
    path.write_text("alive")
    path.chmod(0o666)
    yield str(path)
    assert [*tmp_path.iterdir()] == [path]
    assert path.read_text() == "alive"


@pytest.mark.parametrize("mode", ["w", "a", "r+"])
async def test_no_file_can_be_written(bypassed: Sandbox, canary: str, mode: str) -> None:
    assert await attempt(bypassed, f"open({canary!r}, {mode!r})") == REFUSED


@pytest.mark.parametrize("call", ["open('{}2', 'x')", "os.remove('{}')", "os.symlink('{}', '{}2')"])
async def test_no_folder_can_be_changed(bypassed: Sandbox, canary: str, call: str) -> None:
    assert await attempt(bypassed, call.format(canary, canary), "import os") == REFUSED


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "/proc/self/status", "/proc/1/environ", "/dev/urandom", __file__]
)
async def test_no_file_can_be_read(bypassed: Sandbox, path: str) -> None:
    assert await attempt(bypassed, f"open({path!r})") == REFUSED


@pytest.mark.parametrize("path", ["/", "/proc", "/tmp"])
async def test_no_folder_can_be_listed(bypassed: Sandbox, path: str) -> None:
    assert await attempt(bypassed, f"os.listdir({path!r})", "import os") == REFUSED


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_UNIX"])
async def test_no_socket_can_be_made(bypassed: Sandbox, family: str) -> None:
    assert await attempt(bypassed, f"socket.socket(socket.{family})", "import socket") == REFUSED


@pytest.mark.parametrize(
    "statement", ["os.fork()", "os.forkpty()", "os.posix_spawn('/bin/true', ['true'], {})"]
)
async def test_no_process_can_be_made(bypassed: Sandbox, statement: str) -> None:
    assert await attempt(bypassed, statement, "import os") == REFUSED


async def test_no_thread_can_be_made(bypassed: Sandbox) -> None:
    thread = "threading.Thread(target=print).start()"
    assert await attempt(bypassed, thread, "import threading") == "RuntimeError"


async def test_executing_ends_the_process(bypassed: Sandbox) -> None:
    assert await ends_as(bypassed, "import os; os.execv('/bin/true', ['true'])") == "Crashed"


async def test_signalling_ends_the_process(bypassed: Sandbox) -> None:
    zygote = psutil.Process().children()[0].pid
    assert await ends_as(bypassed, f"import os; os.kill({zygote}, 0)") == "Crashed"


@pytest.mark.parametrize("name", ["tgkill", "rt_sigqueueinfo", "pidfd_send_signal"])
async def test_signalling_by_another_way_is_refused(bypassed: Sandbox, name: str) -> None:
    number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
    zygote = psutil.Process().children()[0].pid
    call = f"reply(ctypes.CDLL(None).syscall({number}, {zygote}, {zygote}, 0))"
    assert (await bypassed.derive("import ctypes\n" + call)).printed == "-1"


@pytest.mark.parametrize("call", ["ptrace(0, 0, 0, 0)", "process_vm_readv(1, 0, 0, 0, 0, 0)"])
async def test_looking_into_a_process_ends_the_process(bypassed: Sandbox, call: str) -> None:
    assert await ends_as(bypassed, f"import ctypes; ctypes.CDLL(None).{call}") == "Crashed"


async def test_memory_cannot_be_made_executable(bypassed: Sandbox) -> None:
    mapped = "mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC)"
    assert await attempt(bypassed, mapped, "import mmap") == REFUSED
    changed = """
import ctypes, mmap
page = mmap.mmap(-1, 4096)
address = ctypes.addressof(ctypes.c_char.from_buffer(page))
reply(ctypes.CDLL(None).mprotect(ctypes.c_void_p(address), 4096, 5))
"""
    assert (await bypassed.derive(changed)).printed == "-1"


async def test_every_system_call_that_is_not_on_the_list_is_refused(bypassed: Sandbox) -> None:
    listed = {
        pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
        for name in (*seccomp.ALLOWED, *seccomp.ALLOWED_WITHOUT_EXECUTION, *seccomp.FATAL)
    } | {335, 336}  # the kernel's own probes on x86: no filter sees them, anyone else's call is a SIGILL
    program = f"""
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
def refused(number):
    ctypes.set_errno(0)
    return libc.syscall(number, 0, 0, 0, 0, 0, 0) == -1 and ctypes.get_errno() == errno.EPERM
reply([number for number in range(600) if number not in {listed} and not refused(number)])
"""
    assert (await bypassed.derive(program)).printed == "[]"


async def test_the_other_way_to_call_the_system_ends_the_process(bypassed: Sandbox) -> None:
    getpid = 0x40000000 + 39  # x86's x32, whose numbers no filter for the native ones knows
    program = f"import ctypes; reply(ctypes.CDLL(None).syscall({getpid}))"
    said = await bypassed.derive(program)
    assert said.error is not None or said.printed == "-1"


async def test_limits_cannot_be_raised(bypassed: Sandbox) -> None:
    raised = "resource.setrlimit(resource.RLIMIT_CPU, (100, 100))"
    assert await attempt(bypassed, raised, "import resource") in {REFUSED, "ValueError"}


async def test_no_descriptor_but_its_own_is_open(bypassed: Sandbox) -> None:
    program = """
import errno, os
def is_open(descriptor):
    try:
        os.lseek(descriptor, 0, os.SEEK_CUR)
    except OSError as error:
        return error.errno != errno.EBADF
    return True
reply(sum(map(is_open, range(3, 4096))), os.read(0, 1))
"""
    assert (await bypassed.derive(program)).printed == "1 b''"


async def test_the_environment_tells_nothing(bypassed: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    program = "import os; reply(sorted(os.environ))"
    said = (await bypassed.derive(program)).printed
    assert set(eval(said)) <= {"LC_CTYPE", "OMP_NUM_THREADS", "MKL_NUM_THREADS"}


async def test_one_large_allocation_is_refused(bypassed: Sandbox) -> None:
    assert await attempt(bypassed, "bytearray(10**9)") == "MemoryError"
    assert await attempt(bypassed, "torch.ones(10**9)", "import torch") == "RuntimeError"


async def test_many_allocations_stay_under_the_cap(bypassed: Sandbox) -> None:
    program = """
kept = []
try:
    while True:
        kept.append(bytearray(2**20))
except MemoryError:
    size = len(kept)
    del kept
    reply(size)
"""
    megabytes = int((await bypassed.derive(program)).printed)
    assert 100 < megabytes <= Settings().sandbox_memory // 2**20


@pytest.mark.parametrize(
    "program",
    [
        "while True: pass",
        "9**9**9",
        "list(iter(int, 1))",
        f"import signal; signal.signal({int(signal.SIGXCPU)}, signal.SIG_IGN)\nwhile True: pass",
    ],
)
async def test_an_endless_program_is_ended(bypassed: Sandbox, program: str) -> None:
    assert await ends_as(bypassed, program) in {"Timeout", "MemoryError"}


async def test_a_sleeping_program_is_ended(bypassed: Sandbox) -> None:
    waiting = "import _thread; lock = _thread.allocate_lock(); lock.acquire(); lock.acquire()"
    assert await ends_as(bypassed, waiting) == "Timeout"


@pytest.mark.parametrize(
    "program",
    [
        "import ctypes; ctypes.string_at(0)",
        "import os; os.abort()",
        "import os; os._exit(0)",
        "raise SystemExit",
        "import torch; torch.sparse_coo_tensor([[10**12]], [1.], (2,)).to_dense()",
    ],
)
async def test_a_crash_is_reported(bypassed: Sandbox, program: str) -> None:
    assert await ends_as(bypassed, program) == "Crashed"


async def test_the_next_program_never_notices(bypassed: Sandbox) -> None:
    await bypassed.derive("import torch; torch.set_default_dtype(torch.float64); torch.pi = 3")
    said = (await bypassed.derive("import torch; reply(torch.tensor(1.5).dtype, torch.pi)")).printed
    assert said == "torch.float32 3.141592653589793"


async def test_programs_do_not_share_random_numbers(bypassed: Sandbox) -> None:
    said = {(await bypassed.derive("import random; reply(random.random())")).printed for _ in range(3)}
    assert len(said) == 3
