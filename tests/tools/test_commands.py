from pathlib import Path

import pytest

from tools import environment, page_files, step
from tools.__main__ import INSTEAD, prepare, prepare_to_run
from tools.step import SetupError, Step


@pytest.fixture
def unreachable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A machine whose Python packages are there, and that cannot reach npm. Returns what was tried."""
    tried: list[str] = []

    def fail() -> None:
        tried.append("npm")
        raise SetupError("npm ci failed")

    monkeypatch.setattr(step, "STAMPS", tmp_path)
    monkeypatch.setattr(environment, "steps", lambda name: ())
    monkeypatch.setattr(environment, "packages", lambda name: Step(name, name, (), (), lambda: None))
    monkeypatch.setattr(page_files, "packages", lambda: Step("npm", "npm", (), (), fail))
    monkeypatch.setattr(page_files, "steps", lambda: ())
    return tried


def test_a_server_starts_without_npm_and_says_so_each_time(
    unreachable: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        prepare_to_run()
        assert (
            f"going on with {INSTEAD}; to try again: python3.11 -m tools prepare" in capsys.readouterr().out
        )
    assert unreachable == ["npm"]


def test_an_image_is_not_made_without_npm(unreachable: list[str]) -> None:
    for _ in range(2):
        with pytest.raises(SetupError, match="npm ci failed"):
            prepare()
    assert unreachable == ["npm", "npm"]
