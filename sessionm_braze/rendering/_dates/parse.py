"""Dates from text, as Ruby's ``Time.parse`` finds them."""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange

from .._values import utf8
from .search import Found, Search


_OFFSET = re.compile(r"([+-])(\d\d)(:?)(\d\d)(?:\3(\d\d))?")
_HOURS = re.compile(r"[+-]\d\d")

_ZONE_HOURS = {
    "utc": 0, "z": 0, "ut": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5,
    "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    **{letter: hour for hour, letter in enumerate("abcdefghiklm", 1)},
    **{letter: -hour for hour, letter in enumerate("nopqrstuvwxy", 1)},
}  # fmt: skip

MAX_DATE_BYTES = 128
"""Bytes of a longest text that Ruby looks for a date in."""


def parse(text: str, now: dt.datetime) -> dt.datetime | None:
    """Return the moment in *text*; the parts it leaves out are taken from *now*.

    Returns:
        An aware moment, in UTC unless the text has an offset; None if none is found.
    """
    if len(utf8(text)) > MAX_DATE_BYTES:
        return None
    found = Search(text.lower()).found
    if not found.says_something():
        return None
    try:
        return _assembled(found, now.astimezone(dt.UTC))
    except (ValueError, OverflowError):
        return None


Fields = tuple[int, int, int, int, int, int]
"""Year, month, day, hour, minute and second."""


def _assembled(found: Found, now: dt.datetime) -> dt.datetime:
    offset = None if found.zone is None else zone_offset(found.zone)
    zone = dt.timezone(offset or dt.timedelta())
    fields = _completed(found, now.astimezone(zone))
    if offset:
        fields = _in_utc(fields, round(offset.total_seconds()))
    year, mon, mday, hour, minute, sec = fields
    fraction = (found.fraction or "")[:6].ljust(6, "0")
    _check(mon, mday, hour, minute, sec)
    moment = dt.datetime(year, mon, 1, tzinfo=dt.UTC) + dt.timedelta(
        days=mday - 1,
        hours=hour,
        minutes=minute,
        seconds=sec,
        microseconds=int(fraction),
    )
    return moment.astimezone(zone) if offset else moment


def _check(mon: int, mday: int, hour: int, minute: int, sec: int) -> None:
    """Refuse what Ruby refuses; day 31 of a short month and second 60 roll over."""
    fits = mon in range(1, 13) and mday in range(1, 32) and sec in range(61)
    midnight = (hour, minute, sec) == (24, 0, 0)
    if not fits or minute not in range(60) or not (hour in range(24) or midnight):
        raise ValueError("out of range")


def _in_utc(fields: Fields, offset: int) -> Fields:
    """Take *offset*, in seconds, off a local time.

    As in Ruby, a part out of its range is carried over if the offset touches it, and a
    day beyond the month becomes the month's nearest end.
    """
    year, mon, mday, *clock = fields
    sign = -1 if offset > 0 else 1
    left = abs(offset)
    for at, size in ((2, 60), (1, 60), (0, 24)):
        left, part = divmod(left, size)
        if part:
            carried, clock[at] = divmod(clock[at] + sign * part, size)
            left += sign * carried
    mday += sign * left
    if left and sign > 0 and mday > monthrange(year, mon)[1]:
        year, mon, mday = year + mon // 12, mon % 12 + 1, 1
    elif left and sign < 0 and mday < 1:
        year, mon = (year, mon - 1) if mon > 1 else (year - 1, 12)
        mday = monthrange(year, mon)[1]
    return (year, mon, mday, clock[0], clock[1], clock[2])


def _completed(found: Found, now: dt.datetime) -> Fields:
    """Fill in what comes before the first part found from *now*."""
    if found.yday is not None:
        return _from_day_of_year(found, now)
    given = [found.year, found.mon, found.mday, found.hour, found.min, found.sec]
    today = [now.year, now.month, now.day, now.hour, now.minute, now.second]
    lowest = [1, 1, 1, 0, 0, 0]
    start = next(at for at, part in enumerate([*given, 0]) if part is not None)
    filled = [
        part if part is not None else (today[at] if at < start else lowest[at])
        for at, part in enumerate(given)
    ]
    return (filled[0], filled[1], filled[2], filled[3], filled[4], filled[5])


def _from_day_of_year(found: Found, now: dt.datetime) -> Fields:
    year = found.year or now.year
    length = 365 + (monthrange(year, 2)[1] - 28)
    if found.yday is None or not 1 <= found.yday <= length:
        raise ValueError("out of range")
    day = dt.date(year, 1, 1) + dt.timedelta(days=found.yday - 1)
    return (year, day.month, day.day, found.hour or 0, found.min or 0, found.sec or 0)


def zone_offset(zone: str) -> dt.timedelta | None:
    """Return the offset that *zone* names, or None if Ruby does not know it."""
    zone = zone.lower()
    if (match := _OFFSET.fullmatch(zone)) is not None:
        seconds = (int(match[2]) * 60 + int(match[4])) * 60 + int(match[5] or 0)
        return dt.timedelta(seconds=-seconds if match[1] == "-" else seconds)
    if _HOURS.fullmatch(zone):
        return dt.timedelta(hours=int(zone))
    hours = _ZONE_HOURS.get(zone)
    return None if hours is None else dt.timedelta(hours=hours)
