"""Reading CSV files batch by batch: rows of the right width, and rejects."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import itertools
import os
import re
import zipfile
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Generic, Self, TypeVar

import attrs

from ._rows import By, Reject, SegmentRow, TagRow, seconds_of, unquoted


__all__ = [
    "Batch",
    "SegmentCsv",
    "Source",
    "TagCsv",
    "read_segment_csv",
    "read_tag_csv",
]

Source = str | os.PathLike[str] | IO[str] | IO[bytes]
"""A path, or a file that is open for reading."""

OnReject = Callable[[Reject], object]
R = TypeVar("R")
F = TypeVar("F")

BATCH_ROWS = 200
"""Rows handled at a time."""

_LINE_END = re.compile(r"\r\n|\r|\n")
_DELIMITERS = ",;\t"
_ID_NAMES: tuple[By, ...] = ("user_id", "external_id")
_TAG_COLUMNS = ("external_id", "tag", "ttl")


@attrs.frozen
class Batch:
    """Rows of the file's width, and the line on which each ends."""

    cells: Sequence[list[str]]
    lines: Sequence[int]


class CsvRows(Generic[R]):
    """Iterates once over the rows of a CSV file; base of the two readers."""

    def __init__(
        self, source: Source, on_reject: OnReject | None, *, wanted: str
    ) -> None:
        self._wanted = wanted
        self.source = source
        """The path, or the open file."""

        self.on_reject = on_reject
        """Called with each row that cannot be used; ``None`` raises instead."""

        self._found = self._each()
        self._rows = without_rejects(self._found, self._reject)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> R:
        return next(self._rows)

    def close(self) -> None:
        """Close what was opened."""
        self._rows.close()
        self._found.close()

    def with_rejects(self) -> Generator[R | Reject, None, None]:
        """Return the rows, and among them what cannot be used, past `on_reject`."""
        return self._found

    def batches(self) -> Generator[Batch | Reject, None, None]:
        """Yield the rows in batches, and on the way those that cannot be used."""
        for text in _texts(self.source):
            header, rows = _open_table(text, self._wanted)
            self._take_header([name.strip() for name in header])
            yield from _batches_of(rows, len(header))

    def _each(self) -> Generator[R | Reject, None, None]:
        for batch in self.batches():
            if isinstance(batch, Reject):
                yield batch
            else:
                yield from map(self._row, batch.cells, batch.lines)

    def _reject(self, found: Reject) -> None:
        if self.on_reject is None:
            raise ValueError(f"{_shown(self.source)}, {found}")
        self.on_reject(found)

    def _take_header(self, header: list[str]) -> None:
        raise NotImplementedError

    def _row(self, cells: list[str], line: int) -> R | Reject:
        raise NotImplementedError


def without_rejects(
    found: Generator[F | Reject, None, None], on_reject: OnReject
) -> Generator[F, None, None]:
    """Yield what was *found*, but for rejects, which go to *on_reject*."""
    with contextlib.closing(found):
        for each in found:
            if isinstance(each, Reject):
                on_reject(each)
            else:
                yield each


class SegmentCsv(CsvRows[SegmentRow]):
    """The rows of Braze's dashboard CSV; see `read_segment_csv`."""

    def __init__(self, source: Source, on_reject: OnReject | None) -> None:
        super().__init__(source, on_reject, wanted="user_id")

    def _take_header(self, header: list[str]) -> None:
        self._place = _place_of(header, _ID_NAMES, self.source)
        places = {name: place for place, name in reversed([*enumerate(header)])}
        ids: dict[str, int] = dict.fromkeys(_ID_NAMES, self._place)
        self._places = {**places, **ids}

    def _row(self, cells: list[str], line: int) -> SegmentRow:
        return SegmentRow(cells, self._places, line)

    def ids_of(self, batch: Batch) -> list[str]:
        """Return the ids of a batch, apostrophes taken off."""
        place = self._place
        ids = [cells[place] for cells in batch.cells]
        if "'" in "".join(ids):
            ids = [unquoted(value) for value in ids]
        return ids


class TagCsv(CsvRows[TagRow]):
    """The rows of SessionM's tag CSV; see `read_tag_csv`."""

    def __init__(
        self,
        source: Source,
        on_reject: OnReject | None,
        columns: tuple[str, str, str] | None,
    ) -> None:
        super().__init__(source, on_reject, wanted=(columns or _TAG_COLUMNS)[1])
        self._columns = columns
        self.by: By | None = None
        """Which id the file has, once reading began; ``None`` for other columns."""

    def _take_header(self, header: list[str]) -> None:
        customer, tag, ttl = self._columns or _TAG_COLUMNS
        customers = (customer,) if self._columns else ("external_id", "user_id")
        self._places = [
            _place_of(header, names, self.source)
            for names in (customers, (tag,), (ttl,))
        ]
        name = header[self._places[0]].lower()
        self.by = next((by for by in _ID_NAMES if by == name), None)

    def _row(self, cells: list[str], line: int) -> TagRow | Reject:
        customer, tag, ttl = (cells[place] for place in self._places)
        try:
            seconds = seconds_of(ttl)
        except ValueError as error:
            return Reject(line, str(error), cells)
        if not (customer.strip() and tag.strip()):
            return Reject(line, "customer or tag is blank", cells)
        return TagRow(customer, tag, seconds)

    def columns_of(self, batch: Batch) -> tuple[list[str], list[str], list[str]]:
        """Return the customers, tags and ttls of a batch, as they stand there."""
        customer, tag, ttl = self._places
        return (
            [cells[customer] for cells in batch.cells],
            [cells[tag] for cells in batch.cells],
            [cells[ttl] for cells in batch.cells],
        )


def read_segment_csv(
    source: Source, *, on_reject: OnReject | None = None
) -> SegmentCsv:
    r"""Read the CSV that Braze's dashboard exports of a segment, row by row.

    Columns are found by name, in any order; a byte order mark, unknown columns, and
    commas, semicolons or tabs between cells are all fine (Braze documents the columns
    and not the notation).  A row may lack an id: users without one are in the file
    too.

    Args:
        source: Path of the CSV, of its ``.gz``, or of the ``.zip`` that Braze makes;
            or an open file.
        on_reject: Called with a `Reject` for each row that cannot be read, such as
            one cut short; by default the first such row raises.

    Returns:
        An iterator of `SegmentRow`, for `write_tag_csv` and ``tag_customers``.

    Raises:
        OSError: If the file cannot be opened; when reading begins.
        ValueError: If there is no column ``user_id``, or a row cannot be read.

    Example:
        >>> import io
        >>> file = io.StringIO("Appboy ID,user_id,email\n66aa,'-17,a@example.org\n")
        >>> [row["external_id"] for row in read_segment_csv(file)]
        ['-17']
    """
    return SegmentCsv(source, on_reject)


def read_tag_csv(
    source: Source,
    *,
    columns: tuple[str, str, str] | None = None,
    on_reject: OnReject | None = None,
) -> TagCsv:
    r"""Read a tag CSV such as `write_tag_csv` writes, row by row.

    Args:
        source: Path of the CSV, or an open file.
        columns: Names of the columns with customer, tag and ttl; default:
            ``external_id`` or ``user_id``, ``tag``, ``ttl``.
        on_reject: Called with a `Reject` for each row that cannot be used; by default
            the first such row raises.

    Returns:
        An iterator of `TagRow`.

    Raises:
        OSError: If the file cannot be opened; when reading begins.
        ValueError: If a column is missing, or a row cannot be used.

    Example:
        >>> import io
        >>> list(read_tag_csv(io.StringIO("external_id,tag,ttl\n100,spring,60\n")))
        [TagRow(customer='100', tag='spring', ttl=60)]
    """
    return TagCsv(source, on_reject, columns)


class _CsvReader(Iterator[list[str]]):
    """What ``csv.reader`` returns; the class itself has no public name."""

    line_num: int


def _batches_of(rows: _CsvReader, width: int) -> Iterator[Batch | Reject]:
    """Yield the rows of one table; blank lines are left out."""
    while True:
        before = rows.line_num
        cells: list[list[str]] = []
        problem = None
        try:
            cells.extend(itertools.islice(rows, BATCH_ROWS))
        except csv.Error as error:  # the rows before it are in cells
            problem = f"not CSV: {error}"
        lines = _lines_of(cells, before, rows.line_num, problem)
        if set(map(len, cells)) - {width}:
            good: list[tuple[list[str], int]] = []
            for row, line in zip(cells, lines, strict=True):
                if len(row) == width:
                    good.append((row, line))
                elif row:
                    reason = f"{len(row)} cells where {width} belong"
                    yield Reject(line, reason, row)
            cells, lines = [row for row, _ in good], [line for _, line in good]
        if cells:
            yield Batch(cells, lines)
        if problem is not None:
            yield Reject(rows.line_num, problem)
        elif rows.line_num == before:
            return


def _lines_of(
    cells: list[list[str]], before: int, after: int, problem: str | None
) -> Sequence[int]:
    """Return the line on which each row ends; cells may hold line breaks."""
    if problem is None and after - before == len(cells):
        return range(before + 1, after + 1)
    spans = (1 + sum(len(_LINE_END.findall(cell)) for cell in row) for row in cells)
    return list(itertools.accumulate(spans, initial=before))[1:]


def _place_of(header: list[str], names: Sequence[str], source: Source) -> int:
    """Return where the one column of these *names* is, in whatever case."""
    lowered = [name.lower() for name in header]
    found = [name.lower() for name in names if name.lower() in lowered]
    if not found:
        raise ValueError(
            f"{_shown(source)}: no column {' or '.join(names)}, only "
            f"{', '.join(map(repr, header))}"
        )
    return lowered.index(found[0])


def _open_table(text: Iterable[str], wanted: str) -> tuple[list[str], _CsvReader]:
    """Return the header and a reader of the rows below it."""
    lines = iter(text)
    first = next(lines, "").removeprefix("\ufeff")
    delimiter = next(
        (
            mark
            for mark in _DELIMITERS
            if wanted in (c.strip().lower() for c in _cells(first, mark))
        ),
        ",",
    )
    rows: Any = csv.reader(
        itertools.chain([first], lines), delimiter=delimiter, strict=True
    )
    return next(rows, []), rows


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _texts(source: Source) -> Iterator[Iterable[str]]:
    """Yield each table of *source* as lines of text; a zip may hold several."""
    if not isinstance(source, str | os.PathLike):
        text = _lines(source)
        try:
            yield text
        finally:  # a wrapper that is dropped would close the caller's file
            if isinstance(text, io.TextIOWrapper) and text is not source:
                text.detach()
        return
    path = Path(source)
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if not member.is_dir():
                    with archive.open(member) as file:
                        yield _lines(file)
        return
    with path.open("rb") as file:
        zipped = path.suffix == ".gz"
        yield _lines(gzip.GzipFile(fileobj=file) if zipped else file)


def _lines(file: Any) -> Iterable[str]:
    """Return the lines of *file*; text files are passed through.

    Bytes that are no UTF-8 stay recognisable, so that their row alone is rejected.
    """
    if isinstance(file.read(0), str):
        lines: Iterable[str] = file
        return lines
    return io.TextIOWrapper(file, "utf-8", errors="surrogateescape", newline="")


def _shown(source: Source) -> str:
    if isinstance(source, str | os.PathLike):
        return os.fspath(source)
    return str(getattr(source, "name", "CSV"))
