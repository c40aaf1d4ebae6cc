"""How dates and times are written: the patterns of Ruby's ``Date._parse``."""

from __future__ import annotations

import re


MONTH_NAMES = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
MONTHS = {name: number for number, name in enumerate(MONTH_NAMES.split("|"), 1)}
ERA = r"(c(?:e|\.e\.)|b(?:ce|\.c\.e\.)|a(?:d|\.d\.)|b(?:c|\.c\.))"
NOISE = re.compile(r"[^-+',./:@\[\]0-9a-zA-Z\u0080-\U0010ffff]+")
FLAGS = re.IGNORECASE | re.ASCII

WEEKDAY = re.compile(r"\b(sun|mon|tue|wed|thu|fri|sat)[^-/\d\s]*", FLAGS)
TIME = re.compile(
    r"((?:\d+\s*:\s*\d+(?:\s*:\s*\d+(?:[,.]\d*)?)?|\d+\s*h(?:\s*\d+m?(?:\s*\d+s?)?)?)"
    r"(?:\s*[ap](?:m\b|\.m\.))?|\d+\s*[ap](?:m\b|\.m\.))"
    r"(?:\s*((?:gmt|utc?)?[-+]\d+(?:[,.:]\d+(?::\d+)?)?"
    r"|[a-z.\s]+(?:standard|daylight)\stime\b"
    r"|[a-z]+(?:\sdst)?\b))?",
    FLAGS,
)
CLOCK = re.compile(
    r"\A(\d+)h?(?:\s*:?\s*(\d+)m?(?:\s*:?\s*(\d+)(?:[,.](\d*))?s?)?)?"
    r"(?:\s*([ap])(?:m\b|\.m\.))?",
    FLAGS,
)
EUROPEAN = re.compile(
    rf"('?\d+)[^-\d\s]*\s*({MONTH_NAMES})[^-\d\s']*"
    rf"(?:\s*{ERA}?\s*('?-?\d+(?:(?:st|nd|rd|th)\b)?))?",
    FLAGS,
)
AMERICAN = re.compile(
    rf"\b({MONTH_NAMES})[^-\d\s']*\s*('?\d+)[^-\d\s']*"
    rf"(?:\s*,?\s*{ERA}?\s*('?-?\d+))?",
    FLAGS,
)
ISO = re.compile(r"('?[-+]?\d+)-(\d+)-('?-?\d+)", FLAGS)
JAPANESE = re.compile(r"\b([mtshr])(\d+)\.(\d+)\.(\d+)", FLAGS)
YEARS_BEFORE = {"m": 1867, "t": 1911, "s": 1925, "h": 1988, "r": 2018}
"""The year before each Japanese era."""

VMS_DAY = re.compile(rf"('?-?\d+)-({MONTH_NAMES})[^-/.]*-('?-?\d+)", FLAGS)
VMS_MONTH = re.compile(rf"\b({MONTH_NAMES})[^-/.]*-('?-?\d+)(?:-('?-?\d+))?", FLAGS)
SLASHES = re.compile(r"('?-?\d+)/\s*('?\d+)(?:\D\s*('?-?\d+))?", FLAGS)
DOTS = re.compile(r"('?-?\d+)\.\s*('?\d+)\.\s*('?-?\d+)", FLAGS)
WEEK = re.compile(r"\b(\d{2}|\d{4})?-?w(\d{2})(?:-?(\d))?\b", FLAGS)
MONTH_DAY = re.compile(r"--(\d{2})?-(\d{2})\b", FLAGS)
MONTH_AND_DAY = re.compile(r"--(\d{2})(\d{2})?\b", FLAGS)
DAY_OF_YEAR = re.compile(r"\b(\d{2}|\d{4})-(\d{3})\b", FLAGS)
FRACTION_DAY = re.compile(r"[,.](\d{2}|\d{4})-\d{3}(?!\d)", FLAGS)
ONLY_DAY_OF_YEAR = re.compile(r"\b-(\d{3})\b", FLAGS)
DIGIT_BEFORE = re.compile(r"\d-\d{3}(?!\d)", FLAGS)
YEAR = re.compile(r"'(\d+)\b", FLAGS)
MONTH = re.compile(rf"\b({MONTH_NAMES})\S*", FLAGS)
ORDINAL = re.compile(r"(\d+)(st|nd|rd|th)\b", FLAGS)
DIGITS = re.compile(
    r"([-+]?)(\d{2,14})(?:\s*t?\s*(\d{2,6})?(?:[,.](\d*))?)?"
    r"(?:\s*(z\b|[-+]\d{1,4}\b|\[[-+]?\d[^\]]*\]))?",
    FLAGS,
)
BEFORE_CHRIST = re.compile(r"\b(bc\b|bce\b|b\.c\.|b\.c\.e\.)", FLAGS)
FRAGMENT = re.compile(r"\A\s*(\d{1,2})\s*\Z", FLAGS)
