"""Who belongs: segments, and the filters of a Connected Audience (Braze docs)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ..._checks import is_number
from .state import Audience, BrazeState, Profile, Segment, Target


__all__ = ["audience_problem", "in_audience", "in_segment", "in_target"]

MAX_DAYS = 100_000
_GROUPS = {"AND", "OR"}
_SUBSCRIPTIONS = {
    "push_subscription_status": "push_subscribe",
    "email_subscription_status": "email_subscribe",
}
_DAY_RANGES: Mapping[str, Callable[[Any], tuple[Any, Any]]] = {
    "less_than_x_days_ago": lambda days: (-days, 0),
    "greater_than_x_days_ago": lambda days: (None, -days),
    "less_than_x_days_in_the_future": lambda days: (0, days),
    "greater_than_x_days_in_the_future": lambda days: (days, None),
}
_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "greater_than": lambda a, b: a > b,
    "greater_than_or_equal_to": lambda a, b: a >= b,
    "less_than": lambda a, b: a < b,
    "less_than_or_equal_to": lambda a, b: a <= b,
}
_COMPARISONS = {
    "equals",
    "not_equal",
    "does_not_equal",
    "matches_regex",
    "does_not_match_regex",
    "exists",
    "does_not_exist",
    "includes_value",
    "does_not_include_value",
    "after",
    "before",
    *_DAY_RANGES,
    *_ORDER,
}


def in_target(
    state: BrazeState, target: Target, profile: Profile, now: float, /
) -> bool:
    """Return whether the dashboard aims *target* at *profile*."""
    if target.segment_id is not None:
        segment = state.segments.get(target.segment_id)
        if segment is None or not in_segment(segment, profile, now):
            return False
    return in_audience(target.audience, profile, now)


def in_segment(segment: Segment, profile: Profile, now: float, /) -> bool:
    """Return whether *profile* belongs to *segment*."""
    if segment.members is not None and profile.braze_id not in segment.members:
        return False
    return in_audience(segment.audience, profile, now)


def in_audience(audience: Audience | None, profile: Profile, now: float, /) -> bool:
    """Return whether *profile* passes the filters; without any, everybody does."""
    if audience is None:
        return True
    if callable(audience):
        return bool(audience(profile))
    key, value = next(iter(audience.items()))
    if key == "AND":
        return all(in_audience(item, profile, now) for item in value)
    if key == "OR":
        return any(in_audience(item, profile, now) for item in value)
    return _passes(key, value, profile, now)


def audience_problem(audience: Any, /) -> str | None:
    """Return what is wrong with the structure of *audience*, or ``None``."""
    if not isinstance(audience, dict) or len(audience) != 1:
        return "audience must be one filter, or AND / OR with a list of filters"
    key, value = next(iter(audience.items()))
    if key in _GROUPS:
        if not isinstance(value, list) or not value:
            return f"{key} must hold a list of filters"
        return next(filter(None, map(audience_problem, value)), None)
    if not isinstance(value, dict) or not isinstance(value.get("comparison"), str):
        return f"{key} must hold a comparison"
    return _filter_problem(key, value)


def _filter_problem(key: str, value: Mapping[str, Any]) -> str | None:
    comparison = value["comparison"]
    if key in _SUBSCRIPTIONS:
        return (
            None if comparison in {"is", "is_not"} else f"{key}: unknown {comparison}"
        )
    if key == "last_used_app":
        return (
            None
            if comparison in {"after", "before"}
            else f"{key}: unknown {comparison}"
        )
    if key != "custom_attribute":
        return f"unknown filter {key}"
    if not isinstance(value.get("custom_attribute_name"), str):
        return "custom_attribute must hold a custom_attribute_name"
    if comparison not in _COMPARISONS:
        return f"{key}: unknown {comparison}"
    return _value_problem(comparison, value.get("value"))


def _value_problem(comparison: str, value: Any) -> str | None:
    """Return what no comparison could be made with."""
    if comparison.endswith("_regex"):
        try:
            re.compile(value if isinstance(value, str) else "(")
        except re.error:
            return f"custom_attribute: {value!r} is no regular expression"
    if comparison in _DAY_RANGES and not (is_number(value) and abs(value) < MAX_DAYS):
        return f"custom_attribute: {value!r} is no number of days"
    return None


def _passes(key: str, rule: Mapping[str, Any], profile: Profile, now: float) -> bool:
    comparison, wanted = rule["comparison"], rule.get("value")
    if key in _SUBSCRIPTIONS:
        status = profile.attributes.get(_SUBSCRIPTIONS[key], "subscribed")
        return bool((status == wanted) is (comparison == "is"))
    if key == "last_used_app":
        return _in_time(
            profile.attributes.get("last_used_app_date"), comparison, wanted, now
        )
    value = profile.custom.get(rule["custom_attribute_name"])
    return _compare(value, comparison, wanted, now)


def _compare(value: Any, comparison: str, wanted: Any, now: float) -> bool:
    if comparison in {"exists", "does_not_exist"}:
        return (value is not None) is (comparison == "exists")
    if comparison == "equals":
        return _same(value, wanted)
    if comparison in {"not_equal", "does_not_equal"}:
        return not _same(value, wanted)
    if comparison in {"includes_value", "does_not_include_value"}:
        held = isinstance(value, list) and wanted in value
        return held is (comparison == "includes_value")
    if comparison in {"matches_regex", "does_not_match_regex"}:
        hit = isinstance(value, str) and re.search(wanted, value) is not None
        return hit is (comparison == "matches_regex")
    if comparison in _ORDER:
        return (
            is_number(value) and is_number(wanted) and _ORDER[comparison](value, wanted)
        )
    return _in_time(value, comparison, wanted, now)


def _same(value: Any, wanted: Any) -> bool:
    """Compare as Braze does: a boolean is no number, 1 and 1.0 are the same."""
    return isinstance(value, bool) is isinstance(wanted, bool) and value == wanted


def _in_time(value: Any, comparison: str, wanted: Any, now: float) -> bool:
    moment = _moment(value)
    if moment is None:
        return False
    if comparison in _DAY_RANGES:
        today = datetime.fromtimestamp(now, UTC)
        low, high = _DAY_RANGES[comparison](wanted)
        above = low is None or moment > today + timedelta(days=low)
        return above and (high is None or moment < today + timedelta(days=high))
    border = _moment(wanted)
    if border is None:
        return False
    return moment > border if comparison == "after" else moment < border


def _moment(value: Any) -> datetime | None:
    """Read a time attribute; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(str(value).replace(" UTC", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
