"""Copies of what is stored: made while the server runs, and put in its place again while it does not."""

import sqlite3
from contextlib import closing
from pathlib import Path

from app.settings import Settings
from app.store.place import FileLock, Place
from app.store.trouble import StoreTrouble
from app.store.versions import NEWEST, copy

OURS = "SELECT version_num FROM alembic_version"


class Unable(Exception):
    """A copy cannot be made or used, and why."""


def back_up(settings: Settings, to: Path) -> None:
    """Copy what is stored into a new file. Raises: Unable."""
    path = file_of(settings)
    if not path.exists():
        raise Unable(f"Nothing is stored at {path}.")
    if to.exists():
        raise Unable(f"{to} exists already. Choose another name.")
    try:
        copy(path, to)
        check(to)
    except (OSError, sqlite3.Error) as error:
        raise Unable(f"{path} cannot be copied to {to}: {error}") from error


def restore(settings: Settings, source: Path) -> Path | None:
    """Put a copy in the place of what is stored, which is kept: returns where. Raises: Unable."""
    path = file_of(settings)
    if not source.exists():
        raise Unable(f"There is no file {source}.")
    lock = FileLock(path.with_name("lock"))
    try:
        lock.take()
        check(source)
        new = path.with_name(f"{path.name}.new")
        copy(source, new)
        kept = put_aside(path)
        new.replace(path)
    except StoreTrouble as error:
        raise Unable(f"A server runs on {path.parent}. Stop it first.") from error
    except (OSError, sqlite3.Error) as error:
        raise Unable(f"{source} cannot be copied to {path}: {error}") from error
    finally:
        lock.release()
    return kept


def file_of(settings: Settings) -> Path:
    """The file of what is stored. Raises: Unable: it is in a database that has tools of its own."""
    path = Place.of(settings).path
    if path is None:
        raise Unable("PLAYGROUND_DATABASE_URL is set: use pg_dump and pg_restore.")
    return path


def check(path: Path) -> None:
    """Check that a file is whole, and one of this version or an older one. Raises: Unable."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as file:
            (found,) = file.execute("PRAGMA quick_check(1)").fetchone()
            version = file.execute(OURS).fetchone()
    except sqlite3.Error as error:
        raise Unable(f"{path} is no copy of what a server has stored: {error}") from error
    if found != "ok" or version is None:
        raise Unable(f"{path} is damaged: {found}")
    if version[0] > NEWEST:
        raise Unable(f"{path} was written by a newer version of the server.")


def put_aside(path: Path) -> Path | None:
    """Rename a file, with what SQLite keeps beside it. Returns its new name; None if there was none."""
    if not path.exists():
        return None
    names = (path.with_name(f"{path.name}.replaced-{number}") for number in range(1, 1_000_000))
    kept = next(name for name in names if not name.exists())
    for suffix in ("-wal", "-shm", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(kept.with_name(kept.name + suffix))
    return kept
