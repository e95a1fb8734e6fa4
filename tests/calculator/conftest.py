"""What all tests of the calculator share: a torch that is warm, and clocks that do not run out."""

import pytest

from app.calculator.explain import bench, explanation


@pytest.fixture(scope="session", autouse=True)
def _warm(warm: None) -> None:
    """Run programs as the process that does so has them run."""


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clocks that limit an explanation: tests must not depend on how busy the machine is."""
    for module in (bench, explanation):
        monkeypatch.setattr(module, "MAX_SECONDS", 100.0)
        monkeypatch.setattr(module, "MAX_WAIT", 100.0)
