"""What every former version of the tables stored is found by this version, and would be by the next one."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from alembic.script import ScriptDirectory

from app.settings import Settings
from app.store import versions
from app.store.database import open_database
from app.store.place import Place
from tests.store.record import FOLDER, post
from tests.store.test_database import new
from tests.web.in_process import client_of, served

REVISIONS = sorted(each.revision for each in ScriptDirectory(str(versions.MIGRATIONS)).walk_revisions())
RECORDED = {path.stem for path in FOLDER.glob("*.sql")}
NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "9998"
down_revision = "{newest}"


def upgrade() -> None:
    op.add_column("runs", sa.Column("title", sa.String, nullable=False, server_default="untitled"))
    {then}
"""


def test_of_every_former_version_it_is_written_down_what_it_stored() -> None:
    assert set(REVISIONS[:-1]) <= RECORDED


@pytest.mark.parametrize("revision", sorted(RECORDED))
async def test_what_a_former_version_stored_is_there_with_its_very_numbers(
    revision: str, tmp_path: Path
) -> None:
    path = tmp_path / "playground.db"
    with closing(sqlite3.connect(path)) as file:
        file.executescript((FOLDER / f"{revision}.sql").read_text(encoding="utf-8"))
    found: dict[str, Any] = json.loads((FOLDER / f"{revision}.json").read_text(encoding="utf-8"))
    async with served(Settings(database_url=f"sqlite:///{path}")) as app, client_of(app) as client:
        for run, losses in found["losses"].items():
            assert (await client.get(f"{run}/losses")).json()["losses"] == losses
        assert (await client.get(found["comparison"])).status_code == 200
        assert (await client.get("/healthz")).json()["store_version"] == versions.NEWEST
        after = await post(client, f"{found['run']}/steps", {"count": 1}, found["token"])
        assert after["step"] == len(found["losses"][found["run"]]) + 1


def columns(settings: Settings) -> set[str]:
    engine = sqlalchemy.create_engine(Place.of(settings).url)
    found = {column["name"] for column in sqlalchemy.inspect(engine).get_columns("runs")}
    engine.dispose()
    return found


@pytest.mark.parametrize("breaks", [False, True], ids=["that works", "that breaks off"])
def test_the_next_migration_copies_first_and_does_all_or_nothing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, breaks: bool
) -> None:
    with closing(open_database(Place.of(settings))) as database:
        database.write([new("a")])
    newest, folder = versions.NEWEST, tmp_path / "migrations"
    shutil.copytree(versions.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    then = 'raise RuntimeError("broken")' if breaks else ""
    (folder / "versions" / "m9998_next.py").write_text(NEXT.format(newest=newest, then=then))
    monkeypatch.setattr(versions, "MIGRATIONS", folder)
    monkeypatch.setattr(versions, "NEWEST", "9998")
    if breaks:
        with pytest.raises(RuntimeError, match="broken"):
            open_database(Place.of(settings))
    else:
        with closing(open_database(Place.of(settings))) as database:
            assert database.load("a")
    assert ("title" in columns(settings)) is not breaks
    if settings.database_url is None:
        copy = settings.data_dir / "playground.db.before-9998"
        with closing(sqlite3.connect(copy)) as file:
            assert file.execute("SELECT id FROM runs").fetchall() == [("a",)]
            assert file.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest,)]
            assert "title" not in {row[1] for row in file.execute("PRAGMA table_info(runs)")}
