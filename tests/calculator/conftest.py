import pytest
from app.calculator.interpreter import run


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine must not make the clock stop a program that a test is about."""
    monkeypatch.setattr(run, "MAX_SECONDS", 60.0)
    monkeypatch.setattr(run, "MAX_WAIT", 60.0)
