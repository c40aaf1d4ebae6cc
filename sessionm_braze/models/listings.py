"""Segments, campaigns and Canvases, as Braze lists and describes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from ._answers import Answer, Receipt, Received, shared_fields_last


__all__ = [
    "Campaign",
    "CampaignSummary",
    "Canvas",
    "CanvasSummary",
    "Segment",
    "SegmentSummary",
    "SendIdReceipt",
]


def _obstacles(target: Campaign | Canvas) -> tuple[str, ...]:
    facts = {
        "archived": target.archived,
        "draft": target.draft,
        "not enabled": None if target.enabled is None else not target.enabled,
    }
    return tuple(name for name, holds in facts.items() if holds)


@attrs.frozen(kw_only=True, field_transformer=shared_fields_last)
class SegmentSummary(Received):
    """A segment in the list (Braze docs, ``GET /segments/list``)."""

    id: str | None = None
    name: str | None = None
    analytics_tracking_enabled: bool | None = None
    tags: tuple[str, ...] = ()


@attrs.frozen(kw_only=True, field_transformer=shared_fields_last)
class Segment(Answer):
    """A segment's details (Braze docs, ``GET /segments/details``)."""

    name: str | None = None
    description: str | None = None
    """The filters, in words."""

    text_description: str | None = None
    """What a person wrote about it."""

    tags: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    message: str = ""


@attrs.frozen(kw_only=True, field_transformer=shared_fields_last)
class CampaignSummary(Received):
    """A campaign in the list (Braze docs, ``GET /campaigns/list``)."""

    id: str | None = None
    name: str | None = None
    last_edited: datetime | None = None
    is_api_campaign: bool | None = None
    """Whether its content comes from the API; what it says of an API-triggered
    campaign is not documented."""

    tags: tuple[str, ...] = ()


@attrs.frozen(kw_only=True, field_transformer=shared_fields_last)
class Campaign(Answer):
    """A campaign's details (Braze docs, ``GET /campaigns/details``)."""

    name: str | None = None
    description: str | None = None
    archived: bool | None = None
    draft: bool | None = None
    enabled: bool | None = None
    has_post_launch_draft: bool | None = None
    schedule_type: str | None = None
    """How it is delivered; the values are not documented."""

    channels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    first_sent: datetime | None = None
    last_sent: datetime | None = None
    messages: Mapping[str, Any] | None = attrs.field(
        default=None, hash=False, repr=False
    )
    """Messages by the identifier of their variation."""

    conversion_behaviors: tuple[Any, ...] = attrs.field(
        default=(), hash=False, repr=False
    )
    message: str = ""

    @property
    def obstacles(self) -> tuple[str, ...]:
        """Why a trigger would not send: ``archived``, ``draft``, ``not enabled``."""
        return _obstacles(self)


@attrs.frozen(kw_only=True, field_transformer=shared_fields_last)
class CanvasSummary(Received):
    """A Canvas in the list (Braze docs, ``GET /canvas/list``)."""

    id: str | None = None
    name: str | None = None
    last_edited: datetime | None = None
    tags: tuple[str, ...] = ()


@attrs.frozen(kw_only=True, field_transformer=shared_fields_last)
class Canvas(Answer):
    """A Canvas's details (Braze docs, ``GET /canvas/details``)."""

    name: str | None = None
    description: str | None = None
    archived: bool | None = None
    draft: bool | None = None
    enabled: bool | None = None
    has_post_launch_draft: bool | None = None
    schedule_type: str | None = None
    """How users enter; the values are not documented."""

    channels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    first_entry: datetime | None = None
    last_entry: datetime | None = None
    variants: tuple[Any, ...] = attrs.field(default=(), hash=False, repr=False)
    steps: tuple[Any, ...] = attrs.field(default=(), hash=False, repr=False)
    message: str = ""

    @property
    def obstacles(self) -> tuple[str, ...]:
        """Why a trigger would not send: ``archived``, ``draft``, ``not enabled``."""
        return _obstacles(self)


@attrs.frozen(kw_only=True, field_transformer=shared_fields_last)
class SendIdReceipt(Receipt):
    """A send id that was made (Braze docs, ``POST /sends/id/create``)."""

    send_id: str | None = None
    """Groups sends of the campaign in analytics; it protects from no repeat."""

    message: str = ""
