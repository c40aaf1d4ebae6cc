"""Single values as people read them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from .._secrets import MASK, is_sensitive
from .markup import Html, element


NOTHING = "\u2013"
"""What stands for a value that is absent."""

LONGEST_VALUE = 400
"""Characters of a value that are shown."""


def shown(value: Any, name: str = "") -> Html | str:
    """Return a value as text, or as HTML where that reads better.

    Args:
        value: Any value of a model or of JSON.
        name: The field's name; the value of a field that holds a secret is masked.
    """
    if value is None or value == "":
        return NOTHING
    if is_sensitive(name):
        return MASK
    if isinstance(value, Html):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date):
        return moment(value)
    if isinstance(value, Mapping | list | tuple):
        return element("code", shortened(as_json(value)))
    return shortened(str(value))


def moment(value: date) -> str:
    """Return a date or a moment; moments are shown in UTC."""
    if not isinstance(value, datetime):
        return value.isoformat()
    at = value.astimezone(UTC)
    return f"{at:%Y-%m-%d}" if not (at.hour or at.minute) else f"{at:%Y-%m-%d %H:%M}"


def counted(count: float, noun: str) -> str:
    """Return a count with its noun, which takes an ``s``."""
    return f"{count:,} {noun}{'' if abs(count) == 1 else 's'}"


def shortened(text: str, longest: int = LONGEST_VALUE) -> str:
    """Return *text*, cut where it is too long, with a note on how much is missing."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]}\u2026 ({counted(len(text) - longest, 'more character')})"


def as_json(value: Any, indent: int | None = None) -> str:
    """Return a JSON value as text, the values of secrets masked."""
    return json.dumps(_masked(value), ensure_ascii=False, default=str, indent=indent)


def _masked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            str(name): MASK if is_sensitive(str(name)) else _masked(item)
            for name, item in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_masked(item) for item in value]
    return value
