"""Where things are stored, and the lock that keeps a second server from it."""

import fcntl
import os
from pathlib import Path
from typing import NamedTuple

from app.settings import Settings
from app.store.trouble import StoreTrouble


class Place(NamedTuple):
    """Where things are stored: in a file, or in a database at a URL. A path of None: only in memory."""

    url: str
    path: Path | None

    @classmethod
    def of(cls, settings: Settings) -> "Place":
        """The place that the settings name."""
        url = settings.database_url
        if url is None:
            path = settings.data_dir / "playground.db"
            return cls(f"sqlite:///{path}", path)
        scheme, _, rest = url.partition("://")
        return cls(url if scheme == "sqlite" else f"postgresql+psycopg://{rest}", None)


class FileLock:
    """Held by the one server that writes to a file; the system lets go of it when that server dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> None:
        """Take it. Raises: StoreTrouble: another process holds it. OSError."""
        if self._descriptor is not None:
            return
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            where = self._path.parent
            raise StoreTrouble("in_use", f"{where}; choose another PLAYGROUND_DATA_DIR") from None
        self._descriptor = descriptor

    def release(self) -> None:
        """Let go of it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
