"""A small app: whoever buys enough gets a tag, points are told, offers are announced.

It takes its clients from outside, so that its tests can hand in the sandbox's.
"""

from __future__ import annotations

from dataclasses import dataclass

from sessionm_braze import (
    BrazeClient,
    LoyaltyMessage,
    NotFoundError,
    OfferProperties,
    OutcomeUnknownError,
    SessionMConnectClient,
    SessionMCoreClient,
)


BIG_PURCHASE = 100
TAG_LIFE = 30 * 24 * 3600
"""Seconds that the tag of a big purchase lives."""


@dataclass(frozen=True)
class LoyaltyApp:
    """What the shop calls."""

    core: SessionMCoreClient
    connect: SessionMConnectClient
    braze: BrazeClient
    offer_campaign: str

    def purchase(self, customer: str, amount: float) -> bool:
        """Tag the customer of a big purchase; tell whether SessionM knows them."""
        if amount < BIG_PURCHASE:
            return True
        try:
            self.core.add_tags(["big_purchase"], external_id=customer, ttl=TAG_LIFE)
        except NotFoundError:
            return False
        return True

    def points(self, customer: str) -> float:
        """Return the points a customer can spend."""
        user_id = self.core.resolve_user_id(customer)
        return self.connect.get_wallet(user_id).available_points or 0

    def announce_offers(self, customer: str) -> list[str]:
        """Send a message for every offer in the wallet; return those that may be lost.

        A message of which nobody knows whether it was sent is not sent again: somebody
        has to look.
        """
        user_id = self.core.resolve_user_id(customer)
        unclear = []
        for offer in self.connect.get_wallet(user_id):
            message = LoyaltyMessage(
                campaign_id=self.offer_campaign,
                external_user_id=customer,
                offer=OfferProperties.from_offer(offer),
            )
            try:
                self.braze.send(message.to_trigger())
            except OutcomeUnknownError:
                unclear.append(offer.offer_id)
        return unclear
