"""What an audit found."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs

from .._display import badge, counted, panel, table
from ..exceptions import SessionMBrazeError
from ._finding_rows import Row, offer_text, row_of, rows_frame, rows_sections
from ._findings import (
    Abort,
    AuditFinding,
    CallCounts,
    EmptyVariable,
    EndingOffer,
    FrequentText,
    PointsTrouble,
    RenderFailure,
)


if TYPE_CHECKING:
    from pandas import DataFrame


class AuditError(SessionMBrazeError):
    """An audit that found more than was allowed.

    Attributes:
        report: What the audit found.
        problems: Each threshold that was passed, in words.
    """

    def __init__(self, report: AuditReport, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.report = report
        self.problems = problems

    def __reduce__(self) -> tuple[type[AuditError], tuple[Any, ...]]:
        return type(self), (self.report, self.problems)


@attrs.frozen(kw_only=True, repr=False)
class AuditReport:
    """What a whole segment would receive.

    Every recipient is either sent a message, or aborted, or in error; empty messages
    are among those sent.
    """

    recipients: int
    """For how many the message was rendered."""

    sent: int
    """How many would get a message."""

    aborted: int
    """How many would get none, because the template aborts."""

    errors: int
    """For how many the message cannot be rendered."""

    empty: AuditFinding
    """Messages sent that hold nothing but whitespace."""

    too_long: AuditFinding
    """Messages sent with more characters than *max_length*."""

    without_wallet: AuditFinding
    """Recipients for whom there was no wallet, though it was looked for."""

    with_ended_offers: AuditFinding
    """Messages sent that use an offer which has ended."""

    with_ending_offers: AuditFinding
    """Messages sent that use an offer which ends soon."""

    aborts: tuple[Abort, ...]
    failures: tuple[RenderFailure, ...]
    empty_variables: tuple[EmptyVariable, ...]
    """Outputs that printed nothing, in messages sent."""

    points: tuple[PointsTrouble, ...]
    """Points missing or below zero, in messages sent."""

    offers: tuple[EndingOffer, ...]
    """Offers that have ended or soon end, in messages sent."""

    calls: CallCounts
    """The connected_content calls of all renders."""

    texts: tuple[FrequentText, ...]
    """The most frequent texts among those that occur more than once."""

    longest: int
    """Characters of the longest message."""

    unlisted: int
    """What was counted for kinds of findings beyond those that are told apart."""

    now: datetime
    """The time of sending."""

    ends_within: timedelta | None
    max_length: int | None
    elapsed: float = attrs.field(eq=False)
    """Seconds the audit took."""

    def share(self, count: int) -> float:
        """Return *count* as a share of all recipients, from 0 to 1."""
        return count / self.recipients if self.recipients else 0.0

    def raise_if(
        self,
        *,
        aborted_above: float | None = None,
        empty_above: float | None = None,
        error_above: float | None = None,
        ended_above: float | None = None,
    ) -> None:
        """Raise an error if too many recipients are concerned.

        Each threshold is a share of all recipients, from 0 (nobody) to 1.

        Args:
            aborted_above: Recipients for whom the message is aborted.
            empty_above: Recipients who would get an empty message.
            error_above: Recipients for whom it cannot be rendered.
            ended_above: Recipients who would read of an offer that has ended.

        Raises:
            AuditError: If a threshold is passed.
            ValueError: If no threshold is given, or one is not from 0 to 1.
        """
        given = [
            ("aborted", self.aborted, aborted_above),
            ("empty", self.empty.count, empty_above),
            ("in error", self.errors, error_above),
            ("with ended offers", self.with_ended_offers.count, ended_above),
        ]
        limits = [
            (what, count, limit) for what, count, limit in given if limit is not None
        ]
        if not limits:
            raise ValueError("give at least one threshold, such as aborted_above=0.05")
        for what, _, limit in limits:
            if not 0 <= limit <= 1:
                raise ValueError(f"a threshold is a share from 0 to 1: {what} {limit}")
        problems = tuple(
            f"{count:,} of {self.recipients:,} {what} ({self.share(count):.2%}, "
            f"allowed {limit:.2%})"
            for what, count, limit in limits
            if self.share(count) > limit
        )
        if problems:
            raise AuditError(self, problems)

    def to_dict(self) -> dict[str, Any]:
        """Return everything in the report as JSON holds it."""
        return attrs.asdict(self, value_serializer=_as_json)

    def to_frame(self) -> DataFrame:
        """Return the findings as a frame of pandas, a row each.

        Raises:
            ImportError: If pandas is not installed.
        """
        return rows_frame(self._rows(), self.share)

    def to_html(self) -> str:
        """Return the report as HTML without scripts, everything in it escaped."""
        colours = {"aborted": "warning", "in error": "bad", "empty": "bad"}
        badges = [
            badge(f"{number:,} {name}", colours[name])
            for name, number in self._outcomes()[1:]
            if number
        ]
        if ended := self.with_ended_offers.count:
            badges.append(badge(f"{ended:,} with ended offers", "bad"))
        return panel(
            "Audit",
            facts=[
                counted(self.recipients, "recipient"),
                f"sent {self._moment()}",
                self._calls(),
                f"longest {counted(self.longest, 'character')}",
            ],
            badges=badges,
            lead=table(
                ("outcome", "recipients", "share"),
                (
                    (name, number, f"{self.share(number):.2%}")
                    for name, number in self._outcomes()
                ),
            ),
            sections=rows_sections(self._rows(), self.share),
        )

    def to_text(self) -> str:
        """Return the report as lines of text."""
        lines = [f"{counted(self.recipients, 'recipient')}, sent {self._moment()}"]
        lines += [
            f"  {number:>11,}  {self.share(number):>7.2%}  {name}"
            for name, number in self._outcomes()
        ]
        lines.append(f"  longest message: {counted(self.longest, 'character')}")
        if calls := self._calls():
            lines.append(f"  connected_content: {calls}")
        group = ""
        for row in self._rows():
            if row.group != group:
                lines += ["", row.group]
            group = row.group
            lines.append(f"  {row.count:>11,}  {row.text}")
        if self.unlisted:
            lines += ["", f"{self.unlisted:,} more, of kinds too many to list"]
        return "\n".join(lines)

    def _rows(self) -> list[Row]:
        """Return all findings in words, group by group."""
        too_long = f"more than {counted(self.max_length or 0, 'character')}"
        found: list[tuple[str, str, AuditFinding]] = [
            *(("aborted", it.reason or "no reason given", it) for it in self.aborts),
            *(("in error", f"{it.kind}: {it.message}", it) for it in self.failures),
            ("empty", "nothing but whitespace", self.empty),
            *(("printed nothing", it.variable, it) for it in self.empty_variables),
            *(
                ("ended offer" if it.ended else "ending offer", offer_text(it), it)
                for it in self.offers
            ),
            *((f"{it.problem} points", it.variable, it) for it in self.points),
            ("no wallet", "not found", self.without_wallet),
            *(("failed call", it.reason, it) for it in self.calls.failures),
            ("too long", too_long, self.too_long),
            *(("same text", it.text, it) for it in self.texts),
        ]
        return [
            row_of(group, what, finding)
            for group, what, finding in found
            if finding.count
        ]

    def _outcomes(self) -> list[tuple[str, int]]:
        return [
            ("sent", self.sent),
            ("aborted", self.aborted),
            ("in error", self.errors),
            ("empty", self.empty.count),
        ]

    def _moment(self) -> str:
        return f"{self.now:%Y-%m-%d %H:%M} {self.now.tzname() or ''}".strip()

    def _calls(self) -> str:
        """Return what became of the connected_content calls; nothing without any."""
        calls = self.calls
        if not calls.made:
            return ""
        shown = f"{counted(calls.made, 'call')}, {calls.failed:,} failed"
        if calls.from_cache:
            shown += f", {calls.from_cache:,} from the cache"
        answers = ", ".join(
            f"{status}: {number:,}" for status, number in calls.statuses.items()
        )
        return f"{shown} ({answers})" if answers else shown

    def _repr_html_(self) -> str:
        return self.to_html()

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        found = len(self.empty_variables) + len(self.points) + len(self.offers)
        return (
            f"AuditReport({counted(self.recipients, 'recipient')}: {self.sent:,} sent, "
            f"{self.aborted:,} aborted, {self.errors:,} in error, "
            f"{self.empty.count:,} empty; {counted(found, 'finding')})"
        )


def _as_json(_: object, __: object, value: Any) -> Any:
    """Return *value* as JSON knows it: moments as text, times as seconds."""
    if isinstance(value, datetime):
        return value.isoformat()
    return value.total_seconds() if isinstance(value, timedelta) else value
