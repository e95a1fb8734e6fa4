"""Tests must not depend on how busy the machine is: the clocks that guard a program stand still."""

import pytest

from app.calculator.explain import bench, explanation


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (bench, explanation):
        monkeypatch.setattr(module, "MAX_SECONDS", 100.0)
        monkeypatch.setattr(module, "MAX_WAIT", 100.0)
