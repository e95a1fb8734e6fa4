"""What the machine grants, and what the settings demand."""

import contextlib
from typing import Literal

import pytest

from app.errors import Unavailable
from app.sandbox.client.process import BOOTSTRAP
from app.sandbox.client.sandbox import Sandbox
from app.sandbox.features import NOTHING, Features, Insecure, require
from app.settings import Settings
from tests.sandbox.conftest import fate, running

WITHOUT_LIBSECCOMP = "import sys; sys.modules['pyseccomp'] = None\n" + BOOTSTRAP

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_a_sandbox_whose_zygote_cannot_start_is_not_ready(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.sandbox.client.process.ROOT", "/nowhere")
    monkeypatch.setattr("app.sandbox.client.sandbox.FIRST_WORD", 1.0)
    sandbox = Sandbox(Settings())
    await sandbox.start()
    assert (sandbox.ready, sandbox.features) == (False, None)
    with pytest.raises(Unavailable):
        await sandbox.derive("print(1)")
    await sandbox.close()
    assert "No module named 'app'" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("host", "sandbox", "refused"),
    [
        ("127.0.0.1", None, False),
        ("localhost", None, False),
        ("::1", None, False),
        ("0.0.0.0", None, True),
        ("::", None, True),
        ("192.168.1.7", None, True),
        ("playground.school.example", None, True),
        ("127.0.0.1", "require", True),
        ("0.0.0.0", "best-effort", False),
    ],
)
async def test_barriers_are_demanded_wherever_others_can_reach_the_server(
    host: str, sandbox: Literal["require", "best-effort"] | None, refused: bool
) -> None:
    settings = Settings(host=host, sandbox=sandbox)
    with pytest.raises(Insecure) if refused else contextlib.nullcontext():
        require(NOTHING, settings)


async def test_what_is_missing_is_named() -> None:
    some = Features(**(dict(NOTHING) | {"seccomp": True, "landlock": 6, "unprivileged": True}))
    missing = "network_namespace process_namespace empty_root other_namespaces"
    assert str(some) == f"seccomp landlock=6 unprivileged (missing: {missing})"


@pytest.mark.parametrize(("seccomp", "landlock"), [(True, 0), (False, 6), (False, 0)])
async def test_one_of_the_two_is_not_enough(seccomp: bool, landlock: int) -> None:
    some = NOTHING.model_copy(update={"seccomp": seccomp, "landlock": landlock})
    with pytest.raises(Insecure, match="landlock" if seccomp else "seccomp"):
        require(some, Settings(host="0.0.0.0"))
    require(NOTHING.model_copy(update={"seccomp": True, "landlock": 1}), Settings(host="0.0.0.0"))


async def test_loopback_behind_a_proxy_is_open_to_others() -> None:
    with pytest.raises(Insecure):
        require(NOTHING, Settings(host="127.0.0.1", trusted_proxies=["127.0.0.1"]))


@pytest.mark.parametrize(("sandbox", "refused"), [("require", True), ("best-effort", False)])
async def test_elsewhere_than_on_linux_there_is_no_calculator(
    monkeypatch: pytest.MonkeyPatch, sandbox: Literal["require", "best-effort"], refused: bool
) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    elsewhere = Sandbox(Settings(sandbox=sandbox))
    with pytest.raises(Insecure) if refused else contextlib.nullcontext():
        await elsewhere.start()
    assert (elsewhere.ready, elsewhere.features) == (False, None)
    await elsewhere.close()


async def test_a_machine_without_seccomp_is_refused_when_it_is_required(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.sandbox.client.process.BOOTSTRAP", WITHOUT_LIBSECCOMP)
    with pytest.raises(Insecure, match="seccomp is missing"):
        await Sandbox(Settings(sandbox="require")).start()


async def test_the_best_is_made_of_a_machine_without_seccomp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sandbox.client.process.BOOTSTRAP", WITHOUT_LIBSECCOMP)
    async with running() as sandbox:
        assert sandbox.features is not None
        assert not sandbox.features.seccomp
        assert await fate(sandbox, "reply('hello')") == "hello"
        assert await fate(sandbox, "open('/etc/passwd')") == "Crashed"
