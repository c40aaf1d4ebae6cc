"""From what was counted to a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from ._auditor import Job
from ._counts import Count
from ._findings import (
    Abort,
    AuditFinding,
    CallCounts,
    CallFailure,
    EmptyVariable,
    EndingOffer,
    FrequentText,
    PointsTrouble,
    RenderFailure,
)
from ._report import AuditReport
from ._totals import OfferNote, Totals


MAX_TEXTS = 10
"""Identical texts that a report names."""


def report_of(totals: Totals, job: Job, *, elapsed: float) -> AuditReport:
    """Return the report of what was counted."""
    aborts = [Abort(reason=key, **_counted(each)) for key, each in totals.aborts.most()]
    failures = [
        RenderFailure(
            kind=kind,
            line=line,
            column=column,
            message=str(each.note),
            **_counted(each),
        )
        for (kind, line, column), each in totals.errors.most()
    ]
    tables = (totals.aborts, totals.errors, totals.blanks, totals.points, totals.offers)
    aborted = _total(aborts) + totals.aborts.others
    errors = _total(failures) + totals.errors.others
    return AuditReport(
        recipients=totals.recipients,
        sent=totals.recipients - aborted - errors,
        aborted=aborted,
        errors=errors,
        empty=AuditFinding(**_counted(totals.empty)),
        too_long=AuditFinding(**_counted(totals.too_long)),
        without_wallet=AuditFinding(**_counted(totals.without_wallet)),
        with_ended_offers=AuditFinding(**_counted(totals.with_ended)),
        with_ending_offers=AuditFinding(**_counted(totals.with_ending)),
        aborts=tuple(aborts),
        failures=tuple(failures),
        empty_variables=tuple(
            EmptyVariable(**attrs.asdict(site), **_counted(each))
            for site, each in totals.blanks.most()
        ),
        points=tuple(
            PointsTrouble(problem=problem, **attrs.asdict(site), **_counted(each))
            for (site, problem), each in totals.points.most()
        ),
        offers=tuple(_offers(totals)),
        calls=_calls(totals),
        texts=tuple(
            FrequentText(
                text=text,
                count=count,
                at_most=count + totals.texts.lost,
                sample=(who,),
            )
            for text, count, who in totals.texts.most(MAX_TEXTS)
        ),
        longest=totals.longest,
        unlisted=sum(table.others for table in tables),
        now=job.now,
        ends_within=job.ends_within,
        max_length=job.max_length,
        elapsed=elapsed,
    )


def _counted(count: Count) -> dict[str, Any]:
    return {"count": count.number, "sample": tuple(count.sample)}


def _total(findings: Sequence[AuditFinding]) -> int:
    return sum(finding.count for finding in findings)


def _offers(totals: Totals) -> Iterator[EndingOffer]:
    for (offer_id, ended), each in totals.offers.most():
        note = each.note
        if isinstance(note, OfferNote):
            yield EndingOffer(
                offer_id=offer_id,
                name=note.name,
                ended=ended,
                earliest=note.earliest,
                latest=note.latest,
                **attrs.asdict(note.site),
                **_counted(each),
            )


def _calls(totals: Totals) -> CallCounts:
    calls = totals.calls
    failures = tuple(
        CallFailure(reason=reason, **_counted(each))
        for reason, each in calls.failed.most()
    )
    return CallCounts(
        made=calls.made,
        failed=sum(each.count for each in failures) + calls.failed.others,
        from_cache=calls.from_cache,
        statuses=dict(sorted(calls.statuses.items())),
        failures=failures,
    )
