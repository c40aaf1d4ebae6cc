"""Triggers: which campaign or Canvas goes to whom, with what, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import attrs

from .._checks import (
    check_send_id,
    closest_keywords,
    flag,
    items,
    optional_text,
    required_text,
)
from ._answers import Receipt, shared_fields_last
from ._codec import ALWAYS
from .audience import Audience
from .recipients import (
    FORMER_CONTEXT,
    Attachment,
    Recipient,
    take_context,
    take_recipients,
    take_trigger_properties,
)


__all__ = ["CampaignTrigger", "CanvasTrigger", "Trigger", "TriggerReceipt"]

MAX_RECIPIENTS = 50
"""Recipients that Braze takes in one request."""


def _audience(value: Audience | Mapping[str, Any] | None) -> Audience | None:
    return None if value is None else Audience.of(value)


def _attachments(values: Iterable[Attachment]) -> tuple[Attachment, ...]:
    return items(values, "attachments", Attachment)


def _check_target(trigger: CampaignTrigger | CanvasTrigger) -> None:
    """Hold the rules of whom a trigger may address (Braze docs, both endpoints)."""
    broadcast = flag(trigger.broadcast, "broadcast")
    count = len(trigger.recipients)
    if broadcast and count:
        raise ValueError(
            f"recipients must be empty with broadcast=True, got {count}: "
            "a broadcast goes to the whole segment"
        )
    if not broadcast and not count:
        raise ValueError(
            "recipients must hold at least one, got none; "
            "to address the whole segment say broadcast=True"
        )
    if count > MAX_RECIPIENTS:
        raise ValueError(
            f"recipients must be at most {MAX_RECIPIENTS} a request, got {count}; "
            "sessionm_braze.bulk splits longer lists"
        )
    counts = Counter(recipient.identifier for recipient in trigger.recipients)
    twice = [identifier for identifier, count in counts.items() if count > 1]
    if twice:
        kind, value = twice[0]
        raise ValueError(
            f"recipients must be different, got {kind}={value!r} twice: Braze would "
            "send one message only; two messages are two requests"
        )


def _check_foreign(recipients: Sequence[Recipient], field: str, owner: str) -> None:
    for index, recipient in enumerate(recipients):
        if getattr(recipient, field) is not None:
            raise ValueError(f"recipients[{index}].{field} is for {owner} only")


@closest_keywords
@attrs.frozen(kw_only=True)
class CampaignTrigger:
    """An API-triggered campaign, whom it goes to, and with which properties.

    Templates read ``{{api_trigger_properties.${offer_id}}}``.  Source: Braze docs,
    ``POST /campaigns/trigger/send``; the size limit is 50 KB, taken as 50,000 bytes.

    Raises:
        TypeError: If a field has the wrong type.
        ValueError: If recipients and `broadcast` are both given or neither is; if
            there are more than 50 recipients, or one twice; if `send_id` is no ASCII
            of at most 64 characters; if properties are no JSON or too large.
    """

    campaign_id: str = attrs.field(validator=required_text)
    """Braze's API identifier of the campaign."""

    recipients: tuple[Recipient, ...] = attrs.field(
        default=(), converter=take_recipients
    )
    trigger_properties: Mapping[str, Any] | None = attrs.field(
        default=None,
        converter=take_trigger_properties,
        hash=False,
    )
    """Values for all recipients."""

    broadcast: bool = attrs.field(default=False, metadata=ALWAYS)
    """Whether the message goes to the whole segment of the campaign."""

    audience: Audience | None = attrs.field(default=None, converter=_audience)
    """Narrows whom it reaches."""

    send_id: str | None = attrs.field(default=None, validator=optional_text)
    """Groups sends in Braze's analytics; it is no protection against repeats."""

    attachments: tuple[Attachment, ...] = attrs.field(
        default=(), converter=_attachments
    )

    def __attrs_post_init__(self) -> None:
        _check_target(self)
        _check_foreign(self.recipients, "context", "a Canvas")
        if self.broadcast and self.attachments:
            raise ValueError("attachments must be empty with broadcast=True")
        if self.send_id is not None:
            check_send_id(self.send_id)


@closest_keywords
@attrs.frozen(kw_only=True)
class CanvasTrigger:
    """An API-triggered Canvas, whom it goes to, and with which context.

    Templates read ``{{context.${offer_id}}}``.  Source: Braze docs,
    ``POST /canvas/trigger/send``; the size limit is 50 KB, taken as 50,000 bytes.

    Raises:
        TypeError: If a field has the wrong type.
        ValueError: If recipients and `broadcast` are both given or neither is; if
            there are more than 50 recipients, or one twice; if the context is no JSON
            or too large.
    """

    canvas_id: str = attrs.field(validator=required_text)
    """Braze's API identifier of the Canvas."""

    recipients: tuple[Recipient, ...] = attrs.field(
        default=(), converter=take_recipients
    )
    context: Mapping[str, Any] | None = attrs.field(
        default=None,
        converter=take_context,
        hash=False,
        metadata=FORMER_CONTEXT,
    )
    """Values for all recipients; read from ``canvas_entry_properties`` too, its former
    name."""

    broadcast: bool = attrs.field(default=False, metadata=ALWAYS)
    """Whether the message goes to the whole segment of the Canvas."""

    audience: Audience | None = attrs.field(default=None, converter=_audience)
    """Narrows whom it reaches."""

    def __attrs_post_init__(self) -> None:
        _check_target(self)
        _check_foreign(self.recipients, "trigger_properties", "a campaign")


Trigger = CampaignTrigger | CanvasTrigger
"""What `BrazeClient.send` takes."""


@attrs.frozen(kw_only=True, field_transformer=shared_fields_last)
class TriggerReceipt(Receipt):
    """Braze's word on a trigger: taken and queued, which is not yet delivered."""

    message: str = ""
    """``success`` or ``queued``."""

    dispatch_id: str | None = None
    """Identifies the dispatch; for a Canvas, steps have identifiers of their own."""

    errors: tuple[Any, ...] = ()
    """Problems of some recipients; the others get their message."""

    notice: str | None = None
    """Why nothing is sent although the request was taken: the Canvas is paused."""

    send_id: str | None = None

    @property
    def state(self) -> Literal["accepted", "accepted_with_errors", "not_sent"]:
        """``accepted``, ``accepted_with_errors``, or ``not_sent`` after a notice."""
        return receipt_state(self.notice, self.errors)


def receipt_state(
    notice: str | None, errors: Sequence[Any]
) -> Literal["accepted", "accepted_with_errors", "not_sent"]:
    """Say what a yes of Braze's is worth."""
    if notice:
        return "not_sent"
    return "accepted_with_errors" if errors else "accepted"
