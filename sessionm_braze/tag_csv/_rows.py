"""Rows of both files, and how a record names its customer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import attrs

from .._checks import check_ttl, told
from .._foreign import one_line


__all__ = [
    "By",
    "Reject",
    "SegmentRow",
    "TagRow",
    "check_by",
    "customer_of",
    "id_problem",
    "seconds_of",
    "unquoted",
]

By = Literal["user_id", "external_id"]
"""Which of SessionM's two ids a file or a call names customers by."""

_APOSTROPHE = re.compile(r"'(?=[=+\-@])")


class TagRow(NamedTuple):
    """One row of SessionM's tag file: put this tag on this customer, so long."""

    customer: str
    """The customer's id, of the kind the file is for."""

    tag: str
    """Name of the tag."""

    ttl: int
    """Seconds the tag lives, at least 1."""


@attrs.frozen
class Reject:
    """A row that cannot be used, where it was, and why."""

    line: int
    """Line of the file, from 1; of another iterable the place of the record."""

    reason: str
    """What is wrong with it."""

    record: Any = None
    """The row: its cells, or the record that was handed in."""

    def __str__(self) -> str:
        return one_line(f"line {self.line}: {self.reason}")


class SegmentRow(Mapping[str, str]):
    """One user of Braze's dashboard CSV: the file's columns by name.

    The user's external id in Braze, which the file calls ``user_id`` and the JSON
    export ``external_id``, is under both names.  The apostrophe that Braze puts
    before ``=``, ``+``, ``-`` and ``@`` is taken off (Braze docs, export
    troubleshooting).
    """

    __slots__ = ("_cells", "_places", "line")

    def __init__(
        self, cells: Sequence[str], places: Mapping[str, int], line: int
    ) -> None:
        self._cells = cells
        self._places = places
        self.line = line
        """Line of the file on which the row ends, from 1."""

    def __getitem__(self, column: str) -> str:
        return unquoted(self._cells[self._places[column]])

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __repr__(self) -> str:
        return f"SegmentRow(external_id={self['external_id']!r}, line={self.line})"


def unquoted(cell: str) -> str:
    """Return *cell* without the apostrophe that keeps spreadsheets from computing."""
    return cell[1:] if _APOSTROPHE.match(cell) else cell


def check_by(by: object) -> By:
    """Return *by* if it names one of SessionM's two ids.

    Raises:
        ValueError: If not.
    """
    if by == "user_id":
        return "user_id"
    if by == "external_id":
        return "external_id"
    raise ValueError(f'by must be "user_id" or "external_id", got {by!r}')


def customer_of(record: object, by: By) -> object:
    """Return what *record* holds as the customer's id, which may be missing.

    An id is its own record; a mapping has it under *by*.  A profile of Braze's export
    knows only ``external_id``, the id Braze has: where that is SessionM's ``user_id``
    and the profile names no other, it is taken for it.

    Raises:
        TypeError: If it is neither text nor a mapping.
    """
    if isinstance(record, str):
        return record
    if not isinstance(record, Mapping):
        raise TypeError(
            f"a record must be an id or a mapping with {by!r}, got {told(record)}"
        )
    if by in record:
        return record[by]
    return record.get("external_id")


def seconds_of(cell: str) -> int:
    """Return the ttl in a cell of a file.

    Raises:
        ValueError: If it is no number of whole seconds, 1 at least.
    """
    digits = cell.strip()
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"ttl must be whole seconds, got {cell!r}")
    return check_ttl(int(digits))


_SPOILT = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE]\+\d+|\d{5,}[.,]0+|=.*", re.ASCII)
"""A long number rounded or with a fraction, and a formula."""

_NOTHING = frozenset(
    variant
    for word in ("null", "none", "nan", "nat", "n/a", "#n/a", "<na>", "undefined")
    for variant in (word, word.upper(), word.capitalize())
) | {"NaN", "NaT", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#DIV/0!"}
"""What programs write where there is no value."""


def spoilt(value: str, by: str) -> str | None:
    """Say how a spreadsheet or a data frame has spoilt an id, or return ``None``."""
    if value in _NOTHING:
        return f"{by} is {told(value)}, which stands for no value"
    if _SPOILT.fullmatch(value):
        return f"{by} was spoilt by a spreadsheet, export it as text: {told(value)}"
    return None


def any_spoilt(ids: Sequence[str]) -> bool:
    """Return whether one of *ids* is spoilt; quick where none has a sign of it."""
    if not _NOTHING.isdisjoint(ids):
        return True
    text = "\n".join(ids)
    doubtful = any(sign in text for sign in ("+", "=", ".0", ",0"))
    return doubtful and any(map(_SPOILT.fullmatch, ids))


_UNDECODED = re.compile("[\ufffd\ud800-\udfff]")
"""What stands for bytes that are no UTF-8, such as those of a Latin-1 file."""


def id_problem(value: object, by: str) -> str | None:
    """Say what keeps *value* from being a customer's id, or return ``None``."""
    if value is None:
        return f"no {by}"
    if not isinstance(value, str):
        return f"{by} must be text, got {told(value)}"
    if not value.strip():
        return f"{by} is blank"
    if value != value.strip():
        return f"{by} begins or ends with a blank: {told(value)}"
    if _UNDECODED.search(value):
        return f"{by} is not whole, save the file as UTF-8: {told(value)}"
    if not value.isprintable():
        return f"{by} has characters that cannot be printed: {told(value)}"
    return None
