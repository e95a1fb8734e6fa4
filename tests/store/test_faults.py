"""PostgreSQL ends the connection in the middle of a write: it is told, and all is written again."""

import asyncio

import pytest
import sqlalchemy

from app.settings import Settings
from app.store import store as module
from app.store.database import ADVISORY_LOCK
from app.store.place import Place
from tests.engine.support import until
from tests.store.test_store import moved, new, opened

END = (
    f"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = {ADVISORY_LOCK}"
)


@pytest.mark.parametrize("settings", ["PostgreSQL"], indirect=True)
async def test_a_connection_that_is_ended_in_the_middle_of_writes_loses_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY", 0.01)
    other = sqlalchemy.create_engine(Place.of(settings).url)
    async with opened(settings) as store:
        told = []
        store.on_saved = lambda: told.append(store.trouble)
        for number in range(50):
            store.put(new(f"{number}"))
        await asyncio.to_thread(end_backends, other)
        for number in range(50):
            store.put(moved(f"{number}", number))
        await until(lambda: "unreachable" in told)
        await until(lambda: store.trouble is None and not store.n_waiting)
        for number in range(50):
            loaded = await store.load(f"{number}")
            assert loaded[f"{number}"].standing.state.step == number
    other.dispose()


def end_backends(engine: sqlalchemy.Engine) -> None:
    """End the connection of the server that writes."""
    with engine.connect() as connection:
        connection.exec_driver_sql(END)
