"""Stop the clocks that limit a program: tests must not depend on how busy the machine is."""

import pytest

from app.calculator.explain import bench, explanation


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (bench, explanation):
        monkeypatch.setattr(module, "MAX_SECONDS", 100.0)
        monkeypatch.setattr(module, "MAX_WAIT", 100.0)
