"""Wallets and points: issued, used, revoked, deposited, spent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from ..._checks import told
from ...models import PointAwardProperties, UserOffer, load
from .._sessionm.connect import show_offer
from .._sessionm.state import (
    DEFAULT_CULTURE,
    NO_GROUP,
    CustomerRecord,
    OfferRecord,
    Text,
    in_culture,
)
from .customers import BASE_ACCOUNT, Customers, SandboxCustomer


__all__ = ["IssuedOffer", "Wallets"]

Moment = datetime | timedelta
"""A point in time, or how long from now."""


@attrs.frozen(kw_only=True)
class IssuedOffer:
    """One customer's copy of an offer."""

    id: str
    """The copy itself; other endpoints call it ``user_offer_id``."""

    offer_id: str
    """The offer's version."""

    root_offer_id: str
    """The offer, whatever its version."""

    name: str
    """The title, in the default culture."""

    user_id: str
    """SessionM's id of the customer who holds it."""


class Wallets(Customers):
    """What customers hold: offers and points."""

    def issue_offer(
        self,
        customer: SandboxCustomer | str,
        /,
        *,
        name: Text,
        offer_id: str | None = None,
        root_offer_id: str | None = None,
        description: Text | None = None,
        terms: Text | None = None,
        offer_type: str = "manual_fulfillment",
        group: str | None = None,
        starts: Moment | None = None,
        expires: Moment | None = None,
        logo: str | None = None,
        media: Sequence[Mapping[str, Any]] = (),
        pos_discount_id: str | None = None,
        pending_extended_data: bool = False,
        **extra: Any,
    ) -> IssuedOffer:
        """Put an offer into the wallet of *customer*.

        Args:
            customer: Whose wallet.
            name: Title, or one title per culture: ``{"en-US": …, "pt-BR": …}``.
            offer_id: The offer's version; made up if absent.
            root_offer_id: The offer itself; made up if absent.
            description: Text, or one text per culture.
            terms: Terms and conditions, or one text per culture.
            offer_type: For example ``percent_discount``.
            group: Name of its offer group; made if new.
            starts: When it can be redeemed from; default now.
            expires: When it leaves the wallet by itself; default never.
            logo: Address of an image, as its first medium.
            media: Further media, in the form of the answers.
            pos_discount_id: Discount id of the till.
            pending_extended_data: Show it only to who asks for pending ones.
            **extra: Further fields of the answer, as they are.

        Returns:
            The copy that the customer holds.
        """
        now = self._clock()
        record = self._record(customer)
        ids = self._services.loyalty.ids
        image = {"uri": logo, "category_name": "Logo", "content_type": 1}
        offer = OfferRecord(
            id=ids.uuid(),
            offer_id=offer_id or ids.uuid(),
            root_offer_id=root_offer_id or ids.uuid(),
            name=name,
            description=description,
            terms=terms,
            offer_type=offer_type,
            offer_group_id=self._group_id(group),
            acquire_date=now,
            start_date=now,
            redemption_start_date=self._moment(starts),
            expiration_date=self._moment(expires),
            pending_extended_data=pending_extended_data,
            pos_discount_id=pos_discount_id,
            media=[*([image] if logo else []), *map(dict, media)],
            extra=extra,
        )
        record.offers.append(offer)
        self._happened("offer_issued", self._shown(record), offer=self._as_model(offer))
        return _issued(record, offer)

    def _as_model(self, offer: OfferRecord) -> UserOffer:
        shown = show_offer(offer, culture=DEFAULT_CULTURE, now=self._clock())
        return load(UserOffer, shown)

    def _happened(
        self, event: str, customer: SandboxCustomer, /, **details: Any
    ) -> None:
        """Tell who waits for it that *event* happened."""

    def _moment(self, when: Moment | None) -> float | None:
        if when is None:
            return None
        if isinstance(when, timedelta):
            return self._clock() + when.total_seconds()
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()

    def _group_id(self, name: str | None) -> str:
        if name is None:
            return NO_GROUP
        loyalty = self._services.loyalty
        for group in loyalty.groups:
            if group["name"] == name:
                return str(group["id"])
        group = {
            "id": loyalty.ids.uuid(),
            "name": name,
            "sort_order": len(loyalty.groups) + 1,
        }
        loyalty.groups.append(group)
        return str(group["id"])

    def redeem_offer(self, offer: IssuedOffer | str, /) -> None:
        """Let the customer use *offer*; it leaves the wallet.

        Raises:
            ValueError: If there is no such copy, or the wallet no longer shows it.
        """
        record, held = self._open_offer(offer)
        held.redeem_date = self._clock()
        details = {"offer": self._as_model(held)}
        self._happened("offer_redeemed", self._shown(record), **details)

    def revoke_offer(self, offer: IssuedOffer | str, /) -> None:
        """Take *offer* away again.

        Raises:
            ValueError: If there is no such copy, or the wallet no longer shows it.
        """
        self._open_offer(offer)[1].revoked = True

    def _open_offer(
        self, offer: IssuedOffer | str
    ) -> tuple[CustomerRecord, OfferRecord]:
        wanted = offer if isinstance(offer, str) else offer.id
        for record, held in self._services.loyalty.all_offers():
            if held.id == wanted:
                if not held.issued(self._clock()):
                    raise ValueError(f"offer {wanted!r} is no longer in the wallet")
                return record, held
        raise ValueError(f"no customer holds an offer {wanted!r}")

    def offers_of(self, customer: SandboxCustomer | str, /) -> list[IssuedOffer]:
        """Return the offers that the wallet of *customer* shows now."""
        record, now = self._record(customer), self._clock()
        return [_issued(record, offer) for offer in record.offers if offer.issued(now)]

    def deposit_points(
        self,
        customer: SandboxCustomer | str,
        amount: float,
        /,
        *,
        account: str = BASE_ACCOUNT,
    ) -> None:
        """Give *customer* points.

        Raises:
            ValueError: If *amount* is not above 0.
        """
        if amount <= 0:
            raise ValueError(f"amount must be above 0, got {told(amount)}")
        record = self._record(customer)
        held = self._account(record, account)
        held.available += amount
        held.life_time += amount
        award = PointAwardProperties(
            point_award_amount=amount, point_account_name=account
        )
        self._happened("points_awarded", self._shown(record), points=award)

    def spend_points(
        self,
        customer: SandboxCustomer | str,
        amount: float,
        /,
        *,
        account: str = BASE_ACCOUNT,
    ) -> None:
        """Take points that *customer* has spent.

        Raises:
            ValueError: If *amount* is not above 0, or more than there is.
        """
        held = self._account(self._record(customer), account)
        if not 0 < amount <= held.available:
            raise ValueError(
                f"amount must be above 0 and up to {held.available}, got {told(amount)}"
            )
        held.available -= amount


def _issued(record: CustomerRecord, offer: OfferRecord) -> IssuedOffer:
    return IssuedOffer(
        id=offer.id,
        offer_id=offer.offer_id,
        root_offer_id=offer.root_offer_id,
        name=in_culture(offer.name, DEFAULT_CULTURE) or "",
        user_id=record.user_id,
    )
