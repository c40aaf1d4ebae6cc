"""Filters for JSON and objects (Braze docs, advanced filters)."""

from __future__ import annotations

import json

from .. import _values
from .._context import PARSED_SIZE_FACTOR, BrazeContext
from .._errors import FaultError
from .._values import to_text
from .._walk import Walk
from .base import liquid_filter


@liquid_filter()
def json_escape(value: object) -> str:
    """Escape a text for use between the quotes of JSON."""
    return json.dumps(to_text(value), ensure_ascii=False)[1:-1]


@liquid_filter()
def json_parse(context: BrazeContext, value: object) -> object:
    """Return the value that a JSON text writes."""
    text = to_text(value)
    context.hold(len(text) * PARSED_SIZE_FACTOR)
    try:
        return _values.read_json(text)
    except ValueError:
        raise FaultError("json_parse was given what is not JSON") from None


@liquid_filter()
def as_json_string(value: object) -> str:
    """Return the value as compact JSON."""
    return Walk().json(value)


@liquid_filter()
def property_accessor(value: object, key: object) -> object:
    """Return what an object holds under *key*."""
    return _values.lookup(value, key)
