"""Findings in words: rows of a text, of an HTML table and of a frame."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import attrs

from .._display import NUMBER, TEXT, WHOLE, Section, frame, table
from .._foreign import one_line
from ._findings import AuditFinding, EndingOffer, PlacedFinding, RenderFailure


if TYPE_CHECKING:
    from pandas import DataFrame


FRAME_COLUMNS: dict[str, str] = {
    "finding": TEXT,
    "what": TEXT,
    "line": WHOLE,
    "column": WHOLE,
    "block": TEXT,
    "count": WHOLE,
    "share": NUMBER,
    "sample": TEXT,
}
"""Columns of the frame, in order, with their types."""

_LINE_LENGTH = 100

Share = Callable[[int], float]
"""Returns a count as a share of all recipients."""


@attrs.frozen
class Row:
    """A finding in words."""

    group: str
    what: str
    count: int
    sample: Sequence[str] = ()
    line: int | None = None
    column: int | None = None
    block: str | None = None

    @property
    def where(self) -> str:
        """The place in the template, in words."""
        if self.line is None:
            return ""
        inside = f" of block {self.block}" if self.block else ""
        return f"line {self.line}, column {self.column}{inside}"

    @property
    def text(self) -> str:
        """What, where, and for whom, in one line."""
        parts = [_short_line(self.what), one_line(self.where)]
        if self.sample:
            dots = ", \u2026" if self.count > len(self.sample) else ""
            parts.append(f"[{', '.join(map(_short_line, self.sample))}{dots}]")
        return "  ".join(filter(None, parts))


def row_of(group: str, what: str, finding: AuditFinding) -> Row:
    """Return *finding* as a row, with its place in the template if it has one."""
    row = Row(group, what, finding.count, finding.sample)
    if isinstance(finding, PlacedFinding | RenderFailure):
        block = finding.block if isinstance(finding, PlacedFinding) else None
        return attrs.evolve(row, line=finding.line, column=finding.column, block=block)
    return row


def offer_text(offer: EndingOffer) -> str:
    """Return which offer ends, and when."""
    first, last = (f"{end:%Y-%m-%d %H:%M}" for end in (offer.earliest, offer.latest))
    ends = first if first == last else f"{first} to {last}"
    name = f"{offer.name} " if offer.name else ""
    return f"{name}({offer.offer_id}), {ends} UTC"


def rows_frame(rows: Iterable[Row], share: Share) -> DataFrame:
    """Return *rows* as a frame of pandas."""
    return frame(
        FRAME_COLUMNS,
        (
            {
                "finding": row.group,
                "what": row.what,
                "line": row.line,
                "column": row.column,
                "block": row.block,
                "count": row.count,
                "share": share(row.count),
                "sample": ", ".join(row.sample),
            }
            for row in rows
        ),
    )


def rows_sections(rows: Iterable[Row], share: Share) -> Iterator[Section]:
    """Yield *rows* as HTML, a table for each group."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.group, []).append(row)
    for group, found in grouped.items():
        yield Section(
            title=group,
            body=table(
                ("what", "where", "recipients", "share", "for example"),
                (
                    (
                        row.what,
                        row.where,
                        row.count,
                        f"{share(row.count):.2%}",
                        ", ".join(row.sample),
                    )
                    for row in found
                ),
                total=len(found),
            ),
            count=len(found),
            open=group != "same text",
        )


def _short_line(text: str) -> str:
    """Return *text* in one short line."""
    line = one_line(" ".join(text.split()))
    return line if len(line) <= _LINE_LENGTH else f"{line[: _LINE_LENGTH - 1]}\u2026"
