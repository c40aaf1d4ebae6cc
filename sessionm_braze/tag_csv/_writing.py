"""Writing SessionM's tag CSV: customer, tag, ttl, each pair once, whole or not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import attrs

from .._checks import check_tags, check_ttl, flag, many
from .._files import Drafts
from ._chunks import Chunk, Defaults, chunks_of
from ._reading import CsvRows
from ._rows import Reject, check_by
from ._sheets import Sheets, Target


__all__ = ["TagCsvReport", "write_tag_csv"]

_REPEATED_PAIR = "the same customer and tag came before"
_DIGEST_SETS = 64


@attrs.frozen(kw_only=True)
class TagCsvReport:
    """What `write_tag_csv` did with every record."""

    written: int = 0
    """Rows in the file, or in all its parts."""

    repeated: int = 0
    """Records left out because the same customer and tag came before."""

    rejected: int = 0
    """Records that cannot be used; the rejects file says why."""

    files: tuple[Path, ...] = ()
    """The files that were written; empty for an open file."""


def write_tag_csv(
    target: Target,
    rows: Iterable[Any],
    *,
    tags: Iterable[str] | None = None,
    ttl: int | timedelta | None = None,
    by: Literal["user_id", "external_id"] = "external_id",
    columns: tuple[str, str, str] | None = None,
    unique: bool = True,
    rows_per_file: int | None = None,
    rejects: Target | None = None,
    guard_formulas: bool = False,
) -> TagCsvReport:
    """Write the CSV that SessionM tags customers from (partner page, option 2).

    SessionM asks for the customer, the tag's name and a time to live, and publishes no
    notation; this is UTF-8 with commas and a header row.  SessionM's importer takes
    files apart and does not keep the order of rows, so a customer and tag are written
    once; a repeated pair is counted in the report and goes to the rejects.

    Files are written beside their place and moved there in the end: they are there
    whole or not at all, and only their owner can read them.  An open file gets the rows
    as they come.

    Args:
        target: Path of the CSV, or an open text file.
        rows: Ids, or mappings with the id under *by* (`read_segment_csv`, profiles of
            a segment export).  What the call does not say, *tags* or *ttl*, comes
            from the records: `TagRow`, triples, or mappings with ``tag`` and ``ttl``.
            Any iterable; it is read as it goes.
        tags: Tags that every customer gets.
        ttl: Seconds they live, at least 1, or a timedelta.
        by: Which of SessionM's ids the file names customers by.
        columns: Names of the three columns; default: *by*, ``tag``, ``ttl``.
        unique: Whether to leave out repeated pairs; needs about 100 bytes a customer.
        rows_per_file: Rows at most in a file; with it, ``tags.csv`` becomes
            ``tags-0001.csv`` and so on.
        rejects: Where records that cannot be used go, with line and reason; by
            default the first one raises.  A spreadsheet opens this file without
            computing anything in it.
        guard_formulas: Whether to put an apostrophe before cells that a spreadsheet
            would compute, those that begin with ``=``, ``+``, ``-`` or ``@``.  By
            default ids and tags are written byte for byte, as SessionM imports them;
            guard a file for people to look at.

    Returns:
        How many rows were written, records repeated and rejected, and the files.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If an argument is wrong, a file would replace the one that is read
            or another one, or a record cannot be used and there are no *rejects*; no
            file was written.
        FileExistsError: If parts of an earlier run are in the way.
        OSError: If a file cannot be written.

    Example:
        >>> import sys
        >>> report = write_tag_csv(sys.stdout, ["100", "101"], tags=["spring"], ttl=60)
        external_id,tag,ttl
        100,spring,60
        101,spring,60
        >>> report.written
        2
    """
    many(rows, "rows", "an iterable of ids, mappings or triples")
    defaults = Defaults(
        by=check_by(by),
        tags=None if tags is None else check_tags(tags),
        ttl=None if ttl is None else check_ttl(ttl),
    )
    header = _check_header(columns or (by, "tag", "ttl"))
    guarded = flag(guard_formulas, "guard_formulas")
    with Drafts([rows.source] if isinstance(rows, CsvRows) else []) as drafts:
        refused = _Rejects(drafts, rejects)
        sheets = Sheets(drafts, target, header, size=rows_per_file, guarded=guarded)
        repeats = _Repeats(refused) if unique else None
        for chunk in _usable(rows, defaults, refused):
            once = chunk if repeats is None else repeats.without(chunk)
            sheets.write(once.rows(defaults), once.count_of_rows(defaults))
        sheets.finish()
        refused.finish()
        drafts.publish()
    return TagCsvReport(
        written=sheets.written,
        repeated=0 if repeats is None else repeats.count,
        rejected=refused.count,
        files=tuple(sheets.files),
    )


def _check_header(columns: tuple[str, str, str]) -> tuple[str, ...]:
    names = tuple(columns)
    if len(set(names)) != 3 or not all(isinstance(n, str) and n for n in names):  # noqa: PLR2004
        raise ValueError(f"columns must be three different names, got {columns!r}")
    return names


def _usable(
    rows: Iterable[Any], defaults: Defaults, refused: _Rejects
) -> Iterator[Chunk]:
    """Yield the chunks of *rows* without what cannot be written."""
    for chunk in chunks_of(rows, defaults, refused.put):
        good = chunk.checked()
        if good is None:
            good = _good_part(chunk, defaults.by, refused).checked()
        if good is not None:
            yield good


def _good_part(chunk: Chunk, by: str, refused: _Rejects) -> Chunk:
    places = []
    for place, line in enumerate(chunk.lines):
        problem = chunk.problem_at(place, by)
        if problem is None:
            places.append(place)
        else:
            refused.put(Reject(line, problem, chunk.records[place]))
    return chunk.only(places)


class _Rejects:
    """The rejects file; without one, the first reject raises."""

    def __init__(self, drafts: Drafts, target: Target | None) -> None:
        self.count = 0
        self._sheet = None
        if target is not None:
            self._sheet = Sheets(
                drafts, target, ("line", "reason", "record"), guarded=True
            )

    def put(self, reject: Reject) -> None:
        """Write down a record that cannot be used."""
        if self._sheet is None:
            raise ValueError(
                f"{reject}; give rejects= to go on without such records: "
                f"{reject.record!r}"
            )
        self.count += 1
        self.note(reject)

    def note(self, reject: Reject) -> None:
        """Write down a record that is left out for another reason."""
        if self._sheet is None:
            return
        record = reject.record
        if not isinstance(record, str):
            plain = dict(record) if isinstance(record, Mapping) else record
            record = json.dumps(plain, ensure_ascii=False, default=str)
        self._sheet.write(iter([(reject.line, reject.reason, record)]), 1)

    def finish(self) -> None:
        """End the file."""
        if self._sheet is not None:
            self._sheet.finish()


class _Repeats:
    """Knows every customer, or customer and tag, by a digest of 128 bits.

    Many small sets, since a set that grows needs room for its old self as well.
    """

    def __init__(self, refused: _Rejects) -> None:
        self.count = 0
        self._refused = refused
        self._seen: list[set[int]] = [set() for _ in range(_DIGEST_SETS)]

    def without(self, chunk: Chunk) -> Chunk:
        """Return *chunk* without what came before."""
        names = chunk.customers
        if chunk.tags is not None:
            pairs = zip(names, chunk.tags, strict=True)
            names = [f"{customer}\x1f{tag}" for customer, tag in pairs]
        new = []
        for place, name in enumerate(names):
            digest = hashlib.blake2b(name.encode(), digest_size=16).digest()
            number = int.from_bytes(digest)
            seen = self._seen[number % _DIGEST_SETS]
            if number in seen:
                self.count += 1
                line, record = chunk.lines[place], chunk.records[place]
                self._refused.note(Reject(line, _REPEATED_PAIR, record))
            else:
                seen.add(number)
                new.append(place)
        return chunk if len(new) == len(names) else chunk.only(new)
