"""The filters, by the kind of value they work on.

A new filter is a function with the decorator `liquid_filter` in one of these modules.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from . import array, date, hashes, json, misc, number, string, url
from .base import Filter


__all__ = ["FILTERS", "Filter"]

_MODULES: tuple[ModuleType, ...] = (
    *(array, date, hashes, json, misc, number, string, url),
)

FILTERS: dict[str, Filter[..., Any]] = {
    found.name: found
    for module in _MODULES
    for found in vars(module).values()
    if isinstance(found, Filter)
}
"""Every filter by its name in templates."""
