"""An offer, and what belongs to it."""

from __future__ import annotations

from datetime import datetime

import attrs

from .._display import model_html
from ._answers import Received, shared_fields_last


_IMAGE_TYPE = 1


@attrs.frozen(kw_only=True, field_transformer=shared_fields_last)
class OfferMedia(Received):
    """A picture, film, sound or link of an offer (all fields inferred)."""

    id: str | None = None
    offer_id: str | None = None
    uri: str | None = None
    """Address of the file; may be plain ``http``."""

    category_id: str | None = None
    category_name: str | None = None
    content_type: int | str | None = None
    """1 image, 2 video, 4 audio, 5 web link; another value stays what it is."""

    culture: str | None = None
    """Language tag, such as ``en-US``."""


@attrs.frozen(kw_only=True, field_transformer=shared_fields_last)
class OfferGroup(Received):
    """A group that offers refer to by `UserOffer.offer_group_id` (partner page)."""

    id: str | None = None
    name: str | None = None
    sort_order: int | None = None


@attrs.frozen(kw_only=True, field_transformer=shared_fields_last)
class OfferCategory(Received):
    """A category of offers (partner page)."""

    id: str | None = None
    name: str | None = None
    sort_order: int | None = None


@attrs.frozen(kw_only=True, repr=False, field_transformer=shared_fields_last)
class UserOffer(Received):
    """One offer in a customer's wallet.

    The partner page names `offer_id`, `offer_group_id` and `offer_type`, SessionM's
    docs `root_offer_id`; the other fields are inferred from public client code and
    may be absent.  Unknown ones are in `extra`.
    """

    offer_id: str
    """The version of the offer."""

    root_offer_id: str | None = None
    """The parent of all its versions: the same here means the same offer."""

    offer_group_id: str | None = None
    offer_type: str | None = None
    """For example ``manual_fulfillment``; an open set."""

    id: str | None = None
    """This customer's own copy; elsewhere called ``user_offer_id``."""

    name: str | None = None
    """Title."""

    description: str | None = None
    terms: str | None = attrs.field(
        default=None, metadata={"alias": "terms_and_conditions"}
    )
    """Terms and conditions."""

    start_date: datetime | None = None
    """Start of availability."""

    end_date: datetime | None = None
    """End of availability."""

    acquire_date: datetime | None = None
    """When the customer got it."""

    redemption_start_date: datetime | None = None
    redemption_end_date: datetime | None = None
    expiration_date: datetime | None = None
    """Last moment to redeem."""

    redeem_date: datetime | None = None
    """When it was redeemed; ``None`` if it was not."""

    is_redeemable: bool | None = None
    """Whether it can be redeemed now."""

    media: tuple[OfferMedia, ...] = ()
    pos_discount_id: str | None = None
    """Discount id of the till system."""

    status: int | str | None = None
    """Meaning unconfirmed; it is not the state of redemption."""

    points_spent: int | float | None = None
    quantity: int | None = None
    store_id: str | None = None
    pos_offer_id: str | None = None
    additional_description: str | None = None

    @property
    def ends_at(self) -> datetime | None:
        """Expiration, else the end of redemption, else the end of availability."""
        return self.expiration_date or self.redemption_end_date or self.end_date

    @property
    def logo(self) -> str | None:
        """Address of the first image of `media`; what has no type counts as one."""
        for media in self.media:
            if media.uri and media.content_type in {None, _IMAGE_TYPE}:
                return media.uri
        return None

    def __repr__(self) -> str:
        ends = f", ends {self.ends_at:%Y-%m-%d}" if self.ends_at else ""
        return f"UserOffer({self.name or self.offer_id!r}{ends})"

    _repr_html_ = model_html
