from collections.abc import Callable
from pathlib import Path

import pytest

from tools import browser
from tools.step import SetupError

Program = Callable[[str, str], Path]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Make a program of that name which says that text."""

    def make(name: str, says: str) -> Path:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\necho '{says}'\n")
        path.chmod(0o755)
        return path

    return make


@pytest.fixture
def empty_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(browser.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(browser, "STAMPS", tmp_path / "stamps")
    monkeypatch.setattr(browser, "SHELLS", ("a-headless-shell",))
    monkeypatch.setattr(browser, "NAMES", ("a-browser",))
    monkeypatch.setattr(browser, "PLACES", ())
    monkeypatch.setattr(browser, "playwrights", lambda: iter(()))
    monkeypatch.setattr(browser, "install_with_playwright", lambda: False)
    monkeypatch.setattr(browser, "install_with_apt", lambda: False)


@pytest.mark.usefixtures("empty_machine")
class TestFind:
    def test_the_one_named_in_the_environment_comes_first(
        self, program: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        program("a-browser", "Chromium 156")
        named = program("mine", "Google Chrome 156")
        monkeypatch.setenv(browser.VARIABLE, str(named))
        assert browser.find() == named

    def test_one_on_the_path_is_found(self, program: Program) -> None:
        on_path = program("a-browser", "Chromium 156")
        assert browser.find() == on_path

    def test_the_shell_comes_before_a_browser_with_windows(self, program: Program) -> None:
        program("a-browser", "Chromium 156")
        shell = program("a-headless-shell", "Chromium 156")
        assert browser.find() == shell

    def test_a_stub_that_only_tells_how_to_install_one_is_passed_over(
        self, program: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        program("a-browser", "requires the snap to be installed")
        real = program("real", "Chromium 156")
        monkeypatch.setattr(browser, "PLACES", (str(real),))
        assert browser.find() == real

    def test_none_is_none(self) -> None:
        assert browser.find() is None


@pytest.mark.usefixtures("empty_machine")
class TestEnsure:
    def test_what_an_installer_brought_is_taken(
        self, program: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            browser, "install_with_apt", lambda: program("a-browser", "Chromium 156").exists()
        )
        assert browser.ensure().name == "a-browser"

    def test_the_shell_is_asked_for_once_where_there_is_another_browser(
        self, program: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[str] = []
        monkeypatch.setattr(browser, "install_with_playwright", lambda: asked.append("playwright"))
        another = program("a-browser", "Chromium 156")
        assert [browser.ensure(), browser.ensure()] == [another, another]
        assert asked == ["playwright"]

    def test_where_nothing_helps_it_says_what_to_do(self) -> None:
        with pytest.raises(SetupError, match=f"Install Chromium or Chrome, or set {browser.VARIABLE}"):
            browser.ensure()

    def test_a_wrong_name_is_said_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(browser.VARIABLE, "/nowhere/chrome")
        with pytest.raises(SetupError, match="/nowhere/chrome is not a Chromium"):
            browser.ensure()
