import pytest

from app.calculator import warm_up


@pytest.fixture(scope="session", autouse=True)
def warm() -> None:
    """As in the process that runs programs: whatever torch imports late is there."""
    warm_up()
