"""When an offer ends, with a cache: the same few dates occur again and again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ..models._codec import moment


END_DATE_FIELDS = ("expiration_date", "redemption_end_date", "end_date")
"""Where an end is looked for, as `UserOffer.ends_at` does."""

DATES_REMEMBERED = 50_000
MAX_DATE_LENGTH = 64
"""Characters above which a text is no date and is not remembered."""


class OfferExpiry:
    """Tells which offers have ended at send time, or end soon after.

    Args:
        now: The time the message is sent.
        within: How soon after it an end is reported.
    """

    def __init__(self, now: datetime, within: timedelta | None) -> None:
        self.now = now
        self.limit = now if within is None else now + within
        self.fine: set[str] = set()
        """Texts of dates far enough ahead."""

        self._known: dict[str, datetime | None] = {}

    def trouble(self, offer: Mapping[str, Any]) -> datetime | None:
        """Return when *offer* ends, if that is in the past or soon."""
        for field in END_DATE_FIELDS:
            text = offer.get(field)
            if type(text) is not str:
                continue
            if text in self.fine:
                return None
            end = self._moment(text)
            if end is None:
                continue
            if end <= self.limit:
                return end
            if len(self.fine) >= DATES_REMEMBERED:
                self.fine.clear()
            self.fine.add(text)
            return None
        return None

    def _moment(self, text: str) -> datetime | None:
        """Return the date-time that *text* is, or None as the models do."""
        if len(text) > MAX_DATE_LENGTH:
            return None
        if text not in self._known:
            if len(self._known) >= DATES_REMEMBERED:
                self._known.clear()
            try:
                self._known[text] = moment(text)
            except ValueError:
                self._known[text] = None
        return self._known[text]
