"""The names Braze defines: default attributes and namespaces.

Source: Braze docs, *Supported personalization tags*, and the pages on Canvas context,
content blocks and preference centres.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import lru_cache


DEFAULT_ATTRIBUTES = frozenset(
    {
        "braze_id",
        "cblid",
        "city",
        "country",
        "date_of_birth",
        "email_address",
        "email_footer",
        "first_name",
        "gender",
        "language",
        "last_name",
        "last_used_app_date",
        "most_recent_app_version",
        "most_recent_locale",
        "most_recent_location",
        "phone_number",
        "preference_center_url",
        "random_bucket_number",
        "set_user_to_opted_in_url",
        "set_user_to_subscribed_url",
        "set_user_to_unsubscribed_url",
        "time_zone",
        "unsubscribe_url",
        "user_id",
    }
)
"""Names that are written ``${name}``, without a namespace; Braze adds to them."""

NAMESPACES: dict[str, tuple[str, ...]] = {
    "api_trigger_properties": (),
    "app": ("api_id", "name"),
    "campaign": ("api_id", "dispatch_id", "message_api_id", "message_name", "name"),
    "canvas": ("api_id", "name", "variant_api_id", "variant_name"),
    "canvas_entry_properties": (),
    "card": ("api_id", "name"),
    "context": (),
    "context_properties": (),
    "custom_attribute": (),
    "event_properties": (),
    "most_recently_used_device": (
        "ad_tracking_enabled", "browser", "carrier", "foreground_push_enabled",
        "google_ad_id", "id", "idfa", "model", "os", "platform", "roku_ad_id",
    ),
    "preference_center": (),
    "product_recommendation": (),
    "sms": ("inbound_media_urls", "inbound_message_body"),
    "subscribed_state": (),
    "targeted_device": (
        "carrier", "foreground_push_enabled", "google_ad_id", "id", "idfa", "model",
        "os", "platform", "roku_ad_id",
    ),
    "whats_app": (
        "inbound_catalog_id", "inbound_flow_response", "inbound_media_urls",
        "inbound_message_body", "inbound_product_id", "inbound_profile_name",
    ),
}  # fmt: skip
"""Names before ``.${name}``, with the names below them that Braze lists."""

USER_NAMESPACES = (None, "custom_attribute")
"""Namespaces that Braze loads only if the message names them before a call."""

CONTENT_BLOCKS = "content_blocks"
MAX_BLOCK_DEPTH = 2
"""How deep content blocks may nest (Braze docs, content blocks)."""

NAMESPACE_ALIASES = {
    "context": "canvas_entry_properties",
    "canvas_entry_properties": "context",
}
"""Canvas entry properties were renamed to context variables; both names work."""


_SYNONYMS = {
    "dob": "date_of_birth",
    "email": "email_address",
    "external_id": "user_id",
    "external_user_id": "user_id",
    "firstname": "first_name",
    "lang": "language",
    "lastname": "last_name",
    "phone": "phone_number",
    "timezone": "time_zone",
    "userid": "user_id",
}
"""Names that people and other platforms use for default attributes."""

_MIN_SIMILARITY = 0.75


@lru_cache(maxsize=256)
def meant_attribute(name: str) -> str | None:
    """Return the default attribute that an unknown *name* is likely to mean."""
    return _SYNONYMS.get(name.lower()) or closest(name, DEFAULT_ATTRIBUTES)


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the *known* name that is very similar to *name*, if there is one."""
    found = difflib.get_close_matches(name, sorted(known), 1, _MIN_SIMILARITY)
    return found[0] if found else None
