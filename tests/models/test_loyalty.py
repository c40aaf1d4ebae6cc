from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from sessionm_braze import (
    AdvancedSettings,
    CampaignProperties,
    CampaignTrigger,
    CanvasTrigger,
    LoyaltyMessage,
    OfferMedia,
    OfferProperties,
    PointAwardProperties,
    UserOffer,
)
from sessionm_braze.models import dump, load


FULL = LoyaltyMessage(
    campaign_id="braze-1",
    external_user_id="ana",
    email="ana@example.org",
    offer=OfferProperties(
        offer_id="o",
        offer_title="Free coffee",
        user_offer_id="u",
        description="d",
        terms_and_conditions="t",
        logo="https://img.example/l.png",
        pos_discount_id="8841",
        expiration_date=datetime(2031, 4, 1, tzinfo=UTC),
    ),
    points=PointAwardProperties(
        point_award_amount=150, point_account_name="Base points"
    ),
    campaign=CampaignProperties(
        campaign_runtime="2031-03-01T00:00:00Z",
        sessionm_campaign_id="sm-1",
        campaign_name="Spring",
        campaign_custom_data={"colour": "green"},
    ),
    event={"store": "Lisbon"},
    extra={"city": "Porto"},
)


class TestToTrigger:
    def test_makes_a_campaign_trigger(self):
        """All groups travel as flat trigger properties, under the agreed names."""
        trigger = FULL.to_trigger()

        assert isinstance(trigger, CampaignTrigger)
        assert {
            "campaign_id": "braze-1",
            "broadcast": False,
            "recipients": [{"external_user_id": "ana"}],
            "trigger_properties": {
                "offer_id": "o",
                "offer_title": "Free coffee",
                "user_offer_id": "u",
                "description": "d",
                "terms_and_conditions": "t",
                "logo": "https://img.example/l.png",
                "pos_discount_id": "8841",
                "expiration_date": "2031-04-01T00:00:00Z",
                "point_award_amount": 150,
                "point_account_name": "Base points",
                "campaign_runtime": "2031-03-01T00:00:00Z",
                "sessionm_campaign_id": "sm-1",
                "campaign_name": "Spring",
                "campaign_custom_data": {"colour": "green"},
                "store": "Lisbon",
                "city": "Porto",
                "email_address": "ana@example.org",
            },
        } == dump(trigger)

    def test_makes_a_canvas_trigger(self):
        """For a Canvas the same values are the context."""
        trigger = LoyaltyMessage(
            canvas_id="canvas-1",
            external_user_id="ana",
            points=PointAwardProperties(point_award_amount=2.5),
        ).to_trigger()

        assert isinstance(trigger, CanvasTrigger)
        assert ("canvas-1", {"point_award_amount": 2.5}) == (
            trigger.canvas_id,
            trigger.context,
        )

    def test_without_properties(self):
        """Nothing to say is nothing sent."""
        trigger = LoyaltyMessage(campaign_id="c", external_user_id="ana").to_trigger()

        assert trigger.trigger_properties is None

    def test_email_alone_identifies(self):
        """Without an id the e-mail is the identifier, and no property."""
        message = LoyaltyMessage(campaign_id="c", email="ana@example.org")
        recipient = message.to_trigger().recipients[0]

        assert ("email", "ana@example.org") == recipient.identifier
        assert ("identified", "most_recently_updated") == recipient.prioritization
        assert {} == message.properties()
        other = message.to_trigger(prioritization=["unidentified"])
        assert ("unidentified",) == other.recipients[0].prioritization

    @pytest.mark.parametrize("key", ["campaign_id", "canvas_id"])
    def test_broadcast_wants_a_permission(self, key):
        """A message that asks for the whole segment does not get it unasked."""
        message = LoyaltyMessage(**{key: "c"}, broadcast=True, external_user_id="ana")
        with pytest.raises(ValueError, match="say allow_broadcast=True"):
            message.to_trigger()

        trigger = message.to_trigger(allow_broadcast=True)
        assert (True, ()) == (trigger.broadcast, trigger.recipients)

    def test_permission_alone_does_not_broadcast(self):
        """The permission turns no message into a broadcast."""
        assert not FULL.to_trigger(allow_broadcast=True).broadcast

    def test_broadcast_tells_nobody_an_email(self):
        """One customer's address does not travel to the whole segment."""
        message = LoyaltyMessage(
            campaign_id="c",
            broadcast=True,
            external_user_id="ana",
            email="ana@example.org",
        )
        trigger = message.to_trigger(allow_broadcast=True)

        assert trigger.trigger_properties is None

    def test_names_override_keys(self):
        """A template with other names gets them."""
        names = {"offer_title": "offer title", "store": "shop", "email_address": "mail"}
        properties = FULL.to_trigger(names=names).trigger_properties

        assert ("Free coffee", "Lisbon", "ana@example.org") == (
            properties["offer title"],
            properties["shop"],
            properties["mail"],
        )
        assert not {"offer_title", "store", "email_address"} & properties.keys()

    def test_names_may_stand_for_what_is_absent(self):
        """One mapping serves messages with and without an offer."""
        message = LoyaltyMessage(campaign_id="c", external_user_id="ana")

        assert {} == message.properties(names={"offer_title": "offer title"})

    def test_unknown_names_are_refused(self):
        """A misspelt name is told, with those there are."""
        with pytest.raises(ValueError, match=r"offer_titel; there are .*offer_title"):
            FULL.properties(names={"offer_titel": "x"})

    def test_groups_must_not_claim_one_key(self):
        """Two values for one key are refused, and one can be renamed."""
        message = LoyaltyMessage(
            campaign_id="c",
            external_user_id="ana",
            offer=OfferProperties(offer_id="o"),
            event={"offer_id": "e"},
        )
        with pytest.raises(ValueError, match="'offer_id' comes from offer and from ev"):
            message.properties()

        assert {"offer_id": "o", "event_offer": "e"} == message.properties(
            names={"event.offer_id": "event_offer"}
        )

    def test_all_properties_have_one_limit(self):
        """Groups that fit alone may be too much together."""
        message = LoyaltyMessage(
            campaign_id="c",
            external_user_id="ana",
            event={"a": "x" * 30_000},
            extra={"b": "x" * 30_000},
        )
        with pytest.raises(ValueError, match="at most 50,000 bytes"):
            message.to_trigger()


class TestLoyaltyMessage:
    @pytest.mark.parametrize(
        ("wrong", "error", "says"),
        [
            ({"campaign_id": None}, ValueError, "exactly one of campaign_id, canvas_"),
            ({"canvas_id": "d"}, ValueError, "got campaign_id, canvas_id"),
            ({"campaign_id": " "}, ValueError, "campaign_id must not be blank"),
            ({"external_user_id": None}, ValueError, "needs external_user_id or email"),
            ({"broadcast": 1}, TypeError, "broadcast must be True or False, got 1"),
            ({"offer": {"offer_id": "o"}}, TypeError, "OfferProperties"),
            ({"event": []}, TypeError, "event must be a mapping"),
            ({"extra": {"a": float("inf")}}, ValueError, r"extra\.a must be a finite"),
        ],
        ids=str,
    )
    def test_is_checked_when_made(self, wrong, error, says):
        """A message that cannot be sent is refused when it is made."""
        fields = {"campaign_id": "c", "external_user_id": "ana", **wrong}
        with pytest.raises(error, match=says):
            LoyaltyMessage(**fields)

    def test_round_trip(self):
        """A message is written and read back, unknown fields included."""
        body = dump(FULL)

        assert FULL == load(LoyaltyMessage, body)
        assert "Porto" == body["city"]

    def test_has_a_hash(self):
        """A message can be a key."""
        assert 1 == len({FULL, FULL})


class TestProperties:
    def test_offer_comes_from_a_wallet(self):
        """The mapping from a wallet's offer to a message's."""
        offer = UserOffer(
            offer_id="o",
            id="copy",
            name="Free coffee",
            description="",
            terms="t",
            redemption_end_date=datetime(2031, 4, 1, tzinfo=UTC),
            end_date=datetime(2032, 1, 1, tzinfo=UTC),
            pos_discount_id="8841",
            media=(
                OfferMedia(uri="film", content_type=2),
                OfferMedia(uri=None, content_type=1),
                OfferMedia(uri="picture", content_type=1),
                OfferMedia(uri="other", content_type=1),
            ),
        )

        assert OfferProperties(
            offer_id="o",
            user_offer_id="copy",
            offer_title="Free coffee",
            terms_and_conditions="t",
            logo="picture",
            pos_discount_id="8841",
            expiration_date="2031-04-01T00:00:00Z",
        ) == OfferProperties.from_offer(offer)

    def test_offer_with_nothing_but_an_id(self):
        """An offer that says little gives little."""
        assert OfferProperties(offer_id="o") == (
            OfferProperties.from_offer(UserOffer(offer_id="o"))
        )

    @pytest.mark.parametrize(
        ("wrong", "error"),
        [(True, TypeError), ("5", TypeError), (float("nan"), ValueError)],
    )
    def test_amount_is_a_number(self, wrong, error):
        """Points are a finite number."""
        with pytest.raises(error, match="point_award_amount must be"):
            PointAwardProperties(point_award_amount=wrong)

    def test_custom_data_is_copied_json(self):
        """Custom data are JSON, and the caller's stay the caller's."""
        data = {"list": [1]}
        properties = CampaignProperties(campaign_custom_data=data)
        data["list"].append(2)

        assert {"list": [1]} == properties.campaign_custom_data
        with pytest.raises(TypeError, match="campaign_custom_data must be JSON"):
            CampaignProperties(campaign_custom_data=object())


PAGE = """{
"braze_campaign_id": "{{CAMPAIGN ID}}",
"braze_canvas_id": "{{CANVAS ID}}",
}"""


class TestAdvancedSettings:
    def test_writes_valid_json(self):
        """What is pasted into the dashboard is JSON with one id."""
        text = AdvancedSettings(braze_canvas_id="c", extra={"a": ["é"]}).to_json()

        assert {"braze_canvas_id": "c", "a": ["é"]} == json.loads(text)
        assert "é" in text

    @pytest.mark.parametrize("kind", ["campaign", "canvas"])
    def test_reads_the_page_sample(self, kind):
        """The page's sample has both ids and a trailing comma."""
        filled = PAGE.replace("{{CAMPAIGN ID}}", "c").replace("{{CANVAS ID}}", "v")
        with pytest.raises(
            ValueError, match='say prefer="campaign" or prefer="canvas"'
        ):
            AdvancedSettings.from_json(filled)

        settings = AdvancedSettings.from_json(filled, prefer=kind)
        assert {"campaign": "c", "canvas": "v"}[kind] == (
            getattr(settings, f"braze_{kind}_id")
        )

    def test_wants_placeholders_replaced(self):
        """The sample as it is names no target, and the error says why."""
        with pytest.raises(ValueError, match=r"braze_canvas_id='\{\{CANVAS ID\}\}'"):
            AdvancedSettings.from_json(PAGE)
        with pytest.raises(ValueError, match=r"braze_campaign_id='<campaign id>'"):
            AdvancedSettings(braze_campaign_id="<campaign id>")

        half = AdvancedSettings.from_json(PAGE.replace("{{CANVAS ID}}", "v"))
        assert (None, "v") == (half.braze_campaign_id, half.braze_canvas_id)

    def test_names_curly_quotes(self):
        """Quotes of a word processor are told apart from those of JSON."""
        with pytest.raises(ValueError, match="the curly quote \u201c in line 2"):
            AdvancedSettings.from_json('{\n\u201cbraze_campaign_id\u201d: "c"}')

    def test_may_begin_with_a_byte_order_mark(self):
        """A file of an editor on Windows is text too."""
        text = '\ufeff{"braze_campaign_id": "c"}'
        assert "c" == AdvancedSettings.from_json(text).braze_campaign_id

    @pytest.mark.parametrize("part", ['\\"', '"', ", ", "{{"])
    def test_reads_each_character_once(self, part):
        """A long text that is broken is refused at once; no part is read again."""
        with pytest.raises(ValueError, match="advanced settings must"):
            AdvancedSettings.from_json('"' + part * 200_000)

    @pytest.mark.parametrize(
        "text",
        [
            '{"braze_campaign_id": "c", "braze_canvas_id": ""}',
            '{"braze_campaign_id": " c ", "braze_canvas_id": "  ",}',
            '{"braze_campaign_id": "c", "braze_canvas_id": null}',
            '{"braze_campaign_id": "c"\n,\n}',
        ],
    )
    def test_blank_is_absent(self, text):
        """A blank id is none, whichever is preferred."""
        for prefer in (None, "campaign", "canvas"):
            settings = AdvancedSettings.from_json(text, prefer=prefer)

            assert ("c", None) == (
                settings.braze_campaign_id,
                settings.braze_canvas_id,
            )

    def test_commas_in_texts_stay(self):
        """Only a comma that ends a list or object is forgiven."""
        settings = AdvancedSettings.from_json(
            r'{"braze_canvas_id": "c", "t": "a, } \", ]", "l": [1, 2,],}'
        )

        assert {"t": 'a, } ", ]', "l": [1, 2]} == settings.extra

    def test_round_trip(self):
        """Written and read back, with what else the campaign holds."""
        settings = AdvancedSettings(braze_campaign_id="c", extra={"x": {"y": None}})

        assert settings == AdvancedSettings.from_json(settings.to_json())
        assert settings == load(AdvancedSettings, dump(settings))

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("{}", "exactly one of braze_campaign_id, braze_canvas_id"),
            ("", "must be JSON"),
            ("[]", "must be a JSON object"),
            ('{"braze_campaign_id": 5}', "braze_campaign_id must be text, got 5"),
        ],
    )
    def test_refuses_other_texts(self, text, says):
        """A text that names no target is refused with the rule."""
        with pytest.raises(ValueError, match=says):
            AdvancedSettings.from_json(text)

    def test_refuses_other_arguments(self):
        """Preference and text are checked."""
        with pytest.raises(ValueError, match="prefer must be"):
            AdvancedSettings.from_json(PAGE, prefer="both")
        with pytest.raises(TypeError, match="advanced settings must be text"):
            AdvancedSettings.from_json({"braze_campaign_id": "c"})

    def test_ids_stand_in_fields(self):
        """An id hidden among the other settings is refused."""
        with pytest.raises(ValueError, match="extra must not name braze_canvas_id"):
            AdvancedSettings(braze_campaign_id="c", extra={"braze_canvas_id": "d"})
