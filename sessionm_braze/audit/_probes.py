"""Probes: functions that see values of a render, and note blanks, points and offers.

Each becomes one more filter of an output, so it is called for every value printed: the
usual case comes first and costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import attrs

from ..rendering._plain import plain
from ..rendering._values import to_output
from ._expiry import OfferExpiry


MISSING_POINTS = "missing"
NEGATIVE_POINTS = "negative"

Offer = Mapping[str, Any]


@attrs.frozen(cache_hash=True)
class Site:
    """A place in a template where a variable is printed."""

    variable: str
    line: int
    column: int
    block: str | None = None
    """The content block it is in, or None for the template itself."""


@attrs.define
class Sightings:
    """The notes of the probes on one render."""

    blanks: list[Site] = attrs.field(factory=list)
    points: list[tuple[Site, str]] = attrs.field(factory=list)
    offers: list[tuple[Site, Offer, datetime]] = attrs.field(factory=list)

    def clear(self) -> None:
        """Forget everything, for the next render."""
        self.blanks.clear()
        self.points.clear()
        self.offers.clear()


def blank_probe(site: Site, seen: Sightings) -> Callable[[object], object]:
    """Return a function that notes values which print nothing but whitespace."""
    note = seen.blanks.append

    def look(value: object) -> object:
        if type(value) is str:
            if not value or value.isspace():
                note(site)
        elif type(value) is not int and not to_output(value).strip():
            note(site)
        return value

    return look


def offer_probe(
    site: Site, seen: Sightings, ends: OfferExpiry
) -> Callable[[object, object], object]:
    """Return a function that notes an offer whose field is used, if it ends soon."""
    note, fine = seen.offers.append, ends.fine

    def look(value: object, holder: object) -> object:
        if type(holder) is not dict and not isinstance(holder, Mapping):
            return value
        if "offer_id" in holder:
            text = holder.get("expiration_date")
            if type(text) is str and text in fine:
                return value
            end = ends.trouble(holder)
            if end is not None:
                note((site, holder, end))
        return value

    return look


def points_probe(site: Site, seen: Sightings) -> Callable[[object], object]:
    """Return a function that notes points which are missing or below zero."""
    note = seen.points.append

    def look(value: object) -> object:
        given = value if type(value) is int else plain(value)
        if given is None or given == "":
            note((site, MISSING_POINTS))
        elif _number(given) < 0:
            note((site, NEGATIVE_POINTS))
        return value

    return look


def _number(value: object) -> float:
    """Return *value* as a number, which a text may spell; anything else is 0."""
    try:
        return float(value) if isinstance(value, str | int | float | Decimal) else 0.0
    except (ValueError, OverflowError):
        return 0.0
