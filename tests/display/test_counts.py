"""Counts in texts that people read."""

from __future__ import annotations

import pytest

from sessionm_braze import OfferWallet, UserOffer
from sessionm_braze.models import CustomerTags, Tag, UserExport
from sessionm_braze.testing import Sandbox


def _wallet(offers, points):
    return OfferWallet(
        user_id="u",
        user_offers=tuple(UserOffer(offer_id=f"o-{n}") for n in range(offers)),
        available_points=points,
        total_points=points,
    )


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (repr(_wallet(1, 1)), "1 offer, 1 point available"),
        (repr(_wallet(5000, 1200.5)), "5,000 offers, 1,200.5 points available"),
        (_wallet(1, 1).to_html(), "1 point in total"),
        (_wallet(0, 5).difference(_wallet(0, 4))._repr_html_(), "-1 point<"),
        (_wallet(0, 5).difference(_wallet(0, 9))._repr_html_(), "+4 points<"),
        (CustomerTags(tags=(Tag(name="a"),))._repr_html_(), "1 tag<"),
        (repr(UserExport(users=({},))), "UserExport(1 user, 0 ids unknown)"),
        (repr(Sandbox()), "0 customers, 0 messages, 0 requests"),
    ],
)
def test_have_their_plural_and_thousands(shown, text):
    """One is not many, and thousands are told apart."""
    assert text in shown
