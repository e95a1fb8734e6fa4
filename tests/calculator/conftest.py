import pytest

from app.calculator import warm_up


@pytest.fixture(scope="session", autouse=True)
def warm() -> None:
    """Import what torch imports late, as the process that runs programs has."""
    warm_up()
