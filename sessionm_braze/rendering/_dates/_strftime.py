"""Ruby's ``strftime``: more directives, flags and widths than Python's."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from .._errors import FaultError


WIDEST = 4_096
"""Largest width of a field; Ruby refuses very large ones too."""

_DIRECTIVE = re.compile(r"%([-0^#_]*)(\d*)(:{0,3})[EO]?([a-zA-Z%+])")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August",
    "September", "October", "November", "December",
)  # fmt: skip

_NUMBERS: dict[str, tuple[int, str, Callable[[dt.datetime], int]]] = {
    "C": (2, "0", lambda t: t.year // 100),
    "y": (2, "0", lambda t: t.year % 100),
    "m": (2, "0", lambda t: t.month),
    "d": (2, "0", lambda t: t.day),
    "e": (2, " ", lambda t: t.day),
    "j": (3, "0", lambda t: t.timetuple().tm_yday),
    "H": (2, "0", lambda t: t.hour),
    "k": (2, " ", lambda t: t.hour),
    "I": (2, "0", lambda t: (t.hour - 1) % 12 + 1),
    "l": (2, " ", lambda t: (t.hour - 1) % 12 + 1),
    "M": (2, "0", lambda t: t.minute),
    "S": (2, "0", lambda t: t.second),
    "Y": (4, "0", lambda t: t.year),
    "G": (4, "0", lambda t: t.isocalendar()[0]),
    "g": (2, "0", lambda t: t.isocalendar()[0] % 100),
    "V": (2, "0", lambda t: t.isocalendar()[1]),
    "U": (2, "0", lambda t: (t.timetuple().tm_yday + 6 - t.isoweekday() % 7) // 7),
    "W": (2, "0", lambda t: (t.timetuple().tm_yday + 6 - t.weekday()) // 7),
    "u": (1, "0", lambda t: t.isoweekday()),
    "w": (1, "0", lambda t: t.isoweekday() % 7),
    "s": (1, "0", lambda t: int(t.replace(microsecond=0).timestamp())),
}
"""Per directive: digits, what fills them up, and the number."""

_TEXTS: dict[str, Callable[[dt.datetime], str]] = {
    "A": lambda t: _DAYS[t.weekday()],
    "a": lambda t: _DAYS[t.weekday()][:3],
    "B": lambda t: _MONTHS[t.month - 1],
    "b": lambda t: _MONTHS[t.month - 1][:3],
    "h": lambda t: _MONTHS[t.month - 1][:3],
    "p": lambda t: "AM" if t.hour < 12 else "PM",  # noqa: PLR2004
    "P": lambda t: "am" if t.hour < 12 else "pm",  # noqa: PLR2004
    "Z": lambda t: _zone_name(t),  # noqa: PLW0108 - defined below
    "n": lambda t: "\n",  # noqa: ARG005
    "t": lambda t: "\t",  # noqa: ARG005
    "%": lambda t: "%",  # noqa: ARG005
}

_COMPOSED = {
    "c": "%a %b %e %H:%M:%S %Y",
    "D": "%m/%d/%y",
    "F": "%Y-%m-%d",
    "R": "%H:%M",
    "r": "%I:%M:%S %p",
    "T": "%H:%M:%S",
    "v": "%e-%^b-%4Y",
    "X": "%H:%M:%S",
    "x": "%m/%d/%y",
    "+": "%a %b %e %H:%M:%S %Z %Y",
}


def strftime(moment: dt.datetime, pattern: str) -> str:
    """Return *moment*, which is aware, written as *pattern* says."""

    def expand(match: re.Match[str]) -> str:
        flags, width, colons, directive = match.groups()
        if len(width) > len(str(WIDEST)) or int(width or 0) > WIDEST:
            raise FaultError(f"a date's field is wider than {WIDEST}")
        text = _field(moment, flags, int(width or 0), colons, directive)
        return match[0] if text is None else text

    return _DIRECTIVE.sub(expand, pattern)


def _field(
    moment: dt.datetime, flags: str, width: int, colons: str, directive: str
) -> str | None:
    if directive == "z":
        return _offset(moment, flags, width, len(colons))
    if colons:
        return None
    if directive in _NUMBERS:
        digits, fill, number = _NUMBERS[directive]
        return _padded_number(number(moment), flags, width or digits, fill)
    if directive in {"L", "N"}:
        return _fraction(moment, width or (3 if directive == "L" else 9))
    if directive in _TEXTS:
        return _padded_text(_TEXTS[directive](moment), directive, flags, width)
    if directive in _COMPOSED:
        return _padded_text(
            strftime(moment, _COMPOSED[directive]), directive, flags, width
        )
    return None


def _padded_number(number: int, flags: str, width: int, fill: str) -> str:
    for flag in flags:
        fill = {"-": "", "0": "0", "_": " "}.get(flag, fill)
    if not fill:
        return str(number)
    if fill == "0":
        return f"{number:0{width}d}"
    return str(number).rjust(width)


def _padded_text(text: str, directive: str, flags: str, width: int) -> str:
    if "^" in flags:
        text = text.upper()
    if "#" in flags:
        text = text.lower() if directive in {"p", "Z"} else text.upper()
    if "-" in flags:
        return text
    zeros = max(flags.rfind("0"), 0) > max(flags.rfind("_"), 0) or flags.endswith("0")
    return text.rjust(width, "0" if zeros else " ")


def _fraction(moment: dt.datetime, digits: int) -> str:
    return f"{moment.microsecond:06d}".ljust(digits, "0")[:digits]


def _zone_name(moment: dt.datetime) -> str:
    """Return the zone's abbreviation; a plain offset has none."""
    name = moment.tzname() or ""
    return "" if name.startswith("UTC") and name != "UTC" else name


def _offset(moment: dt.datetime, flags: str, width: int, colons: int) -> str:
    delta = moment.utcoffset() or dt.timedelta()
    seconds = int(abs(delta).total_seconds())
    sign = "-" if delta < dt.timedelta() else "+"
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    tails = [f"{minutes:02d}", f":{minutes:02d}", f":{minutes:02d}:{rest:02d}"]
    tail = tails[colons] if colons < len(tails) else _short_tail(minutes, rest)
    room = max(width - len(tail) - 1, 0)
    if "-" in flags:
        return f"{sign}{hours}{tail}"
    if "_" in flags:
        return f"{sign}{hours}".rjust(max(room + 1, 3)) + tail
    return f"{sign}{str(hours).rjust(max(room, 2), '0')}{tail}"


def _short_tail(minutes: int, seconds: int) -> str:
    if seconds:
        return f":{minutes:02d}:{seconds:02d}"
    return f":{minutes:02d}" if minutes else ""
