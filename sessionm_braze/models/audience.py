"""Connected audiences: filters that narrow whom a trigger reaches.

Source: Braze docs, Connected Audience object.  Filters work on custom attributes,
subscription states and the last use of an app; for anything else put a segment on the
campaign in the dashboard.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from .._checks import instant_text, plain, text, told
from ._codec import converter


__all__ = [
    "AttributeFilter",
    "Audience",
    "LastUseFilter",
    "SubscriptionFilter",
    "all_of",
    "any_of",
    "custom_attribute",
    "email_subscription_status",
    "last_used_app",
    "push_subscription_status",
]

_STATE_COMPARISONS = frozenset({"is", "is_not"})
_TIME_COMPARISONS = frozenset({"after", "before"})
_COMPARISONS_WITHOUT_VALUE = frozenset({"exists", "does_not_exist"})
_COMPARISONS: Mapping[str, frozenset[str]] = {
    "custom_attribute": _COMPARISONS_WITHOUT_VALUE
    | _TIME_COMPARISONS
    | {
        *("equals", "not_equal", "does_not_equal"),
        *("matches_regex", "does_not_match_regex"),
        *("includes_value", "does_not_include_value"),
        *("greater_than", "greater_than_or_equal_to"),
        *("less_than", "less_than_or_equal_to"),
        *("less_than_x_days_ago", "greater_than_x_days_ago"),
        "less_than_x_days_in_the_future",
        "greater_than_x_days_in_the_future",
    },
    "push_subscription_status": _STATE_COMPARISONS,
    "email_subscription_status": _STATE_COMPARISONS,
    "last_used_app": _TIME_COMPARISONS,
}


def _checked(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError(f"audience must be an Audience or a mapping, got {told(value)}")
    body: dict[str, Any] = plain(value, "audience")
    _check(body, "audience")
    return body


@attrs.frozen
class Audience:
    """A filter, or a group of them, in Braze's own JSON form.

    Made by `custom_attribute` and its siblings, `all_of` and `any_of`, or from the
    plain mapping.
    """

    body: Mapping[str, Any] = attrs.field(hash=False, converter=_checked)
    """The JSON object, its structure checked."""

    @classmethod
    def of(cls, value: Audience | Mapping[str, Any]) -> Audience:
        """Return *value* as an audience, its structure checked.

        Raises:
            TypeError: If it is neither an audience nor a mapping.
            ValueError: If a group or filter is not built as Braze documents.

        Warns:
            UserWarning: For filter keys and comparisons that Braze does not document.

        Example:
            >>> from sessionm_braze import Audience
            >>> Audience.of(
            ...     {
            ...         "custom_attribute": {
            ...             "custom_attribute_name": "tier",
            ...             "comparison": "exists",
            ...         }
            ...     }
            ... ).body["custom_attribute"]["comparison"]
            'exists'
        """
        return value if isinstance(value, Audience) else cls(value)


def all_of(*filters: Audience | Mapping[str, Any]) -> Audience:
    """Return the audience that meets every one of *filters*.

    Raises:
        ValueError: If there is no filter, or one is not built as Braze documents.

    Example:
        >>> from sessionm_braze import all_of, any_of, custom_attribute
        >>> tier, points = custom_attribute("tier"), custom_attribute("points")
        >>> audience = all_of(
        ...     points.at_least(100), any_of(tier.equals("gold"), tier.equals("black"))
        ... )
        >>> list(audience.body), list(audience.body["AND"][1])
        (['AND'], ['OR'])
    """
    return _group("AND", filters)


def any_of(*filters: Audience | Mapping[str, Any]) -> Audience:
    """Return the audience that meets at least one of *filters*.

    Raises:
        ValueError: If there is no filter, or one is not built as Braze documents.

    Example:
        >>> from sessionm_braze import any_of, custom_attribute
        >>> tier = custom_attribute("tier")
        >>> len(any_of(tier.equals("gold"), tier.does_not_exist()).body["OR"])
        2
    """
    return _group("OR", filters)


@attrs.frozen
class SubscriptionFilter:
    """Comparisons of a subscription state."""

    key: str

    def is_(self, value: str) -> Audience:
        """Keep users in that state: ``opted_in``, ``subscribed``, ``unsubscribed``."""
        return Audience({self.key: {"comparison": "is", "value": value}})

    def is_not(self, value: str) -> Audience:
        """Keep users not in that state."""
        return Audience({self.key: {"comparison": "is_not", "value": value}})


@attrs.frozen
class LastUseFilter:
    """Comparisons of when the user last used an app."""

    def after(self, moment: datetime) -> Audience:
        """Keep users whose last use is later than *moment* (aware)."""
        return self._filter("after", moment)

    def before(self, moment: datetime) -> Audience:
        """Keep users whose last use is earlier than *moment* (aware)."""
        return self._filter("before", moment)

    def _filter(self, comparison: str, moment: datetime) -> Audience:
        value = instant_text(moment, comparison)
        return Audience({"last_used_app": {"comparison": comparison, "value": value}})


@attrs.frozen
class AttributeFilter:
    """Comparisons of one custom attribute; which of them fit depends on its type."""

    name: str

    def equals(self, value: str | float | bool) -> Audience:  # noqa: FBT001
        """Keep users whose attribute is *value*."""
        return self.compare("equals", value)

    def not_equal(self, value: str | float | bool) -> Audience:  # noqa: FBT001
        """Keep users whose attribute is not *value*.

        Braze calls this comparison ``does_not_equal`` for booleans.
        """
        name = "does_not_equal" if isinstance(value, bool) else "not_equal"
        return self.compare(name, value)

    def matches_regex(self, pattern: str) -> Audience:
        """Keep users whose text matches *pattern*."""
        return self.compare("matches_regex", pattern)

    def does_not_match_regex(self, pattern: str) -> Audience:
        """Keep users whose text does not match *pattern*."""
        return self.compare("does_not_match_regex", pattern)

    def includes_value(self, value: str) -> Audience:
        """Keep users whose array holds *value*."""
        return self.compare("includes_value", value)

    def does_not_include_value(self, value: str) -> Audience:
        """Keep users whose array does not hold *value*."""
        return self.compare("does_not_include_value", value)

    def greater_than(self, value: float) -> Audience:
        """Keep users whose number is above *value*."""
        return self.compare("greater_than", value)

    def at_least(self, value: float) -> Audience:
        """Keep users whose number is *value* or above."""
        return self.compare("greater_than_or_equal_to", value)

    def less_than(self, value: float) -> Audience:
        """Keep users whose number is below *value*."""
        return self.compare("less_than", value)

    def at_most(self, value: float) -> Audience:
        """Keep users whose number is *value* or below."""
        return self.compare("less_than_or_equal_to", value)

    def after(self, moment: datetime) -> Audience:
        """Keep users whose time is later than *moment* (aware)."""
        return self.compare("after", instant_text(moment, "after"))

    def before(self, moment: datetime) -> Audience:
        """Keep users whose time is earlier than *moment* (aware)."""
        return self.compare("before", instant_text(moment, "before"))

    def exists(self) -> Audience:
        """Keep users who have the attribute."""
        return self._filter(comparison="exists")

    def does_not_exist(self) -> Audience:
        """Keep users who do not have the attribute."""
        return self._filter(comparison="does_not_exist")

    def compare(self, comparison: str, value: str | float | bool) -> Audience:  # noqa: FBT001
        """Keep users by any comparison, such as ``less_than_x_days_ago``."""
        return self._filter(comparison=comparison, value=value)

    def _filter(self, **fields: object) -> Audience:
        body = {"custom_attribute_name": self.name, **fields}
        return Audience({"custom_attribute": body})


def custom_attribute(name: str) -> AttributeFilter:
    """Filter by a custom attribute.

    Raises:
        TypeError: If *name* is no string.
        ValueError: If *name* is blank.

    Example:
        >>> from sessionm_braze import custom_attribute
        >>> custom_attribute("tier").equals("gold").body["custom_attribute"]
        {'custom_attribute_name': 'tier', 'comparison': 'equals', 'value': 'gold'}
    """
    return AttributeFilter(text(name, "custom_attribute"))


def push_subscription_status() -> SubscriptionFilter:
    """Filter by the push subscription.

    Example:
        >>> from sessionm_braze import push_subscription_status
        >>> push_subscription_status().is_("opted_in").body
        {'push_subscription_status': {'comparison': 'is', 'value': 'opted_in'}}
    """
    return SubscriptionFilter("push_subscription_status")


def email_subscription_status() -> SubscriptionFilter:
    """Filter by the e-mail subscription.

    Example:
        >>> from sessionm_braze import email_subscription_status
        >>> body = email_subscription_status().is_not("unsubscribed").body
        >>> body["email_subscription_status"]["comparison"]
        'is_not'
    """
    return SubscriptionFilter("email_subscription_status")


def last_used_app() -> LastUseFilter:
    """Filter by when the user last used an app.

    Example:
        >>> from datetime import UTC, datetime
        >>> from sessionm_braze import last_used_app
        >>> last_used_app().after(datetime(2031, 1, 2, tzinfo=UTC)).body
        {'last_used_app': {'comparison': 'after', 'value': '2031-01-02T00:00:00Z'}}
    """
    return LastUseFilter()


def _group(key: str, filters: tuple[Audience | Mapping[str, Any], ...]) -> Audience:
    if not filters:
        raise ValueError("a group must hold at least one filter, got none")
    return Audience({key: [Audience.of(each).body for each in filters]})


def _check(body: Any, path: str) -> None:
    if not isinstance(body, dict) or len(body) != 1:
        raise ValueError(
            f"{path} must be an object with one key (a filter, AND or OR), "
            f"got {told(body)}"
        )
    ((key, value),) = body.items()
    if key in {"AND", "OR"}:
        if not isinstance(value, list) or not value:
            raise ValueError(
                f"{path}.{key} must be a list of filters, got {told(value)}"
            )
        for index, item in enumerate(value):
            _check(item, f"{path}.{key}[{index}]")
    elif key in _COMPARISONS:
        _check_filter(key, value, f"{path}.{key}")
    else:
        _warn(f"{path}: Braze documents no filter {key!r}")


def _check_filter(key: str, value: Any, path: str) -> None:
    if not isinstance(value, dict) or "comparison" not in value:
        raise ValueError(
            f"{path} must be an object with a comparison, got {told(value)}"
        )
    if key == "custom_attribute" and not value.get("custom_attribute_name"):
        raise ValueError(f"{path} must have a custom_attribute_name, got {told(value)}")
    comparison = value["comparison"]
    if ("value" in value) == (comparison in _COMPARISONS_WITHOUT_VALUE):
        rule = "no value" if comparison in _COMPARISONS_WITHOUT_VALUE else "a value"
        raise ValueError(
            f"{path} must have {rule} with {comparison!r}, got {told(value)}"
        )
    if comparison not in _COMPARISONS[key]:
        _warn(f"{path}: Braze documents no comparison {comparison!r}")


def _warn(message: str) -> None:
    warnings.warn(message, UserWarning, stacklevel=5)


converter.register_structure_hook(Audience, lambda body, _: Audience.of(body))
converter.register_unstructure_hook(Audience, lambda audience: dict(audience.body))
