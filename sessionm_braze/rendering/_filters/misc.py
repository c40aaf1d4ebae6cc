"""Filters on any value."""

from __future__ import annotations

from collections.abc import Mapping

from .. import _values
from .._plain import plain
from .base import liquid_filter


@liquid_filter(bounded=True)
def default(value: object, instead: object = "", options: object = None) -> object:
    """Return *instead* where the value is missing, false or empty."""
    if type(value) is str and value:
        return value
    value = plain(value)
    allows_false = isinstance(options, Mapping) and _values.is_true(
        options.get("allow_false")
    )
    missing = value is None if allows_false else not _values.is_true(value)
    return instead if missing or _values.is_empty(value) else value


@liquid_filter(bounded=True)
def size(value: object) -> int:
    """Return the number of characters or elements."""
    return _values.size(value) or 0


@liquid_filter(bounded=True)
def lid(value: object, identifier: object) -> object:  # noqa: ARG001
    """Return the identifier, which link aliasing has written behind an address."""
    return identifier


@liquid_filter()
def id_(value: object, identifier: object = None) -> object:  # noqa: ARG001
    """Return the value; exported messages carry it on content blocks."""
    return value
