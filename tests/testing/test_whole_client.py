"""Every method of the clients on both fronts, and texts for the dashboards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs
import pytest

from sessionm_braze import BrazeClient, SessionMConnectClient, SessionMCoreClient
from sessionm_braze.exceptions import RateLimitError, RequestRejectedError
from sessionm_braze.models import (
    Attachment,
    CampaignTrigger,
    Recipient,
    Schedule,
    UserAlias,
    custom_attribute,
)
from sessionm_braze.snippets import tag_webhook, trigger_properties_block, wallet_block
from sessionm_braze.testing import Sandbox


TOMORROW = Schedule(time=datetime(2026, 5, 5, 12, tzinfo=UTC))


@pytest.fixture
def braze(front, ana):
    """Return a real client, with a campaign, a Canvas and a segment to reach."""
    front.sandbox.dashboard.add_campaign("c-1", template="Hi {{${first_name}}}")
    front.sandbox.dashboard.add_canvas("v-1", template="{{context.${x}}}")
    front.sandbox.dashboard.add_segment("s-1", name="All", members=[ana])
    return front.braze_client()


PERSON = [Recipient(external_user_id="u-1")]


def scheduled(schedule, target):
    """Put *target* on the calendar, and return both ids."""
    receipt = schedule(target, recipients=PERSON, schedule=TOMORROW)
    return target, receipt.schedule_id


def exported(braze):
    """Export the segment."""
    return braze.export_segment("s-1", fields_to_export=["external_id"])


CALLS = {
    SessionMCoreClient: {
        "add_tags": lambda c: c.add_tags(["a"], user_id="u-1", ttl=60),
        "increment_tags": lambda c: c.increment_tags(["a"], user_id="u-1"),
        "get_tags": lambda c: c.get_tags(user_id="u-1"),
        "get_customer": lambda c: c.get_customer(user_id="u-1"),
        "resolve_user_id": lambda c: c.resolve_user_id("card/1 &2"),
        "request": lambda c: c.request("GET", "/users/u-1/tags"),
    },
    SessionMConnectClient: {
        "get_user_offers": lambda c: c.get_user_offers("u-1"),
        "iter_user_offers": lambda c: list(c.iter_user_offers("u-1")),
        "get_wallet": lambda c: c.get_wallet("u-1"),
        "get_point_balances": lambda c: c.get_point_balances("u-1"),
        "request": lambda c: c.request(
            "POST", "/offers/api/2.0/offers/get_user_offers", json={"user_id": "u-1"}
        ),
    },
    BrazeClient: {
        "trigger_campaign": lambda c: c.trigger_campaign("c-1", recipients=PERSON),
        "trigger_canvas": lambda c: c.trigger_canvas("v-1", recipients=PERSON),
        "send": lambda c: c.send(CampaignTrigger(campaign_id="c-1", recipients=PERSON)),
        "schedule_campaign": lambda c: scheduled(c.schedule_campaign, "c-1"),
        "schedule_canvas": lambda c: scheduled(c.schedule_canvas, "v-1"),
        "update_campaign_schedule": lambda c: c.update_campaign_schedule(
            *scheduled(c.schedule_campaign, "c-1"), schedule=TOMORROW
        ),
        "update_canvas_schedule": lambda c: c.update_canvas_schedule(
            *scheduled(c.schedule_canvas, "v-1"), schedule=TOMORROW
        ),
        "delete_campaign_schedule": lambda c: c.delete_campaign_schedule(
            *scheduled(c.schedule_campaign, "c-1")
        ),
        "delete_canvas_schedule": lambda c: c.delete_canvas_schedule(
            *scheduled(c.schedule_canvas, "v-1")
        ),
        "create_send_id": lambda c: c.create_send_id("c-1"),
        "list_segments": lambda c: list(c.list_segments()),
        "get_segment": lambda c: c.get_segment("s-1"),
        "list_campaigns": lambda c: list(c.list_campaigns()),
        "get_campaign": lambda c: c.get_campaign("c-1"),
        "list_canvases": lambda c: list(c.list_canvases()),
        "get_canvas": lambda c: c.get_canvas("v-1"),
        "track_users": lambda c: c.track_users(attributes=[{"external_id": "u-1"}]),
        "export_users": lambda c: c.export_users(["u-1"], fields_to_export=["email"]),
        "export_segment": exported,
        "read_segment_export": lambda c: list(c.read_segment_export(exported(c))),
        "request": lambda c: c.request("GET", "/segments/list"),
    },
}
"""One call of every method that sends something."""

LIFE = {"from_env", "dry_run", "close"}
"""Methods that make and end a client."""


class TestEveryMethod:
    @pytest.mark.parametrize(
        ("client", "method"),
        [(client, method) for client, calls in CALLS.items() for method in calls],
    )
    def test_is_answered(self, front, braze, client, method):
        """Each method of a client is answered."""
        made = {
            SessionMCoreClient: front.core_client,
            SessionMConnectClient: front.connect_client,
            BrazeClient: lambda: braze,
        }

        CALLS[client][method](made[client]())

        assert front.sandbox.requests[-1].status in {200, 201}

    @pytest.mark.parametrize("client", CALLS)
    def test_is_tried(self, client):
        """No method of a client is left out."""
        methods = {
            name
            for name in dir(client)
            if not name.startswith("_") and callable(getattr(client, name))
        }

        assert methods - LIFE == CALLS[client].keys()


class TestSchedules:
    def test_campaign(self, front, braze):
        """A campaign is put on the calendar, moved, and sent."""
        receipt = braze.schedule_campaign("c-1", recipients=PERSON, schedule=TOMORROW)
        later = Schedule(time=datetime(2026, 5, 7, 12, tzinfo=UTC))
        braze.update_campaign_schedule("c-1", receipt.schedule_id, schedule=later)
        front.sandbox.clock.advance(days=2)
        before = len(front.sandbox.outbox)
        front.sandbox.clock.advance(days=2)

        message = front.sandbox.outbox.assert_sent_once("u-1", text="Hi Ana")
        assert (0, receipt.schedule_id, receipt.dispatch_id) == (
            before,
            message.trigger.schedule_id,
            message.trigger.dispatch_id,
        )

    def test_canvas_called_off(self, front, braze):
        """A Canvas is put on the calendar and called off."""
        receipt = braze.schedule_canvas(
            "v-1", recipients=PERSON, context={"x": 1}, schedule=TOMORROW
        )
        braze.delete_canvas_schedule("v-1", receipt.schedule_id)

        front.sandbox.clock.advance(days=2)

        front.sandbox.outbox.assert_nothing_sent()


class TestSends:
    def test_everything_at_once(self, front, braze):
        """Send id, attachments, audience, alias and e-mail travel through."""
        front.sandbox.dashboard.add_profile(
            aliases={"till": "K-88"}, email="k@example.org", first_name="Kai"
        )
        send_id = braze.create_send_id("c-1", send_id="may").send_id
        trigger = CampaignTrigger(
            campaign_id="c-1",
            recipients=[
                Recipient(user_alias=UserAlias(alias_name="K-88", alias_label="till")),
                Recipient(
                    external_user_id="new",
                    send_to_existing_only=False,
                    attributes={"first_name": "Noa", "tier": "gold"},
                ),
            ],
            send_id=send_id,
            attachments=[Attachment(file_name="menu", url="https://f.example/m.pdf")],
        )

        braze.send(trigger)

        texts = {m.text: m.trigger.send_id for m in front.sandbox.outbox}
        assert {"Hi Kai": "may", "Hi Noa": "may"} == texts
        assert "menu" == front.sandbox.outbox[0].attachments[0]["file_name"]

    def test_broadcast_to_an_audience(self, front, braze):
        """A broadcast with an audience reaches those it lets in."""
        gold = custom_attribute("tier").equals("gold")
        front.sandbox.sessionm.add_customer(
            user_id="u-2", custom_attributes={"tier": "gold"}
        )

        receipt = braze.trigger_campaign("c-1", broadcast=True, audience=gold)

        assert receipt.send_id is not None
        assert ["u-2"] == [message.recipient for message in front.sandbox.outbox]

    def test_unknown_campaign(self, braze):
        """The client raises what the 400 says."""
        with pytest.raises(RequestRejectedError, match="Invalid campaign ID"):
            braze.trigger_campaign("none", recipients=PERSON)


class TestListings:
    def test_lists_and_details(self, front, braze):
        """Lists go over all pages; details say whether a campaign can be used."""
        for number in range(120):
            front.sandbox.dashboard.add_segment(f"more-{number}")

        segments = [segment.id for segment in braze.list_segments()]

        assert (121, "s-1") == (len(segments), segments[0])
        assert "All" == braze.get_segment("s-1").name
        assert ["c-1"] == [campaign.id for campaign in braze.list_campaigns()]
        assert braze.get_campaign("c-1").enabled
        assert ["v-1"] == [canvas.id for canvas in braze.list_canvases()]
        assert not braze.get_canvas("v-1").archived


class TestExports:
    def test_segment_export_is_waited_for(self, front, braze):
        """The file is fetched when it is there; the wait costs sandbox time only."""
        export = braze.export_segment("s-1", fields_to_export=["external_id", "email"])
        before = front.sandbox.clock()

        profiles = list(braze.read_segment_export(export))

        assert [{"external_id": "u-1", "email": "ana@example.org"}] == profiles
        assert front.sandbox.clock() - before >= 60
        storage = front.sandbox.requests.to("storage")
        assert {403, 200} == {record.status for record in storage}
        assert not any("authorization" in record.headers for record in storage)

    def test_second_export_is_refused(self, braze):
        """A running export is a 429 that the client does not repeat."""
        braze.export_segment("s-1", fields_to_export=["external_id"])

        with pytest.raises(RateLimitError) as info:
            braze.export_segment("s-1", fields_to_export=["external_id"])

        assert 1 == info.value.meta.attempts

    def test_users_by_id(self, braze):
        """Profiles come back, unknown ids are named."""
        found = braze.export_users(
            external_ids=["u-1", "nobody"], fields_to_export=["external_id"]
        )

        assert ["u-1"] == [user["external_id"] for user in found.users]
        assert ("nobody",) == tuple(found.invalid_user_ids)


class TestTrack:
    def test_outcome_of_each_object(self, front, braze):
        """What Braze refuses comes back as the caller's own object."""
        good = {"external_id": "u-1", "points": {"inc": 5}}
        bad = {"user_alias": {"alias_name": "no label"}, "x": 1}

        receipt = braze.track_users(
            attributes=[good, bad],
            events=[{"external_id": "u-1", "name": "visit", "time": "2026-05-04"}],
        )

        assert (bad,) == receipt.refused
        assert (1, 1) == (receipt.attributes_processed, receipt.events_processed)
        assert {"points": 5} == front.sandbox.dashboard.profile("u-1").custom


class TestTextsForTheDashboards:
    @pytest.mark.parametrize("by", ["user_id", "external_id"])
    def test_tag_webhook(self, by):
        """The text of the webhook, put into the dashboard and launched, tags people."""
        with Sandbox(braze_external_id=by) as sandbox:
            text = tag_webhook(
                ["spring"],
                ttl=timedelta(days=30),
                by=by,
                authorization=sandbox.credentials.core_authorization,
            )
            ana = sandbox.sessionm.add_customer(user_id="u-1", external_id="card/1 &")
            webhook = sandbox.dashboard.add_webhook(**attrs.asdict(text))

            sandbox.dashboard.launch(webhook)

        assert {"spring": {"ttl": 2592000}} == sandbox.sessionm.tags_of(ana)

    def test_wallet_block_and_properties(self, sandbox, ana):
        """The texts for a message read the wallet and the trigger's properties."""
        sandbox.sessionm.deposit_points(ana, 100)
        keys = sandbox.credentials
        block = wallet_block(
            authorization=keys.connect_authorization, retailer_id=keys.retailer_id
        )
        template = (
            block
            + trigger_properties_block(["offer_title"])
            + "points: {{wallet.payload.available_points}}"
        )
        sandbox.dashboard.add_campaign("c-1", template=template)

        sandbox.braze.trigger_campaign(
            "c-1", recipients=PERSON, trigger_properties={"offer_title": "Tea"}
        )

        assert "offer_title: Tea\npoints: 100" == sandbox.outbox[0].text.strip()
