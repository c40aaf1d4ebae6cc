"""Finds the parts of a date and time in a text.

The weekday goes first, then the time of day, then the first form of a date that
matches; the order is Ruby's.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import attrs

from .patterns import (
    AMERICAN_DATE,
    BEFORE_CHRIST,
    CLOCK,
    DAY_OF_YEAR,
    DIGIT_BEFORE,
    DIGIT_RUN,
    DOTTED_DATE,
    EUROPEAN_DATE,
    FRACTION_DAY,
    ISO_DATE,
    JAPANESE_DATE,
    LONE_NUMBER,
    MONTH,
    MONTH_AND_DAY,
    MONTH_DAY,
    MONTHS,
    NOISE_CHARS,
    ONLY_DAY_OF_YEAR,
    ORDINAL,
    SLASHED_DATE,
    TIME,
    VMS_DAY,
    VMS_MONTH,
    WEEK,
    WEEKDAY,
    YEAR,
    YEARS_BEFORE,
)


@attrs.define
class Found:
    """The parts of a date and time that were found."""

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
        """Return whether any part of a date or time was found."""
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


Forms = tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], None]], ...]
"""Patterns, each with what to do with its match."""


class Search:
    """Goes through the forms; each match is blanked out, as in Ruby."""

    def __init__(self, text: str) -> None:
        self.text = NOISE_CHARS.sub(" ", text)
        self.found = Found()
        self.take(WEEKDAY, lambda match: None)  # noqa: ARG005
        self.take(TIME, self.time)
        any(self.take(pattern, reading) for pattern, reading in self.forms())
        self.take(BEFORE_CHRIST, self.bc)
        self.take(LONE_NUMBER, self.fragment)
        self.finish()

    def forms(self) -> Forms:
        return (
            (EUROPEAN_DATE, lambda m: self.date(m[4], _month(m[2]), m[1], m[3])),
            (AMERICAN_DATE, lambda m: self.date(m[4], _month(m[1]), m[2], m[3])),
            (ISO_DATE, lambda m: self.date(m[1], m[2], m[3])),
            (JAPANESE_DATE, self.japanese),
            (VMS_DAY, lambda m: self.date(m[3], _month(m[2]), m[1])),
            (VMS_MONTH, lambda m: self.date(m[3], _month(m[1]), m[2])),
            (SLASHED_DATE, lambda m: self.date(m[1], m[2], m[3])),
            (DOTTED_DATE, lambda m: self.date(m[1], m[2], m[3])),
            (WEEK, lambda m: None),  # noqa: ARG005 - Time.parse has no use for weeks
            (MONTH_DAY, self.month_day),
            (MONTH_AND_DAY, self.month_and_day),
            *self.ordinal_forms(),
            (YEAR, lambda m: setattr(self.found, "year", int(m[1]))),
            (MONTH, lambda m: setattr(self.found, "mon", MONTHS[m[1].lower()])),
            (ORDINAL, lambda m: setattr(self.found, "mday", int(m[1]))),
            (DIGIT_RUN, self.digits),
        )

    def ordinal_forms(self) -> Forms:
        """Return the forms with a day of the year, unless the text forbids them."""
        forms: Forms = ()
        if not FRACTION_DAY.search(self.text):
            forms += ((DAY_OF_YEAR, self.day_of_year),)
        if not DIGIT_BEFORE.search(self.text):
            forms += ((ONLY_DAY_OF_YEAR, self.only_day_of_year),)
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
        clock = CLOCK.match(match[1])
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

    def japanese(self, match: re.Match[str]) -> None:
        self.found.year = YEARS_BEFORE[match[1]] + int(match[2])
        self.found.mon, self.found.mday = int(match[3]), int(match[4])

    def date(
        self, y: str | None, m: str | None, d: str | None, era: str | None = None
    ) -> None:
        """Sort out year, month and day by how they are written (Ruby's ``s3e``)."""
        y, m, d = _reordered(y, m, d)
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
        if match[1] or len(match[2]) > 2:  # noqa: PLR2004
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
            pairs = [int(run[max(at - 2, 0) : at]) for at in range(len(run), 0, -2)]
            self.set(("sec", "min", "hour", "mday", "mon"), pairs)
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
    return str(MONTHS[name.lower()])


def _digits_of(text: str) -> int | None:
    match = re.search(r"\d+", text)
    return None if match is None else int(match[0])


def _bracketed_zone(zone: str) -> str:
    if not zone.startswith("["):
        return zone
    offset, _, name = zone[1:-1].partition(":")
    return name or (f"+{offset}" if offset[:1].isdigit() else offset)


def _reordered(
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
