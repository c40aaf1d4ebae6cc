"""What SessionM remembers: customers, tags, wallets, points."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import attrs

from .._credentials import Credentials
from .._ids import Ids
from .._routing import Route


__all__ = [
    "CustomerRecord",
    "LoyaltyState",
    "OfferRecord",
    "PointAccountRecord",
    "Rule",
    "TagRecord",
    "Text",
    "UnknownUser",
]

Text = str | Mapping[str, str]
"""A text, or one text per culture."""

UnknownUser = Literal["empty", "not_found"]
"""What Connect says of a user whom it does not know."""

DEFAULT_CULTURE = "en-US"
NO_GROUP = "00000000-0000-0000-0000-000000000000"


@attrs.define
class TagRecord:
    """A tag: either it counts, or it expires (SessionM docs, Tags API)."""

    count: int | None = None
    expires_at: float | None = None

    def alive(self, now: float, /) -> bool:
        """Return whether the tag is still there at *now*."""
        return self.expires_at is None or self.expires_at > now


@attrs.define(kw_only=True)
class OfferRecord:
    """One customer's copy of an offer."""

    id: str
    offer_id: str
    root_offer_id: str
    name: Text
    description: Text | None = None
    terms: Text | None = None
    offer_type: str = "manual_fulfillment"
    offer_group_id: str = NO_GROUP
    acquire_date: float
    start_date: float
    end_date: float | None = None
    redemption_start_date: float | None = None
    redemption_end_date: float | None = None
    expiration_date: float | None = None
    redeem_date: float | None = None
    revoked: bool = False
    pending_extended_data: bool = False
    pos_discount_id: str | None = None
    media: list[dict[str, Any]] = attrs.field(factory=list)
    extra: dict[str, Any] = attrs.field(factory=dict)

    @property
    def ends_at(self) -> float | None:
        """When it stops being redeemable, or ``None`` for never."""
        for moment in (self.expiration_date, self.redemption_end_date, self.end_date):
            if moment is not None:
                return moment
        return None

    def issued(self, now: float, /) -> bool:
        """Return whether the wallet shows it: issued, not used, not over."""
        gone = self.revoked or self.redeem_date is not None
        return not gone and (self.ends_at is None or self.ends_at > now)


@attrs.define(kw_only=True)
class PointAccountRecord:
    """One account of points."""

    name: str
    point_account_id: str
    user_point_account_id: str
    grouping_label: str
    available: float = 0.0
    life_time: float = 0.0


@attrs.define(kw_only=True)
class CustomerRecord:
    """A customer, with everything that hangs on the profile."""

    user_id: str
    created_at: float
    updated_at: float
    external_ids: list[tuple[str, str]] = attrs.field(factory=list)
    """Pairs of external id and its type; the last one is the newest."""

    fields: dict[str, Any] = attrs.field(factory=dict)
    user_profile: dict[str, Any] = attrs.field(factory=dict)
    tags: dict[str, TagRecord] = attrs.field(factory=dict)
    offers: list[OfferRecord] = attrs.field(factory=list)
    accounts: dict[str, PointAccountRecord] = attrs.field(factory=dict)

    def live_tags(self, now: float, /) -> dict[str, TagRecord]:
        """Return the tags that have not expired."""
        return {name: tag for name, tag in self.tags.items() if tag.alive(now)}


@attrs.define(kw_only=True)
class Rule:
    """A SessionM campaign that sends a message to Braze when something happens."""

    id: str
    name: str
    on: str
    braze_campaign_id: str | None
    braze_canvas_id: str | None
    message: Any
    enabled: bool = True


@attrs.define(kw_only=True)
class LoyaltyState:
    """Everything SessionM knows."""

    ids: Ids
    credentials: Credentials
    customers: dict[str, CustomerRecord] = attrs.field(factory=dict)
    owners: dict[str, str] = attrs.field(factory=dict)
    """External id to the key of its customer."""

    groups: list[dict[str, Any]] = attrs.field(factory=list)
    categories: list[dict[str, Any]] = attrs.field(factory=list)
    routes: tuple[Route[Any], ...] = ()
    """Routes that a test has added."""

    unknown_user: UnknownUser = "empty"
    rules: dict[str, Rule] = attrs.field(factory=dict)

    def add(self, customer: CustomerRecord, /) -> None:
        """Take in a new customer.

        Raises:
            ValueError: If an id is taken already.
        """
        if self.by_user_id(customer.user_id) is not None:
            raise ValueError(f"user_id {customer.user_id!r} is taken")
        for external_id, _ in customer.external_ids:
            self.claim(external_id, customer)
        self.customers[_key(customer.user_id)] = customer

    def claim(self, external_id: str, customer: CustomerRecord, /) -> None:
        """Give *external_id* to *customer*.

        Raises:
            ValueError: If another customer has it.
        """
        if self.owners.get(external_id, _key(customer.user_id)) != _key(
            customer.user_id
        ):
            raise ValueError(f"external_id {external_id!r} is taken")
        self.owners[external_id] = _key(customer.user_id)

    def by_user_id(self, user_id: str, /) -> CustomerRecord | None:
        """Return the customer with SessionM's id *user_id*."""
        return self.customers.get(_key(user_id))

    def by_external_id(self, external_id: str, /) -> CustomerRecord | None:
        """Return the customer with the brand's id *external_id*."""
        return self.customers.get(self.owners.get(external_id, ""))

    def all_offers(self) -> Iterator[tuple[CustomerRecord, OfferRecord]]:
        """Iterate over every copy of every offer, with who holds it."""
        for customer in self.customers.values():
            for offer in customer.offers:
                yield customer, offer


def _key(user_id: str) -> str:
    """Return *user_id* as a key: GUIDs differ only in more than their case."""
    try:
        return str(uuid.UUID(user_id)) if "-" in user_id else user_id
    except ValueError:
        return user_id


def in_culture(text: Text | None, culture: str, /) -> str | None:
    """Return *text* in *culture*, a bare language included, else in the default."""
    if text is None or isinstance(text, str):
        return text
    for wanted in (culture, _same_language(text, culture), DEFAULT_CULTURE):
        if wanted in text:
            return text[wanted]
    return next(iter(text.values()), None)


def _same_language(text: Mapping[str, str], culture: str) -> str:
    language = culture.partition("-")[0].lower()
    return next((key for key in text if key.partition("-")[0].lower() == language), "")
