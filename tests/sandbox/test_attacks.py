"""Every hostile or broken program, run as anyone's, with a look at the machine afterwards.

Those of tests/data were given or found by reviews, those of `native` go past Python. What a row's `expect`
says: it prints what plain Python and torch print, or it is harmless, and whoever sent it is told in words how
it ended.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from app.protocol.gradients import Derivation
from app.sandbox.client.sandbox import PRODUCT, Sandbox
from app.settings import Settings
from tests.sandbox.attacks import Attack, attacks
from tests.sandbox.conftest import running, zygote
from tests.sandbox.native import programs

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = "a-secret-of-the-web-process"
LESSON = (
    "import torch\nx = torch.tensor([2.0], requires_grad=True)\n(4 * 3 * x).backward()\nprint(x.grad)  # {}\n"
)
AT_ONCE = 4
FOLDERS = (Path("/"), Path("/tmp"), Path.cwd())
NATIVE = programs()


class Siege:
    """What becomes of every program, and what the machine is like. Each test waits for its own program."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._room = asyncio.Semaphore(AT_ONCE)
        self.lessons: list[str] = []
        self.before = self.look()
        rows = [*((attack.id, attack.program) for attack in attacks()), *NATIVE.items()]
        self.fates = {
            name: asyncio.create_task(self._run(name, program, number % 5 == 0))
            for number, (name, program) in enumerate(rows)
        }

    def look(self) -> tuple[psutil.Process, set[Path]]:
        """The zygote, and files that are none of ours."""
        return zygote(PRODUCT), {
            path for folder in FOLDERS for path in folder.iterdir() if "canary" in path.name
        }

    async def _run(self, name: str, program: str, teach: bool) -> Derivation:
        async with self._room:
            fate = await self._sandbox.derive(program, f"stranger {name}")
            if teach:
                self.lessons.append(await lesson(self._sandbox, name))
            return fate


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def siege() -> AsyncIterator[Siege]:
    settings = Settings(sandbox_children=AT_ONCE, sandbox_wall_clock=1.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET", SECRET)
        async with running(PRODUCT, settings) as sandbox:
            siege = Siege(sandbox)
            yield siege
            for task in siege.fates.values():
                task.cancel()
            await asyncio.wait(siege.fates.values())


@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: attack.id)
async def test_an_attack_does_what_is_expected(siege: Siege, attack: Attack) -> None:
    fate = await siege.fates[attack.id]
    if attack.prints is not None and not is_timeout(fate):
        assert fate.error is None
        assert fate.printed.startswith(attack.prints)
    else:
        is_harmless(fate)


@pytest.mark.parametrize("name", NATIVE)
async def test_what_goes_past_python_is_harmless(siege: Siege, name: str) -> None:
    fate = await siege.fates[name]
    is_harmless(fate)
    if name.startswith("call "):
        assert fate.printed.startswith("before\n-1\n") or fate.error is not None


async def test_what_was_printed_before_a_crash_is_kept(siege: Siege) -> None:
    fate = await siege.fates["text before a crash"]
    assert (fate.printed, fate.error and fate.error.type) == ("kept\n", "Crashed")


async def test_an_error_is_told_although_its_fix_would_end_the_process(siege: Siege) -> None:
    fate = await siege.fates["a fix that ends the process"]
    assert is_timeout(fate) or (fate.error and fate.error.type) == "NameError"


async def test_the_machine_is_as_it_was_and_every_program_in_between_was_right(siege: Siege) -> None:
    await asyncio.wait(siege.fates.values())
    assert siege.before == siege.look()
    process, files = siege.before
    assert files == set()
    left = [child.name() for child in process.children(recursive=True)]
    assert len(left) <= 2 * AT_ONCE
    assert {name.partition(".")[0] for name in left} <= {"python", "python3"}
    assert connections(process) == []
    assert len(siege.lessons) > len(siege.fates) / 10
    assert set(siege.lessons) == {"tensor([12.])\n"}


async def lesson(sandbox: Sandbox, after: str) -> str:
    """What the lesson's chain says; a busy machine may stop even that, but not every time."""
    for attempt in range(5):
        said = await sandbox.derive(LESSON.format(f"{after} {attempt}"), f"student after {after}")
        if not is_timeout(said):
            break
    return said.printed if said.error is None else repr(said.error)


def is_harmless(fate: Derivation) -> None:
    """It says how it ended, not more than anyone reads, and nothing of the server's."""
    assert fate.error is None or fate.error.message or fate.error.type
    assert len(fate.printed) <= 2**16
    assert not any(word in fate.model_dump_json() for word in (SECRET, "root:x:0", "daemon:"))


def is_timeout(fate: Derivation) -> bool:
    """A busy machine may stop any of them."""
    return fate.error is not None and fate.error.type == "Timeout"


def connections(process: psutil.Process) -> list[str]:
    """What the process's network namespace is connected to."""
    lines = [Path(f"/proc/{process.pid}/net/{kind}").read_text().splitlines()[1:] for kind in ("tcp", "udp")]
    return [line for found in lines for line in found]
