"""The version of the tables: what a file or database has, and bringing it to this program's."""

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from app.store.trouble import StoreTrouble

NEWEST = "0003"
"""The last of the migrations. Known without Alembic, which takes half a second to import."""
MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection, path: Path | None) -> None:
    """Bring the tables to this program's version. A file is copied first.

    Raises: StoreTrouble: they are of a newer version.
    """
    before = version_of(connection)
    if before == NEWEST:
        return
    if before is not None and before > NEWEST:
        raise StoreTrouble("newer", f"its tables are of version {before}, this server knows {NEWEST}")
    if before is not None and path is not None:
        copy(path, path.with_name(f"{path.name}.before-{NEWEST}"))
    migrate(connection)


def version_of(connection: Connection) -> str | None:
    """The version of the tables; None if there are none."""
    with connection.begin():
        if not inspect(connection).has_table("alembic_version"):
            return None
        version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if version is None else str(version)


def migrate(connection: Connection, to: str = "head") -> None:
    """Run the migrations that are missing, all in one transaction."""
    from alembic import command  # noqa: PLC0415, takes half a second, and is seldom needed
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    with connection.begin():
        command.upgrade(config, to)


def copy(path: Path, to: Path) -> None:
    """Copy a file of SQLite as it is at this moment, also while others write to it.

    Raises: OSError, sqlite3.Error.
    """
    unfinished = to.with_name(f"{to.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    source = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)
    target = sqlite3.connect(unfinished)
    try:
        source.backup(target)
        # One file, which is read without writing beside it; a server changes that again.
        target.execute("PRAGMA journal_mode = DELETE")
    finally:
        source.close()
        target.close()
    unfinished.replace(to)
