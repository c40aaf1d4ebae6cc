"""Filters for JSON and objects (Braze docs, advanced filters)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from .. import _values
from .._errors import FaultError
from .._values import to_text
from .array import items_of
from .base import liquid_filter


@liquid_filter()
def json_escape(value: object) -> str:
    """Escape a text for use between the quotes of JSON."""
    return json.dumps(to_text(value), ensure_ascii=False)[1:-1]


@liquid_filter()
def json_parse(value: object) -> object:
    """Return the value that a JSON text writes."""
    try:
        return _values.read_json(to_text(value))
    except ValueError as error:
        raise FaultError(f"json_parse was given what is not JSON: {error}") from None


@liquid_filter()
def as_json_string(value: object) -> str:
    """Return the value as compact JSON."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {to_text(key): _plain(item) for key, item in value.items()}
    if isinstance(value, range):
        return items_of(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return _values.from_number(value)
    if value is None or isinstance(value, bool | float):
        return value
    return to_text(value)


@liquid_filter()
def property_accessor(value: object, key: object) -> object:
    """Return what an object holds under *key*."""
    return _values.lookup(value, key)
