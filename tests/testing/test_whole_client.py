"""Every method of the three clients on both fronts, and texts for the dashboards."""

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
ANA = {"user_id": "u-1"}
PERSON = [Recipient(external_user_id="u-1")]
FIELDS = {"fields_to_export": ["external_id"]}
BALANCES = "/incentives/api/1.0/user_points/all_balances"


def _env(front):
    """Return the arguments of ``from_env`` that make a client of this front."""
    return {"environ": front.sandbox.environ, **front.settings()}


def _texts(front):
    return [message.text for message in front.sandbox.outbox]


@pytest.fixture
def braze(front, ana):
    """Return a real client, with a campaign, a Canvas and a segment to reach."""
    front.sandbox.dashboard.add_campaign("c-1", template="Hi {{${first_name}}}")
    front.sandbox.dashboard.add_canvas("v-1", template="{{context.${x}}}")
    front.sandbox.dashboard.add_segment("s-1", name="All", members=[ana])
    return front.braze_client()


def _schedule(make, target):
    """Put a message to Ana on the calendar; return the schedule's id."""
    return make(target, recipients=PERSON, schedule=TOMORROW).schedule_id


def _listed(braze):
    return [campaign.id for campaign in braze.list_campaigns()]


CALLS = {
    SessionMCoreClient: {
        "add_tags": (
            9,
            lambda it, _: (
                it.add_tags(["a"], **ANA, ttl=9) and it.get_tags(**ANA)["a"].ttl
            ),
        ),
        "close": (("vip",), lambda it, _: it.close() or it.get_tags(**ANA).names),
        "dry_run": ((), lambda it, _: it.dry_run().get_tags(**ANA).names),
        "from_env": (
            ("vip",),
            lambda it, front: it.from_env(**_env(front)).get_tags(**ANA).names,
        ),
        "get_customer": ("u-1", lambda it, _: it.get_customer(**ANA).id),
        "get_tags": (("vip",), lambda it, _: it.get_tags(**ANA).names),
        "increment_tags": (
            1,
            lambda it, _: (
                it.increment_tags(["b"], **ANA) and it.get_tags(**ANA)["b"].count
            ),
        ),
        "request": (
            "u-1",
            lambda it, _: it.request("GET", "/users/u-1").data["user"]["id"],
        ),
        "requests": ((), lambda it, _: it.requests),
        "resolve_user_id": ("u-1", lambda it, _: it.resolve_user_id("card/1 &2")),
    },
    SessionMConnectClient: {
        "close": (1, lambda it, _: it.close() or len(it.get_wallet("u-1"))),
        "dry_run": (0, lambda it, _: len(it.dry_run().get_wallet("u-1"))),
        "from_env": (
            1,
            lambda it, front: len(it.from_env(**_env(front)).get_wallet("u-1")),
        ),
        "get_point_balances": (
            "u-1",
            lambda it, _: it.get_point_balances("u-1").user_id,
        ),
        "get_user_offers": ("Tea", lambda it, _: it.get_user_offers("u-1")[0].name),
        "get_wallet": ("Tea", lambda it, _: it.get_wallet("u-1")[0].name),
        "iter_user_offers": (
            ["Tea"],
            lambda it, _: [offer.name for offer in it.iter_user_offers("u-1")],
        ),
        "request": (
            "ok",
            lambda it, _: it.request("POST", BALANCES, json={"user_id": "u-1"}).data[
                "status"
            ],
        ),
        "requests": ((), lambda it, _: it.requests),
    },
    BrazeClient: {
        "close": (["c-1"], lambda it, _: it.close() or _listed(it)),
        "create_send_id": (
            "may",
            lambda it, _: it.create_send_id("c-1", send_id="may").send_id,
        ),
        "delete_campaign_schedule": (
            "accepted",
            lambda it, _: (
                it.delete_campaign_schedule(
                    "c-1", _schedule(it.schedule_campaign, "c-1")
                ).state
            ),
        ),
        "delete_canvas_schedule": (
            "accepted",
            lambda it, _: (
                it.delete_canvas_schedule(
                    "v-1", _schedule(it.schedule_canvas, "v-1")
                ).state
            ),
        ),
        "dry_run": ([], lambda it, _: _listed(it.dry_run())),
        "export_segment": (
            True,
            lambda it, front: it.export_segment("s-1", **FIELDS).url.startswith(
                front.urls.storage
            ),
        ),
        "export_users": (
            ({"external_id": "u-1"},),
            lambda it, _: it.export_users(["u-1"], **FIELDS).users,
        ),
        "from_env": (["c-1"], lambda it, front: _listed(it.from_env(**_env(front)))),
        "get_campaign": ((), lambda it, _: it.get_campaign("c-1").obstacles),
        "get_canvas": ((), lambda it, _: it.get_canvas("v-1").obstacles),
        "get_segment": ("All", lambda it, _: it.get_segment("s-1").name),
        "list_campaigns": (["c-1"], lambda it, _: [c.id for c in it.list_campaigns()]),
        "list_canvases": (["v-1"], lambda it, _: [c.id for c in it.list_canvases()]),
        "list_segments": (["s-1"], lambda it, _: [s.id for s in it.list_segments()]),
        "read_segment_export": (
            [{"external_id": "u-1"}],
            lambda it, _: list(
                it.read_segment_export(it.export_segment("s-1", **FIELDS))
            ),
        ),
        "request": (
            "success",
            lambda it, _: it.request("GET", "/campaigns/list").data["message"],
        ),
        "requests": ((), lambda it, _: it.requests),
        "schedule_campaign": (
            True,
            lambda it, _: bool(_schedule(it.schedule_campaign, "c-1")),
        ),
        "schedule_canvas": (
            True,
            lambda it, _: bool(_schedule(it.schedule_canvas, "v-1")),
        ),
        "send": (
            ["Hi Ana"],
            lambda it, front: (
                it.send(CampaignTrigger(campaign_id="c-1", recipients=PERSON))
                and _texts(front)
            ),
        ),
        "track_users": (
            1,
            lambda it, _: (
                it.track_users(
                    attributes=[{"external_id": "u-1", "x": 1}]
                ).attributes_processed
            ),
        ),
        "trigger_campaign": (
            ["Hi Ana"],
            lambda it, front: (
                it.trigger_campaign("c-1", recipients=PERSON) and _texts(front)
            ),
        ),
        "trigger_canvas": (
            ["7"],
            lambda it, front: (
                it.trigger_canvas("v-1", recipients=PERSON, context={"x": 7})
                and _texts(front)
            ),
        ),
        "update_campaign_schedule": (
            "accepted",
            lambda it, _: (
                it.update_campaign_schedule(
                    "c-1", _schedule(it.schedule_campaign, "c-1"), schedule=TOMORROW
                ).state
            ),
        ),
        "update_canvas_schedule": (
            "accepted",
            lambda it, _: (
                it.update_canvas_schedule(
                    "v-1", _schedule(it.schedule_canvas, "v-1"), schedule=TOMORROW
                ).state
            ),
        ),
    },
}
"""By client and method: what comes of it, and a call of it."""


@pytest.mark.parametrize("kind", CALLS, ids=lambda kind: kind.__name__)
def test_no_method_is_left_out(kind):
    """No public name of the three clients is without a call."""
    public = {name for name in dir(kind) if not name.startswith("_")}

    assert public == set(CALLS[kind])
    for name, (_, call) in CALLS[kind].items():
        assert name in call.__code__.co_names


@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, name) for kind, calls in CALLS.items() for name in calls],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_method(kind, name, front, ana, braze):
    """Each method of the three clients does what it is for."""
    front.sandbox.sessionm.issue_offer(ana, name="Tea")
    front.sandbox.sessionm.put_tag(ana, "vip")
    client = {
        SessionMCoreClient: front.core_client,
        SessionMConnectClient: front.connect_client,
        BrazeClient: lambda: braze,
    }[kind]()
    expected, call = CALLS[kind][name]

    assert expected == call(client, front)


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
