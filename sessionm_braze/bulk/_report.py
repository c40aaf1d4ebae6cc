"""What came of a run: counts, failures, and every record of the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal

import attrs

from .._display import (
    TEXT,
    WHOLE,
    Section,
    badge,
    counted,
    frame,
    pairs,
    panel,
    table,
)
from .._foreign import one_line
from ..exceptions import SessionMBrazeError


if TYPE_CHECKING:
    from pandas import DataFrame


__all__ = ["BulkError", "BulkOutcome", "BulkReport", "OutcomeName"]

OutcomeName = Literal["accepted", "refused", "unknown", "skipped", "pending"]
"""What can come of a record."""

_FAILURES_SHOWN = 20
"""Failures that the HTML form shows."""


@attrs.frozen(kw_only=True)
class BulkOutcome:
    """What came of one record."""

    identifier: str
    """The customer; of a send all its recipients, or the campaign of a broadcast."""

    outcome: OutcomeName
    """``accepted``; ``refused``: not done, and not to be tried again; ``unknown``: it
    may have been done; ``skipped``: done with in an earlier run; ``pending``: not
    done, or safe to do again, and the next run does it."""

    reason: str = ""
    """Why it is not accepted; of an accepted send, the problems Braze noted."""

    status_code: int | None = None
    """HTTP status of the last answer."""

    request_id: str | None = None
    """``X-Request-Id`` of the last answer; quote it to the platform's support."""

    dispatch_id: str | None = None
    """Braze's identifier of the dispatch, of an accepted send."""

    attempts: int = 0
    """Requests made for it in the run that settled it."""

    @property
    def failed(self) -> bool:
        """Whether somebody should look at it."""
        tried = self.outcome == "pending" and self.reason != ""
        return tried or self.outcome in {"refused", "unknown"}


class BulkError(SessionMBrazeError):
    """A run after which something is refused, unknown or pending.

    Attributes:
        report: The run's report.
    """

    def __init__(self, message: str = "", *, report: BulkReport | None = None) -> None:
        super().__init__(message)
        self.report = report


_FRAME_COLUMNS = {
    "identifier": TEXT,
    "outcome": TEXT,
    "reason": TEXT,
    "status_code": WHOLE,
    "request_id": TEXT,
    "dispatch_id": TEXT,
    "attempts": WHOLE,
}


@attrs.define(kw_only=True, repr=False, eq=False)
class BulkReport:
    """What came of a run; while it goes on, what has come of it so far.

    Each record that was read counts once: as accepted, refused or unknown in this
    run, as skipped if an earlier run was done with it, or as pending.  Of an input
    that knows its length, what was not read any more is pending as well.
    """

    operation: str
    """``tag_customers``, ``send_triggers`` or ``fetch_wallets``."""

    accepted: int = 0
    """Records the platform took."""

    refused: int = 0
    """Records that are not done and not worth another try as they are."""

    unknown: int = 0
    """Records that may have been done; nobody can tell."""

    skipped: int = 0
    """Records that an earlier run with this ledger was done with."""

    pending: int = 0
    """Records that are not done; the next run does them."""

    requests: int = 0
    """Requests made, repeats included."""

    elapsed: float = 0.0
    """Seconds the run took."""

    stopped: str | None = None
    """Why the run ended before its input did; ``None`` if it did not."""

    failures: list[BulkOutcome] = attrs.field(factory=list)
    """The first failures, ``keep_failures`` at most."""

    _keep: int = 1000
    _all: Callable[[], Iterator[BulkOutcome]] | None = None

    @property
    def records(self) -> int:
        """All records of the run."""
        return sum(self.counts().values())

    def counts(self) -> dict[str, int]:
        """Return the number of records by outcome."""
        return {
            "accepted": self.accepted,
            "refused": self.refused,
            "unknown": self.unknown,
            "skipped": self.skipped,
            "pending": self.pending,
        }

    def outcomes(self) -> Iterator[BulkOutcome]:
        """Iterate over outcomes.

        With a ledger these are all records it holds, of earlier runs too, in the
        order in which they were first read; without one, the `failures`.

        Raises:
            LedgerError: If another run holds the ledger, or it is gone.
        """
        return iter(self.failures) if self._all is None else self._all()

    def to_frame(self) -> DataFrame:
        """Return `outcomes` as a frame of pandas, one row a record.

        Raises:
            ImportError: If pandas is not installed.
            LedgerError: As `outcomes`.
        """
        rows = (attrs.asdict(outcome) for outcome in self.outcomes())
        return frame(_FRAME_COLUMNS, rows)

    def raise_for_failures(self) -> None:
        """Raise if a record is refused, unknown or pending, or the run was stopped.

        Raises:
            BulkError: If so; it carries the report.
        """
        if not (self.refused or self.unknown or self.pending or self.stopped):
            return
        text = self._summary()
        if self.failures:
            first = self.failures[0]
            text += f"; first: {first.identifier} {first.outcome}: {first.reason}"
        raise BulkError(text, report=self)

    def note(self, outcome: BulkOutcome) -> None:
        """Count one record; the run calls this."""
        name = outcome.outcome
        setattr(self, name, getattr(self, name) + 1)
        if outcome.failed and len(self.failures) < self._keep:
            self.failures.append(outcome)

    def _summary(self) -> str:
        parts = [f"{n:,} {name}" for name, n in self.counts().items() if n]
        text = f"{self.operation}: {', '.join(parts) or 'nothing to do'}"
        return f"{text}; stopped: {self.stopped}" if self.stopped else text

    def __repr__(self) -> str:
        return one_line(f"<BulkReport {self._summary()}>")

    def _repr_html_(self) -> str:
        sections = []
        if self.failures:
            rows = [attrs.asdict(each) for each in self.failures[:_FAILURES_SHOWN]]
            filled = [name for name in _FRAME_COLUMNS if any(row[name] for row in rows)]
            count = len(self.failures)
            cells = [[row[name] for name in filled] for row in rows]
            body = table(filled, cells, total=count)
            sections = [Section(title="failures", body=body, count=count)]
        return str(
            panel(
                self.operation,
                facts=[counted(self.records, "record"), f"{self.elapsed:.1f} s"],
                badges=[badge("stopped", "bad")] if self.stopped else [],
                lead=pairs({**self.counts(), "stopped": self.stopped}),
                sections=sections,
            )
        )
