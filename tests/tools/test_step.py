import dataclasses
import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import step
from tools.step import SetupError, Step


@pytest.fixture(autouse=True)
def stamps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "STAMPS", tmp_path / "stamps")
    monkeypatch.setattr(step, "ROOT", tmp_path)


class Work:
    """Writes the output unless told to fail; counts how often it was done."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self.times = 0
        self.failure: BaseException | None = None

    def __call__(self) -> None:
        self.times += 1
        if self.failure:
            raise self.failure
        self.output.write_text("made")


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return Work(tmp_path / "output")


@pytest.fixture
def make(tmp_path: Path, work: Work) -> Callable[..., Step]:
    source = tmp_path / "source"
    source.write_text("one")
    return lambda salt="": Step("name", "title", [source], [work.output], work, salt)


def test_one_set_up_works_at_a_time(tmp_path: Path) -> None:
    lock = tmp_path / "build" / "setup.lock"
    with step.exclusive(), lock.open() as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_work_is_done_once(make: Callable[..., Step], work: Work) -> None:
    make().run()
    make().run()
    assert work.times == 1


def test_a_changed_input_redoes_it(make: Callable[..., Step], work: Work) -> None:
    make().run()
    make().inputs[0].write_text("two")
    make().run()
    assert work.times == 2


def test_another_version_redoes_it(make: Callable[..., Step], work: Work) -> None:
    make("1").run()
    make("2").run()
    assert work.times == 2


def test_a_missing_output_redoes_it(make: Callable[..., Step], work: Work) -> None:
    make().run()
    work.output.unlink()
    make().run()
    assert work.times == 2


def test_interrupted_work_is_done_again_even_if_its_output_is_there(
    make: Callable[..., Step], work: Work
) -> None:
    make().run()
    make().inputs[0].write_text("two")
    work.failure = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        make().run()
    make().inputs[0].write_text("one")
    work.failure = None
    make().run()
    assert work.times == 3


def test_an_input_that_changes_meanwhile_redoes_it(make: Callable[..., Step], work: Work) -> None:
    step = make()

    def slowly() -> None:
        work()
        step.inputs[0].write_text("two")

    dataclasses.replace(step, work=slowly).run()
    assert not step.is_done()


def test_work_without_its_output_is_an_error(make: Callable[..., Step], tmp_path: Path) -> None:
    idle = Step("name", "title", (), [tmp_path / "never"], lambda: None)
    with pytest.raises(SetupError, match="never did not appear"):
        idle.run()


def test_an_attempt_that_failed_is_told_and_not_repeated_until_an_input_changes(
    make: Callable[..., Step], work: Work, capsys: pytest.CaptureFixture[str]
) -> None:
    work.failure = SetupError("no network")
    assert not make().attempt()
    assert "set-up: no network\n" in capsys.readouterr().out
    assert not make().attempt()
    assert work.times == 1
    with pytest.raises(SetupError):
        make().run()
    assert work.times == 2
    make().inputs[0].write_text("two")
    work.failure = None
    assert make().attempt()
    assert work.output.exists()
