"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import IO, Self


__all__ = ["Draft", "Drafts", "part_path", "refuse_older_parts"]


class Draft:
    """A file under a passing name beside its place, which it takes in the end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._hidden = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        self.file: IO[str] = self._hidden.open(
            "x", encoding="utf-8", errors="backslashreplace", newline=""
        )

    def finish(self) -> None:
        """Write everything to the disk."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()

    def publish(self) -> None:
        """Take the place."""
        self._hidden.replace(self.path)

    def discard(self) -> None:
        """Leave no trace."""
        self.file.close()
        self._hidden.unlink(missing_ok=True)


class Drafts:
    """Drafts that are published together, or not at all."""

    def __init__(self) -> None:
        self._drafts: list[Draft] = []

    def open(self, path: Path) -> Draft:
        """Begin another file."""
        draft = Draft(path)
        self._drafts.append(draft)
        return draft

    def publish(self) -> None:
        """Put every file in its place."""
        for draft in self._drafts:
            draft.publish()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for draft in self._drafts:
            draft.discard()


def part_path(path: Path, number: int) -> Path:
    """Return the path of part *number* of a file that is split.

    Example:
        >>> part_path(Path("tags.csv"), 2).name
        'tags-0002.csv'
    """
    return path.with_name(f"{path.stem}-{number:04d}{path.suffix}")


def refuse_older_parts(path: Path) -> None:
    """Refuse to split into *path* where parts of an earlier run lie.

    They could be more than the new ones, and be taken for a part of them.

    Raises:
        FileExistsError: If there are any.
    """
    digits = "[0-9]" * 4
    older = sorted(path.parent.glob(f"{path.stem}-{digits}{path.suffix}"))
    if older:
        raise FileExistsError(
            f"{older[0]} is there from an earlier run; remove the parts of "
            f"{path.name} first"
        )
