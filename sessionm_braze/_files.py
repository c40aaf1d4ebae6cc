"""Files that are written: there whole or not at all, and for their owner alone."""

from __future__ import annotations

import errno
import glob
import os
import secrets
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self


try:
    import fcntl
except ImportError:  # Windows, which removes no file that is open
    fcntl = None  # type: ignore[assignment]


__all__ = [
    "Draft",
    "Drafts",
    "PathOrFile",
    "check_regular",
    "file_path",
    "make_folder",
    "open_regular",
]

PathOrFile = str | os.PathLike[str] | IO[Any]
"""A path, or an open file."""

_LONGEST_NAME = 50
"""Characters of a file's name in the passing name, which is longer."""


def _opened(path: Path) -> IO[str]:
    """Open a new file that only its owner can read, and hold it while it is open."""
    while True:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        if fcntl is not None:
            with suppress(OSError):  # a file system without locks
                fcntl.flock(number, fcntl.LOCK_EX)
        if os.fstat(number).st_nlink:
            return os.fdopen(
                number, "w", encoding="utf-8", errors="backslashreplace", newline=""
            )
        os.close(number)  # taken for a left-over before it was held


def _remove_leftovers(folder: Path, beginning: str) -> None:
    """Remove what writers that were killed have left; a living one holds its first."""
    for first in folder.glob(f"{glob.escape(beginning)}{'[0-9a-f]' * 8}.part"):
        with suppress(OSError), open(first, "rb", opener=open_regular) as file:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            others = folder.glob(f"{glob.escape(first.stem)}-*.part")
            for old in (*others, first):
                old.unlink()


class Draft:
    """A file under a passing name beside its place, which it takes in the end.

    Args:
        path: Its place.  A link there is replaced, and not what it leads to.
        hidden: The passing name.
        held: Whether it stays open until it takes its place.

    Raises:
        OSError: If the file cannot be made.
    """

    def __init__(self, path: Path, hidden: str, *, held: bool) -> None:
        self.path = path
        self._hidden = path.with_name(hidden)
        self._held = held
        self.file: IO[str] = _opened(self._hidden)

    def finish(self) -> None:
        """Write everything to the disk."""
        self.file.flush()
        os.fsync(self.file.fileno())
        if not self._held:
            self.file.close()

    def publish(self) -> None:
        """Take the place."""
        if fcntl is None:
            self.file.close()
        self._hidden.replace(self.path)
        self.file.close()

    def discard(self) -> None:
        """Leave no trace."""
        with suppress(OSError):  # what a full disk does not take any more
            self.file.close()
        self._hidden.unlink(missing_ok=True)


class Drafts:
    """Drafts that are published together, or not at all.

    Args:
        inputs: What is read meanwhile, or was, and no draft may replace.
    """

    def __init__(self, inputs: Iterable[PathOrFile] = ()) -> None:
        self._kept = {name for file in inputs for name in _names(file)}
        self._drafts: list[Draft] = []
        self._numbers: dict[Path, int] = {}
        self._token = secrets.token_hex(4)

    def keep(self, file: PathOrFile) -> None:
        """Let no draft after this take the place of *file*.

        Raises:
            ValueError: If it is to be read or written for something else already.
        """
        names = _names(file)
        if not names.isdisjoint(self._kept):
            path = isinstance(file, str | os.PathLike)
            name = file if path else getattr(file, "name", "the open file")
            raise ValueError(
                f"{name} is read, or written for something else; give another file"
            )
        self._kept |= names

    def open(self, path: Path, *, of: Path | None = None) -> Draft:
        """Begin another file, which may be a part of the file *of*.

        Raises:
            ValueError: If it would replace what is kept, or another draft.
            OSError: If the file cannot be made, or what is in its place is no file.
        """
        self.keep(path)
        check_regular(path)
        whole = of or path
        beginning = f".{whole.name[:_LONGEST_NAME]}."
        number = self._numbers[whole] = self._numbers.get(whole, 0) + 1
        if number == 1:
            _remove_leftovers(path.parent, beginning)
        part = "" if number == 1 else f"-{number}"
        name = f"{beginning}{self._token}{part}.part"
        try:
            draft = Draft(path, name, held=number == 1)
        except OSError as error:
            error.filename = str(path)
            raise
        self._drafts.append(draft)
        return draft

    def publish(self) -> None:
        """Put every file in its place; the last are those that are held."""
        for draft in reversed(self._drafts):
            draft.publish()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for draft in reversed(self._drafts):
            draft.discard()


def file_path(path: str | os.PathLike[str], field: str) -> str:
    """Return the absolute path of a file, which stays the same wherever we go.

    Raises:
        TypeError: If it is no path.
        ValueError: If it can be no file.
    """
    name = os.fspath(path) if isinstance(path, str | os.PathLike) else path
    if not isinstance(name, str):
        raise TypeError(f"{field} must be the path of a file, got {path!r}")
    if name in {"", ":memory:"} or not _can_be_named(name):
        raise ValueError(
            f"{field} must be the path of a file, which a later run finds, got {name!r}"
        )
    return str(Path(name).absolute())


def _can_be_named(name: str) -> bool:
    try:
        return b"\0" not in os.fsencode(name)
    except UnicodeEncodeError:
        return False


def check_regular(path: Path) -> None:
    """Let *path* be a file, or nothing yet.

    Raises:
        OSError: If it is neither.
    """
    if path.exists() and not path.is_file():
        kind = errno.EISDIR if path.is_dir() else errno.EEXIST
        raise OSError(kind, "not a regular file", str(path))


def open_regular(path: str, flags: int) -> int:
    """Open a regular file; a pipe that nobody writes to would be waited for.

    Raises:
        OSError: If it cannot be opened, or is none.
    """
    number = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    kind = os.fstat(number).st_mode
    if not stat.S_ISREG(kind):
        os.close(number)
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        raise OSError(errno.EINVAL, "not a regular file", path)
    return number


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, for their owner alone, if they are not there.

    Raises:
        OSError: If one cannot be made.
    """
    for folder in (*reversed(path.parents), path):
        folder.mkdir(0o700, exist_ok=True)


def _names(file: PathOrFile) -> set[object]:
    """Return what a file is known by: two names of one file have one in common."""
    names: set[object] = {id(file)}
    with suppress(OSError, ValueError, AttributeError):
        if isinstance(file, str | os.PathLike):
            names = {os.path.realpath(file)}
            status = os.stat(file)  # noqa: PTH116 - of what a link leads to
        else:
            status = os.fstat(file.fileno())
        if stat.S_ISREG(status.st_mode):
            names.add((status.st_dev, status.st_ino))
    return names
