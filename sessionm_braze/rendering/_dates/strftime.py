"""Ruby's ``strftime``: more directives, flags and widths than Python's."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from .._errors import FaultError


MAX_FIELD_WIDTH = 4_096
"""Largest width of a field; Ruby refuses very large ones too."""

_DIRECTIVE = re.compile(
    r"%(?P<flags>(?:[-^#_]|0+(?=[-^#_]))*)(?P<width>\d*)"
    r"(?:(?P<colons>:{1,3})(?=z)|E(?=[cCxXyY])|O(?=[deHkIlmMSuUVwWy]))?"
    r"(?P<letter>[a-zA-Z%]|\Z)"
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August",
    "September", "October", "November", "December",
)  # fmt: skip

_NUMBER_DIRECTIVES: dict[str, tuple[int, str, Callable[[dt.datetime], int]]] = {
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
"""Per directive: digits, fill character, and the number."""

_TEXT_DIRECTIVES: dict[str, Callable[[dt.datetime], str]] = {
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

_COMPOSED_DIRECTIVES = {
    "c": "%a %b %e %H:%M:%S %Y",
    "D": "%m/%d/%y",
    "F": "%Y-%m-%d",
    "R": "%H:%M",
    "r": "%I:%M:%S %p",
    "T": "%H:%M:%S",
    "v": "%e-%^b-%4Y",
    "X": "%H:%M:%S",
    "x": "%m/%d/%y",
}


def strftime(moment: dt.datetime, pattern: str) -> str:
    """Return *moment*, which is aware, formatted by *pattern*.

    Raises:
        FaultError: If the pattern ends inside of a directive, in Ruby's words, or a
            width is too large.
    """

    def expand(match: re.Match[str]) -> str:
        flags, width, letter = match["flags"], match["width"], match["letter"]
        if not letter:
            raise FaultError(f"invalid format: {pattern}")
        digits = width.lstrip("0") or "0"
        if len(digits) > len(str(MAX_FIELD_WIDTH)) or int(digits) > MAX_FIELD_WIDTH:
            raise FaultError(f"a date's field is wider than {MAX_FIELD_WIDTH}")
        flags += "0" * width.startswith("0")
        text = _field(moment, flags, int(digits), match["colons"] or "", letter)
        return match[0] if text is None else text

    return _DIRECTIVE.sub(expand, pattern)


def _field(
    moment: dt.datetime, flags: str, width: int, colons: str, letter: str
) -> str | None:
    if letter == "z":
        return _offset(moment, flags, width, len(colons))
    if letter in _NUMBER_DIRECTIVES:
        digits, fill, number = _NUMBER_DIRECTIVES[letter]
        if "-" in flags:
            return str(number(moment))
        align = "=" if (fill := _fill(flags) or fill) == "0" else ">"  # 0 after a sign
        return f"{number(moment):{fill}{align}{width or digits}d}"
    if letter in {"L", "N"}:
        places = width or (3 if letter == "L" else 9)
        return f"{moment.microsecond:06d}".ljust(places, "0")[:places]
    if letter in _TEXT_DIRECTIVES:
        text = _cased(_TEXT_DIRECTIVES[letter](moment), letter, flags)
        if not text or "-" in flags:
            return text
        return text.rjust(width, _fill(flags) or " ")
    if letter in _COMPOSED_DIRECTIVES:
        text = _cased(strftime(moment, _COMPOSED_DIRECTIVES[letter]), letter, flags)
        return text.rjust(width, _fill(flags) or " ")
    return None


def _fill(flags: str) -> str:
    """Return the fill character of a field, given by the last flag that sets one."""
    fill = ""
    for flag in flags:
        fill = {"-": "", "0": "0", "_": " "}.get(flag, fill)
    return fill


def _cased(text: str, letter: str, flags: str) -> str:
    if "#" in flags and letter in {"p", "Z"}:
        return text.lower()
    if "^" in flags or ("#" in flags and letter not in _COMPOSED_DIRECTIVES):
        return text.upper()
    return text


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
    room = max(width - len(tail), 3)
    if _fill(flags) == " ":
        return f"{sign}{hours}".rjust(room) + tail
    return f"{sign}{hours:0{room - 1}d}{tail}"


def _short_tail(minutes: int, seconds: int) -> str:
    if seconds:
        return f":{minutes:02d}:{seconds:02d}"
    return f":{minutes:02d}" if minutes else ""
