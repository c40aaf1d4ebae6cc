"""Filters on dates and times."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from .. import _values
from .._context import BrazeContext
from .._dates import parse, strftime, zone_offset
from .._errors import FaultError
from .._plain import plain
from .base import liquid_filter


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_ZONE_OFFSET = re.compile(r"([+-]?)(\d{2}):?(\d{2})")


def to_moment(value: object, context: BrazeContext) -> dt.datetime | None:
    """Return *value* as a moment: a date, ``now``, seconds since 1970, or a text."""
    value = plain(value)
    if isinstance(value, dt.datetime):
        return value if value.tzinfo else value.replace(tzinfo=dt.UTC)
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time.min, tzinfo=dt.UTC)
    if isinstance(value, str):
        return _from_text(value, context)
    if isinstance(value, int) and not isinstance(value, bool):
        return _from_seconds(value)
    return None


def _from_text(text: str, context: BrazeContext) -> dt.datetime | None:
    if text.lower() in {"now", "today"}:
        return context.workspace.now()
    if text.isascii() and text.isdigit():
        return _from_seconds(_values.leading_integer(text))
    return parse(text, context.workspace.now()) if text else None


def _from_seconds(seconds: int) -> dt.datetime | None:
    try:
        return _EPOCH + dt.timedelta(seconds=seconds)
    except OverflowError:
        return None


@liquid_filter()
def date(context: BrazeContext, value: object, pattern: object) -> object:
    """Format a date by *pattern*; anything else stays as it is."""
    text = _values.to_text(pattern)
    if not text:
        return value
    moment = to_moment(value, context)
    return value if moment is None else strftime(moment, text)


@liquid_filter()
def time_zone(context: BrazeContext, value: object, zone: object) -> object:
    """Move a date into another time zone."""
    moment = to_moment(value, context)
    if moment is None:
        return value
    try:
        return moment.astimezone(_zone(_values.to_text(zone)))
    except OverflowError:
        return value


def _zone(name: str) -> dt.tzinfo:
    bare = name.strip()
    try:
        return ZoneInfo(bare)
    except (KeyError, ValueError, OSError):
        pass
    match = _ZONE_OFFSET.fullmatch(bare)
    if match is None:
        offset = zone_offset(bare)
    else:
        offset = dt.timedelta(hours=int(match[2]), minutes=int(match[3]))
        offset = -offset if match[1] == "-" else offset
    if offset is None or abs(offset) >= dt.timedelta(days=1):
        raise FaultError(f"unknown time zone '{name}'")
    return dt.timezone(offset)
