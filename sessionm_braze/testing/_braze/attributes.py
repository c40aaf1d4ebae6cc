"""Writing attributes to a profile (Braze docs, user attributes object)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .state import Profile


__all__ = ["DEFAULT_ATTRIBUTES", "attributes_problem", "write_attributes"]

DEFAULT_ATTRIBUTES = frozenset(
    {
        "country",
        "current_location",
        "date_of_first_session",
        "date_of_last_session",
        "dob",
        "email",
        "email_subscribe",
        "first_name",
        "gender",
        "home_city",
        "language",
        "last_name",
        "last_used_app_date",
        "phone",
        "push_subscribe",
        "subscription_groups",
        "time_zone",
    }
)
"""Names that go to the profile itself; every other name is a custom attribute."""

_NOT_ATTRIBUTES = frozenset(
    {
        "external_id",
        "user_alias",
        "braze_id",
        "_update_existing_only",
        "push_token_import",
    }
)
MAX_ARRAY_LENGTH = 25


def attributes_problem(attributes: Any, /) -> str | None:
    """Return what is wrong with *attributes*, or ``None``."""
    if not isinstance(attributes, dict):
        return "attributes must be an object"
    for name, value in attributes.items():
        step = value.get("inc", 0) if isinstance(value, dict) else 0
        if isinstance(step, bool) or not isinstance(step, int | float):
            return f"{name}: inc must be a number"
    return None


def write_attributes(
    profile: Profile, attributes: Mapping[str, Any], now: float, /
) -> None:
    """Write *attributes* to *profile*; ``None`` takes one away."""
    for name, value in attributes.items():
        if name in _NOT_ATTRIBUTES:
            continue
        place = profile.attributes if name in DEFAULT_ATTRIBUTES else profile.custom
        new = _changed(place.get(name), value)
        if new is None:
            place.pop(name, None)
        else:
            place[name] = new
    profile.updated_at = now


def _changed(old: Any, value: Any) -> Any:
    """Return what becomes of *old*; ``inc``, ``add`` and ``remove`` build on it."""
    if isinstance(value, dict):
        if "inc" in value:
            return (old if isinstance(old, int | float) else 0) + value["inc"]
        if "add" in value:
            return _unique([*_list(old), *_list(value["add"])])
        if "remove" in value:
            gone = _list(value["remove"])
            return [item for item in _list(old) if item not in gone]
    return _unique(value) if isinstance(value, list) else value


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [] if value is None else [value]


def _unique(values: list[Any]) -> list[Any]:
    """Return the last 25 different values, as arrays keep them."""
    kept: list[Any] = []
    for value in values:
        if value not in kept:
            kept.append(value)
    return kept[-MAX_ARRAY_LENGTH:]
