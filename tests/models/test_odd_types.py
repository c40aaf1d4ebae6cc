"""Fields of an answer that have another type than the one that is documented."""

from __future__ import annotations

import math
from datetime import date, datetime

import attrs
import pytest
from hypothesis import given, strategies as st

from sessionm_braze import OfferWallet, PayloadError, UserOffer, models
from sessionm_braze.models import dump, load
from sessionm_braze.models._answers import Received


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(["2", " 7 ", "1.5", "1E+2", "true", "0", "2031-03-01", "nan"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
FRAMES = {
    "UserOffer": {"offer_id": "o"},
    "OfferWallet": {"user_offers": [{"offer_id": "o"}]},
    "PointBalances": {"details": [{}]},
    "UserExport": {"users": [{"external_id": "e"}]},
}
ANSWERS = [
    cls
    for cls in (getattr(models, name) for name in models.__all__)
    if isinstance(cls, type) and issubclass(cls, Received) and not cls._exact
]
KINDS = {
    "str": str,
    "str | None": str,
    "int | None": int,
    "int | float | None": int | float,
    "int | str | None": int | str,
    "bool | None": bool,
    "datetime | None": datetime,
    "date | None": date,
}


def _fields(cls):
    frame = FRAMES.get(cls.__name__, {})
    own = {field.name for field in attrs.fields(cls)}
    return sorted(own - frame.keys() - {"extra", "raw", "meta", "as_of"})


def _body(cls, fields):
    return {**fields, **FRAMES.get(cls.__name__, {})}


class TestAnyType:
    @pytest.mark.parametrize("cls", ANSWERS, ids=lambda cls: cls.__name__)
    @given(data=st.data())
    def test_spoils_no_answer(self, cls, data):
        """Whatever stands in a field but the frame, the answer is read; and written."""
        fields = data.draw(
            st.dictionaries(st.sampled_from(_fields(cls)), JSON, max_size=4)
        )
        body = _body(cls, fields)

        model = load(cls, body)

        for name, came in fields.items():
            value = getattr(model, name)
            kind = KINDS.get(attrs.fields_dict(cls)[name].type)
            assert kind is None or value is None or isinstance(value, kind)
            if value in (None, "", ()) and came not in (None, value, []):
                assert came == model.extra[name]
        assert model == load(cls, dump(model))

    @given(odd=JSON)
    def test_spoils_no_other_field(self, odd):
        """What is beside a field of another type stays as it is, and `raw` has all."""
        offer = {"offer_id": "o", "name": "Tea", "quantity": odd, "media": odd}
        body = {
            "status": "ok",
            "payload": {"user_offers": [offer, {"offer_id": "p"}], "user": odd},
        }

        wallet = load(OfferWallet, body)

        assert ["Tea", None] == [each.name for each in wallet]
        assert ["o", "p"] == [each.offer_id for each in wallet]
        assert body == wallet.raw


class TestPlainMeaning:
    @pytest.mark.parametrize(
        ("field", "came", "value"),
        [
            ("quantity", "2", 2),
            ("quantity", " 2 ", 2),
            ("quantity", "2.0", 2),
            ("quantity", 2.0, 2),
            ("points_spent", "100.50", 100.5),
            ("points_spent", "1E+2", 100.0),
            ("points_spent", "-3", -3),
            ("is_redeemable", "True", True),
            ("is_redeemable", 1, True),
            ("is_redeemable", "0", False),
            ("name", 7, "7"),
            ("offer_id", 7, "7"),
            ("status", 2.0, 2),
        ],
    )
    def test_is_read(self, field, came, value):
        """A text that spells a number, a number for true or false, are that value."""
        offer = load(UserOffer, {"offer_id": "o", field: came})

        assert (value, type(value)) == (
            getattr(offer, field),
            type(getattr(offer, field)),
        )
        assert {} == offer.extra

    @pytest.mark.parametrize(
        ("field", "came"),
        [
            ("quantity", 1.5),
            ("quantity", "2 pieces"),
            ("quantity", "9" * 5000),
            ("quantity", 2**63),
            ("points_spent", 10**400),
            ("quantity", True),
            ("points_spent", "1,000"),
            ("points_spent", "1e999"),
            ("points_spent", "NaN"),
            ("is_redeemable", "yes"),
            ("is_redeemable", 2),
            ("name", {"en": "Tea"}),
            ("name", True),
            ("name", 1.5),
        ],
    )
    def test_is_not_guessed(self, field, came):
        """What could mean several things is nothing, and stays in `extra`."""
        body = {"offer_id": "o", field: came}

        offer = load(UserOffer, body)

        assert getattr(offer, field) is None
        assert {field: came} == offer.extra
        assert body == dump(offer)

    def test_of_a_list_is_what_can_be_read(self):
        """An odd element takes no other with it, and the list is written as it came."""
        body = {"offer_id": "o", "media": [None, {"uri": "u"}, "x"]}

        offer = load(UserOffer, body)

        assert "u" == offer.logo
        assert body == dump(offer)
        assert dump(attrs.evolve(offer, media=()))["media"] == body["media"]

    def test_of_tags(self):
        """Counts and times to live may come as texts."""
        tags = load(
            models.CustomerTags,
            {"tags": {"a": {"ttl": "60"}, "b": {"count": 2.0}, "c": {"count": True}}},
        )

        assert [(60, None), (None, 2), (None, None)] == [
            (tag.ttl, tag.count) for tag in tags
        ]


class TestNoJson:
    @pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
    @pytest.mark.parametrize("field", ["quantity", "points_spent", "name", "end_date"])
    def test_is_no_wallet(self, field, bad):
        """Python's decoder takes NaN and Infinity; a wallet with one is refused."""
        for offer in (
            {"offer_id": "o", field: bad},
            {"offer_id": "o", "media": [{"uri": bad}]},
        ):
            payload = {"user_offers": [offer], "user": {"available_points": 1}}
            with pytest.raises(PayloadError, match=f"{bad} is no JSON @ "):
                load(OfferWallet, {"status": "ok", "payload": payload})


class TestFrame:
    @given(odd=JSON)
    def test_is_wanted(self, odd):
        """Offers are a list of objects with an id; anything else is no wallet."""
        readable = isinstance(odd, str | int) and not isinstance(odd, bool)
        payload = {"user_offers": [{"offer_id": odd}]}
        if readable:
            assert str(odd) == load(OfferWallet, {"payload": payload})[0].offer_id
        else:
            with pytest.raises(PayloadError, match=r"@ \$\.payload\.user_offers\[0\]"):
                load(OfferWallet, {"payload": payload})
