"""A CSV with a header: an open file, a path, or several parts of so many rows."""

from __future__ import annotations

import csv
import itertools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from .._checks import whole
from ._files import Draft, Drafts, part_path, refuse_older_parts


__all__ = ["Sheets", "Target"]

Target = str | os.PathLike[str] | IO[str]
"""A path, or a text file that is open for writing."""


class Sheets:
    """Writes rows; files stay drafts until somebody publishes them.

    Raises:
        TypeError: If *size* is no int.
        ValueError: If *size* is below 1, or given for an open file.
        FileExistsError: If parts of an earlier run are in the way.
        OSError: If a file cannot be opened.
    """

    def __init__(
        self,
        drafts: Drafts,
        target: Target,
        header: Sequence[str],
        size: int | None = None,
    ) -> None:
        self._drafts = drafts
        self._target = target
        self._header = header
        self._size = size
        self._left: float = float("inf")
        self._draft: Draft | None = None
        self.files: list[Path] = []
        self.written = 0
        if size is not None:
            whole(size, "rows_per_file", least=1)
            if not isinstance(target, str | os.PathLike):
                raise ValueError("rows_per_file needs a path, got an open file")
            refuse_older_parts(Path(target))
        self._begin()

    def write(self, rows: Iterator[Sequence[Any]], count: int) -> None:
        """Write *count* rows, beginning a new part where one is full."""
        while count:
            if not self._left:
                self._begin()
            now = int(min(count, self._left))
            self._writer.writerows(itertools.islice(rows, now))
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
            path = Path(self._target)
            if self._size is not None:
                path = part_path(path, len(self.files) + 1)
            self._draft = self._drafts.open(path)
            self.files.append(path)
            file = self._draft.file
        else:
            file = self._target
        self._writer = csv.writer(file, lineterminator="\n")
        self._writer.writerow(self._header)
        self._left = self._size or float("inf")
