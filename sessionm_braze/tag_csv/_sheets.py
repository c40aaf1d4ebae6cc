"""A CSV with a header: an open file, a path, or several parts of so many rows."""

from __future__ import annotations

import csv
import glob
import itertools
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from .._checks import whole
from .._files import Draft, Drafts


__all__ = ["Sheets", "Target", "part_path"]

Target = str | os.PathLike[str] | IO[str]
"""A path, or a text file that is open for writing."""


_FORMULA = re.compile(r"\A(\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])")
"""How cells begin that a spreadsheet computes."""


class Sheets:
    """Writes rows; files stay drafts until somebody publishes them.

    Args:
        drafts: Where they are begun.
        target: The file.
        header: The first row of each.
        size: Rows at most in a file.
        guarded: Whether to keep spreadsheets from computing cells.

    Raises:
        TypeError: If *size* is no int.
        ValueError: If *size* is below 1, or given for an open file, or a file would
            replace another one that is in use.
        FileExistsError: If parts of an earlier run are in the way.
        OSError: If a file cannot be opened.
    """

    def __init__(
        self,
        drafts: Drafts,
        target: Target,
        header: Sequence[str],
        *,
        size: int | None = None,
        guarded: bool = False,
    ) -> None:
        self._drafts = drafts
        self._target = target
        self._header = header
        self._size = size
        self._guarded = guarded
        self._left: float = float("inf")
        self._draft: Draft | None = None
        self.files: list[Path] = []
        self.written = 0
        if not isinstance(target, str | os.PathLike):
            drafts.keep(target)
        if size is not None:
            whole(size, "rows_per_file", least=1)
            if not isinstance(target, str | os.PathLike):
                raise ValueError("rows_per_file needs a path, got an open file")
            _refuse_older_parts(Path(target))
        self._begin()

    def write(self, rows: Iterator[Sequence[Any]], count: int) -> None:
        """Write *count* rows, beginning a new part where one is full."""
        while count:
            if not self._left:
                self._begin()
            now = int(min(count, self._left))
            some = itertools.islice(rows, now)
            self._writer.writerows(map(_guarded, some) if self._guarded else some)
            self.written += now
            self._left -= now
            count -= now

    def finish(self) -> None:
        """Put everything on the disk; the drafts may be published then."""
        if self._draft is not None:
            self._draft.finish()

    def _begin(self) -> None:
        self.finish()
        if isinstance(self._target, str | os.PathLike):
            whole_path = Path(self._target)
            path = whole_path
            if self._size is not None:
                path = part_path(whole_path, len(self.files) + 1)
            self._draft = self._drafts.open(path, of=whole_path)
            self.files.append(path)
            file = self._draft.file
        else:
            file = self._target
        self._writer = csv.writer(file, lineterminator="\n")
        self._writer.writerow(self._header)
        self._left = self._size or float("inf")


def _guarded(row: Sequence[Any]) -> list[Any]:
    """Return *row* with an apostrophe before what a spreadsheet would compute.

    A lone carriage return, which the writer puts in no quotes, would begin a row.
    """
    return [
        _FORMULA.sub(r"'\g<0>", cell).replace("\r", "\n")
        if isinstance(cell, str)
        else cell
        for cell in row
    ]


def part_path(path: Path, number: int) -> Path:
    """Return the path of part *number* of a file that is split.

    Example:
        >>> part_path(Path("tags.csv"), 2).name
        'tags-0002.csv'
    """
    return path.with_name(f"{path.stem}-{number:04d}{path.suffix}")


def _refuse_older_parts(path: Path) -> None:
    """Refuse to split into *path* where parts of an earlier run lie.

    They could be more than the new ones, and be taken for a part of them.

    Raises:
        FileExistsError: If there are any.
    """
    digits = "[0-9]" * 4
    names = f"{glob.escape(path.stem)}-{digits}{glob.escape(path.suffix)}"
    older = sorted(path.parent.glob(names))
    if older:
        raise FileExistsError(
            f"{older[0]} is there from an earlier run; remove the parts of "
            f"{path.name} first"
        )
