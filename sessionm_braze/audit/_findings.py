"""The kinds of things an audit finds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import attrs


@attrs.frozen(kw_only=True)
class AuditFinding:
    """Something that was found, for how many recipients, and a few of them."""

    count: int
    """Recipients it concerns."""

    sample: tuple[str, ...] = ()
    """Ids of the first of them."""


@attrs.frozen(kw_only=True)
class Abort(AuditFinding):
    """Messages that are not sent because the template says so."""

    reason: str
    """The reason given, or nothing."""


@attrs.frozen(kw_only=True)
class RenderFailure(AuditFinding):
    """Messages that cannot be rendered."""

    kind: str
    """Name of the error's class."""

    line: int | None
    """Line of the template, or of the content block that is wrong."""

    column: int | None
    message: str
    """What the first of these errors says."""


@attrs.frozen(kw_only=True)
class PlacedFinding(AuditFinding):
    """Something about a variable at a place in the template."""

    variable: str
    line: int
    column: int
    block: str | None = None
    """The content block it is in, or None for the template itself."""


@attrs.frozen(kw_only=True)
class EmptyVariable(PlacedFinding):
    """An output that printed nothing, or nothing but whitespace."""


@attrs.frozen(kw_only=True)
class PointsTrouble(PlacedFinding):
    """Points that were printed or compared, and are missing or below zero."""

    problem: str
    """``missing`` or ``negative``."""


@attrs.frozen(kw_only=True)
class EndingOffer(PlacedFinding):
    """An offer whose fields were used although it has ended or soon ends."""

    offer_id: str
    name: str | None
    ended: bool
    """Whether it has ended at the time of sending; otherwise it ends soon after."""

    earliest: datetime
    """When the first copy ends."""

    latest: datetime
    """When the last copy ends."""


@attrs.frozen(kw_only=True)
class CallFailure(AuditFinding):
    """Calls that brought nothing; counted are calls, not recipients."""

    reason: str
    """Such as ``status 500`` or ``timeout``."""


@attrs.frozen(kw_only=True)
class CallCounts:
    """What became of the connected_content calls."""

    made: int = 0
    failed: int = 0
    from_cache: int = 0
    statuses: Mapping[int, int] = attrs.field(factory=dict)
    """Answers by HTTP status."""

    failures: tuple[CallFailure, ...] = ()


@attrs.frozen(kw_only=True)
class FrequentText(AuditFinding):
    """A text that several recipients would get."""

    text: str
    """The text; a long one is cut."""

    at_most: int
    """*count* may be too low in a segment of many different texts, up to this."""
