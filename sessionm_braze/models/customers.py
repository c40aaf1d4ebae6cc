"""The customer, as SessionM Core knows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import attrs

from ._answers import Answer, shared_fields_last


__all__ = ["Customer"]


@attrs.frozen(kw_only=True, field_transformer=shared_fields_last)
class Customer(Answer):
    """A SessionM customer profile.

    Everything may be absent: tenants differ in what they show.  Only `opted_in` and
    `activated` are named on the partner page; the other fields are inferred from
    what clients of live tenants read.  Unknown ones are in `extra`.  The `repr` shows
    identifiers only.
    """

    id: str | None = None
    """SessionM's ``user_id``, a UUID made when the profile is created."""

    external_id: str | None = None
    """The brand's own id; of several, the one mapped last."""

    external_id_type: str | None = None
    identifiers: tuple[Mapping[str, Any], ...] = attrs.field(
        default=(), hash=False, repr=False
    )
    """All external ids, if they were asked for."""

    opted_in: bool | None = attrs.field(default=None, repr=False)
    activated: bool | None = attrs.field(default=None, repr=False)
    suspended: bool | None = attrs.field(default=None, repr=False)
    test_account: bool | None = attrs.field(default=None, repr=False)
    account_status: str | None = attrs.field(default=None, repr=False)
    proxy_ids: tuple[str, ...] = attrs.field(default=(), repr=False)
    email: str | None = attrs.field(default=None, repr=False)
    first_name: str | None = attrs.field(default=None, repr=False)
    last_name: str | None = attrs.field(default=None, repr=False)
    gender: str | None = attrs.field(default=None, repr=False)
    locale: str | None = attrs.field(default=None, repr=False)
    dob: date | None = attrs.field(default=None, repr=False)
    address: str | None = attrs.field(default=None, repr=False)
    address2: str | None = attrs.field(default=None, repr=False)
    city: str | None = attrs.field(default=None, repr=False)
    state: str | None = attrs.field(default=None, repr=False)
    zip: str | None = attrs.field(default=None, repr=False)
    dma: str | None = attrs.field(default=None, repr=False)
    country: str | None = attrs.field(default=None, repr=False)
    phone_numbers: tuple[Mapping[str, Any], ...] = attrs.field(
        default=(), hash=False, repr=False
    )
    created_at: datetime | None = attrs.field(default=None, repr=False)
    updated_at: datetime | None = attrs.field(default=None, repr=False)
    registered_at: datetime | None = attrs.field(default=None, repr=False)
    available_points: int | float | None = attrs.field(default=None, repr=False)
    test_points: int | float | None = attrs.field(default=None, repr=False)
    tier_points: int | float | None = attrs.field(default=None, repr=False)
    next_tier_points: int | float | None = attrs.field(default=None, repr=False)
    unclaimed_achievement_count: int | None = attrs.field(default=None, repr=False)
    tier: str | None = attrs.field(default=None, repr=False)
    tier_system: str | None = attrs.field(default=None, repr=False)
    tier_entered_at: datetime | None = attrs.field(default=None, repr=False)
    tier_resets_at: datetime | None = attrs.field(default=None, repr=False)
    tier_details: Mapping[str, Any] | None = attrs.field(
        default=None, hash=False, repr=False
    )
    profile_photo_url: str | None = attrs.field(default=None, repr=False)
    referrer_code: str | None = attrs.field(default=None, repr=False)
    user_profile: Mapping[str, Any] | None = attrs.field(
        default=None, hash=False, repr=False
    )
    """The tenant's custom attributes, if they were asked for."""

    auth_token: str | None = attrs.field(default=None, repr=False)
    """A secret when present; no `repr` shows it."""
