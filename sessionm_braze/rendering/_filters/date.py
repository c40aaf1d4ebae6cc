"""Filters on dates and times."""

from __future__ import annotations

import datetime as dt

from .. import _values
from .._context import BrazeContext
from .._dates import named_zone, numbered_zone, parse, strftime
from .._errors import FaultError
from .._plain import plain
from .base import liquid_filter


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


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
    """Move a date into another time zone: a name, or a number of hours."""
    zone = plain(zone)
    if zone is None or zone is False:
        context.warn("the user has no time zone, so a time stays as it is")
        return value
    moment = to_moment(value, context)
    if moment is None:
        return value
    try:
        return moment.astimezone(_zone(zone, context))
    except OverflowError:
        return value


def _zone(zone: object, context: BrazeContext) -> dt.tzinfo:
    found = None
    if isinstance(zone, str):
        name = zone.strip()
        if not name:
            raise FaultError("the user has no time zone")
        found = named_zone(name)
    elif _values.is_number(zone):
        found = numbered_zone(float(zone), context.workspace.now().year)
    if found is None:
        raise FaultError(
            f"unknown time zone {_values.inspect(zone)}, expected a name such as"
            " 'America/New_York', or a number of hours"
        )
    return found
