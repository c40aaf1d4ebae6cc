from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from sessionm_braze import OfferWallet, PayloadError, UserOffer
from sessionm_braze.models import Customer, OfferMedia, dump, load


PAYLOADS = Path(__file__).parent.parent / "payloads"
NOW = datetime(2031, 3, 1, tzinfo=UTC)


def _body(name):
    return json.loads((PAYLOADS / name).read_text())


def _offer(**fields):
    return UserOffer(**{"offer_id": "o", **fields})


KNOWN = {
    "id": st.text(),
    "name": st.text(),
    "offer_type": st.text(),
    "description": st.text(),
    "terms": st.text(),
    "is_redeemable": st.booleans(),
    "points_spent": st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    "quantity": st.integers(),
    "status": st.integers(),
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=5,
)
UNKNOWN = st.dictionaries(
    st.text(min_size=1).map(lambda key: f"x_{key}"), JSON, max_size=4
)


class TestLoad:
    def test_reads_the_page_answer(self):
        """The sample of the partner page is a wallet."""
        wallet = load(OfferWallet, _body("get_user_offers_page.json"))

        assert ("00000000-0000-0000-0000-000000000000", 1, 1000, 100) == (
            wallet.user_id,
            wallet.total_records,
            wallet.total_points,
            wallet.available_points,
        )
        assert "manual_fulfillment" == wallet[0].offer_type
        assert "All Offers" == wallet.offer_groups[0].name
        assert 0 == wallet.offer_categories[0].sort_order
        assert (False, False) == (wallet.user.opted_in, wallet.user.activated)

    def test_reads_every_field(self):
        """All fields that are known anywhere are typed."""
        wallet = load(OfferWallet, _body("get_user_offers_full.json"))
        offer = wallet[0]

        assert {} == offer.extra == wallet.extra
        assert datetime(2031, 4, 1, tzinfo=UTC) == offer.expiration_date
        assert "8841" == offer.pos_discount_id
        assert (1, "Thumbnail") == (
            offer.media[0].content_type,
            offer.media[0].category_name,
        )
        for field in UserOffer.__attrs_attrs__:
            if field.name != "extra":
                assert getattr(offer, field.name) not in {None, ()}, field.name

    def test_takes_the_bare_payload(self):
        """The payload without its envelope is a wallet too, and gets one."""
        payload = _body("get_user_offers_page.json")["payload"]

        wallet = load(OfferWallet, payload)

        assert {"status": "ok", "payload": payload} == wallet.raw

    def test_reads_terms_under_both_names(self):
        """``terms_and_conditions`` is the other name of ``terms``."""
        offer = load(UserOffer, {"offer_id": "o", "terms_and_conditions": "t"})

        assert "t" == offer.terms
        assert {"offer_id": "o", "terms": "t", "terms_and_conditions": "t"} == (
            dump(offer)
        )

    def test_keeps_unknown_types_as_text(self):
        """An offer type that nobody knew is text as it came."""
        assert (
            "brand_new"
            == load(UserOffer, {"offer_id": "o", "offer_type": "brand_new"}).offer_type
        )

    @pytest.mark.parametrize("value", [7, "issued"])
    def test_keeps_unknown_states_as_they_are(self, value):
        """Sets of values that SessionM does not document are open."""
        body = {"offer_id": "o", "status": value, "media": [{"content_type": value}]}
        offer = load(UserOffer, body)

        assert (value, value) == (offer.status, offer.media[0].content_type)
        assert body == dump(offer)

    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("2031-04-01T00:00:00Z", datetime(2031, 4, 1, tzinfo=UTC)),
            ("2031-04-01T00:00:00", datetime(2031, 4, 1, tzinfo=UTC)),
            ("2031-04-01 00:00:00", datetime(2031, 4, 1, tzinfo=UTC)),
            ("2031-04-01", datetime(2031, 4, 1, tzinfo=UTC)),
            ("2031-02-03 04:05:06.000 UTC", datetime(2031, 2, 3, 4, 5, 6, tzinfo=UTC)),
            (
                "2031-04-01T00:00:00.1234567+02:00",
                datetime(2031, 3, 31, 22, 0, 0, 123456, tzinfo=UTC),
            ),
        ],
    )
    def test_dates_are_aware(self, text, moment):
        """Dates with and without zone and fraction are instants; UTC by default."""
        offer = load(UserOffer, {"offer_id": "o", "end_date": text})

        assert moment == offer.end_date
        assert offer.end_date.tzinfo is not None
        assert moment == load(UserOffer, dump(offer)).end_date

    @pytest.mark.parametrize(
        "bad",
        ["soon", "", 1_900_000_000, [], "0001-01-01T00:00:00+05:00", "2031-13-01"],
    )
    def test_bad_dates_stay_in_extra(self, bad):
        """A date that cannot be read is no reason to lose a wallet, nor the text."""
        offer = load(UserOffer, {"offer_id": "o", "end_date": bad})

        assert offer.end_date is None
        assert {"end_date": bad} == offer.extra
        assert {"offer_id": "o", "end_date": bad} == dump(offer)

    @pytest.mark.parametrize("wrong", [None, [], "text", 3])
    def test_wants_an_object(self, wrong):
        """Anything but an object is refused."""
        with pytest.raises(PayloadError, match=r"expected an object, got \w+ @ \$"):
            load(OfferWallet, wrong)


class TestRoundTrip:
    @given(known=st.fixed_dictionaries({}, optional=KNOWN), unknown=UNKNOWN)
    def test_offer_survives(self, known, unknown):
        """What was loaded is dumped again, unknown fields included."""
        body = {"offer_id": "o", **known, **unknown}

        assert body == dump(load(UserOffer, body))

    @given(
        moment=st.datetimes(
            min_value=datetime(2, 1, 1),  # noqa: DTZ001 - the zone is drawn
            max_value=datetime(9998, 1, 1),  # noqa: DTZ001
            timezones=st.integers(-1439, 1439).map(
                lambda minutes: timezone(timedelta(minutes=minutes))
            ),
        )
    )
    def test_dates_come_back_as_the_same_instant(self, moment):
        """A date means the same instant after a round trip."""
        offer = load(UserOffer, {"offer_id": "o", "end_date": moment.isoformat()})

        assert moment == offer.end_date == load(UserOffer, dump(offer)).end_date

    @given(unknown=UNKNOWN, inner=UNKNOWN, points=st.integers() | st.none())
    def test_wallet_survives(self, unknown, inner, points):
        """Unknown fields survive at every level of a wallet."""
        payload = {
            **unknown,
            "user": {"opted_in": True, **inner},
            "user_offers": [{"offer_id": "o", "media": [{"uri": "u", **inner}]}],
            "offer_groups": [{"name": "g", **inner}],
            "offer_categories": [{"id": "c", **inner}],
        }
        if points is not None:
            payload["available_points"] = points
        body = {"status": "ok", "payload": payload, "trace": "t"}

        wallet = load(OfferWallet, body)

        assert body == dump(wallet) == wallet.raw
        assert wallet == load(OfferWallet, dump(wallet))

    @pytest.mark.parametrize(
        "name", ["get_user_offers_page.json", "get_user_offers_full.json"]
    )
    def test_recorded_bodies_survive(self, name):
        """The documented bodies come back as they were."""
        body = _body(name)

        assert body == dump(load(OfferWallet, body)) == _body(name)

    def test_customer_survives(self):
        """A profile keeps what its class does not name."""
        body = {"id": "u", "dob": "1990-02-03", "tier_details": {"a": 1}, "x": [None]}

        assert body == dump(load(Customer, body))


class TestWallet:
    @pytest.fixture
    def wallet(self):
        """Three offers with different ends."""
        body = {
            "status": "ok",
            "payload": {
                "user_offers": [
                    {"offer_id": "A", "id": "1", "offer_type": "x"},
                    {
                        "offer_id": "b",
                        "id": "2",
                        "offer_type": "y",
                        "expiration_date": "2031-03-02T00:00:00Z",
                    },
                    {
                        "offer_id": "c",
                        "offer_type": "x",
                        "redemption_end_date": "2031-03-09T00:00:00Z",
                    },
                ],
                "available_points": 1240,
            },
        }
        return load(OfferWallet, body)

    def test_is_a_sequence_of_offers(self, wallet):
        """``len``, iteration and indexing act on the offers."""
        assert 3 == len(wallet)
        assert ["A", "b", "c"] == [offer.offer_id for offer in wallet]
        assert ("A", "c") == (wallet[0].offer_id, wallet[-1].offer_id)
        with pytest.raises(IndexError):
            wallet[3]

    def test_slices_into_wallets(self, wallet):
        """A slice is a wallet, in `raw` too; the first wallet is left alone."""
        part = wallet[1:]

        assert isinstance(part, OfferWallet)
        assert ["b", "c"] == [offer.offer_id for offer in part]
        assert ["b", "c"] == [
            offer["offer_id"] for offer in part.raw["payload"]["user_offers"]
        ]
        assert 1240 == part.raw["payload"]["available_points"]
        assert 3 == len(wallet.raw["payload"]["user_offers"])

    def test_empty_is_true(self):
        """A wallet without offers is a wallet."""
        assert OfferWallet()
        assert 0 == len(OfferWallet())

    def test_made_by_hand_has_a_body(self):
        """A wallet without an answer behind it stands for one."""
        wallet = OfferWallet(user_id="u", user_offers=(_offer(name="n"),))

        assert {
            "status": "ok",
            "payload": {
                "user_id": "u",
                "user_offers": [{"offer_id": "o", "name": "n"}],
                "offer_groups": [],
                "offer_categories": [],
            },
        } == wallet.raw

    def test_finds_by_either_id(self, wallet):
        """Offers are found by version and by copy, without regard to case."""
        assert wallet[0] == wallet.find("a") == wallet.find("1")
        assert wallet.find("z") is None
        assert wallet.find("") is None

    def test_expiring_counts_from_now(self, wallet):
        """Offers that end within a time, without those that ended or never end."""
        week = timedelta(days=7)

        assert ["b"] == [o.offer_id for o in wallet.expiring(week, now=NOW)]
        assert ["c"] == [
            o.offer_id for o in wallet.expiring(week, now=NOW + timedelta(days=5))
        ]
        assert 0 == len(wallet.expiring(week))

    def test_expiring_wants_an_aware_now(self, wallet):
        """A naive moment is refused with the rule."""
        with pytest.raises(ValueError, match="now must be a datetime with a time zone"):
            wallet.expiring(timedelta(days=1), now=datetime(2031, 3, 1))  # noqa: DTZ001

    def test_by_type(self, wallet):
        """Offers of one or several types."""
        assert ["A", "c"] == [offer.offer_id for offer in wallet.by_type("x")]
        assert 3 == len(wallet.by_type("x", "y"))

    def test_ends_at_prefers_the_expiration(self):
        """Expiration, else end of redemption, else end date."""
        dates = [NOW + timedelta(days=n) for n in range(3)]
        names = ("expiration_date", "redemption_end_date", "end_date")
        fields = dict(zip(names, dates, strict=True))

        for name, moment in zip(names, dates, strict=True):
            assert moment == _offer(**fields).ends_at
            del fields[name]
        assert _offer().ends_at is None

    @pytest.mark.parametrize(
        ("media", "logo"),
        [
            ([], None),
            ([("film", 2), ("a", 1), ("b", 1)], "a"),
            ([(None, 1), ("untyped", None)], "untyped"),
            ([("link", 5)], None),
        ],
    )
    def test_logo_is_the_first_image(self, media, logo):
        """An image has the type 1, or none; films, sounds and links are passed over."""
        found = tuple(OfferMedia(uri=uri, content_type=kind) for uri, kind in media)

        assert logo == _offer(media=found).logo

    def test_difference(self, wallet):
        """What a later wallet gained, lost and changed."""
        later = OfferWallet(
            user_offers=(
                _offer(offer_id="A", id="1", offer_type="z"),
                wallet[1],
                _offer(offer_id="d", id="4"),
            ),
            available_points=1000,
        )

        change = wallet.difference(later)

        assert (later[2],) == change.gained
        assert (wallet[2],) == change.lost
        assert ((wallet[0], later[0]),) == change.changed
        assert -240 == change.available_points
        assert wallet.difference(OfferWallet()).available_points is None

    def test_difference_tells_twins_apart(self):
        """Two copies without an id are two offers."""
        two = OfferWallet(user_offers=(_offer(), _offer()))
        one = OfferWallet(user_offers=(_offer(),))

        assert 1 == len(two.difference(one).lost)
        assert () == two.difference(two).gained

    def test_difference_counts_the_copies_of_each_offer(self):
        """A name that looks like a second copy of another offer is an offer."""
        three = OfferWallet(user_offers=(_offer(), _offer(), _offer(offer_id="o+")))
        change = three.difference(OfferWallet(user_offers=three[1:].user_offers))

        assert [(_offer(),), (), ()] == [change.lost, change.gained, change.changed]

    def test_frame_keeps_a_status_that_is_a_word(self):
        """The set of values is open: a frame of words is made as one of numbers is."""
        pytest.importorskip("pandas")
        wallet = OfferWallet(user_offers=(_offer(status=3), _offer(status="issued")))
        frame = wallet.to_frame()

        assert [3, "issued"] == list(frame["status"])
        assert "Int64" == str(wallet[:1].to_frame()["status"].dtype)

    def test_repr_says_what_matters(self, wallet):
        """The `repr` has the number of offers, the points and the next end."""
        assert (
            "OfferWallet(None: 3 offers, 1,240 points available, next ends 2031-03-02)"
            == repr(wallet)
        )
        assert "OfferWallet(None: 1 offer)" == repr(
            OfferWallet(user_offers=(_offer(),))
        )
        assert "UserOffer('n', ends 2031-03-01)" == repr(_offer(name="n", end_date=NOW))

    def test_offers_can_stand_in_a_set(self, wallet):
        """Offers and wallets have a hash, whatever unknown fields they hold."""
        again = load(UserOffer, {"offer_id": "A", "x": [1]})

        assert 4 == len({*wallet, again, *wallet})
        assert 1 == len({wallet, wallet[:]})

    def test_is_frozen(self, wallet):
        """A wallet does not change."""
        with pytest.raises(AttributeError):
            wallet.user_id = "v"

    def test_media_keep_unknown_fields(self):
        """Media have room for what is unknown."""
        assert {"size": 3} == load(OfferMedia, {"size": 3}).extra
