import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tools import environment, step
from tools.step import ROOT, SetupError

LOCKS = {name: environment.lock_file(name) for name in ("run", "assets", "dev")}
PINNED = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>\S+)(?P<marker> ;[^\\]+)? \\$", re.MULTILINE)


def bare(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Python as it is before anything is installed: no site-packages."""
    command = [sys.executable, "-I", "-S", "-c", "import sys; sys.path.insert(0, '.'); " + arguments[0]]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_set_up_needs_only_the_standard_library() -> None:
    answer = bare("import tools.__main__; print('fine')")
    assert (answer.stdout, answer.stderr) == ("fine\n", "")


def test_the_image_copies_all_that_fetching_needs_before_it_fetches(tmp_path: Path) -> None:
    copied, fetch, _ = (ROOT / "Dockerfile").read_text().partition("python -m tools fetch")
    assert fetch
    for line in re.findall(r"^COPY (?!--from)(.+)$", copied, re.MULTILINE):
        *sources, target = line.split()
        for source in sources:
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, tmp_path / target)
            else:
                (tmp_path / target).mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, tmp_path / target)
    answer = bare(
        "from tools import page_files, environment; page_files.packages().digest(); "
        "environment.packages('assets').digest(); import tools.__main__; print('fine')",
        cwd=tmp_path,
    )
    assert (answer.stdout, answer.stderr) == ("fine\n", "")


def test_an_unknown_command_is_answered_with_the_known_ones() -> None:
    answer = bare("from tools.__main__ import main; main(['serve'])")
    assert answer.returncode == 1
    assert "run | test | smoke | check | bench" in answer.stderr


def test_make_has_exactly_these_targets() -> None:
    lines = (ROOT / "Makefile").read_text().splitlines()
    rules = [line.partition(":")[0] for line in lines if re.match(r"[^\s#:=]+[^:=]*:(?!=)", line)]
    assert sorted({name for rule in rules for name in rule.split()} - {".PHONY"}) == [
        "bench",
        "check",
        "run",
        "smoke",
        "test",
    ]


@pytest.mark.parametrize("name", LOCKS)
def test_lock_files_pin_every_package_by_hash_and_name_no_address(name: str) -> None:
    text = LOCKS[name].read_text()
    pinned = [match["name"] for match in PINNED.finditer(text)]
    assert len(pinned) == len(re.findall(r"^[a-z]", text, re.MULTILINE)) > 10
    assert all("--hash=sha256:" in block for block in PINNED.split(text)[4::4])
    assert "://" not in text
    assert "index-url" not in text.replace("--no-emit-index-url", "")


def test_the_lock_files_agree_on_versions() -> None:
    run, assets, dev = (
        {match["name"]: match["version"] for match in PINNED.finditer(path.read_text())}
        for path in LOCKS.values()
    )
    assert run.items() <= assets.items() <= dev.items()


def test_torch_is_installed_in_the_version_the_project_declares() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert environment.TORCH in project["dependencies"]
    assert "torch" not in {match["name"] for match in PINNED.finditer(LOCKS["dev"].read_text())}


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the environment is for this test; it is not there yet."""
    venv = tmp_path / ".venv"
    monkeypatch.setattr(environment, "VENV", venv)
    monkeypatch.setattr(environment, "PYTHON", venv / "bin" / "python")
    for module in (environment, step):
        monkeypatch.setattr(module, "STAMPS", venv / "stamps")
    monkeypatch.setattr(environment, "UNFINISHED", venv / "stamps" / "unfinished")
    return venv


@pytest.mark.smoke
def test_a_package_without_a_hash_is_not_installed(
    venv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (environment, step):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    (tmp_path / "requirements").mkdir()
    environment.lock_file("run").write_text("six==1.17.0\n")
    environment.virtual().run()
    with pytest.raises(SetupError, match=r"(?s)--only-binary=:all:.*Hashes are required"):
        environment.packages("run").run()


@pytest.mark.smoke
def test_an_environment_that_pip_left_half_changed_is_made_anew(
    venv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.virtual().run()
    half_installed = venv / "lib" / "half"
    half_installed.touch()
    environment.virtual().run()
    assert half_installed.exists()

    with pytest.raises(SetupError, match="pip install"):
        environment.install("--no-index", "no-such-package-anywhere")
    environment.virtual().run()
    assert half_installed.exists()

    killed = tmp_path / "killed"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o755)
    with monkeypatch.context() as dying:
        dying.setattr(environment, "PYTHON", killed)
        with pytest.raises(SetupError):
            environment.install("anything")
    environment.virtual().run()
    assert not half_installed.exists()
    assert not environment.UNFINISHED.exists()
    assert environment.is_healthy()


@pytest.mark.parametrize("status", [0, 1])
def test_an_installation_prints_a_line_and_pip_only_where_it_fails(
    venv: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    status: int,
) -> None:
    pip = tmp_path / "pip"
    pip.write_text(
        f"#!/bin/sh\nseq -f 'Collecting package-%g' 500\necho 'ERROR: the end' >&2\nexit {status}\n"
    )
    pip.chmod(0o755)
    monkeypatch.setattr(environment, "PYTHON", pip)
    failure = None
    try:
        environment.torch().run()
    except SetupError as error:
        failure = str(error)
    told = capfd.readouterr()
    assert (told.out, told.err) == (f"set-up: installing {environment.TORCH} (the largest part)\n", "")
    if status == 0:
        assert failure is None
    else:
        assert failure is not None
        assert failure.endswith("Collecting package-500\nERROR: the end")
        assert "package-400" not in failure


def test_without_venv_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "PYTHON", tmp_path / "bin" / "python")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SetupError, match=r"apt-get install python3\.\d+-venv"):
        environment.make_environment()
