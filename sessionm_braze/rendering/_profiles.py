"""What a template sees of a profile that Braze has exported.

Sources: Braze docs, *Export user profile by segment* (fields of an export), and
*Supported personalization tags* (names in Liquid).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from ..models._codec import moment
from ._plain import PLAIN_TYPES, ForeignValueError, plain


PROFILE_WARNING = (
    "the variables are a profile as Braze exports it, with names that templates do not"
    " know: give profile_variables(profile)"
)

_RENAMED = {
    "dob": "date_of_birth",
    "email": "email_address",
    "external_id": "user_id",
    "home_city": "city",
    "phone": "phone_number",
    "random_bucket": "random_bucket_number",
}
"""Fields that templates read under another name."""

_TAKEN_APART = frozenset(
    {"apps", "custom_attributes", "devices", "email_subscribe", "subscription_groups"}
)
"""Fields of which templates read a part, or which stand in a namespace."""

_UNREAD = frozenset(
    {
        "appboy_id",
        "attributed_ad",
        "attributed_adgroup",
        "attributed_campaign",
        "attributed_source",
        "campaigns_received",
        "canvases_received",
        "cards_clicked",
        "created_at",
        "current_location",
        "custom_events",
        "date_of_first_session",
        "date_of_last_session",
        "email_opted_in_at",
        "email_unsubscribed_at",
        "last_coordinates",
        "purchases",
        "push_opted_in_at",
        "push_subscribe",
        "push_tokens",
        "push_unsubscribed_at",
        "total_revenue",
        "uninstalled_at",
        "user_aliases",
    }
)
"""Fields that no template reads, or of which it is not known what it would read."""

_NOT_AS_THEY_ARE = _TAKEN_APART | _UNREAD

_DEVICE_NAMES = {
    "ad_tracking_enabled": "ad_tracking_enabled",
    "carrier": "carrier",
    "google_ad_id": "google_ad_id",
    "idfa": "idfa",
    "idfv": "id",
    "device_id": "id",
    "model": "model",
    "os": "os",
    "roku_ad_id": "roku_ad_id",
}
"""Fields of a device, and what templates call them."""

_DEVICE_TYPES = frozenset({str, bool})

_GROUP_STATES = frozenset({"subscribed", "unsubscribed"})


def is_profile(variables: Mapping[str, Any]) -> bool:
    """Return whether *variables* are a profile as Braze exports it."""
    return "user_id" not in variables and (
        "external_id" in variables
        or "custom_attributes" in variables
        or "user_aliases" in variables
    )


def profile_variables(profile: Any) -> dict[str, Any]:
    """Return a profile that Braze has exported as a template sees that person.

    The fields go by Braze's own names: ``external_id`` is ``${user_id}``, ``email`` is
    ``${email_address}``, ``custom_attributes`` are ``custom_attribute.${…}``; the page
    *Identifiers on both sides* has them all.  Values are those of the export: dates are
    text in it, custom attributes have their types.  What is no field of an export, such
    as trigger properties that were added, stays as it is.

    An export does not hold all that a template reads.  What it leaves open is left out:

    - Of several devices it is not known which one was used last, so only what they have
      in common is there.  Platform, browser and foreground push are not exported.
    - Subscription groups are not among the fields that Braze lists.  They are read as
      ``/users/track`` takes them, and as ``/subscription/user/status`` tells them.
    - ``last_coordinates`` come in either order, so ``${most_recent_location}`` is not
      there; neither is ``${most_recent_locale}``, which is not exported.
    - A field that was not asked for looks like one that is empty.

    ``${last_used_app_date}`` and ``${most_recent_app_version}`` are those of the app
    that was used last, which is inferred.

    Args:
        profile: A user of `BrazeClient.export_users` or
            `BrazeClient.read_segment_export`.

    Returns:
        The variables, as `Renderer.render` takes them.

    Raises:
        TypeError: If *profile* or its ``custom_attributes`` are no mapping.

    Example:
        >>> from sessionm_braze.rendering import Renderer, profile_variables
        >>> profile = {"external_id": "u-1", "custom_attributes": {"tier": "gold"}}
        >>> variables = profile_variables(profile)
        >>> variables
        {'user_id': 'u-1', 'custom_attribute': {'tier': 'gold'}}
        >>> Renderer().render("Now {{custom_attribute.${tier}}}!", variables).text
        'Now gold!'
    """
    fields = fields_of(profile)
    if fields is None:
        kind = type(profile).__name__
        raise TypeError(f"profile: expected a mapping, not {kind}")
    values = {
        _RENAMED.get(field, field): value
        for field, value in fields.items()
        if value is not None and field not in _NOT_AS_THEY_ARE
    }
    attributes = _as_given(fields.get("custom_attributes"))
    if isinstance(attributes, Mapping):
        values["custom_attribute"] = attributes
    elif attributes is not None:
        kind = type(attributes).__name__
        raise TypeError(f"custom_attributes: expected a mapping, not {kind}")
    if states := _states(fields):
        values["subscribed_state"] = states
    if device := _device(fields):
        values["most_recently_used_device"] = device
    return _last_use(fields) | values


def fields_of(profile: Any) -> Mapping[str, Any] | None:
    """Return the fields of a mapping or of a model that is a profile, else None."""
    if isinstance(profile, Mapping):
        return profile
    fields = _as_given(profile)
    return fields if isinstance(fields, Mapping) and is_profile(fields) else None


def _as_given(value: Any) -> Any:
    """Return what stands for *value* in a template; what is foreign stays as it is."""
    if type(value) in PLAIN_TYPES:
        return value
    with suppress(ForeignValueError):
        return plain(value)
    return value


def _objects(value: object) -> list[Mapping[str, Any]]:
    """Return the objects in a list; anything else has none."""
    if not isinstance(value, list | tuple):
        return []
    return [each for each in value if isinstance(each, Mapping)]


def _states(fields: Mapping[str, Any]) -> dict[str, Any]:
    states: dict[str, Any] = {}
    if fields.get("email_subscribe") is not None:
        states["email_global"] = fields["email_subscribe"]
    for group in _objects(fields.get("subscription_groups")):
        name = group.get("subscription_group_id", group.get("id"))
        state = group.get("subscription_state", group.get("status"))
        state = state.lower() if isinstance(state, str) else None
        if isinstance(name, str) and state in _GROUP_STATES:
            states[name] = state
    return states


def _device(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what all devices have in common, under the names of templates."""
    named = [
        {
            name: device[field]
            for field, name in _DEVICE_NAMES.items()
            if type(device.get(field)) in _DEVICE_TYPES
        }
        for device in _objects(fields.get("devices"))
    ]
    if not named:
        return {}
    first, *others = named
    return {
        name: value
        for name, value in first.items()
        if all(other.get(name) == value for other in others)
    }


def _last_use(fields: Mapping[str, Any]) -> dict[str, Any]:
    used: dict[datetime, Mapping[str, Any]] = {}
    for app in _objects(fields.get("apps")):
        with suppress(TypeError, ValueError):
            used[moment(app.get("last_used"))] = app
    if not used:
        return {}
    last = used[max(used)]
    version = {"most_recent_app_version": last.get("version")}
    return {"last_used_app_date": last["last_used"], **version}
