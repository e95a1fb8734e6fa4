import pytest


@pytest.fixture(scope="session", autouse=True)
def _warm(warm: None) -> None:
    """Answer as the process that runs programs does."""
