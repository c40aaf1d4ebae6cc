from datetime import UTC, datetime

import pytest

from sessionm_braze.exceptions import RateLimit, ResponseMeta
from sessionm_braze.models import (
    Customer,
    CustomerTags,
    OfferWallet,
    Tag,
    TagReceipt,
    TriggerReceipt,
    UserOffer,
    WalletDifference,
)
from sessionm_braze.models.users import SegmentExport


META = ResponseMeta(
    status_code=201, request_id="r-9", rate_limit=RateLimit(limit=250, remaining=7)
)


class TestReceipts:
    def test_show_fields_and_the_call(self):
        """A receipt shows what it says and how the call went."""
        html = TagReceipt(tags=("vip",), ttl=60, meta=META)._repr_html_()

        assert "Tag Receipt" in html
        assert "vip" in html
        assert "<dt>ttl</dt> <dd>60</dd>" in html
        assert "r-9" in html
        assert "&quot;remaining&quot;: 7" in html

    @pytest.mark.parametrize(
        ("fields", "state", "kind"),
        [
            ({}, "accepted", "good"),
            ({"errors": ("bad",)}, "accepted_with_errors", "warning"),
            ({"notice": "paused"}, "not_sent", "bad"),
        ],
    )
    def test_mark_their_state(self, fields, state, kind):
        """The state of a trigger is in words, and stressed by a colour."""
        html = TriggerReceipt(message="success", **fields)._repr_html_()

        assert f'<span class="smb-badge smb-{kind}">{state}</span>' in html

    def test_show_unknown_fields(self):
        """Fields that no class names are not lost from sight."""
        html = TriggerReceipt(message="queued", extra={"novel": "<b>"})._repr_html_()

        assert "unknown fields" in html
        assert "<dt>novel</dt> <dd>&lt;b&gt;</dd>" in html

    def test_list_models_as_a_table(self):
        """Tags stand in a table, a column for each field that is set."""
        tags = CustomerTags(tags=(Tag(name="a", count=2), Tag(name="b", ttl=5)))
        html = tags._repr_html_()

        assert 3 == html.count('<th scope="col">')
        assert "2 tags" in html

    def test_show_no_secret(self):
        """Neither a token nor an address that opens a file is shown."""
        html = Customer(auth_token="hush")._repr_html_()
        html += SegmentExport(url="https://files.test/hush.zip")._repr_html_()

        assert "hush" not in html
        assert 2 == html.count("***")


class TestDifference:
    def test_tells_what_changed(self):
        """Each changed offer shows the old and the new value."""
        old = UserOffer(offer_id="o-1", name="Tea")
        new = UserOffer(offer_id="o-1", name="<Tea>", quantity=2)
        gained = UserOffer(
            offer_id="o-2",
            name="Cake",
            expiration_date=datetime(2026, 5, 7, tzinfo=UTC),
        )
        html = WalletDifference(
            gained=(gained,), changed=((old, new),), available_points=-50
        )._repr_html_()

        assert "1 gained \u00b7 0 lost \u00b7 1 changed \u00b7 -50 points" in html
        assert "name: Tea \u2192 &lt;Tea&gt;<br>quantity: \u2013 \u2192 2" in html
        assert "2026-05-07" in html

    def test_comes_from_wallets(self):
        """Two wallets give the difference that is shown."""
        before = OfferWallet(user_offers=(UserOffer(offer_id="o-1"),))
        html = before.difference(OfferWallet())._repr_html_()

        assert "0 gained \u00b7 1 lost" in html
