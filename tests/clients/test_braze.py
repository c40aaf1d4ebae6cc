from __future__ import annotations

import copy

import pytest

from sessionm_braze import (
    Attachment,
    BrazeClient,
    CampaignTrigger,
    CanvasTrigger,
    LoyaltyMessage,
    OfferProperties,
    OutcomeUnknownError,
    Recipient,
    UserAlias,
    custom_attribute,
)


ANA = {"external_user_id": "ana"}


class TestTriggerCampaign:
    def test_sends_braze_request(self, braze, wire):
        """The body is the one Braze documents; broadcast is always said."""
        braze.trigger_campaign(
            "campaign-1",
            recipients=[
                Recipient(
                    external_user_id="ana", trigger_properties={"points_awarded": 150}
                ),
                Recipient(
                    email="kai@example.org",
                    prioritization=["identified", "most_recently_updated"],
                ),
                Recipient(user_alias=UserAlias(alias_name="n", alias_label="l")),
                Recipient(braze_id="b-1"),
                Recipient(
                    external_user_id="noa",
                    send_to_existing_only=False,
                    attributes={"email": "noa@example.org"},
                ),
            ],
            trigger_properties={"offer_id": "o-1"},
            audience=custom_attribute("tier").equals("gold"),
            send_id="send-1",
            attachments=[Attachment(file_name="f", url="https://x.example/f.pdf")],
        )

        assert ["/campaigns/trigger/send"] == wire.paths
        assert {
            "campaign_id": "campaign-1",
            "broadcast": False,
            "recipients": [
                {
                    "external_user_id": "ana",
                    "trigger_properties": {"points_awarded": 150},
                },
                {
                    "email": "kai@example.org",
                    "prioritization": ["identified", "most_recently_updated"],
                },
                {"user_alias": {"alias_name": "n", "alias_label": "l"}},
                {"braze_id": "b-1"},
                {
                    "external_user_id": "noa",
                    "send_to_existing_only": False,
                    "attributes": {"email": "noa@example.org"},
                },
            ],
            "trigger_properties": {"offer_id": "o-1"},
            "audience": {
                "custom_attribute": {
                    "custom_attribute_name": "tier",
                    "comparison": "equals",
                    "value": "gold",
                }
            },
            "send_id": "send-1",
            "attachments": [{"file_name": "f", "url": "https://x.example/f.pdf"}],
        } == wire.body
        assert "Bearer braze-key" == wire.requests[0].headers["Authorization"]

    def test_broadcasts(self, braze, wire):
        """A broadcast has no recipients at all."""
        braze.trigger_campaign("c", broadcast=True)

        assert {"campaign_id": "c", "broadcast": True} == wire.body

    def test_leaves_the_arguments_alone(self, braze, wire):
        """The caller's lists and mappings stay as they were."""
        recipients = [
            {"user_alias": {"alias_name": "n", "alias_label": "l"}},
            {**ANA, "trigger_properties": {"a": [1, {"b": 2}]}},
        ]
        properties = {"nested": {"list": [1, 2]}}
        before = copy.deepcopy((recipients, properties))
        braze.trigger_campaign(
            "c", recipients=recipients, trigger_properties=properties
        )

        assert before == (recipients, properties)
        assert recipients == wire.body["recipients"]

    def test_wants_less_than_four_megabytes(self, braze, wire):
        """Braze takes about 4 MB a request; the excess is found before it is sent."""
        attributes = {f"field_{n}": "x" * 1000 for n in range(45)}
        recipients = [
            Recipient(
                external_user_id=str(n),
                attributes=attributes,
                trigger_properties=attributes,
            )
            for n in range(50)
        ]
        with pytest.raises(ValueError, match=r"trigger_campaign: .* at most 4,000,000"):
            braze.trigger_campaign("c", recipients=recipients)

        assert [] == wire.requests

    @pytest.mark.parametrize(
        ("wrong", "error", "says"),
        [
            ({"campaign_id": ""}, ValueError, "campaign_id must not be blank"),
            ({"campaign_id": 7}, TypeError, "campaign_id must be a string, got 7"),
            ({"recipients": []}, ValueError, "recipients must hold at least one"),
            (
                {"recipients": [{"external_user_id": str(n)} for n in range(51)]},
                ValueError,
                "recipients must be at most 50 a request, got 51",
            ),
            (
                {"recipients": [ANA, ANA]},
                ValueError,
                "recipients must be different, got external_user_id='ana' twice",
            ),
            (
                {"broadcast": True},
                ValueError,
                "recipients must be empty with broadcast=True, got 1",
            ),
            ({"broadcast": "yes"}, TypeError, "broadcast must be True or False"),
            ({"recipients": ANA}, TypeError, "recipients must be a list"),
            ({"recipients": "ana"}, TypeError, "recipients must be a list"),
            ({"recipients": ["ana"]}, TypeError, r"recipients\[0\] must be a Recip"),
            (
                {"recipients": [{"external_id": "ana"}]},
                ValueError,
                r"recipients\[0\] has fields Braze does not know: external_id",
            ),
            (
                {"recipients": [{"email": "a@b.example"}]},
                ValueError,
                "prioritization must be given with email",
            ),
            (
                {"recipients": [{**ANA, "braze_id": "b"}]},
                ValueError,
                "exactly one of external_user_id.* got external_user_id, braze_id",
            ),
            ({"recipients": [{}]}, ValueError, "exactly one of .* got none"),
            (
                {"recipients": [{**ANA, "send_to_existing_only": False}]},
                ValueError,
                "attributes must not be empty when send_to_existing_only is False",
            ),
            (
                {"recipients": [{**ANA, "context": {"a": 1}}]},
                ValueError,
                r"recipients\[0\]\.context is for a Canvas only",
            ),
            (
                {"trigger_properties": {"a": "x" * 50_000}},
                ValueError,
                "trigger_properties must have at most 50,000 bytes as JSON, got 50,008",
            ),
            (
                {"trigger_properties": {"a": [float("nan")]}},
                ValueError,
                r"trigger_properties\.a\[0\] must be a finite number, got nan",
            ),
            (
                {"trigger_properties": {"a": object}},
                TypeError,
                r"trigger_properties\.a must be JSON",
            ),
            ({"trigger_properties": [1]}, TypeError, "must be a mapping, got"),
            ({"send_id": "é"}, ValueError, "send_id must be ASCII"),
            ({"send_id": "x" * 65}, ValueError, "at most 64 characters"),
            ({"attachments": [{"file_name": "f"}]}, TypeError, r"attachments\[0\]"),
            ({"audience": {}}, ValueError, "audience must be an object with one key"),
        ],
        ids=lambda value: str(value)[:60] if isinstance(value, dict) else "",
    )
    def test_refuses_bad_input_unsent(self, wrong, error, says, braze, wire):
        """Bad input names the field, the value and the rule; nothing is sent."""
        arguments = {"campaign_id": "c", "recipients": [ANA], **wrong}
        with pytest.raises(error, match=says):
            braze.trigger_campaign(arguments.pop("campaign_id"), **arguments)

        assert [] == wire.requests

    def test_takes_what_just_fits(self, braze, wire):
        """50 recipients and 50,000 bytes are fine."""
        braze.trigger_campaign(
            "c",
            recipients=[{"external_user_id": str(n)} for n in range(50)],
            trigger_properties={"a": "x" * (50_000 - len('{"a":""}'))},
            send_id="x" * 64,
        )

        assert 50 == len(wire.body["recipients"])

    def test_same_value_under_two_kinds_is_two_people(self, braze, wire):
        """An external id and a Braze id may look alike."""
        braze.trigger_campaign("c", recipients=[ANA, {"braze_id": "ana"}])

        assert 2 == len(wire.body["recipients"])

    def test_a_strange_receipt_leaves_the_outcome_unknown(self, braze, wire):
        """A yes whose rest cannot be read may have sent."""
        wire.answer = (201, {"message": "success", "dispatch_id": ["x"]})
        with pytest.raises(OutcomeUnknownError, match="dispatch_id") as info:
            braze.trigger_campaign("c", recipients=[ANA])

        assert 201 == info.value.meta.status_code
        assert 1 == len(wire.requests)


class TestTriggerCanvas:
    def test_sends_context(self, braze, wire):
        """A Canvas gets its values as ``context``, the recipient's own as well."""
        braze.trigger_canvas(
            "canvas-1", recipients=[{**ANA, "context": {"a": 1}}], context={"b": 2}
        )

        assert ["/canvas/trigger/send"] == wire.paths
        assert {
            "canvas_id": "canvas-1",
            "broadcast": False,
            "recipients": [{"external_user_id": "ana", "context": {"a": 1}}],
            "context": {"b": 2},
        } == wire.body

    def test_sends_the_former_key_when_asked(self, settings, wire):
        """Older workspaces get ``canvas_entry_properties``, and never both keys."""
        client = BrazeClient(
            "US-03",
            api_key="k",
            canvas_property_key="canvas_entry_properties",
            **settings,
        )
        client.trigger_canvas(
            "c", recipients=[{**ANA, "context": {"a": 1}}], context={"b": 2}
        )

        assert {
            "canvas_id": "c",
            "broadcast": False,
            "recipients": [
                {"external_user_id": "ana", "canvas_entry_properties": {"a": 1}}
            ],
            "canvas_entry_properties": {"b": 2},
        } == wire.body

    def test_refuses_campaign_properties(self, braze, wire):
        """``trigger_properties`` work for campaigns only."""
        with pytest.raises(ValueError, match="trigger_properties is for a campaign"):
            braze.trigger_canvas("c", recipients=[{**ANA, "trigger_properties": {}}])

        assert [] == wire.requests


class TestSend:
    @pytest.mark.parametrize(
        ("message", "path"),
        [
            (
                CampaignTrigger(campaign_id="c", recipients=[ANA]),
                "/campaigns/trigger/send",
            ),
            (CanvasTrigger(canvas_id="c", recipients=[ANA]), "/canvas/trigger/send"),
        ],
    )
    def test_goes_where_the_trigger_belongs(self, message, path, braze, wire):
        """A trigger finds its own endpoint."""
        braze.send(message)

        assert [path] == wire.paths

    def test_takes_a_loyalty_message(self, braze, wire):
        """What SessionM's template sends becomes Braze's request."""
        message = LoyaltyMessage(
            canvas_id="c",
            external_user_id="ana",
            offer=OfferProperties(offer_id="o-1", offer_title="Free coffee"),
        )
        receipt = braze.send(message.to_trigger())

        assert {"offer_id": "o-1", "offer_title": "Free coffee"} == wire.body["context"]
        assert "accepted" == receipt.state

    def test_refuses_anything_else(self, braze, wire):
        """Only triggers can be sent."""
        with pytest.raises(TypeError, match="takes a CampaignTrigger or CanvasTrigger"):
            braze.send({"campaign_id": "c"})

        assert [] == wire.requests
