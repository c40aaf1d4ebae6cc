"""Foreign text and data: what is printed of it steers nothing, what is read is bounded.

A template, a server or a file may hold anything: characters that move a terminal's
cursor, that end a line of a log, or that turn the direction in which a line reads.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any


__all__ = [
    "DEEPEST",
    "MAX_LINE_BYTES",
    "STEERING",
    "in_json",
    "is_deep",
    "json_value",
    "one_line",
    "visible",
]

_BREAKS = r"\t-\r\x1c-\x1f\x85\u2028\u2029"
_OTHERS = (
    r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # of terminals
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # of the direction of reading
    r"\ud800-\udfff"  # half a character
)
_BREAK = re.compile(f"[{_BREAKS}]")
_OTHER = re.compile(f"[{_OTHERS}]")
_UNSEEN = re.compile(rf"(?!\r?\n|\t)[{_BREAKS}{_OTHERS}]")
_COMMAND = re.compile(r"(?P<before>^\s*):(?=:)|#(?=#\w*\[)")
"""What the log of a CI system takes for a command."""

STEERING = re.compile(f"[{_BREAKS}{_OTHERS}]")
"""A character that does more than stand in its line, the ends of lines among them."""

_IN_JSON = re.compile(rf"(?!\n)[{_BREAKS}{_OTHERS}]")
_BRACKET_OR_TEXT = re.compile(r'[\[\]{}]|"[^"\\]*(?:\\.[^"\\]*)*"')
MAX_LINE_BYTES = 64 * 1024 * 1024
"""Bytes of the longest line of a file of JSON Lines."""

DEEPEST = 100
"""Levels of a JSON value, as many as Ruby reads and writes by default."""

_LISTS = frozenset({list, tuple})
_CONTAINERS = _LISTS | {dict}


def one_line(text: object) -> str:
    """Return *text* on one line, in which nothing steers: each character is in place.

    Ends of lines become blanks, what else steers becomes a replacement character, and
    so does what makes a line a command to the CI system that keeps it.
    """
    text = str(text)
    if not text.isprintable():
        text = _OTHER.sub("\ufffd", _BREAK.sub(" ", text))
    if "::" in text or "##" in text:
        text = _COMMAND.sub("\\g<before>\ufffd", text)
    return text


def visible(text: object) -> str:
    """Return *text* with its lines and tabs, and all else that steers replaced."""
    return _UNSEEN.sub("\ufffd", str(text))


def in_json(text: str) -> str:
    """Return JSON *text* with all that steers, but for ends of lines, as its code."""
    text = _IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return _COMMAND.sub(r"\\u0023", text)


def json_value(text: str, /) -> Any:
    """Return the JSON value that *text* from a file holds.

    Raises:
        json.JSONDecodeError: If it is no JSON, nested too deeply, or has a number of
            too many digits.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        raise
    except RecursionError:
        deep = True
    except ValueError as error:
        most = sys.get_int_max_str_digits()
        found = re.search(rf"\d{{{most + 1}}}", text)
        told = f"a number of more than {most:,} digits" if found else str(error)
        at = found.start() if found else 0
        raise json.JSONDecodeError(told, text, at) from None
    else:
        deep = text.count("[") + text.count("{") > DEEPEST and is_deep(value)
    if deep:
        told = f"nested deeper than {DEEPEST} levels"
        raise json.JSONDecodeError(told, text, _place_of_depth(text))
    return value


def is_deep(value: Any) -> bool:
    """Return whether JSON data nests deeper than `DEEPEST` levels, or holds itself."""
    level: dict[int, Any] = {id(value): value}  # by identity, as a part may be shared
    for _ in range(DEEPEST):
        level = {
            id(each): each
            for parent in level.values()
            if type(parent) in _CONTAINERS
            for each in (parent if type(parent) in _LISTS else parent.values())
            if type(each) in _CONTAINERS
        }
        if not level:
            return False
    return True


def _place_of_depth(text: str) -> int:
    """Return where JSON *text* goes a level too deep."""
    depth = 0
    for match in _BRACKET_OR_TEXT.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match[0], 0)
        if depth > DEEPEST:
            return match.start()
    return 0
