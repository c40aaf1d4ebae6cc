"""What is counted over all recipients; those of parts add up to those of the whole."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import attrs

from ..exceptions import TemplateError
from ..rendering import ConnectedContentCall, ConnectedContentResponse
from ..rendering._connected_content.messages import SUCCESS_STATUSES
from ._counts import Count, CountTable
from ._frequent_texts import TextCounts
from ._probes import Offer, Sightings, Site


MAX_NAME_LENGTH = 200
"""Characters of an offer's id and name that are kept."""

Place = tuple[str, int | None, int | None]
"""Kind, line and column of an error."""

OfferKey = tuple[str, bool]
"""Id of an offer, and whether it has ended."""


@attrs.define
class OfferNote:
    """An offer that was printed although it has ended or soon ends."""

    name: str | None
    site: Site
    earliest: datetime
    latest: datetime

    def widen(self, earliest: datetime, latest: datetime) -> None:
        """Take in other copies of the offer, which may end at another time."""
        self.earliest = min(self.earliest, earliest)
        self.latest = max(self.latest, latest)


@attrs.define
class Calls:
    """What became of the connected_content calls."""

    failed: CountTable[str]
    """Failures by status or kind, each with recipients."""

    made: int = 0
    from_cache: int = 0
    statuses: dict[int, int] = attrs.field(factory=dict)

    def add(self, status: int | None, error: str | None, who: str) -> None:
        """Count a call."""
        self.made += 1
        if status is not None:
            self.statuses[status] = self.statuses.get(status, 0) + 1
        if error is not None or status not in SUCCESS_STATUSES:
            self.failed.add((error or f"status {status}").partition(":")[0], who)

    def merge(self, later: Calls) -> None:
        """Add what was counted after this."""
        self.made += later.made
        self.from_cache += later.from_cache
        self.failed.merge(later.failed)
        for status, number in later.statuses.items():
            self.statuses[status] = self.statuses.get(status, 0) + number


_COUNT: Any = attrs.Factory(lambda self: Count(self.keep), takes_self=True)
_TABLE: Any = attrs.Factory(lambda self: CountTable(self.keep), takes_self=True)
_CALLS: Any = attrs.Factory(lambda self: Calls(CountTable(self.keep)), takes_self=True)


@attrs.define
class Totals:
    """Everything counted; *keep* recipients are named for each finding."""

    keep: int
    max_length: int | None = None
    recipients: int = 0
    longest: int = 0
    empty: Count = _COUNT
    too_long: Count = _COUNT
    without_wallet: Count = _COUNT
    with_ended: Count = _COUNT
    with_ending: Count = _COUNT
    aborts: CountTable[str] = _TABLE
    errors: CountTable[Place] = _TABLE
    blanks: CountTable[Site] = _TABLE
    points: CountTable[tuple[Site, str]] = _TABLE
    offers: CountTable[OfferKey] = _TABLE
    calls: Calls = _CALLS
    texts: TextCounts = attrs.field(factory=TextCounts)

    def text(self, text: str, who: str) -> None:
        """Count a message that would be sent."""
        if not text or text.isspace():
            self.empty.add(who)
        length = len(text)
        self.longest = max(self.longest, length)
        if self.max_length is not None and length > self.max_length:
            self.too_long.add(who)
        self.texts.add(text, who)

    def error(self, error: Exception, who: str) -> None:
        """Count a message that cannot be rendered."""
        line, column = None, None
        if isinstance(error, TemplateError):
            line, column = error.line, error.column
        place = (type(error).__name__, line, column)
        self.errors.add(place, who, str(error.args[0] if error.args else ""))

    def sightings(self, seen: Sightings, now: datetime, who: str) -> None:
        """Count what was seen in one message: each thing once, however often."""
        for site in dict.fromkeys(seen.blanks):
            self.blanks.add(site, who)
        for problem in dict.fromkeys(seen.points):
            self.points.add(problem, who)
        if seen.offers:
            self._offers(seen.offers, now, who)

    def _offers(
        self, found: Iterable[tuple[Site, Offer, datetime]], now: datetime, who: str
    ) -> None:
        counted = set()
        for site, offer, end in found:
            key = (str(offer["offer_id"])[:MAX_NAME_LENGTH], end < now)
            known = self.offers.counts.get(key)
            if known is not None and isinstance(known.note, OfferNote):
                known.note.widen(end, end)
            if key not in counted:
                counted.add(key)
                name = offer.get("name")
                named = None if name is None else str(name)[:MAX_NAME_LENGTH]
                self.offers.add(key, who, OfferNote(named, site, end, end))
        if any(ended for _, ended in counted):
            self.with_ended.add(who)
        if not all(ended for _, ended in counted):
            self.with_ending.add(who)

    def made_calls(self, calls: Iterable[ConnectedContentCall], who: str) -> None:
        """Count the calls of a render."""
        for call in calls:
            self.calls.add(call.status_code, call.error, who)
            self.calls.from_cache += call.from_cache

    def answered(
        self, answers: Iterable[ConnectedContentResponse | Exception], who: str
    ) -> None:
        """Count the calls of a render that failed, by what the fetcher did."""
        for answer in answers:
            if isinstance(answer, ConnectedContentResponse):
                self.calls.add(answer.status_code, None, who)
            elif isinstance(answer, TimeoutError):
                self.calls.add(None, "timeout", who)
            elif isinstance(answer, ConnectionError):
                self.calls.add(None, "no connection", who)
            else:
                self.calls.add(None, "not possible", who)

    def merge(self, later: Totals) -> None:
        """Add what was counted after this, in the order of the recipients."""
        self.recipients += later.recipients
        self.longest = max(self.longest, later.longest)
        for key, count in later.offers.counts.items():
            mine = self.offers.counts.get(key)
            if mine is not None and isinstance(mine.note, OfferNote):
                note = count.note
                if isinstance(note, OfferNote):
                    mine.note.widen(note.earliest, note.latest)
        for name in _MERGED_FIELDS:
            getattr(self, name).merge(getattr(later, name))


_MERGED_FIELDS = (
    "empty", "too_long", "without_wallet", "with_ended", "with_ending", "aborts",
    "errors", "blanks", "points", "offers", "calls", "texts",
)  # fmt: skip
