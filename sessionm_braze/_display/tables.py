"""Tables: they fold into cards where there is little room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from .._checks import is_number
from .markup import Html, element, joined
from .texts import NOTHING, shown


SHOWN_ROWS = 50
"""Rows that a table shows unless told otherwise."""

_LONGEST_WORD = 18
"""Letters up to which a word stays in one piece."""

_FEW_COLUMNS = 5
"""Columns up to which there is room for that."""

_NUMBER_CLASS = "smb-number"
"""The class of numbers and of their heading, which stand to the right."""


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    total: int | None = None,
    limit: int = SHOWN_ROWS,
) -> Html:
    """Return a table.

    Args:
        columns: Headings.
        rows: Values in the order of the headings; only the first *limit* are read.
        total: How many rows there are, for the note under a table that is cut.
        limit: Rows shown.
    """
    kept = list(islice(rows, limit))
    if not kept:
        return element("p", "nothing", class_="smb-soft")
    names = (
        element(
            "th", name, scope="col", class_=_NUMBER_CLASS if is_number(value) else None
        )
        for name, value in zip(columns, kept[0], strict=True)
    )
    head = element("thead", element("tr", joined(names, " ")))
    body = element("tbody", joined((_row(columns, row) for row in kept), "\n"))
    style = f"--smb-columns: {len(columns)}"
    built = element("table", head, "\n", body, style=style)
    if total is None or total <= len(kept):
        return built
    note = f"The first {len(kept):,} of {total:,} are shown."
    return joined((built, element("p", note, class_="smb-note")))


def _row(columns: Sequence[str], row: Sequence[Any]) -> Html:
    cells = (
        element("td", shown(value), data_label=name, class_=_kind(value, len(columns)))
        for name, value in zip(columns, row, strict=True)
    )
    return element("tr", joined(cells, " "))


def _kind(value: Any, columns: int) -> str | None:
    """Return the class of a cell; a short word is not broken where there is room."""
    if is_number(value):
        return _NUMBER_CLASS
    text = shown(value)
    if text == NOTHING:
        return "smb-nothing"
    is_word = len(text) <= _LONGEST_WORD and not any(map(str.isspace, text))
    return "smb-word" if is_word and columns <= _FEW_COLUMNS else None


def pairs(fields: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Html:
    """Return names and values; secrets are masked, and absent values left out."""
    listed = fields.items() if isinstance(fields, Mapping) else fields
    rows = [
        joined((element("dt", name), " ", element("dd", shown(value, str(name))), "\n"))
        for name, value in listed
        if value is not None
    ]
    return element("dl", *rows) if rows else element("p", "nothing")
