"""Files in memory: what a program writes it can read again, and nothing else is there."""
# ruff: noqa: D102  # Python's own methods

import errno
import io
import os
import posixpath
import stat
from collections.abc import Callable, Mapping
from typing import IO, Any

import torch

Patches = list[tuple[Any, str, Any]]
"""An object, a name of it, and what stands there instead while a program runs."""

REAL_OPEN = io.open
FOLDER = "/"
"""Where a program begins."""


class Desk:
    """The files and folders of one program. shelf: files that are there from the beginning."""

    def __init__(self, shelf: Mapping[str, bytes] | None = None) -> None:
        self.files: dict[str, bytes] = {}
        self.folders = {FOLDER}
        self.shelf = shelf or {}

    def patches(self) -> Patches:
        """What makes Python, NumPy, torch and matplotlib use this desk."""
        functions: list[tuple[Any, str, Callable[..., Any]]] = [
            (io, "open", self.open),
            (os, "getcwd", lambda: FOLDER),
            (os, "listdir", self.listdir),
            (os, "mkdir", self.mkdir),
            (os, "makedirs", lambda path, mode=0o777, exist_ok=False: self.mkdir(path, exist_ok=exist_ok)),
            (os, "remove", self.remove),
            (os, "unlink", self.remove),
            (os, "stat", self.stat),
            (os, "lstat", self.stat),
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

    def content(self, file: Any) -> bytes:
        """What a file holds. Raises FileNotFoundError, as Python does."""
        path = path_of(file)
        for files in (self.files, self.shelf):
            if path in files:
                return files[path]
        raise error(FileNotFoundError, errno.ENOENT, file)

    def has_file(self, file: Any) -> bool:
        """Whether there is such a file."""
        path = path_of(file)
        return path in self.files or path in self.shelf

    def stat(self, path: Any, *, dir_fd: Any = None, follow_symlinks: bool = True) -> os.stat_result:
        """`os.stat`, which `os.path` and `pathlib` ask whether something is there, and how long it is."""
        if isinstance(path, int):
            return REAL_STAT(path)
        if path_of(path) in self.folders:
            return os.stat_result((stat.S_IFDIR | 0o755, 0, 0, 1, 0, 0, 0, 0, 0, 0))
        size = len(self.content(path))
        return os.stat_result((stat.S_IFREG | 0o644, 0, 0, 1, 0, 0, size, 0, 0, 0))

    def listdir(self, path: Any = ".") -> list[str]:
        """`os.listdir`."""
        folder = path_of(path)
        if folder not in self.folders:
            raise error(FileNotFoundError, errno.ENOENT, path)
        inside = (*self.files, *(self.folders - {FOLDER}))
        return [posixpath.basename(name) for name in inside if posixpath.dirname(name) == folder]

    def mkdir(self, path: Any, mode: int = 0o777, *, dir_fd: Any = None, exist_ok: bool = True) -> None:
        """`os.mkdir` and `os.makedirs`."""
        folder = path_of(path)
        if folder in self.folders and not exist_ok:
            raise error(FileExistsError, errno.EEXIST, path)
        while folder not in self.folders:
            self.folders.add(folder)
            folder = posixpath.dirname(folder)

    def remove(self, path: Any, *, dir_fd: Any = None) -> None:
        """`os.remove`."""
        if self.files.pop(path_of(path), None) is None:
            raise error(FileNotFoundError, errno.ENOENT, path)

    def save(self, obj: object, f: Any, *args: Any, **kwargs: Any) -> None:
        """`torch.save`, which would open a file by itself."""
        if isinstance(f, str | os.PathLike):
            with self.open(f, "wb") as file:
                REAL_SAVE(obj, file, *args, **kwargs)
        else:
            REAL_SAVE(obj, f, *args, **kwargs)


REAL_SAVE = torch.save
REAL_STAT = os.stat


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


def path_of(file: Any) -> str:
    """Where a file is. Raises TypeError, as Python does, for what is no path."""
    path = os.fsdecode(file)
    return posixpath.normpath(posixpath.join(FOLDER, path)).replace("//", "/")


def error(kind: type[OSError], number: int, file: Any) -> OSError:
    """Python's own error."""
    return kind(number, os.strerror(number), file)
