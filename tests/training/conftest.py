import pytest


@pytest.fixture(autouse=True, scope="module")
def _as_in_the_engine(engine_arithmetic: None) -> None:
    """Set torch up as the engine does: other threads, or no oneDNN, add sums in another order."""
