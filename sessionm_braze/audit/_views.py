"""How a report is shown: as text, as HTML, as a frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import attrs

from .._display import (
    NUMBER,
    TEXT,
    WHOLE,
    Html,
    Section,
    badge,
    counted,
    frame,
    panel,
    table,
)


if TYPE_CHECKING:
    from pandas import DataFrame

    from ._findings import AuditFinding, EndingOffer, PlacedFinding
    from ._report import AuditReport


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


def rows(report: AuditReport) -> Iterator[Row]:
    """Yield all findings of *report*, group by group."""
    for abort in report.aborts:
        yield _plain("aborted", abort.reason or "no reason given", abort)
    for failure in report.failures:
        what = f"{failure.kind}: {failure.message}"
        yield Row(
            "in error",
            what,
            failure.count,
            failure.sample,
            failure.line,
            failure.column,
        )
    yield from _present("empty", "nothing but whitespace", report.empty)
    for variable in report.empty_variables:
        yield _placed("printed nothing", variable.variable, variable)
    for offer in report.offers:
        group = "ended offer" if offer.ended else "ending offer"
        yield _placed(group, _offer(offer), offer)
    for points in report.points:
        yield _placed(f"{points.problem} points", points.variable, points)
    yield from _present("no wallet", "not found", report.without_wallet)
    for call in report.calls.failures:
        yield _plain("failed call", call.reason, call)
    limit = f"more than {report.max_length or 0:,} characters"
    yield from _present("too long", limit, report.too_long)
    for text in report.texts:
        yield _plain("same text", text.text, text)


def _plain(group: str, what: str, finding: AuditFinding) -> Row:
    return Row(group, what, finding.count, finding.sample)


def _placed(group: str, what: str, found: PlacedFinding) -> Row:
    where = (found.line, found.column, found.block)
    return Row(group, what, found.count, found.sample, *where)


def _present(group: str, what: str, finding: AuditFinding) -> Iterator[Row]:
    if finding.count:
        yield _plain(group, what, finding)


def _offer(offer: EndingOffer) -> str:
    first, last = (f"{end:%Y-%m-%d %H:%M}" for end in (offer.earliest, offer.latest))
    ends = first if first == last else f"{first} to {last}"
    name = f"{offer.name} " if offer.name else ""
    return f"{name}({offer.offer_id}), {ends} UTC"


def report_frame(report: AuditReport) -> DataFrame:
    """Return the findings as a frame; see `AuditReport.to_frame`."""
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
                "share": report.share(row.count),
                "sample": ", ".join(row.sample),
            }
            for row in rows(report)
        ),
    )


def _totals(report: AuditReport) -> list[tuple[str, int]]:
    return [
        ("sent", report.sent),
        ("aborted", report.aborted),
        ("in error", report.errors),
        ("empty", report.empty.count),
    ]


def _calls(report: AuditReport) -> str:
    calls = report.calls
    answers = ", ".join(
        f"{status}: {number:,}" for status, number in calls.statuses.items()
    )
    shown = f"{calls.made:,} calls, {calls.failed:,} failed"
    if calls.from_cache:
        shown += f", {calls.from_cache:,} from the cache"
    return f"{shown} ({answers})" if answers else shown


def report_text(report: AuditReport) -> str:
    """Return the report as text; see `AuditReport.to_text`."""
    lines = [f"{counted(report.recipients, 'recipient')}, sent {_moment(report)}"]
    lines += [
        f"  {number:>11,}  {report.share(number):>7.2%}  {name}"
        for name, number in _totals(report)
    ]
    lines.append(f"  longest message: {counted(report.longest, 'character')}")
    if report.calls.made:
        lines.append(f"  connected_content: {_calls(report)}")
    group = ""
    for row in rows(report):
        if row.group != group:
            lines += ["", row.group]
        group = row.group
        lines.append(f"  {row.count:>11,}  {_line(row)}")
    if report.unlisted:
        lines += ["", f"{report.unlisted:,} more, of kinds too many to list"]
    return "\n".join(lines)


def _line(row: Row) -> str:
    parts = [_one_line(row.what), row.where]
    if row.sample:
        dots = ", \u2026" if row.count > len(row.sample) else ""
        parts.append(f"[{', '.join(map(_one_line, row.sample))}{dots}]")
    return "  ".join(filter(None, parts))


def _one_line(text: str) -> str:
    """Return *text* in one short line, without characters that steer a terminal."""
    line = " ".join(text.split())
    line = "".join(char if char.isprintable() else "\ufffd" for char in line)
    return line if len(line) <= _LINE_LENGTH else f"{line[: _LINE_LENGTH - 1]}\u2026"


def _moment(report: AuditReport) -> str:
    return f"{report.now:%Y-%m-%d %H:%M} {report.now.tzname() or ''}".strip()


def report_html(report: AuditReport) -> Html:
    """Return the report as HTML; see `AuditReport.to_html`."""
    return panel(
        "Audit",
        facts=[
            counted(report.recipients, "recipient"),
            f"sent {_moment(report)}",
            _calls(report) if report.calls.made else "",
            f"longest {counted(report.longest, 'character')}",
        ],
        badges=list(_badges(report)),
        lead=table(
            ("outcome", "recipients", "share"),
            (
                (name, number, f"{report.share(number):.2%}")
                for name, number in _totals(report)
            ),
        ),
        sections=_sections(report),
    )


def _badges(report: AuditReport) -> Iterator[Html]:
    for name, number in _totals(report)[1:]:
        if number:
            yield badge(f"{number:,} {name}", "warning" if name == "aborted" else "bad")
    if report.with_ended_offers.count:
        yield badge(f"{report.with_ended_offers.count:,} with ended offers", "bad")


def _sections(report: AuditReport) -> Iterator[Section]:
    grouped: dict[str, list[Row]] = {}
    for row in rows(report):
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
                        f"{report.share(row.count):.2%}",
                        ", ".join(row.sample),
                    )
                    for row in found
                ),
                total=len(found),
            ),
            count=len(found),
            open=group != "same text",
        )
