"""How Ruby writes single values: numbers, dates, and texts between quotes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from unicodedata import category

from ._errors import FaultError
from ._plain import MAX_BITS, Special


_MIN_EXPONENT_FLOAT = 1e15
"""From here on Ruby writes whole floats with an exponent, one digit before Python."""


def single_text(value: Any) -> str:
    """Return what a plain *value* is as a text; it is neither a list nor an object."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, Special):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return integer_text(value)
    if isinstance(value, float | Decimal):
        return float_text(float(value))
    if isinstance(value, range):
        return f"{value.start}..{value.stop - 1}"
    if isinstance(value, dt.datetime):
        zone = "UTC" if value.tzname() in {None, "UTC"} else f"{value:%z}"
        return f"{value:%Y-%m-%d %H:%M:%S} {zone}"
    return str(value)


def integer_text(value: int) -> str:
    """Return the digits of *value*, which must not be absurdly long."""
    if value.bit_length() > MAX_BITS:
        raise FaultError("a number grew too long")
    return str(value)


def float_text(value: float) -> str:
    """Return *value* as Ruby writes it: ``1.0e+20``, ``Infinity``, ``NaN``."""
    if value != value:  # noqa: PLR0124 - the test for NaN that needs no import
        return "NaN"
    if value in {float("inf"), float("-inf")}:
        return "Infinity" if value > 0 else "-Infinity"
    text = repr(value)
    if abs(value) >= _MIN_EXPONENT_FLOAT and text.endswith(".0"):
        digits, _, exponent = f"{value:.15e}".partition("e")
        text = f"{digits.rstrip('0').rstrip('.')}e{exponent}"
    if "e" in text and "." not in text:
        return text.replace("e", ".0e")
    return text


def quoted(text: str) -> str:
    """Return *text* as Ruby shows it inside a list or an object."""
    escaped = text.translate(_ESCAPES)
    if "#" in escaped:
        for opening in ("#{", "#$", "#@"):
            escaped = escaped.replace(opening, "\\" + opening)
    return f'"{escaped}"'


class _Escapes(dict[int, str | int]):
    """What each character becomes, found out when it is first met."""

    def __missing__(self, code: int) -> str | int:
        if len(self) > _MAX_KNOWN_CHARACTERS:
            self.clear()
            self.update(_NAMED_ESCAPES)
        char = chr(code)
        escaped: str | int = code
        if category(char) in _UNPRINTED_CATEGORIES and char != _NEXT_LINE:
            escaped = f"\\u{code:04X}" if code <= _LAST_SHORT else f"\\u{{{code:X}}}"
        self[code] = escaped
        return escaped


_UNPRINTED_CATEGORIES = frozenset({"Cc", "Cn", "Cs", "Zl", "Zp"})
"""Unicode categories that Ruby escapes."""

_NEXT_LINE = "\x85"
_LAST_SHORT = 0xFFFF
"""The last code that needs no braces."""

_MAX_KNOWN_CHARACTERS = 50_000
_NAMED_ESCAPES: dict[int, str] = str.maketrans({
    "\n": "\\n", "\t": "\\t", "\r": "\\r", "\x1b": "\\e", "\a": "\\a", "\b": "\\b",
    "\v": "\\v", "\f": "\\f", '"': '\\"', "\\": "\\\\",
})  # fmt: skip
_ESCAPES = _Escapes(_NAMED_ESCAPES)
