"""The files of a segment export: zip, gzip or plain, one JSON object a line.

Nothing is unpacked to a path, so no name in an archive can lead out of a folder, and
nothing is held in memory but the line at hand.
"""

from __future__ import annotations

import errno
import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from ..._foreign import MAX_LINE_BYTES
from ..._http import decode
from ...exceptions import PayloadError


__all__ = ["read_archive", "read_path"]


_GZIP = b"\x1f\x8b"
_ZIP = b"PK"
_LONGEST_NAME = 100

MAX_DIRECTORY_BYTES = 8_000_000
"""Bytes of a zip's list of files, which is read whole; of 80,000 files and more."""

_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""What zipfile unpacks bit by bit; 4 kB of the others may become gigabytes at once."""


def read_path(path: Path, /) -> Iterator[dict[str, Any]]:
    """Yield the profiles of a file, or of all files below a folder, in order of names.

    Raises:
        FileNotFoundError: If there is no such file or folder.
        PayloadError: If a file is broken, or a line is no JSON object.
    """
    if not path.exists():
        raise FileNotFoundError(f"no such file or folder: {path}")
    files = [path]
    if path.is_dir():
        files = sorted(each for each in path.rglob("*") if each.is_file())
    return _read_files(files)


def _read_files(files: list[Path]) -> Iterator[dict[str, Any]]:
    for each in files:
        with each.open("rb") as file:
            yield from read_archive(file, each.name)


def read_archive(file: IO[bytes], name: str, /) -> Iterator[dict[str, Any]]:
    """Yield the profiles of an open archive or plain file.

    Args:
        file: Binary, seekable.
        name: What to call it in errors.

    Raises:
        PayloadError: If it is broken, or a line is no JSON object.
    """
    file.seek(0)
    head = file.read(2)
    file.seek(0)
    try:
        if head == _ZIP:
            yield from _read_zip(file, name)
        elif head == _GZIP:
            with gzip.open(file) as plain:
                yield from _read_lines(plain, name)
        else:
            yield from _read_lines(file, name)
    except PayloadError:
        raise
    except OSError as error:
        if error.errno not in {None, errno.EINVAL}:  # of the disk, not of the archive
            raise
        raise _fault(f"cannot be unpacked ({error})", name) from error
    except Exception as error:  # zipfile raises a dozen kinds, those of codecs too
        raise _fault(f"cannot be unpacked ({error})", name) from error


class _Careful:
    """A file as zipfile reads it: it believes the size that an archive claims.

    Without a size it reads no more than the end of the file.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable
        self._read = file.read

    def read(self, size: int = -1) -> bytes:
        data = self._read(min(size, MAX_DIRECTORY_BYTES + 1) if size >= 0 else size)
        if len(data) > MAX_DIRECTORY_BYTES:
            raise zipfile.BadZipFile("a list of too many files")
        return data


def _read_zip(file: IO[bytes], name: str) -> Iterator[dict[str, Any]]:
    with zipfile.ZipFile(_Careful(file)) as archive:
        for member in archive.infolist():
            if member.is_dir():
                continue
            if member.compress_type not in _METHODS:
                raise zipfile.BadZipFile(
                    f"method {member.compress_type}, unpack it and give the folder"
                )
            shown = repr(member.filename)[1:-1][:_LONGEST_NAME]
            with archive.open(member) as plain:
                yield from _read_lines(io.BufferedReader(plain), f"{name}:{shown}")


def _read_lines(file: Any, name: str) -> Iterator[dict[str, Any]]:
    for number in range(1, 2**63):
        line = file.readline(MAX_LINE_BYTES + 1)
        if not line:
            return
        if len(line) > MAX_LINE_BYTES:
            raise _fault(f"line above {MAX_LINE_BYTES:,} bytes", f"{name}:{number}")
        if not line.strip():
            continue
        place = f"{name}:{number}"
        try:
            profile = decode(line)
        except ValueError:
            raise _fault("no JSON", place) from None
        if not isinstance(profile, dict):
            raise _fault(f"expected an object, got {type(profile).__name__}", place)
        yield profile


def _fault(what: str, place: str) -> PayloadError:
    problem = f"{what} @ {place}"
    return PayloadError(f"segment export: {problem}", problems=(problem,))
