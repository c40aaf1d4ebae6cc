"""What SessionM sends when a campaign fires, and how that becomes a Braze trigger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from .._checks import (
    closest_keywords,
    exactly_one,
    flag,
    is_number,
    json_object,
    moment_text,
    optional_instance,
    optional_text,
    plain,
    told,
)
from ._offers import UserOffer
from .recipients import Recipient
from .triggers import CampaignTrigger, CanvasTrigger


__all__ = [
    "CampaignProperties",
    "LoyaltyMessage",
    "OfferProperties",
    "PointAwardProperties",
]


def _expiration_date(value: str | datetime | None) -> str | None:
    return moment_text(value, "expiration_date")


def _campaign_runtime(value: str | datetime | None) -> str | None:
    return moment_text(value, "campaign_runtime")


def _custom_data(value: Any) -> Any:
    return plain(value, "campaign_custom_data")


def _event(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return json_object(value, "event")


def _extra(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return json_object(value, "extra")


@closest_keywords
@attrs.frozen(kw_only=True)
class OfferProperties:
    """The offer a message is about.

    The partner page lists these fields as labels; only ``offer_id`` is certain as a
    key, the others are this project's spelling of the label.
    """

    offer_id: str | None = attrs.field(default=None, validator=optional_text)
    offer_title: str | None = attrs.field(default=None, validator=optional_text)
    user_offer_id: str | None = attrs.field(default=None, validator=optional_text)
    """The customer's own copy of the offer."""

    description: str | None = attrs.field(default=None, validator=optional_text)
    terms_and_conditions: str | None = attrs.field(
        default=None, validator=optional_text
    )
    logo: str | None = attrs.field(default=None, validator=optional_text)
    """Address of a picture."""

    pos_discount_id: str | None = attrs.field(default=None, validator=optional_text)
    """Discount id of the till system."""

    expiration_date: str | None = attrs.field(
        default=None,
        converter=_expiration_date,
        validator=optional_text,
    )
    """ISO 8601 text; an aware datetime becomes UTC."""

    @classmethod
    def from_offer(cls, offer: UserOffer, /) -> OfferProperties:
        """Take the properties from an offer of a wallet.

        The logo is the first image among the offer's media, the expiration date falls
        back to the end of redemption.

        Example:
            >>> from sessionm_braze import OfferProperties, UserOffer
            >>> offer = UserOffer(offer_id="o-1", name="Free coffee")
            >>> OfferProperties.from_offer(offer).offer_title
            'Free coffee'
        """
        ends = offer.expiration_date or offer.redemption_end_date
        return cls(
            offer_id=offer.offer_id,
            offer_title=offer.name or None,
            user_offer_id=offer.id or None,
            description=offer.description or None,
            terms_and_conditions=offer.terms or None,
            logo=offer.logo,
            pos_discount_id=offer.pos_discount_id or None,
            expiration_date=ends,
        )


@closest_keywords
@attrs.frozen(kw_only=True)
class PointAwardProperties:
    """Points that were awarded (labels of the partner page)."""

    point_award_amount: int | float | None = attrs.field(default=None)
    point_account_name: str | None = attrs.field(default=None, validator=optional_text)

    @point_award_amount.validator
    def _check_amount(self, _: object, value: object) -> None:
        if value is not None and not is_number(value):
            raise TypeError(
                "PointAwardProperties.point_award_amount must be a number, "
                f"got {told(value)}"
            )
        plain(value, "PointAwardProperties.point_award_amount")


@closest_keywords
@attrs.frozen(kw_only=True)
class CampaignProperties:
    """The SessionM campaign behind a message (labels of the partner page)."""

    campaign_runtime: str | None = attrs.field(
        default=None,
        converter=_campaign_runtime,
        validator=optional_text,
    )
    """When it ran; an aware datetime becomes ISO 8601 text in UTC."""

    sessionm_campaign_id: str | None = attrs.field(
        default=None, validator=optional_text
    )
    """SessionM's own id of the campaign; Braze's is `LoyaltyMessage.campaign_id`."""

    campaign_name: str | None = attrs.field(default=None, validator=optional_text)
    campaign_custom_data: Any = attrs.field(
        default=None, hash=False, converter=_custom_data
    )
    """Any JSON."""


@closest_keywords
@attrs.frozen(kw_only=True)
class LoyaltyMessage:
    """What SessionM's template for Braze holds, and `to_trigger` sends.

    The fields are those of the partner page.  All groups travel as
    ``trigger_properties`` of a campaign, or as ``context`` of a Canvas, each key at
    the top level.

    Raises:
        TypeError: If a field has the wrong type.
        ValueError: If not exactly one of `campaign_id` and `canvas_id` is given, or
            neither an identifier nor `broadcast`.
    """

    campaign_id: str | None = attrs.field(default=None, validator=optional_text)
    """Braze's id of the campaign to trigger."""

    canvas_id: str | None = attrs.field(default=None, validator=optional_text)
    """Braze's id of the Canvas to trigger."""

    broadcast: bool = False
    """Whether SessionM asks to send to the whole segment."""

    external_user_id: str | None = attrs.field(default=None, validator=optional_text)
    """The customer's id in Braze."""

    email: str | None = attrs.field(default=None, validator=optional_text)
    offer: OfferProperties | None = attrs.field(
        default=None, validator=optional_instance(OfferProperties)
    )
    points: PointAwardProperties | None = attrs.field(
        default=None, validator=optional_instance(PointAwardProperties)
    )
    campaign: CampaignProperties | None = attrs.field(
        default=None, validator=optional_instance(CampaignProperties)
    )
    event: Mapping[str, Any] = attrs.field(factory=dict, hash=False, converter=_event)
    """Data of the event that led to the message, passed through."""

    extra: Mapping[str, Any] = attrs.field(factory=dict, hash=False, converter=_extra)
    """Anything else the template holds."""

    def __attrs_post_init__(self) -> None:
        exactly_one(campaign_id=self.campaign_id, canvas_id=self.canvas_id)
        flag(self.broadcast, "LoyaltyMessage.broadcast")
        if not self.broadcast and self.external_user_id is None and self.email is None:
            raise ValueError(
                "LoyaltyMessage needs external_user_id or email, or broadcast=True"
            )

    def properties(self, *, names: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return the properties that travel to Braze.

        Args:
            names: Other keys for some of them, for templates that were set up with
                other names: ``{"offer_title": "offer title"}``.  Where two groups
                have the same key, say which: ``{"event.offer_id": "event_offer"}``.

        Raises:
            ValueError: If two groups claim the same key, or *names* names none.

        Example:
            >>> from sessionm_braze import LoyaltyMessage, OfferProperties
            >>> message = LoyaltyMessage(
            ...     campaign_id="c-1",
            ...     external_user_id="u-1",
            ...     offer=OfferProperties(offer_title="Free coffee"),
            ...     event={"store": "Lisbon"},
            ... )
            >>> message.properties(names={"offer_title": "offer title"})
            {'offer title': 'Free coffee', 'store': 'Lisbon'}
        """
        renamed = dict(names or {})
        own = [(key, f"{group}.{key}") for key, _, group in self._keys()]
        known = {name for names in own for name in names} | _GROUP_KEYS
        unknown = sorted(renamed.keys() - known)
        if unknown:
            raise ValueError(
                f"names has no such property: {', '.join(unknown)}; "
                f"there are {', '.join(sorted(_GROUP_KEYS | {key for key, _ in own}))}"
            )
        found: dict[str, Any] = {}
        origin: dict[str, str] = {}
        for key, value, group in self._keys():
            name = renamed.get(f"{group}.{key}", renamed.get(key, key))
            if name in found:
                raise ValueError(
                    f"property {name!r} comes from {origin[name]} and from {group}; "
                    f'rename one with names={{"{group}.{key}": …}}'
                )
            found[name], origin[name] = value, group
        return found

    def to_trigger(
        self,
        *,
        allow_broadcast: bool = False,
        names: Mapping[str, str] | None = None,
        prioritization: Sequence[str] = ("identified", "most_recently_updated"),
    ) -> CampaignTrigger | CanvasTrigger:
        """Turn the message into what Braze takes.

        Args:
            allow_broadcast: Whether a message that asks for the whole segment may get
                it; its recipient is then dropped.
            names: Other keys for some properties, as for `properties`.
            prioritization: Which profile an e-mail means when it is the identifier.

        Returns:
            A `CampaignTrigger` with ``trigger_properties``, or a `CanvasTrigger` with
            ``context``.

        Raises:
            ValueError: If the message asks for a broadcast that is not allowed, or
                the properties are above 50,000 bytes.

        Example:
            >>> from sessionm_braze import LoyaltyMessage
            >>> message = LoyaltyMessage(canvas_id="c-1", external_user_id="u-1")
            >>> message.to_trigger().recipients
            (Recipient(external_user_id='u-1'),)
        """
        if self.broadcast and not allow_broadcast:
            raise ValueError(
                "broadcast=True sends to the whole segment of the campaign or Canvas; "
                "if that is meant, say allow_broadcast=True"
            )
        values = self.properties(names=names)
        recipients: tuple[Recipient, ...] = ()
        if not self.broadcast and self.external_user_id is not None:
            recipients = (Recipient(external_user_id=self.external_user_id),)
        elif not self.broadcast:
            recipients = (Recipient(email=self.email, prioritization=prioritization),)
        if self.canvas_id is not None:
            return CanvasTrigger(
                canvas_id=self.canvas_id,
                recipients=recipients,
                context=values or None,
                broadcast=self.broadcast,
            )
        return CampaignTrigger(
            campaign_id=str(self.campaign_id),
            recipients=recipients,
            trigger_properties=values or None,
            broadcast=self.broadcast,
        )

    def _keys(self) -> Iterator[tuple[str, Any, str]]:
        """Yield key, value and group of every property."""
        for group in ("offer", "points", "campaign"):
            values = getattr(self, group)
            if values is not None:
                for key, value in attrs.asdict(values, recurse=False).items():
                    if value is not None:
                        yield key, value, group
        for group in ("event", "extra"):
            for key, value in getattr(self, group).items():
                yield key, value, group
        beside_an_id = self.email is not None and self.external_user_id is not None
        if beside_an_id and not self.broadcast:  # nobody else's business
            yield "email_address", self.email, "email"


_GROUP_KEYS = {
    field.name
    for group in (OfferProperties, PointAwardProperties, CampaignProperties)
    for field in attrs.fields(group)
} | {"email_address"}
