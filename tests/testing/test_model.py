"""The sandbox against a model of a few lines, over random histories."""

from __future__ import annotations

import copy
from datetime import timedelta

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sessionm_braze.testing import Sandbox


NAMES = st.lists(st.sampled_from("abc"), min_size=1, max_size=3)
SECONDS = st.integers(1, 100)


class Loyalty(RuleBasedStateMachine):
    """Tags, offers and points of one customer."""

    def __init__(self):
        super().__init__()
        self.sandbox = Sandbox()
        self.ana = self.sandbox.sessionm.add_customer(user_id="u-1", external_id="x")
        self.now = 0
        self.tags = {}
        self.offers = {}
        self.points = [0, 0]
        self.saved = None

    @rule(names=NAMES, ttl=SECONDS)
    def expiring_tags(self, names, ttl):
        """Post expiring tags."""
        self.sandbox.core.add_tags(list(dict.fromkeys(names)), user_id="u-1", ttl=ttl)
        self.tags |= dict.fromkeys(names, ("until", self.now + ttl))

    @rule(names=NAMES)
    def counter_tags(self, names):
        """Post counter tags."""
        names = list(dict.fromkeys(names))
        self.sandbox.core.increment_tags(names, external_id="x")
        for name in names:
            kind, value = self.living_tags().get(name, ("count", 0))
            self.tags[name] = ("count", value + 1 if kind == "count" else 1)

    @rule(expires=st.none() | SECONDS)
    def issue(self, expires):
        """Issue an offer."""
        end = None if expires is None else timedelta(seconds=expires)
        offer = self.sandbox.sessionm.issue_offer(self.ana, name="x", expires=end)
        self.offers[offer.id] = None if expires is None else self.now + expires

    @rule()
    def redeem_the_oldest(self):
        """Use an offer, if there is one."""
        for offer in list(self.living_offers())[:1]:
            self.sandbox.sessionm.redeem_offer(offer)
            del self.offers[offer]

    @rule(amount=st.integers(1, 50))
    def deposit(self, amount):
        """Give points."""
        self.sandbox.sessionm.deposit_points(self.ana, amount)
        self.points = [self.points[0] + amount, self.points[1]]

    @rule()
    def spend_half(self):
        """Spend points, if there are any."""
        half = self.points[0] // 2
        if half:
            self.sandbox.sessionm.spend_points(self.ana, half)
            self.points = [self.points[0] - half, self.points[1] + half]

    @rule(seconds=SECONDS)
    def wait(self, seconds):
        """Let time pass."""
        self.sandbox.clock.advance(seconds=seconds)
        self.now += seconds

    @rule()
    def save(self):
        """Take a snapshot."""
        model = (self.now, self.tags, self.offers, self.points)
        self.saved = self.sandbox.snapshot(), copy.deepcopy(model)

    @rule()
    def go_back(self):
        """Restore the snapshot, if there is one."""
        if self.saved is not None:
            snapshot, model = self.saved
            self.sandbox.restore(snapshot)
            self.now, self.tags, self.offers, self.points = copy.deepcopy(model)

    def living_tags(self):
        """Return the model's tags of this moment."""
        return {
            name: (kind, value)
            for name, (kind, value) in self.tags.items()
            if kind == "count" or value > self.now
        }

    def living_offers(self):
        """Return the model's offers of this moment."""
        return {
            offer: end
            for offer, end in self.offers.items()
            if end is None or end > self.now
        }

    @invariant()
    def tags_agree(self):
        """Every tag is there, with its count or the seconds left."""
        shown = {
            tag.name: ("count", tag.count)
            if tag.ttl is None
            else ("until", self.now + tag.ttl)
            for tag in self.sandbox.core.get_tags(user_id="u-1")
        }

        assert self.living_tags() == shown

    @invariant()
    def wallet_agrees(self):
        """Every offer is there, in order, and the points add up."""
        wallet = self.sandbox.connect.get_wallet("u-1")

        assert list(self.living_offers()) == [offer.id for offer in wallet]
        assert self.points == [wallet.available_points, wallet.total_points]


Loyalty.TestCase.settings = settings(
    max_examples=settings.default.max_examples // 4, stateful_step_count=25
)
TestLoyalty = Loyalty.TestCase
