"""The names Braze defines: default attributes and namespaces.

Source: Braze docs, *Supported personalization tags*, and the pages on Canvas context,
content blocks and preference centres.
"""

from __future__ import annotations


DEFAULT_ATTRIBUTES = frozenset(
    {
        "braze_id",
        "city",
        "country",
        "date_of_birth",
        "email_address",
        "first_name",
        "gender",
        "language",
        "last_name",
        "last_used_app_date",
        "most_recent_app_version",
        "most_recent_locale",
        "most_recent_location",
        "phone_number",
        "random_bucket_number",
        "set_user_to_opted_in_url",
        "set_user_to_subscribed_url",
        "set_user_to_unsubscribed_url",
        "time_zone",
        "unsubscribe_url",
        "user_id",
    }
)
"""Names that are written ``${name}``, without a namespace."""

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
        "inbound_message_body", "inbound_product_id",
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
