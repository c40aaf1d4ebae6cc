import re
from datetime import UTC, datetime, timedelta

import pytest

from sessionm_braze.models import OfferWallet, load
from sessionm_braze.testing import Sandbox


NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOSTILE = "<script>x</script>\"><img src=x onerror='y'>"


def wallet_of(offers, **payload):
    """Return a wallet as the server would send it."""
    return load(OfferWallet, {"payload": {"user_offers": offers, **payload}})


def offer(**fields):
    """Return an offer as the server would send it."""
    return {"offer_id": "o-1", "name": "Coffee", **fields}


def at(**delta):
    """Return a moment from now on, as the server writes it."""
    return (NOW + timedelta(**delta)).isoformat()


class TestHeader:
    def test_has_points_and_counts(self):
        """The header says whose wallet it is, how many offers and points."""
        wallet = wallet_of(
            [offer()],
            user_id="u-1",
            total_records=250,
            available_points=1240,
            total_points=20000,
        )

        assert (
            "<strong>Offer wallet</strong> \u00b7 u-1 \u00b7 1 offer of 250 \u00b7 "
            "1,240 points available \u00b7 20,000 points in total"
        ) in wallet.to_html(now=NOW)

    def test_counts_what_ends_soon(self):
        """A mark counts the offers that end soon."""
        wallet = wallet_of([offer(expiration_date=at(days=d)) for d in (1, 6, 8)])

        assert "2 end within 7 days" in wallet.to_html(now=NOW)
        assert "1 ends within 2 days" in wallet.to_html(now=NOW, soon=timedelta(days=2))


class TestBadges:
    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"expiration_date": at(minutes=40)}, "ends in 40 minutes"),
            ({"expiration_date": at(hours=1)}, "ends in 1 hour"),
            ({"redemption_end_date": at(days=3)}, "ends in 3 days"),
            ({"end_date": at(days=-1)}, "ended"),
            ({"redeem_date": at(days=-1), "end_date": at(days=1)}, "redeemed"),
            ({"is_redeemable": False}, "not redeemable"),
        ],
    )
    def test_say_how_an_offer_stands(self, fields, said):
        """What is worth knowing of an offer stands beside its name, in words."""
        html = wallet_of([offer(**fields)]).to_html(now=NOW)

        assert re.search(rf'<span class="smb-badge smb-\w+">{said}</span>', html)

    def test_are_not_on_every_offer(self):
        """An offer that is simply there has none."""
        html = wallet_of([offer(expiration_date=at(days=30))]).to_html(now=NOW)

        assert '<span class="smb-badge' not in html


class TestSections:
    @pytest.fixture
    def html(self):
        """Return the view of a wallet with a bit of everything."""
        return wallet_of(
            [offer(offer_group_id="g", novel=[1])],
            offer_groups=[{"id": "g", "name": "Drinks", "sort_order": 3}],
            offer_categories=[{"id": "c", "name": "Food", "colour": "red"}],
            user={"first_name": "Ana", "auth_token": "hush", "shoe_size": 38},
            promo="spring",
        ).to_html(now=NOW)

    def test_are_there_and_count(self, html):
        """Offers, groups, categories, user and unknown fields fold away."""
        titles = re.findall(r"<summary>([\w ]+)", html)

        assert [
            "offers ",
            "groups ",
            "categories ",
            "user",
            "unknown fields ",
        ] == titles
        assert "<details open><summary>offers" in html

    def test_name_the_group_of_an_offer(self, html):
        """An offer shows its group by name, and a group counts its offers."""
        assert re.search('data-label="group"[^>]*>Drinks</td>', html)
        assert 'data-label="offers" class="smb-number">1</td>' in html
        assert '<th scope="col" class="smb-number">offers</th>' in html

    def test_show_unknown_fields_with_their_place(self, html):
        """Whatever no class names is listed with where it was."""
        for where, field in [
            ("payload", "promo"),
            ("user", "shoe_size"),
            ("user_offers[0]", "novel"),
            ("offer_categories[0]", "colour"),
        ]:
            assert re.search(f">{re.escape(where)}</td> <td [^>]*>{field}</td>", html)

    def test_show_the_user_without_secrets(self, html):
        """The customer's fields are there, a token is not."""
        assert "<dd>Ana</dd>" in html
        assert "hush" not in html


class TestSafety:
    def test_escapes_everything(self):
        """Foreign text in any place of a wallet stays text."""
        holder = {"name": HOSTILE, "id": HOSTILE, HOSTILE: HOSTILE}
        html = wallet_of(
            [
                {
                    **holder,
                    "offer_id": HOSTILE,
                    "offer_type": HOSTILE,
                    "description": HOSTILE,
                }
            ],
            user_id=HOSTILE,
            user={"first_name": HOSTILE, HOSTILE: HOSTILE},
            offer_groups=[holder],
            offer_categories=[holder],
        ).to_html(logos=True)

        assert not re.search(r"<script|<img|onerror='y'", html)
        assert html.count("&lt;script&gt;") > 10

    def test_loads_logos_only_when_asked(self):
        """Nothing remote is loaded unless someone wants the images."""
        wallet = wallet_of([offer(media=[{"uri": "https://img.test/a.png?x=1&y=2"}])])

        assert "<img" not in wallet._repr_html_()
        assert 'src="https://img.test/a.png?x=1&amp;y=2"' in wallet.to_html(logos=True)
        assert 'referrerpolicy="no-referrer"' in wallet.to_html(logos=True)

    @pytest.mark.parametrize("uri", ["javascript:alert(1)", "data:image/svg+xml,x", ""])
    def test_loads_logos_over_http_only(self, uri):
        """An address of another kind is no image."""
        wallet = wallet_of([offer(media=[{"uri": uri}])])

        assert "<img" not in wallet.to_html(logos=True)

    def test_has_no_script(self):
        """The view works without scripts and handlers."""
        html = wallet_of([offer()])._repr_html_()

        assert not re.search(r"<script|\son\w+=|javascript:", html)


class TestSize:
    def test_caps_rows_with_a_note(self):
        """A large wallet shows its first offers, and says so."""
        wallet = wallet_of([offer(offer_id=f"o-{n}") for n in range(1000)])

        assert "The first 50 of 1,000 are shown." in wallet.to_html()
        assert "The first 3 of 1,000 are shown." in wallet.to_html(rows=3)
        assert len(wallet.to_html()) < 60_000

    def test_an_empty_wallet_has_a_view(self):
        """A wallet without anything is shown as such."""
        assert "0 offers" in OfferWallet()._repr_html_()


class TestRepr:
    def test_is_one_line_with_counts_and_the_next_end(self):
        """The repr has the counts and the next end date."""
        with Sandbox() as sandbox:
            ana = sandbox.sessionm.add_customer(user_id="u-1", points=100)
            for days in (9, 3):
                sandbox.sessionm.issue_offer(
                    ana, name="Tea", expires=timedelta(days=days)
                )
            wallet = sandbox.connect.get_wallet("u-1")

        assert (
            "OfferWallet(u-1: 2 offers, 100 points available, next ends 2026-05-07)"
        ) == repr(wallet)
