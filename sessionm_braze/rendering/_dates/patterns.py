"""How dates and times are written: the patterns of Ruby's ``Date._parse``."""

from __future__ import annotations

import re


MONTH_NAMES = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
MONTHS = {name: number for number, name in enumerate(MONTH_NAMES.split("|"), 1)}
ERA = r"(c(?:e|\.e\.)|b(?:ce|\.c\.e\.)|a(?:d|\.d\.)|b(?:c|\.c\.))"
NOISE_CHARS = re.compile(r"[^-+',./:@\[\]0-9a-zA-Z\u0080-\U0010ffff]+")
PATTERN_FLAGS = re.IGNORECASE | re.ASCII

WEEKDAY = re.compile(r"\b(sun|mon|tue|wed|thu|fri|sat)[^-/\d\s]*", PATTERN_FLAGS)
TIME = re.compile(
    r"((?:\d+\s*:\s*\d+(?:\s*:\s*\d+(?:[,.]\d*)?)?|\d+\s*h(?:\s*\d+m?(?:\s*\d+s?)?)?)"
    r"(?:\s*[ap](?:m\b|\.m\.))?|\d+\s*[ap](?:m\b|\.m\.))"
    r"(?:\s*((?:gmt|utc?)?[-+]\d+(?:[,.:]\d+(?::\d+)?)?"
    r"|[a-z.\s]+(?:standard|daylight)\stime\b"
    r"|[a-z]+(?:\sdst)?\b))?",
    PATTERN_FLAGS,
)
CLOCK = re.compile(
    r"\A(\d+)h?(?:\s*:?\s*(\d+)m?(?:\s*:?\s*(\d+)(?:[,.](\d*))?s?)?)?"
    r"(?:\s*([ap])(?:m\b|\.m\.))?",
    PATTERN_FLAGS,
)
EUROPEAN_DATE = re.compile(
    rf"('?\d+)[^-\d\s]*\s*({MONTH_NAMES})[^-\d\s']*"
    rf"(?:\s*{ERA}?\s*('?-?\d+(?:(?:st|nd|rd|th)\b)?))?",
    PATTERN_FLAGS,
)
AMERICAN_DATE = re.compile(
    rf"\b({MONTH_NAMES})[^-\d\s']*\s*('?\d+)[^-\d\s']*"
    rf"(?:\s*,?\s*{ERA}?\s*('?-?\d+))?",
    PATTERN_FLAGS,
)
ISO_DATE = re.compile(r"('?[-+]?\d+)-(\d+)-('?-?\d+)", PATTERN_FLAGS)
JAPANESE_DATE = re.compile(r"\b([mtshr])(\d+)\.(\d+)\.(\d+)", PATTERN_FLAGS)
YEARS_BEFORE = {"m": 1867, "t": 1911, "s": 1925, "h": 1988, "r": 2018}
"""The year before each Japanese era."""

VMS_DAY = re.compile(rf"('?-?\d+)-({MONTH_NAMES})[^-/.]*-('?-?\d+)", PATTERN_FLAGS)
VMS_MONTH = re.compile(
    rf"\b({MONTH_NAMES})[^-/.]*-('?-?\d+)(?:-('?-?\d+))?", PATTERN_FLAGS
)
SLASHED_DATE = re.compile(r"('?-?\d+)/\s*('?\d+)(?:\D\s*('?-?\d+))?", PATTERN_FLAGS)
DOTTED_DATE = re.compile(r"('?-?\d+)\.\s*('?\d+)\.\s*('?-?\d+)", PATTERN_FLAGS)
WEEK = re.compile(r"\b(\d{2}|\d{4})?-?w(\d{2})(?:-?(\d))?\b", PATTERN_FLAGS)
MONTH_DAY = re.compile(r"--(\d{2})?-(\d{2})\b", PATTERN_FLAGS)
MONTH_AND_DAY = re.compile(r"--(\d{2})(\d{2})?\b", PATTERN_FLAGS)
DAY_OF_YEAR = re.compile(r"\b(\d{2}|\d{4})-(\d{3})\b", PATTERN_FLAGS)
FRACTION_DAY = re.compile(r"[,.](\d{2}|\d{4})-\d{3}(?!\d)", PATTERN_FLAGS)
ONLY_DAY_OF_YEAR = re.compile(r"\b-(\d{3})\b", PATTERN_FLAGS)
DIGIT_BEFORE = re.compile(r"\d-\d{3}(?!\d)", PATTERN_FLAGS)
YEAR = re.compile(r"'(\d+)\b", PATTERN_FLAGS)
MONTH = re.compile(rf"\b({MONTH_NAMES})\S*", PATTERN_FLAGS)
ORDINAL = re.compile(r"(\d+)(st|nd|rd|th)\b", PATTERN_FLAGS)
DIGIT_RUN = re.compile(
    r"([-+]?)(\d{2,14})(?:\s*t?\s*(\d{2,6})?(?:[,.](\d*))?)?"
    r"(?:\s*(z\b|[-+]\d{1,4}\b|\[[-+]?\d[^\]]*\]))?",
    PATTERN_FLAGS,
)
BEFORE_CHRIST = re.compile(r"\b(bc\b|bce\b|b\.c\.|b\.c\.e\.)", PATTERN_FLAGS)
LONE_NUMBER = re.compile(r"\A\s*(\d{1,2})\s*\Z", PATTERN_FLAGS)
