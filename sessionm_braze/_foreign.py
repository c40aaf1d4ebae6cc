"""Foreign text and data: what is printed of it steers nothing, what is read is bounded.

A template, a server or a file may hold anything: characters that move a terminal's
cursor, that end a line of a log, or that turn the direction in which a line reads.
"""

from __future__ import annotations

import json
import re
from typing import Any


__all__ = ["STEERING", "json_value", "one_line", "visible"]

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

_DEEPEST = 200
"""Levels of a JSON value from a file: a hundred are what Ruby's decoder reads."""


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


def json_value(text: str, /) -> Any:
    """Return the JSON value that *text* from a file holds.

    Raises:
        ValueError: If it is no JSON, nested too deeply, or has a number of too many
            digits.
    """
    try:
        value = json.loads(text)
    except RecursionError:
        deep = True
    else:
        deep = text.count("[") + text.count("{") > _DEEPEST and _is_deep(value)
    if deep:
        raise ValueError(f"nested deeper than {_DEEPEST} levels")
    return value


def _is_deep(value: Any) -> bool:
    """Return whether there is a list or an object in the level after the last."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            each
            for parent in level
            for each in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(each, dict | list)
        ]
        if not level:
            return False
    return True
