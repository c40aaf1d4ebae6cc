"""What SessionM's template for Braze makes of an event, and sends."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import attrs

from ...models import (
    CampaignProperties,
    CampaignTrigger,
    CanvasTrigger,
    LoyaltyMessage,
    OfferProperties,
    PointAwardProperties,
    UserOffer,
    dump,
)
from .._calls import read_call
from .._endpoints import Endpoints
from .._faults import WireFault
from .._services import Services
from .._sessionm.state import Rule
from .customers import SandboxCustomer


__all__ = ["FiredMessage", "Firing", "MessageTemplate", "build_trigger", "post"]


@attrs.frozen(kw_only=True)
class Firing:
    """Something that happened to a customer in SessionM."""

    event: str
    """Name of the event."""

    customer: SandboxCustomer
    """Whom it happened to."""

    data: Mapping[str, Any] = attrs.field(factory=dict)
    """What the event carries."""

    offer: UserOffer | None = None
    """The offer it is about, if any."""

    points: PointAwardProperties | None = None
    """The points it is about, if any."""


MessageTemplate = (
    LoyaltyMessage
    | Mapping[str, Any]
    | Callable[[Firing], LoyaltyMessage | Mapping[str, Any]]
)
"""A pattern of messages, the fields of one, or a function that makes either."""


@attrs.frozen(kw_only=True)
class FiredMessage:
    """What a SessionM campaign sent to Braze, and what came back."""

    campaign_id: str
    """SessionM's id of the campaign."""

    trigger: CampaignTrigger | CanvasTrigger
    """What was sent."""

    status: int | None
    """HTTP status of Braze's answer, ``None`` if none came."""

    answer: Any
    """Braze's answer, decoded."""


def build_trigger(
    rule: Rule, firing: Firing, now: datetime, /
) -> CampaignTrigger | CanvasTrigger:
    """Return what the campaign *rule* sends to Braze about *firing*."""
    given, offer = rule.message, firing.offer
    if callable(given):
        given = given(firing)
    fields: dict[str, Any] = {
        "external_user_id": firing.customer.braze_external_id,
        "offer": None if offer is None else OfferProperties.from_offer(offer),
        "points": firing.points,
        "campaign": CampaignProperties(
            campaign_runtime=now, sessionm_campaign_id=rule.id, campaign_name=rule.name
        ),
        "event": dict(firing.data),
    }
    if isinstance(given, LoyaltyMessage):
        fields |= _pattern_fields(given)
    elif given is not None:
        fields |= given
    fields["campaign_id"] = rule.braze_campaign_id
    fields["canvas_id"] = rule.braze_canvas_id
    return LoyaltyMessage(**fields).to_trigger(allow_broadcast=True)


def _pattern_fields(pattern: LoyaltyMessage) -> dict[str, Any]:
    """Return what *pattern* sets; the customer is always that of the event."""
    fields = {
        field.name: getattr(pattern, field.name)
        for field in attrs.fields(LoyaltyMessage)
        if getattr(pattern, field.name) not in (None, {})
    }
    fields.pop("external_user_id", None)
    return fields


def post(
    services: Services, rule: Rule, trigger: CampaignTrigger | CanvasTrigger, /
) -> FiredMessage:
    """Send *trigger* to Braze, as SessionM's servers do."""
    endpoints = Endpoints()
    kind = "campaigns" if isinstance(trigger, CampaignTrigger) else "canvas"
    call = read_call(
        "POST",
        f"{endpoints.braze}/{kind}/trigger/send",
        endpoints=endpoints,
        service="braze",
        headers={
            "Authorization": f"Bearer {services.credentials.braze_api_key}",
            "Content-Type": "application/json",
            "User-Agent": "SessionM (sandbox)",
        },
        body=json.dumps(dump(trigger)).encode(),
    )
    try:
        answer = services.handle(call)
    except WireFault:
        return FiredMessage(
            campaign_id=rule.id, trigger=trigger, status=None, answer=None
        )
    return FiredMessage(
        campaign_id=rule.id, trigger=trigger, status=answer.status, answer=answer.json()
    )
