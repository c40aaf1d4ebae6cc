"""The requests that the platforms' pages show, replayed."""

from __future__ import annotations

import pytest


CAMPAIGN = "7c1e2f90-4b6d-4a5e-9d1b-2f3a4c5d6e7f"
CANVAS = "0a9b8c7d-1122-4334-8556-77889900aabb"


@pytest.fixture(autouse=True)
def workspace(sandbox):
    """Put the people, the campaign and the Canvas of the pages into the sandbox."""
    sandbox.sessionm.add_customer(
        user_id="sm-000417", custom_attributes={"loyalty_tier": "gold"}
    )
    sandbox.dashboard.add_profile("kai", email="kai@example.org")
    template = (
        "{{api_trigger_properties.${offer_title}}}: "
        "{{api_trigger_properties.${points_awarded}}}"
    )
    sandbox.dashboard.add_campaign(CAMPAIGN, template=template)
    template = (
        "{{${first_name}}}, {{context.${campaign_name}}}: "
        "{{context.${point_award_amount}}} {{context.${point_account_name}}}"
    )
    sandbox.dashboard.add_canvas(CANVAS, template=template)


def test_campaign_to_two_people(front):
    """Shared properties reach both, own ones each."""
    body = {
        "campaign_id": CAMPAIGN,
        "broadcast": False,
        "trigger_properties": {
            "offer_id": "OFR-2210",
            "offer_title": "Free refill",
            "expires": "2031-04-30T23:59:59Z",
        },
        "recipients": [
            {
                "external_user_id": "sm-000417",
                "trigger_properties": {"points_awarded": 150},
            },
            {
                "email": "kai@example.org",
                "prioritization": ["identified", "most_recently_updated"],
                "trigger_properties": {"points_awarded": 75},
            },
        ],
    }

    answer = front.braze("POST", "/campaigns/trigger/send", json=body)

    assert 201 == answer.status_code
    texts = {message.recipient: message.text for message in front.sandbox.outbox}
    assert {"sm-000417": "Free refill: 150", "kai": "Free refill: 75"} == texts


def test_canvas_to_one_new_user(front):
    """The profile is made, with its attributes, before the message."""
    body = {
        "canvas_id": CANVAS,
        "broadcast": False,
        "context": {"campaign_name": "Spring double points"},
        "recipients": [
            {
                "external_user_id": "sm-000982",
                "send_to_existing_only": False,
                "attributes": {"email": "noa@example.org", "first_name": "Noa"},
                "context": {"point_account_name": "Gold", "point_award_amount": 500},
            }
        ],
    }

    front.braze("POST", "/canvas/trigger/send", json=body)

    front.sandbox.outbox.assert_sent_once(
        "sm-000982", text="Noa, Spring double points: 500 Gold"
    )
    profile = front.sandbox.dashboard.profile("sm-000982")
    assert "noa@example.org" == profile.attributes["email"]


def test_broadcast_narrowed_by_a_filter(front):
    """Only who passes both filters is reached."""
    body = {
        "campaign_id": CAMPAIGN,
        "broadcast": True,
        "audience": {
            "AND": [
                {
                    "custom_attribute": {
                        "custom_attribute_name": "loyalty_tier",
                        "comparison": "equals",
                        "value": "gold",
                    }
                },
                {
                    "email_subscription_status": {
                        "comparison": "is_not",
                        "value": "unsubscribed",
                    }
                },
            ]
        },
    }

    front.braze("POST", "/campaigns/trigger/send", json=body)

    assert ["sm-000417"] == [message.recipient for message in front.sandbox.outbox]


def test_tags_and_points_as_attributes(front):
    """An array grows and a number is counted up."""
    body = {
        "attributes": [
            {
                "external_id": "sm-000417",
                "sessionm_tags": {"add": ["spring_push"]},
                "loyalty_points": {"inc": 150},
            }
        ]
    }

    answer = front.braze("POST", "/users/track", json=body)

    expected = {"message": "success", "attributes_processed": 1}
    assert (201, expected) == (answer.status_code, answer.json())
    custom = front.sandbox.dashboard.profile("sm-000417").custom
    assert (["spring_push"], 150) == (custom["sessionm_tags"], custom["loyalty_points"])


@pytest.mark.parametrize(
    ("rule", "passes"),
    [
        (("tier", "equals", "gold"), True),
        (("tier", "not_equal", "gold"), False),
        (("tier", "matches_regex", "^go"), True),
        (("tier", "does_not_match_regex", "^go"), False),
        (("tier", "exists", None), True),
        (("none", "does_not_exist", None), True),
        (("list", "includes_value", "a"), True),
        (("list", "does_not_include_value", "a"), False),
        (("points", "greater_than", 9), True),
        (("points", "greater_than_or_equal_to", 10), True),
        (("points", "less_than", 10), False),
        (("points", "less_than_or_equal_to", 10.0), True),
        (("points", "equals", True), False),
        (("tier", "greater_than", 1), False),
        (("opted", "equals", True), True),
        (("opted", "does_not_equal", True), False),
        (("last", "less_than_x_days_ago", 3), True),
        (("last", "greater_than_x_days_ago", 1), True),
        (("last", "greater_than_x_days_ago", 3), False),
        (("next", "less_than_x_days_in_the_future", 3), True),
        (("next", "greater_than_x_days_in_the_future", 3), False),
        (("last", "after", "2026-05-01T00:00:00Z"), True),
        (("last", "before", "2026-05-01T00:00:00Z"), False),
        (("tier", "after", "2026-05-01T00:00:00Z"), False),
    ],
)
def test_filters_of_a_connected_audience(front, rule, passes):
    """Each comparison that the page lists does what it says."""
    front.sandbox.sessionm.add_customer(
        user_id="u-1",
        custom_attributes={
            "tier": "gold",
            "list": ["a", "b"],
            "points": 10,
            "opted": True,
            "last": "2026-05-02 12:00:00 UTC",
            "next": "2026-05-06T12:00:00Z",
        },
    )
    name, comparison, value = rule
    test = {"custom_attribute_name": name, "comparison": comparison, "value": value}
    nobody = {"email_subscription_status": {"comparison": "is", "value": "x"}}
    body = {
        "campaign_id": CAMPAIGN,
        "recipients": [{"external_user_id": "u-1"}],
        "audience": {"OR": [nobody, {"AND": [{"custom_attribute": test}]}]},
    }

    answer = front.braze("POST", "/campaigns/trigger/send", json=body)

    assert 201 == answer.status_code
    assert passes is bool(front.sandbox.outbox.to("u-1"))
