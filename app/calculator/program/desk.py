"""Files in memory: what a program writes it can read again, and nothing else is there."""
# ruff: noqa: D102  # Python's own methods

import errno
import io
import os
import pathlib
import posixpath
import shutil
import tempfile
from typing import IO, Any

import torch

from app.calculator.program.folders import FOLDER, TEMPORARY, Folders, error, path_of

Patches = list[tuple[Any, str, Any]]
"""An object, a name of it, and what stands there instead while a program runs."""

REAL_OPEN = io.open


class Desk(Folders):
    """The files and folders of one program."""

    def patches(self) -> Patches:
        """What makes Python, NumPy, torch and matplotlib use this desk."""
        functions: list[tuple[Any, str, Any]] = [
            (io, "open", self.open),
            (os, "getcwd", lambda: FOLDER),
            (os, "listdir", self.listdir),
            (os, "scandir", self.scandir),
            (os, "mkdir", self.mkdir),
            (os, "rmdir", self.rmdir),
            (os, "remove", self.remove),
            (os, "unlink", self.remove),
            (os, "rename", self.rename),
            (os, "replace", self.rename),
            (os, "stat", self.stat),
            (os, "lstat", self.stat),
            (os, "utime", self.touch),
            (os, "chmod", self.touch),
            (pathlib.Path, "touch", lambda path, mode=0o666, exist_ok=True: self.open(path, "a").close()),
            (shutil, "_use_fd_functions", False),
            (shutil, "_copyxattr", lambda *_, **__: None),
            (tempfile, "NamedTemporaryFile", self.temporary),
            (tempfile, "TemporaryFile", self.temporary),
            (torch, "save", self.save),
        ]
        return [("builtins", "open", self.open), *functions]

    def open(  # noqa: PLR0917
        self,
        file: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        closefd: bool = True,
        opener: Any = None,
    ) -> IO[Any]:
        """Python's `open`."""
        if isinstance(file, int) or opener is not None:
            return REAL_OPEN(file, mode, buffering, encoding, errors, newline, closefd, opener)
        if len(set(mode)) != len(mode) or set(mode) - set("rwxabt+") or len(set(mode) & set("rwxa")) != 1:
            raise ValueError(f"invalid mode: {mode!r}")
        path = path_of(file)
        if posixpath.dirname(path) not in self.folders and not self.has_file(file):
            raise error(FileNotFoundError, errno.ENOENT, file)
        if "x" in mode and self.has_file(file):
            raise error(FileExistsError, errno.EEXIST, file)
        content = self.content(file) if "r" in mode or ("a" in mode and self.has_file(file)) else b""
        opened = Opened(self, path, content, mode)
        if "b" in mode:
            return opened
        return Text(opened, encoding or "utf-8", errors, newline)

    def temporary(  # noqa: PLR0917
        self,
        mode: str = "w+b",
        buffering: int = -1,
        encoding: str | None = None,
        newline: str | None = None,
        suffix: str | None = None,
        prefix: str | None = None,
        dir: Any = None,  # noqa: A002  # tempfile's name
        delete: bool = True,
        *,
        errors: str | None = None,
    ) -> IO[Any]:
        """`tempfile`'s files."""
        path = tempfile.mktemp(suffix or "", prefix or "tmp", dir or TEMPORARY)
        return self.open(path, mode, buffering, encoding, errors, newline)

    def save(self, obj: object, f: Any, *args: Any, **kwargs: Any) -> None:
        """`torch.save`, which would open a file by itself."""
        if isinstance(f, str | os.PathLike):
            with self.open(f, "wb") as file:
                REAL_SAVE(obj, file, *args, **kwargs)
        else:
            REAL_SAVE(obj, f, *args, **kwargs)


REAL_SAVE = torch.save


class Opened(io.BytesIO):
    """A file that is open; what was written stays on the desk."""

    def __init__(self, desk: Desk, path: str, content: bytes, mode: str) -> None:
        super().__init__(content)
        self.name = path
        self.mode = mode  # type: ignore[misc]
        self._desk = desk
        if "a" in mode:
            self.seek(0, io.SEEK_END)
        if self.writable():
            self.flush()

    def readable(self) -> bool:
        return "r" in self.mode or "+" in self.mode

    def writable(self) -> bool:
        return "r" not in self.mode or "+" in self.mode

    def flush(self) -> None:
        if not self.closed and self.writable():
            self._desk.files[self.name] = self.getvalue()

    def close(self) -> None:
        self.flush()
        super().close()


class Text(io.TextIOWrapper):
    """The same as text. Python's own asks for more than bytes in memory have."""

    def __init__(self, opened: Opened, encoding: str, errors: str | None, newline: str | None) -> None:
        super().__init__(opened, encoding, errors, newline)
        self.mode = opened.mode  # type: ignore[misc]
