from __future__ import annotations

from sessionm_braze import CustomerTags, Tag, TagReceipt
from sessionm_braze.models import dump, load


class TestCustomerTags:
    def test_raw_body_is_written_back(self):
        """What SessionM said comes back as it was."""
        body = {"status": "ok", "tags": {"vip": {"ttl": 60, "x": 1}}, "more": []}

        assert body == dump(load(CustomerTags, body))

    def test_made_by_hand(self):
        """Tags without an answer behind them are written in the assumed shape."""
        tags = CustomerTags(tags=(Tag(name="seen", count=2), Tag(name="vip", ttl=60)))

        assert {
            "status": "ok",
            "tags": {"seen": {"count": 2}, "vip": {"ttl": 60}},
        } == dump(tags)
        assert tags == load(CustomerTags, dump(tags))


class TestTagReceipt:
    def test_round_trip(self):
        """A receipt is written and read back."""
        receipt = TagReceipt(tags=("vip",), ttl=60)

        assert receipt == load(TagReceipt, dump(receipt))
