import pytest


@pytest.fixture(autouse=True, scope="module")
def _as_in_the_engine(engine_arithmetic: None) -> None:
    """Set torch up as the engine does: with more threads, or without oneDNN, sums are added in another order."""
