"""The file that a run adds lines to: each line once, whatever ends the run.

The ledger says how far the file had come when it was last committed.  What stands
behind that is of records that the ledger holds to be open, and a run that goes on cuts
it off before it reads them again.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from pathlib import Path

from .._files import check_regular
from ..exceptions import LedgerError


__all__ = ["OutputFile"]

_END = 4096
"""Bytes at the end of the file by which the ledger knows it again."""


class OutputFile:
    """A file of lines, which only this run adds to and only its owner can read.

    Args:
        path: The file, as `file_path` gives it; made if it is not there.
        mark: How far it had come by the ledger; ``None`` if it is to be a new one.
        durable: Whether each line waits for the disk.

    Raises:
        FileExistsError: If there is something in it that the ledger knows nothing of.
        LedgerError: If it is not what the ledger says.
        OSError: If it cannot be opened.
    """

    def __init__(self, path: str, mark: str | None, *, durable: bool) -> None:
        self.problem: OSError | None = None
        """Why nothing is added to it any more."""

        self._path = Path(path)
        self._durable = durable
        size = 0 if mark is None else int(mark.partition(" ")[0])
        check_regular(self._path)
        if size and not self._path.exists():
            raise self._unlike_ledger()
        self._file = open(  # noqa: SIM115 - Path.open has no opener
            path, "a+b", buffering=0, opener=_for_its_owner
        )
        try:
            self._go_on(size, mark)
        except BaseException:
            self._file.close()
            raise

    @property
    def mark(self) -> str:
        """How far it has come, and how it is known again."""
        if self._size:
            return f"{self._size} {hashlib.blake2b(self._end).hexdigest()}"
        status = os.fstat(self._file.fileno())
        return f"0 {status.st_dev}:{status.st_ino}"

    def add(self, line: bytes) -> None:
        """Add *line*, or nothing of it.

        Raises:
            OSError: If it cannot be written, or the file is not as the run left it.
        """
        if self.problem is not None:
            raise self.problem
        try:
            self._check()
            self._write(line)
        except OSError as error:
            error.filename = error.filename or str(self._path)
            self.problem = error
            raise

    def close(self) -> None:
        """Let the file go, with everything on the disk.

        Raises:
            OSError: If it is not as the run left it, or did not come to the disk.
        """
        if self._file.closed:
            return
        with self._file:
            if self.problem is None:
                self._check()
                os.fsync(self._file.fileno())

    def _go_on(self, size: int, mark: str | None) -> None:
        """Find the end of what the ledger knows, and cut off what is behind it."""
        self._size = size
        self._file.seek(max(0, size - _END))
        self._end = self._file.read(min(size, _END))
        if not size and not os.fstat(self._file.fileno()).st_size:
            self._path.chmod(0o600)
        elif mark == self.mark:
            self._file.truncate(size)
        elif size:
            raise self._unlike_ledger()
        else:
            raise FileExistsError(
                errno.EEXIST,
                "it is there already, and the run has no ledger that knows it; remove "
                "it, give another file, or the ledger that it was begun with",
                str(self._path),
            )

    def _write(self, line: bytes) -> None:
        rest = memoryview(line)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
            if self._durable:
                os.fsync(self._file.fileno())
        except BaseException:
            with contextlib.suppress(OSError):  # the next run cuts it off
                self._file.truncate(self._size)
            raise
        self._size += len(line)
        self._end = (self._end + line)[-_END:]

    def _check(self) -> None:
        own = os.fstat(self._file.fileno())
        with contextlib.suppress(FileNotFoundError):
            found = self._path.stat()
            if os.path.samestat(own, found) and own.st_size == self._size:
                return
        raise OSError(
            errno.ESTALE,
            "it was removed, replaced or changed while the run wrote it",
            str(self._path),
        )

    def _unlike_ledger(self) -> LedgerError:
        return LedgerError(
            f"{self._path} is not the file that the ledger's runs wrote, or was "
            "changed since; bring it back, or begin with a new ledger and a new file"
        )


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
