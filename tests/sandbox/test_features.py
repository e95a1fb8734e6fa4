"""What the machine grants, and what the settings demand."""

import pytest

from app.errors import Unavailable
from app.sandbox.client import Sandbox
from app.sandbox.features import Insecure
from app.sandbox.process import BOOTSTRAP
from app.settings import Settings
from tests.sandbox.conftest import fate, running

WITHOUT_LIBSECCOMP = "import sys; sys.modules['pyseccomp'] = None\n" + BOOTSTRAP

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_a_zygote_that_cannot_start_is_unavailable(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.sandbox.process.ROOT", "/nowhere")
    monkeypatch.setattr("app.sandbox.client.FIRST_WORD", 1.0)
    with pytest.raises(Unavailable):
        await Sandbox(Settings()).start()
    assert "No module named 'app'" in capfd.readouterr().err


async def test_a_machine_without_seccomp_is_refused_when_it_is_required(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.sandbox.process.BOOTSTRAP", WITHOUT_LIBSECCOMP)
    with pytest.raises(Insecure, match="seccomp is missing"):
        await Sandbox(Settings(sandbox="require")).start()


async def test_the_best_is_made_of_a_machine_without_seccomp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sandbox.process.BOOTSTRAP", WITHOUT_LIBSECCOMP)
    async with running() as sandbox:
        assert sandbox.features is not None
        assert not sandbox.features.seccomp
        assert await fate(sandbox, "reply('hello')") == "hello"
        assert await fate(sandbox, "open('/etc/passwd')") == "Crashed"
