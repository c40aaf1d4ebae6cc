"""Data that holds itself, nests without end, or cannot travel, wherever it is given."""

from __future__ import annotations

import functools

import pytest

from sessionm_braze import (
    AdvancedSettings,
    BrazeClient,
    CampaignProperties,
    CampaignTrigger,
    Customer,
    CustomerTags,
    LoyaltyMessage,
    OfferWallet,
    PayloadError,
    Recipient,
    SessionMConnectClient,
    SessionMCoreClient,
    TriggerReceipt,
)
from sessionm_braze.bulk import send_triggers, tag_customers
from sessionm_braze.models import load
from sessionm_braze.testing import Sandbox


def _deep(levels):
    return functools.reduce(lambda inner, _: {"a": inner}, range(levels), {})


ITSELF: dict = {}
ITSELF["a"] = [ITSELF]
BAD = {
    "10,000 levels": _deep(10_000),
    "150 levels": _deep(150),
    "itself": ITSELF,
    "5,000 digits": {"a": 10**5000},
    "half a character": {"a": "\ud800"},
    "half a character as a key": {"\ud800": 1},
}
TO_ANA = [Recipient(external_user_id="ana")]
braze = BrazeClient("US-03", api_key="k").dry_run()
core = SessionMCoreClient("core.example", api_key="k", api_secret="s").dry_run()
connect = SessionMConnectClient(
    "connect.example", authorization="a", retailer_id="r"
).dry_run()
GIVEN = {
    "trigger_properties": lambda bad: CampaignTrigger(
        campaign_id="c", recipients=TO_ANA, trigger_properties=bad
    ),
    "context": lambda bad: braze.trigger_canvas("c", recipients=TO_ANA, context=bad),
    "attributes": lambda bad: Recipient(
        external_user_id="u", attributes=bad, send_to_existing_only=False
    ),
    "attributes[0]": lambda bad: braze.track_users(
        attributes=[{"external_id": "u", "x": bad}]
    ),
    "audience": lambda bad: braze.trigger_campaign("c", broadcast=True, audience=bad),
    "event": lambda bad: LoyaltyMessage(
        campaign_id="c", external_user_id="u", event=bad
    ),
    "campaign_custom_data": lambda bad: CampaignProperties(campaign_custom_data=bad),
    "extra": lambda bad: AdvancedSettings(braze_campaign_id="c", extra=bad),
    "json": lambda bad: connect.request("POST", "/x", json=bad),
    "params": lambda bad: braze.request("GET", "/x", params=bad),
    "user_id": lambda bad: core.get_tags(user_id=bad),
    "tags": lambda bad: core.add_tags([bad], user_id="u", ttl=1),
    "campaign_id": lambda bad: braze.trigger_campaign(bad, recipients=TO_ANA),
    "retry": lambda bad: BrazeClient("US-03", api_key="k", retry=bad),
}
ANSWERS = {
    Customer: lambda bad: {"id": "u", "tier": bad, "user_profile": bad, "x": bad},
    CustomerTags: lambda bad: {"status": "ok", "tags": bad},
    OfferWallet: lambda bad: {
        "status": "ok",
        "payload": {"user_offers": [{"offer_id": "o", "x": bad}]},
    },
    TriggerReceipt: lambda bad: {"message": "success", "errors": [bad]},
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
@pytest.mark.parametrize("field", GIVEN)
def test_is_refused_by_name(field, bad):
    """What cannot be sent is an error of the argument, before anything is sent."""
    with pytest.raises((TypeError, ValueError)) as info:
        GIVEN[field](bad)

    assert not isinstance(info.value, UnicodeError)
    assert field in str(info.value)
    assert len(str(info.value)) < 500


@pytest.mark.parametrize(
    "bad", [_deep(10_000), _deep(150), ITSELF], ids=["10,000", "150", "itself"]
)
@pytest.mark.parametrize("cls", ANSWERS)
def test_is_no_answer(cls, bad):
    """Nor is it read: nothing that follows could print or write it."""
    with pytest.raises(PayloadError, match="nested deeper than 100 levels"):
        load(cls, ANSWERS[cls](bad))


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_is_a_refused_record(bad):
    """A bulk run refuses the record and goes on."""
    sandbox = Sandbox()
    sandbox.dashboard.add_campaign("c", template="Hi")
    ana = sandbox.sessionm.add_customer(user_id="ana").user_id
    message = {"campaign_id": "c", "recipients": [{"external_user_id": "ana"}]}

    tagged = tag_customers(
        sandbox.core, [bad, {"user_id": bad}, ana], by="user_id", tags=["a"], ttl=1
    )
    sent = send_triggers(
        sandbox.braze, [{**message, "trigger_properties": bad}, message]
    )

    assert (2, 1) == (tagged.refused, tagged.accepted)
    assert (1, 1) == (sent.refused, sent.accepted)


@pytest.mark.parametrize("field", ["trigger_properties", "json"])
def test_is_not_written_out(field):
    """Lists that share lists are small, and would be gigabytes as JSON."""
    shared = {"a": functools.reduce(lambda inner, _: [inner, inner], range(40), [])}

    with pytest.raises(ValueError, match=f"{field}.* values in all"):
        GIVEN[field](shared)


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda half: braze.export_users(["u"], fields_to_export=[half]), "fields_to"),
        (lambda half: braze.request("GET", f"/{half}"), "path"),
        (lambda half: core.add_tags([half], user_id="u", ttl=1), "tags"),
        (lambda half: connect.get_wallet("u", culture=half), "culture"),
    ],
)
def test_half_a_character_is_refused_by_name(call, field):
    """What UTF-8 cannot hold never gets as far as the connection."""
    with pytest.raises(ValueError, match=f"^{field}.* must be Unicode text"):
        call("a\ud800")


def test_a_hundred_levels_travel():
    """What Ruby reads is sent."""
    braze.trigger_campaign("c", recipients=TO_ANA, trigger_properties=_deep(99))

    assert braze.requests[-1].json["trigger_properties"] == _deep(99)
