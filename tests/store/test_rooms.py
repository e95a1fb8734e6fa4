"""Rooms in the store: their logs, and what nobody uses."""

import asyncio
from contextlib import closing
from pathlib import Path

from app.settings import Settings
from app.store.changes import KnownRoom, RoomChange
from app.store.database import open_database
from app.store.place import Place
from app.store.store import Store
from tests.engine.support import until


def test_a_log_is_appended_to_found_again_and_goes_with_its_room(settings: Settings) -> None:
    with closing(open_database(Place.of(settings))) as database:
        database.write([RoomChange("a", "K7Q2MX", b"holder", {0: "first"}), RoomChange("b", "K7Q2MY")])
        database.write([RoomChange("a", "K7Q2MX", b"holder", {1: "second", 2: "third"})])
    with closing(open_database(Place.of(settings))) as database:
        assert sorted(database.index().rooms) == [
            KnownRoom("a", "K7Q2MX", b"holder"),
            KnownRoom("b", "K7Q2MY", None),
        ]
        assert database.room("a") == ["first", "second", "third"]
        assert sorted(database.unused_rooms(1e12)) == ["a", "b"]
        assert database.unused_rooms(0) == []
        database.write([RoomChange("a", "", deleted=True)])
        assert (database.room("a"), [one.room_id for one in database.index().rooms]) == ([], ["b"])


async def test_what_nobody_uses_is_deleted_and_what_somebody_does_is_not(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, room_retention=1e-9)
    with closing(open_database(Place.of(settings))) as database:
        database.write([RoomChange("old", "K7Q2MX", None, {0: "{}"}), RoomChange("used", "K7Q2MY")])
    store = Store(settings)
    purged: list[str] = []
    store.on_room_purge = purged.append
    store.room_in_use = lambda room_id: room_id == "used"
    store.start()
    await until(lambda: purged)
    await store.close()
    assert purged == ["old"]
    with closing(open_database(Place.of(settings))) as database:
        assert [one.room_id for one in database.index().rooms] == ["used"]


async def test_who_waits_for_a_change_waits_for_none_that_comes_after_it(tmp_path: Path) -> None:
    store = Store(Settings(data_dir=tmp_path))
    store.start()
    await store.opened()
    first = store.put(RoomChange("a", "K7Q2MX", None, {0: "0"}))
    waiting = asyncio.create_task(store.written(first))
    place = 0
    while not waiting.done():  # Something is always unwritten.
        place += 1
        store.put(RoomChange("a", "K7Q2MX", None, {place: str(place)}))
        assert not store.is_saved("a")
        await asyncio.sleep(0)
    assert not store.is_saved("a")
    await store.written(store.put(RoomChange("a", "K7Q2MX")))
    assert await store.load_room("a") == [str(i) for i in range(place + 1)]
    await store.close()
