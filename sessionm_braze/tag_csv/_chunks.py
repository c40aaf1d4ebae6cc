"""Records as columns, a few hundred at a time: what makes checking and writing fast."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Self

import attrs

from .._checks import check_tags, check_ttl
from ._reading import BATCH_ROWS, CsvRows, OnReject, SegmentCsv, TagCsv, without_rejects
from ._rows import (
    By,
    TagRow,
    any_spoilt,
    customer_of,
    id_problem,
    seconds_of,
    spoilt,
)


__all__ = ["Chunk", "Defaults", "chunks_of"]


@attrs.frozen(kw_only=True)
class Defaults:
    """What the call says for all records."""

    by: By
    tags: tuple[str, ...] | None
    """Tags of every customer; ``None`` if each record has its own."""

    ttl: int | None
    """Seconds; ``None`` if each record has its own."""


@attrs.frozen(kw_only=True)
class Chunk:
    """Some records: three columns, and where they came from."""

    customers: Sequence[Any]
    tags: Sequence[Any] | None
    """``None`` if the call has the tags."""

    ttls: Sequence[Any] | None
    """``None`` if the call has the ttl."""

    lines: Sequence[int]
    records: Sequence[Any]

    def only(self, places: Sequence[int]) -> Self:
        """Return the records at *places*."""

        def pick(column: Sequence[Any]) -> list[Any]:
            return [column[place] for place in places]

        return attrs.evolve(
            self,
            customers=pick(self.customers),
            tags=None if self.tags is None else pick(self.tags),
            ttls=None if self.ttls is None else pick(self.ttls),
            lines=pick(self.lines),
            records=pick(self.records),
        )

    def checked(self) -> Self | None:
        """Return the records with ttls as numbers if all are fit to write."""
        if not _ids_are_fine(self.customers):
            return None
        try:
            if self.tags is not None:
                check_tags(set(self.tags))
            if self.ttls is None:
                return self
            seconds = {ttl: _seconds(ttl) for ttl in set(self.ttls)}
        except (TypeError, ValueError):
            return None
        if bool in set(map(type, self.ttls)):
            return None
        return attrs.evolve(self, ttls=[seconds[ttl] for ttl in self.ttls])

    def problem_at(self, place: int, by: str) -> str | None:
        """Say what keeps one record from being written, or return ``None``."""
        customer = self.customers[place]
        problem = id_problem(customer, by) or spoilt(customer, by)
        if problem is not None:
            return problem
        try:
            if self.tags is not None:
                check_tags([_given(self.tags[place], "tag")])
            if self.ttls is not None:
                _seconds(_given(self.ttls[place], "ttl"))
        except (TypeError, ValueError) as error:
            return str(error)
        return None

    def count_of_rows(self, defaults: Defaults) -> int:
        """Return how many `rows` there are."""
        tags = 1 if self.tags is not None else len(defaults.tags or ())
        return len(self.customers) * tags

    def rows(self, defaults: Defaults) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of the file."""
        ttls = itertools.repeat(defaults.ttl) if self.ttls is None else self.ttls
        if self.tags is not None:
            return zip(self.customers, self.tags, ttls, strict=False)
        assert defaults.tags is not None  # noqa: S101 - one of the two has them
        if len(defaults.tags) == 1:
            tag = itertools.repeat(defaults.tags[0])
            return zip(self.customers, tag, ttls, strict=False)
        return (
            (customer, tag, ttl)
            for customer, ttl in zip(self.customers, ttls, strict=False)
            for tag in defaults.tags
        )


def chunks_of(
    rows: Iterable[Any], defaults: Defaults, on_reject: OnReject
) -> Iterator[Chunk]:
    """Yield *rows* in chunks, nothing checked yet.

    Rows of a file that cannot be read go to the reader's own `on_reject`, and to
    *on_reject* if it has none.
    """
    if isinstance(rows, CsvRows) and rows.on_reject is not None:
        on_reject = rows.on_reject
    if isinstance(rows, SegmentCsv) and None not in (defaults.tags, defaults.ttl):
        for batch in without_rejects(rows.batches(), on_reject):
            ids = rows.ids_of(batch)
            yield _chunk(ids, None, None, batch.lines, batch.cells, defaults)
    elif isinstance(rows, TagCsv):
        for batch in without_rejects(rows.batches(), on_reject):
            yield _chunk(*rows.columns_of(batch), batch.lines, batch.cells, defaults)
    elif isinstance(rows, CsvRows):
        usable = without_rejects(rows.with_rejects(), on_reject)
        yield from _chunks_of_any(usable, defaults)
    else:
        yield from _chunks_of_any(rows, defaults)


def _chunks_of_any(rows: Iterable[Any], defaults: Defaults) -> Iterator[Chunk]:
    source = iter(rows)
    place = 0
    while records := list(itertools.islice(source, BATCH_ROWS)):
        lines: Sequence[int] = range(place + 1, place + len(records) + 1)
        place += len(records)
        kinds = set(map(type, records))
        if kinds == {str}:
            nothing = [None] * len(records)
            yield _chunk(records, nothing, nothing, lines, records, defaults)
            continue
        if kinds != {TagRow}:
            lines = [
                getattr(record, "line", line)
                for record, line in zip(records, lines, strict=True)
            ]
            fields = [_fields(record, defaults.by) for record in records]
        else:
            fields = records
        customers, tags, ttls = zip(*fields, strict=True)
        yield _chunk(customers, tags, ttls, lines, records, defaults)


def _chunk(  # noqa: PLR0917 - three columns, and where they came from
    customers: Sequence[Any],
    tags: Sequence[Any] | None,
    ttls: Sequence[Any] | None,
    lines: Sequence[int],
    records: Sequence[Any],
    defaults: Defaults,
) -> Chunk:
    """Return a chunk; what the call says wins over what records have."""
    return Chunk(
        customers=customers,
        tags=tags if defaults.tags is None else None,
        ttls=ttls if defaults.ttl is None else None,
        lines=lines,
        records=records,
    )


def _fields(record: Any, by: By) -> tuple[Any, Any, Any]:
    """Return customer, tag and ttl of a record, as far as it has them."""
    if isinstance(record, tuple) and len(record) == 3:  # noqa: PLR2004 - a triple
        return record
    if isinstance(record, Mapping):
        return customer_of(record, by), record.get("tag"), record.get("ttl")
    return record, None, None


def _ids_are_fine(ids: Sequence[Any]) -> bool:
    """Return whether nothing is wrong with any of *ids*."""
    if set(map(type, ids)) - {str}:
        return False
    stripped = list(map(str.strip, ids))
    if stripped != list(ids) or "" in stripped or any_spoilt(ids):
        return False
    joined = "".join(ids)
    return joined.isprintable() and "\ufffd" not in joined


def _seconds(ttl: object) -> int:
    """Return a ttl in seconds; a cell of a file is text."""
    if isinstance(ttl, str):
        return seconds_of(ttl)
    if isinstance(ttl, timedelta | int):
        return check_ttl(ttl)
    raise TypeError(f"ttl must be seconds or a timedelta, got {ttl!r}")


def _given(value: object, name: str) -> Any:
    if value is None:
        raise ValueError(f"no {name}")
    return value
