"""Dates from text, as Ruby's ``Time.parse`` finds them.

The patterns and their order are those of Ruby's ``Date._parse``: the weekday goes
first, then the time of day, then the first form of a date that matches.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Callable

import attrs


_MONTH_NAMES = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split("|"), 1)}
_ERA = r"(c(?:e|\.e\.)|b(?:ce|\.c\.e\.)|a(?:d|\.d\.)|b(?:c|\.c\.))"
_NOISE = re.compile(r"[^-+',./:@\[\]0-9a-zA-Z\u0080-\U0010ffff]+")
_FLAGS = re.IGNORECASE | re.ASCII

_WEEKDAY = re.compile(r"\b(sun|mon|tue|wed|thu|fri|sat)[^-/\d\s]*", _FLAGS)
_TIME = re.compile(
    r"((?:\d+\s*:\s*\d+(?:\s*:\s*\d+(?:[,.]\d*)?)?|\d+\s*h(?:\s*\d+m?(?:\s*\d+s?)?)?)"
    r"(?:\s*[ap](?:m\b|\.m\.))?|\d+\s*[ap](?:m\b|\.m\.))"
    r"(?:\s*((?:gmt|utc?)?[-+]\d+(?:[,.:]\d+(?::\d+)?)?"
    r"|[a-z.\s]+(?:standard|daylight)\stime\b"
    r"|[a-z]+(?:\sdst)?\b))?",
    _FLAGS,
)
_CLOCK = re.compile(
    r"\A(\d+)\s*h?(?:\s*:?\s*(\d+)m?(?:\s*:?\s*(\d+)(?:[,.](\d*))?s?)?)?"
    r"(?:\s*([ap])(?:m\b|\.m\.))?",
    _FLAGS,
)
_EUROPEAN = re.compile(
    rf"'?(\d+)[^-\d\s]*\s*({_MONTH_NAMES})[^-\d\s']*"
    rf"(?:\s*{_ERA}?\s*('?-?\d+(?:(?:st|nd|rd|th)\b)?))?",
    _FLAGS,
)
_AMERICAN = re.compile(
    rf"\b({_MONTH_NAMES})[^-\d\s']*\s*('?\d+)[^-\d\s']*"
    rf"(?:\s*,?\s*{_ERA}?\s*('?-?\d+))?",
    _FLAGS,
)
_ISO = re.compile(r"('?[-+]?\d+)-(\d+)-('?-?\d+)", _FLAGS)
_VMS_DAY = re.compile(rf"('?-?\d+)-({_MONTH_NAMES})[^-/.]*-('?-?\d+)", _FLAGS)
_VMS_MONTH = re.compile(rf"\b({_MONTH_NAMES})[^-/.]*-('?-?\d+)(?:-('?-?\d+))?", _FLAGS)
_SLASHES = re.compile(r"('?-?\d+)/\s*('?\d+)(?:\D\s*('?-?\d+))?", _FLAGS)
_DOTS = re.compile(r"('?-?\d+)\.\s*('?\d+)\.\s*('?-?\d+)", _FLAGS)
_WEEK = re.compile(r"\b(\d{2}|\d{4})?-?w(\d{2})(?:-?(\d))?\b", _FLAGS)
_MONTH_DAY = re.compile(r"--(\d{2})?-(\d{2})\b", _FLAGS)
_MONTH_AND_DAY = re.compile(r"--(\d{2})(\d{2})?\b", _FLAGS)
_DAY_OF_YEAR = re.compile(r"\b(\d{2}|\d{4})-(\d{3})\b", _FLAGS)
_FRACTION_DAY = re.compile(r"[,.](\d{2}|\d{4})-\d{3}(?!\d)", _FLAGS)
_ONLY_DAY_OF_YEAR = re.compile(r"\b-(\d{3})\b", _FLAGS)
_DIGIT_BEFORE = re.compile(r"\d-\d{3}(?!\d)", _FLAGS)
_YEAR = re.compile(r"'(\d+)\b", _FLAGS)
_MONTH = re.compile(rf"\b({_MONTH_NAMES})\S*", _FLAGS)
_ORDINAL = re.compile(r"(\d+)(st|nd|rd|th)\b", _FLAGS)
_DIGITS = re.compile(
    r"([-+]?)(\d{2,14})(?:\s*t?\s*(\d{2,6})?(?:[,.](\d*))?)?"
    r"(?:\s*(z\b|[-+]\d{1,4}\b|\[[-+]?\d[^\]]*\]))?",
    _FLAGS,
)
_BEFORE_CHRIST = re.compile(r"\b(bc\b|bce\b|b\.c\.|b\.c\.e\.)", _FLAGS)
_FRAGMENT = re.compile(r"\A\s*(\d{1,2})\s*\Z", _FLAGS)
_OFFSET = re.compile(r"([+-])(\d\d)(:?)(\d\d)(?:\3(\d\d))?")
_HOURS = re.compile(r"[+-]\d\d")

_ZONES = {
    "utc": 0, "z": 0, "ut": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5,
    "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    **{letter: hour for hour, letter in enumerate("abcdefghiklm", 1)},
    **{letter: -hour for hour, letter in enumerate("nopqrstuvwxy", 1)},
}  # fmt: skip


LONGEST = 128
"""Bytes of a longest text that Ruby looks for a date in."""


@attrs.define
class Found:
    """What a text says about a moment."""

    year: int | None = None
    mon: int | None = None
    mday: int | None = None
    yday: int | None = None
    hour: int | None = None
    min: int | None = None
    sec: int | None = None
    fraction: str | None = None
    zone: str | None = None
    short_year: bool = True
    before_christ: bool = False

    def says_something(self) -> bool:
        """Tell whether any part of a date or time was found."""
        parts = (
            self.year,
            self.mon,
            self.mday,
            self.yday,
            self.hour,
            self.min,
            self.sec,
        )
        return any(part is not None for part in parts) or self.fraction is not None


def parse(text: str, now: dt.datetime) -> dt.datetime | None:
    """Return the moment *text* speaks of; what it leaves open is filled in from *now*.

    Returns:
        An aware moment, in UTC unless the text has an offset; None if there is none.
    """
    if len(text.encode()) > LONGEST:
        return None
    found = _Search(text.lower()).found
    if not found.says_something():
        return None
    try:
        return _assembled(found, now.astimezone(dt.UTC))
    except (ValueError, OverflowError):
        return None


Forms = tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], None]], ...]
"""Patterns, each with what to do with its match."""


class _Search:
    """Goes through the forms; each match is blanked out, as in Ruby."""

    def __init__(self, text: str) -> None:
        self.text = _NOISE.sub(" ", text)
        self.found = Found()
        self.take(_WEEKDAY, lambda match: None)  # noqa: ARG005
        self.take(_TIME, self.time)
        any(self.take(pattern, reading) for pattern, reading in self.forms())
        self.take(_BEFORE_CHRIST, self.bc)
        self.take(_FRAGMENT, self.fragment)
        self.finish()

    def forms(self) -> Forms:
        return (
            (_EUROPEAN, lambda m: self.date(m[4], _month(m[2]), m[1], m[3])),
            (_AMERICAN, lambda m: self.date(m[4], _month(m[1]), m[2], m[3])),
            (_ISO, lambda m: self.date(m[1], m[2], m[3])),
            (_VMS_DAY, lambda m: self.date(m[3], _month(m[2]), m[1])),
            (_VMS_MONTH, lambda m: self.date(m[3], _month(m[1]), m[2])),
            (_SLASHES, lambda m: self.date(m[1], m[2], m[3])),
            (_DOTS, lambda m: self.date(m[1], m[2], m[3])),
            (_WEEK, lambda m: None),  # noqa: ARG005 - Time.parse has no use for weeks
            (_MONTH_DAY, self.month_day),
            (_MONTH_AND_DAY, self.month_and_day),
            *self.ordinal_forms(),
            (_YEAR, lambda m: setattr(self.found, "year", int(m[1]))),
            (_MONTH, lambda m: setattr(self.found, "mon", _MONTHS[m[1].lower()])),
            (_ORDINAL, lambda m: setattr(self.found, "mday", int(m[1]))),
            (_DIGITS, self.digits),
        )

    def ordinal_forms(self) -> Forms:
        """Return the forms with a day of the year, unless the text forbids them."""
        forms: Forms = ()
        if not _FRACTION_DAY.search(self.text):
            forms += ((_DAY_OF_YEAR, self.day_of_year),)
        if not _DIGIT_BEFORE.search(self.text):
            forms += ((_ONLY_DAY_OF_YEAR, self.only_day_of_year),)
        return forms

    def day_of_year(self, match: re.Match[str]) -> None:
        self.found.year, self.found.yday = int(match[1]), int(match[2])

    def only_day_of_year(self, match: re.Match[str]) -> None:
        self.found.yday = int(match[1])

    def month_and_day(self, match: re.Match[str]) -> None:
        self.found.mon = int(match[1])
        if match[2]:
            self.found.mday = int(match[2])

    def take(
        self, pattern: re.Pattern[str], reading: Callable[[re.Match[str]], None]
    ) -> bool:
        match = pattern.search(self.text)
        if match is None:
            return False
        self.text = self.text[: match.start()] + " " + self.text[match.end() :]
        reading(match)
        return True

    def time(self, match: re.Match[str]) -> None:
        clock = _CLOCK.match(match[1])
        if clock is None:
            return
        hour = int(clock[1])
        if clock[5]:
            hour = hour % 12 + (12 if clock[5].lower() == "p" else 0)
        self.found.hour = hour
        self.found.min = None if clock[2] is None else int(clock[2])
        self.found.sec = None if clock[3] is None else int(clock[3])
        self.found.fraction = clock[4]
        self.found.zone = match[2]

    def bc(self, match: re.Match[str]) -> None:  # noqa: ARG002
        self.found.before_christ = True

    def month_day(self, match: re.Match[str]) -> None:
        if match[1]:
            self.found.mon = int(match[1])
        self.found.mday = int(match[2])

    def fragment(self, match: re.Match[str]) -> None:
        number = int(match[1])
        if self.found.hour is not None and self.found.mday is None:
            if 1 <= number <= 31:  # noqa: PLR2004
                self.found.mday = number
        elif self.found.mday is not None and self.found.hour is None and number <= 24:  # noqa: PLR2004
            self.found.hour = number

    def date(
        self, y: str | None, m: str | None, d: str | None, era: str | None = None
    ) -> None:
        """Sort out year, month and day by how they are written (Ruby's ``s3e``)."""
        y, m, d = _sorted_out(y, m, d)
        if y is not None:
            self.year(y, before_christ=(era or "").lower().startswith("b"))
        if m is not None:
            self.found.mon = _digits_of(m)
        if d is not None:
            self.found.mday = _digits_of(d)

    def year(self, text: str, *, before_christ: bool) -> None:
        match = re.search(r"([-+])?(\d+)", text)
        if match is None:
            return
        if match[1] or len(match[2]) > 2 or text.startswith("'"):  # noqa: PLR2004
            self.found.short_year = False
        year = int(match[0])
        self.found.year = 1 - year if before_christ else year

    def digits(self, match: re.Match[str]) -> None:
        sign, run, after, fraction, zone = match.groups()
        backwards = after is None and fraction is not None
        self.run(sign, run, backwards=backwards)
        if after is not None and len(after) % 2 == 0:
            pairs = [int(after[at : at + 2]) for at in range(0, len(after), 2)]
            names = ("hour", "min", "sec")
            if fraction is not None:
                pairs, names = pairs[::-1], names[::-1]
            self.set(names, pairs)
        if fraction is not None:
            self.found.fraction = fraction
        if zone is not None:
            self.found.zone = _bracketed_zone(zone)

    def run(self, sign: str, run: str, *, backwards: bool) -> None:
        if backwards:
            self.set(("sec", "min", "hour", "mday", "mon"), _pairs_from_end(run))
            if len(run) in {12, 14}:
                self.found.year = int(sign + run[:-10])
                self.found.short_year = len(run) == 12  # noqa: PLR2004
        elif len(run) in {3, 5, 7}:
            self.found.yday = int(run[-3:])
            if len(run) > 3:  # noqa: PLR2004
                self.found.year = int(sign + run[:-3])
        elif len(run) in {2, 4, 6}:
            names = {2: ("mday",), 4: ("mon", "mday"), 6: ("year", "mon", "mday")}[
                len(run)
            ]
            self.set(names, [int(run[at : at + 2]) for at in range(0, len(run), 2)])
            if len(run) == 6:  # noqa: PLR2004
                self.found.year = int(sign + run[:2])
        elif len(run) in {8, 10, 12, 14}:
            self.found.year, self.found.short_year = int(sign + run[:4]), False
            pairs = [int(run[at : at + 2]) for at in range(4, len(run), 2)]
            self.set(("mon", "mday", "hour", "min", "sec"), pairs)

    def set(self, names: tuple[str, ...], numbers: list[int]) -> None:
        for name, number in zip(names, numbers, strict=False):
            setattr(self.found, name, number)

    def finish(self) -> None:
        year = self.found.year
        if year is None:
            return
        if self.found.before_christ:
            self.found.year = year = 1 - year
        if self.found.short_year and 0 <= year <= 99:  # noqa: PLR2004
            self.found.year = year + (1900 if year >= 69 else 2000)  # noqa: PLR2004


def _month(name: str) -> str:
    return str(_MONTHS[name.lower()])


def _digits_of(text: str) -> int | None:
    match = re.search(r"\d+", text)
    return None if match is None else int(match[0])


def _pairs_from_end(run: str) -> list[int]:
    return [int(run[max(at - 2, 0) : at]) for at in range(len(run), 0, -2)]


def _bracketed_zone(zone: str) -> str:
    if not zone.startswith("["):
        return zone
    offset, _, name = zone[1:-1].partition(":")
    return name or (f"+{offset}" if offset[:1].isdigit() else offset)


def _sorted_out(
    y: str | None, m: str | None, d: str | None
) -> tuple[str | None, str | None, str | None]:
    if y is not None and m is not None and d is None:
        y, m, d = d, y, m
    if y is None and d is not None and (len(d) > 2 or d.startswith("'")):  # noqa: PLR2004
        y, d = d, y
    if y is not None:
        match = re.search(r"(\d+)(.+)?", y)
        if match is not None and match[2]:
            y, d = d, match[1]
    if m is not None and (m.startswith("'") or len(m) > 2):  # noqa: PLR2004
        y, m, d = m, d, y
    if d is not None and (d.startswith("'") or len(d) > 2):  # noqa: PLR2004
        y, d = d, y
    return y, m, d


def _assembled(found: Found, now: dt.datetime) -> dt.datetime:
    offset = None if found.zone is None else zone_offset(found.zone)
    zone = dt.UTC if offset is None else dt.timezone(offset)
    here = now.astimezone(zone)
    fields = _completed(found, here)
    year, mon, mday, hour, minute, sec = fields
    fraction = (found.fraction or "")[:6].ljust(6, "0")
    _check_clock(mon, mday, hour, minute, sec)
    moment = dt.datetime(year, mon, 1, tzinfo=zone) + dt.timedelta(
        days=mday - 1,
        hours=hour,
        minutes=minute,
        seconds=sec,
        microseconds=int(fraction),
    )
    return moment.astimezone(dt.UTC) if offset == dt.timedelta(0) else moment


def _check_clock(mon: int, mday: int, hour: int, minute: int, sec: int) -> None:
    """Refuse what Ruby refuses; day 31 of a short month and second 60 roll over."""
    fits = mon in range(1, 13) and mday in range(1, 32) and sec in range(61)
    midnight = (hour, minute, sec) == (24, 0, 0)
    if not fits or minute not in range(60) or not (hour in range(24) or midnight):
        raise ValueError("out of range")


def _completed(found: Found, now: dt.datetime) -> tuple[int, int, int, int, int, int]:
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


def _from_day_of_year(
    found: Found, now: dt.datetime
) -> tuple[int, int, int, int, int, int]:
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
    hours = _ZONES.get(zone)
    return None if hours is None else dt.timedelta(hours=hours)
