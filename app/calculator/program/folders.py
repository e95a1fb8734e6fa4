"""Folders in memory, and the functions of `os` that go through them."""
# ruff: noqa: D102  # Python's own methods

import errno
import os
import posixpath
import stat
from collections.abc import Iterator, Mapping
from typing import Any, Self

FOLDER = "/"
"""Where a program begins."""
TEMPORARY = "/tmp"
"""Where `tempfile` makes its files."""
REAL_STAT = os.stat


class Folders:
    """Files by path, and the folders that they are in. shelf: files that are there from the beginning."""

    def __init__(self, shelf: Mapping[str, bytes] | None = None) -> None:
        self.files: dict[str, bytes] = {}
        self.folders = {FOLDER, TEMPORARY}
        self.shelf = shelf or {}

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

    def touch(self, path: Any, *_: Any, **__: Any) -> None:
        """`os.utime` and `os.chmod`: nobody asks when, or who."""
        self.stat(path)

    def listdir(self, path: Any = ".") -> list[str]:
        folder = path_of(path)
        if folder not in self.folders:
            raise error(FileNotFoundError, errno.ENOENT, path)
        inside = (*self.files, *(self.folders - {FOLDER, TEMPORARY}))
        return [posixpath.basename(name) for name in inside if posixpath.dirname(name) == folder]

    def scandir(self, path: Any = ".") -> "Entries":
        """`os.scandir`, which `glob`, `os.walk` and `shutil` go through folders with."""
        return Entries(Entry(self, os.fspath(path), name) for name in self.listdir(path))

    def mkdir(self, path: Any, mode: int = 0o777, *, dir_fd: Any = None) -> None:
        folder = path_of(path)
        if folder in self.folders or folder in self.files:
            raise error(FileExistsError, errno.EEXIST, path)
        if posixpath.dirname(folder) not in self.folders:
            raise error(FileNotFoundError, errno.ENOENT, path)
        self.folders.add(folder)

    def rmdir(self, path: Any, *, dir_fd: Any = None) -> None:
        if self.listdir(path):
            raise error(OSError, errno.ENOTEMPTY, path)
        self.folders.discard(path_of(path))

    def remove(self, path: Any, *, dir_fd: Any = None) -> None:
        if self.files.pop(path_of(path), None) is None:
            raise error(FileNotFoundError, errno.ENOENT, path)

    def rename(self, source: Any, target: Any, *, src_dir_fd: Any = None, dst_dir_fd: Any = None) -> None:
        """`os.rename` and `os.replace`."""
        before, after = path_of(source), path_of(target)
        if before not in self.folders and not self.has_file(source):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), source, None, target)
        for path in [path for path in self.files if f"{path}/".startswith(f"{before}/")]:
            self.files[after + path.removeprefix(before)] = self.files.pop(path)
        moved = {path for path in self.folders if f"{path}/".startswith(f"{before}/")}
        self.folders = self.folders - moved | {after + path.removeprefix(before) for path in moved}


class Entries(Iterator["Entry"]):
    """What `os.scandir` gives back: to be gone through, with or without `with`."""

    def __init__(self, entries: Iterator["Entry"]) -> None:
        self._entries = entries

    def __next__(self) -> "Entry":
        return next(self._entries)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """There is nothing to close."""


class Entry(os.PathLike[str]):
    """A file or folder of a folder, as `os.DirEntry`."""

    def __init__(self, folders: Folders, folder: str, name: str) -> None:
        self.name = name
        self.path = os.path.join(folder, name)  # noqa: PTH118  # a path in memory
        self._folders = folders

    def __fspath__(self) -> str:
        return self.path

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        return path_of(self.path) in self._folders.folders

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        return not self.is_dir()

    def is_symlink(self) -> bool:
        return False

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        return self._folders.stat(self.path)


def path_of(file: Any) -> str:
    """Where a file is. Raises TypeError, as Python does, for what is no path."""
    path = os.fsdecode(file)
    return posixpath.normpath(posixpath.join(FOLDER, path)).replace("//", "/")


def error(kind: type[OSError], number: int, file: Any) -> OSError:
    """Python's own error."""
    return kind(number, os.strerror(number), file)
