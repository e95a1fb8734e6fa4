from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy

from app.settings import Settings
from app.store.place import Place
from tests.store.postgresql import programs, running_postgresql


@pytest.fixture(autouse=True, scope="module")
def _as_in_the_engine(engine_arithmetic: None) -> None:
    """Set torch up as the engine does: what one process has begun, another goes on with."""


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with running_postgresql(found) as url:
        yield url


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings with an empty place to store things at."""
    if request.param == "SQLite":
        return Settings(data_dir=tmp_path / "data")
    settings = Settings(database_url=request.getfixturevalue("postgresql"))
    engine = sqlalchemy.create_engine(Place.of(settings).url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    return settings
