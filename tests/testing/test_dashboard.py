"""Both dashboards: what is clicked together, and what it sets off."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from sessionm_braze.exceptions import TemplateSyntaxError
from sessionm_braze.models import (
    AdvancedSettings,
    LoyaltyMessage,
    OfferProperties,
    custom_attribute,
)
from sessionm_braze.rendering import BasicAuth
from sessionm_braze.testing import SandboxError


WALLET_BLOCK = """
{% capture postbody %}
{"retailer_id":"{{retailer_id}}","user_id":"{{${user_id}}}","skip":0,"take":1000,\
"include_pending_extended_data":false,"culture":"{{${language}}}"}
{% endcapture %}
{% connected_content
     {{endpoint_connect}}/offers/api/2.0/offers/get_user_offers
:method post
:headers {
       "Content-Type": "application/json",
       "Authorization": "@@"
  }
     :body {{postbody}}
     :save wallet
%}
"""


class TestWebhookOfThePartnerPage:
    def test_tags_arrive(self, sandbox):
        """A webhook aimed at a segment, launched, puts its tags on the customers."""
        gold = custom_attribute("tier").equals("gold")
        for number, tier in enumerate(["gold", "red", "gold"]):
            sandbox.sessionm.add_customer(
                user_id=f"u-{number}", custom_attributes={"tier": tier}
            )
        segment = sandbox.dashboard.add_segment(audience=gold)
        webhook = sandbox.dashboard.add_webhook(
            url="{{endpoint_core}}/priv/v1/apps/{{appkey_core}}/users/{{${user_id}}}/tags",
            headers={
                "Content-Type": "application/json",
                "Authorization": sandbox.credentials.core_authorization,
            },
            body='{\n "tags":[\n "spring_segment"\n ],\n "ttl":2592000\n}',
            segment=segment,
        )

        sent = sandbox.dashboard.launch(webhook)

        assert [200, 200] == [message.response_status for message in sent]
        tagged = {"spring_segment": {"ttl": 2592000}}
        assert [tagged, {}, tagged] == [
            sandbox.sessionm.tags_of(customer)
            for customer in sandbox.sessionm.customers()
        ]
        assert [] == sandbox.problems()

    def test_lost_request_has_no_status(self, sandbox, ana):
        """A webhook whose request is cut shows that no answer came."""
        sandbox.faults.add(service="core", kind="drop_after_processing")
        webhook = sandbox.dashboard.add_webhook(url="{{endpoint_core}}/x")

        (message,) = sandbox.dashboard.launch(webhook)

        assert (ana.user_id, None) == (message.recipient, message.response_status)

    def test_aborted_webhook_makes_no_request(self, sandbox, ana):
        """An abort in any part of the webhook stops its request."""
        stop = "{% abort_message('not today') %}"
        for parts in ({"url": stop}, {"body": stop}, {"headers": {"X": stop}}):
            webhook = {"url": "{{endpoint_core}}/x", **parts}
            sandbox.dashboard.launch(sandbox.dashboard.add_webhook(**webhook))

        reasons = [message.abort_reason for message in sandbox.outbox.to(ana)]
        assert ["not today"] * 3 == reasons
        assert 0 == len(sandbox.requests)

    def test_webhook_to_another_host(self, sandbox, ana):
        """A webhook that leads elsewhere is an error of the test."""
        webhook = sandbox.dashboard.add_webhook(url="https://elsewhere.example/secret")

        with pytest.raises(SandboxError, match=r"https://elsewhere\.example,") as info:
            sandbox.dashboard.launch(webhook)

        assert "secret" not in str(info.value)
        sandbox.outbox.assert_nothing_sent(ana)


class TestSupplies:
    def test_templates_use_what_the_dashboard_holds(self, sandbox, ana):
        """Catalogs, Content Blocks and stored credentials are there for templates."""
        keys = sandbox.credentials
        scheme, _, value = keys.connect_authorization.partition(" ")
        name, _, password = base64.b64decode(value).decode().partition(":")
        dashboard = sandbox.dashboard
        dashboard.catalogs["teas"] = [{"id": "t1", "name": "Assam"}]
        dashboard.content_blocks["footer"] = "Bye"
        dashboard.credentials["sm"] = BasicAuth(username=name, password=password)
        dashboard.add_campaign(
            "c-1",
            template="{% catalog_items teas t1 %}{{items[0].name}} "
            "{{content_blocks.${footer}}} "
            "{% connected_content {{endpoint_connect}}/own :basic_auth sm "
            ":method post :content_type application/json "
            f':body {{"retailer_id": "{keys.retailer_id}"}} :save own %}}'
            "{{own.payload.x}}",
        )
        sandbox.sessionm.route("/own", lambda _body: {"x": 7})

        sandbox.dashboard.launch("c-1")

        assert "Basic" == scheme
        sandbox.outbox.assert_sent_once(ana, text="Assam Bye 7")

    def test_language_follows_the_locale(self, sandbox):
        """A customer's locale gives the language that Braze knows."""
        ana = sandbox.sessionm.add_customer(locale="pt_BR")
        sandbox.dashboard.add_campaign("c-1", template="{{${language}}}")

        sandbox.dashboard.launch("c-1")

        sandbox.outbox.assert_sent_once(ana, text="pt")

    def test_new_template_is_checked_too(self, sandbox):
        """A template that does not parse does not replace a good one."""
        sandbox.dashboard.add_campaign("c-1", template="good")

        with pytest.raises(TemplateSyntaxError):
            sandbox.dashboard.change("c-1", template="{% if %}")
        sandbox.dashboard.change("c-1", template="better", name="Renamed")

        assert ["Renamed"] == [target.name for target in sandbox.dashboard.targets()]

    def test_launch_to_nobody(self, sandbox):
        """A campaign that is aimed at nobody sends nothing."""
        empty = sandbox.dashboard.add_segment(members=[])
        sandbox.dashboard.add_campaign("c-1", template="x", segment=empty)

        assert [] == sandbox.dashboard.launch("c-1")


class TestWalletInAMessage:
    def test_rendered_from_the_sandbox(self, sandbox, ana):
        """The partner page's block reads the wallet that SessionM holds now."""
        sandbox.sessionm.deposit_points(ana, 100)
        sandbox.sessionm.issue_offer(
            ana, name={"en-US": "Free coffee", "pt-BR": "Café grátis"}
        )
        block = WALLET_BLOCK.replace("@@", sandbox.credentials.connect_authorization)
        sandbox.dashboard.add_campaign(
            "c-1",
            template=block
            + "{{wallet.payload.available_points}} "
            + "{{wallet.payload.user_offers[0].name}}",
        )

        (message,) = sandbox.dashboard.launch("c-1")

        assert "100 Café grátis" == message.text.strip()
        assert 1 == len(sandbox.requests.to("connect"))

    @pytest.mark.parametrize(
        "kind",
        ["timeout", "drop_before_processing", "bad_gateway_html", "server_error"],
    )
    def test_wallet_that_cannot_be_read(self, sandbox, ana, kind):
        """A fault of Connect reaches the template, which stops the message."""
        sandbox.faults.add(service="connect", kind=kind)
        block = WALLET_BLOCK.replace("@@", sandbox.credentials.connect_authorization)
        guard = (
            "{% if wallet.__http_status_code__ != 200 %}"
            "{% abort_message('no wallet') %}{% endif %}"
        )
        sandbox.dashboard.add_campaign("c-1", template=block + guard + "Hi")

        first, *_ = sandbox.dashboard.launch("c-1")
        second, *_ = sandbox.dashboard.launch("c-1")

        assert (ana.user_id, "no wallet") == (first.recipient, first.abort_reason)
        assert "Hi" == second.text.strip()


class TestLaunch:
    def test_paused_campaign_is_refused(self, sandbox):
        """What is paused cannot be launched."""
        campaign = sandbox.dashboard.add_campaign(template="x", enabled=False)

        with pytest.raises(ValueError, match="paused"):
            sandbox.dashboard.launch(campaign)

    @pytest.mark.parametrize(
        "act",
        [
            lambda d: d.add_campaign("c-1", template="x"),
            lambda d: d.add_campaign(template="x", segment="none"),
            lambda d: d.add_campaign(template="x", audience={"spends": 1}),
            lambda d: d.add_segment(members=["nobody"]),
            lambda d: d.add_segment("s-1"),
            lambda d: d.add_profile("u-1"),
            lambda d: d.launch("none"),
            lambda d: d.change("none"),
            lambda d: d.profile("nobody"),
        ],
    )
    def test_mistakes(self, sandbox, act):
        """A mistake in the set-up is a ValueError at once."""
        sandbox.dashboard.add_campaign("c-1", template="x")
        sandbox.dashboard.add_segment("s-1")
        sandbox.dashboard.add_profile("u-1")

        with pytest.raises(ValueError, match=r"there already|no |unknown|hold|taken"):
            act(sandbox.dashboard)

    def test_segment_can_be_a_function(self, sandbox, ana):
        """A filter may be a function of the profile."""
        sandbox.sessionm.add_customer(user_id="u-2")
        segment = sandbox.dashboard.add_segment(
            audience=lambda profile: "email" in profile.attributes
        )

        assert [ana.user_id] == sandbox.dashboard.members_of(segment)


class TestSessionMCampaign:
    @pytest.fixture(autouse=True)
    def templates(self, sandbox):
        """Put a campaign and a Canvas into Braze."""
        shown = "{{%s.${offer_title}}}|{{%s.${store}}}|{{%s.${points}}}"
        campaign = shown.replace("%s", "api_trigger_properties")
        sandbox.dashboard.add_campaign("c-1", template=campaign)
        sandbox.dashboard.add_canvas("v-1", template=shown.replace("%s", "context"))

    def test_issued_offer_triggers_braze(self, sandbox, ana):
        """An issued offer goes through SessionM's template to the person's message."""
        sandbox.sessionm.add_campaign(
            advanced_settings='{"braze_campaign_id": "c-1",}', on="offer_issued"
        )

        offer = sandbox.sessionm.issue_offer(
            ana, name="Free coffee", expires=timedelta(days=1)
        )

        message = sandbox.outbox.assert_sent_once(ana, text="Free coffee||")
        properties = message.trigger.properties
        assert offer.id == properties["user_offer_id"]
        assert "2026-05-05T12:00:00Z" == properties["expiration_date"]

    def test_event_goes_to_a_canvas(self, sandbox, ana):
        """The data of a fired event travels as context."""
        settings = AdvancedSettings(braze_canvas_id="v-1")
        sandbox.sessionm.add_campaign(advanced_settings=settings, on="visit")

        (fired,) = sandbox.sessionm.fire("visit", ana, store="Lisboa")

        assert (201, "success") == (fired.status, fired.answer["message"])
        sandbox.outbox.assert_sent_once(ana, text="|Lisboa|")

    @pytest.mark.parametrize(
        "message",
        [
            {"extra": {"points": 5}},
            LoyaltyMessage(
                campaign_id="any", external_user_id="any", extra={"points": 5}
            ),
            lambda firing: {"extra": {"points": firing.data["n"]}},
        ],
    )
    def test_ways_to_say_what_the_message_holds(self, sandbox, ana, message):
        """A mapping, a pattern and a function fill the template."""
        sandbox.sessionm.add_campaign(
            advanced_settings={"braze_campaign_id": "c-1"}, on="visit", message=message
        )

        sandbox.sessionm.fire("visit", ana, n=5)

        sandbox.outbox.assert_sent_once(ana, text="||5")

    def test_broadcast_flag_reaches_everybody(self, sandbox, ana):
        """With the broadcast flag the whole segment gets the message."""
        bo = sandbox.sessionm.add_customer(user_id="u-2")
        sandbox.sessionm.add_campaign(
            advanced_settings={"braze_campaign_id": "c-1"},
            on="visit",
            message={"broadcast": True, "offer": OfferProperties(offer_title="Tea")},
        )

        sandbox.sessionm.fire("visit", ana)

        for customer in (ana, bo):
            sandbox.outbox.assert_sent_once(customer, text="Tea||")

    def test_points_are_an_event_too(self, sandbox, ana):
        """A deposit fires `points_awarded` with amount and account."""
        sandbox.sessionm.add_campaign(
            advanced_settings={"braze_campaign_id": "c-1"}, on="points_awarded"
        )

        sandbox.sessionm.deposit_points(ana, 150, account="Gold")

        sandbox.outbox.assert_sent_once(
            ana,
            properties={"point_award_amount": 150, "point_account_name": "Gold"},
        )

    def test_used_offer_is_an_event_too(self, sandbox, ana):
        """A redeemed offer fires `offer_redeemed` with the offer."""
        sandbox.sessionm.add_campaign(
            advanced_settings={"braze_campaign_id": "c-1"}, on="offer_redeemed"
        )
        offer = sandbox.sessionm.issue_offer(ana, name="Tea")

        sandbox.sessionm.redeem_offer(offer)

        sandbox.outbox.assert_sent_once(ana, properties={"user_offer_id": offer.id})

    def test_lost_answer(self, sandbox, ana):
        """When Braze's answer is lost, the message has gone out all the same."""
        sandbox.sessionm.add_campaign(
            advanced_settings={"braze_campaign_id": "c-1"}, on="visit"
        )
        sandbox.faults.add(kind="drop_after_processing")

        (fired,) = sandbox.sessionm.fire("visit", ana)

        assert fired.status is None
        sandbox.outbox.assert_sent_once(ana)

    def test_refusal_nobody_sees_is_a_problem(self, sandbox, ana):
        """A message that Braze refuses does not vanish: a strict sandbox fails."""
        sandbox.sessionm.add_campaign(
            advanced_settings={"braze_campaign_id": "none"}, on="offer_issued"
        )

        sandbox.sessionm.issue_offer(ana, name="Free coffee")

        (problem,) = sandbox.problems()
        assert problem.startswith("offer_issued: Braze answered 400")
        assert "Invalid campaign ID" in problem

    def test_removed_campaign_is_silent(self, sandbox, ana):
        """A campaign that was taken away sends nothing."""
        campaign = sandbox.sessionm.add_campaign(
            advanced_settings={"braze_campaign_id": "c-1"}, on="visit"
        )
        sandbox.sessionm.remove_campaign(campaign)

        assert [] == sandbox.sessionm.fire("visit", ana)

    def test_both_ids_need_a_preference(self, sandbox):
        """The page's sample with both ids is refused, unless one is preferred."""
        both = {"braze_campaign_id": "c-1", "braze_canvas_id": "v-1"}

        with pytest.raises(ValueError, match="prefer"):
            sandbox.sessionm.add_campaign(advanced_settings=both, on="visit")
        sandbox.sessionm.add_campaign(
            advanced_settings=both, on="visit", prefer="canvas"
        )


class TestCustomers:
    def test_braze_may_know_the_external_id(self):
        """Braze can know the brand's id, and SessionM's as an attribute."""
        from sessionm_braze.testing import Sandbox

        with Sandbox(braze_external_id="external_id") as sandbox:
            ana = sandbox.sessionm.add_customer(user_id="u-1", external_id="card-1")
            made_up = sandbox.sessionm.add_customer()
            profile = sandbox.dashboard.profile(ana)

        assert ("card-1", "card-1") == (ana.braze_external_id, profile.external_id)
        assert {"sessionm_user_id": "u-1"} == profile.custom
        assert made_up.external_id == made_up.braze_external_id

    def test_other_names_are_refused(self):
        """Braze knows one of the two ids."""
        from sessionm_braze.testing import Sandbox

        with pytest.raises(ValueError, match="braze_external_id"):
            Sandbox(braze_external_id="email")

    @pytest.mark.parametrize("ids", [{"user_id": "u-1"}, {"external_id": "card/1 &2"}])
    @pytest.mark.usefixtures("ana")
    def test_taken_ids(self, sandbox, ids):
        """An id belongs to one customer, and a refused one leaves nothing behind."""
        with pytest.raises(ValueError, match="taken"):
            sandbox.sessionm.add_customer(**ids)

        assert 1 == len(list(sandbox.sessionm.customers()))
        assert 1 == len(sandbox.dashboard.profiles())

    def test_profile_that_braze_has_already(self, sandbox):
        """A customer whom Braze knew before keeps the one profile."""
        sandbox.dashboard.add_profile("u-1", custom_attributes={"tier": "gold"})

        ana = sandbox.sessionm.add_customer(user_id="u-1", first_name="Ana")

        (profile,) = sandbox.dashboard.profiles()
        assert ("Ana", "gold") == (
            profile.attributes["first_name"],
            sandbox.dashboard.profile(ana).custom["tier"],
        )

    def test_second_external_id(self, sandbox, ana):
        """Each external id of a customer reaches it."""
        sandbox.sessionm.add_external_id(ana, "app-7", kind="app")

        assert "u-1" == sandbox.core.resolve_user_id("app-7")
        assert ana == sandbox.sessionm.customer("app-7")

    @pytest.mark.parametrize(
        "act",
        [
            lambda side: side.tags_of("nobody"),
            lambda side: side.redeem_offer("none"),
            lambda side: side.deposit_points("u-1", 0),
            lambda side: side.spend_points("u-1", 1),
            lambda side: side.route("no-slash", lambda body: body),
            lambda side: side.remove_campaign("none"),
        ],
    )
    @pytest.mark.usefixtures("ana")
    def test_mistakes(self, sandbox, act):
        """A mistake in the set-up is a ValueError at once."""
        with pytest.raises(ValueError, match=r"no |must"):
            act(sandbox.sessionm)

    def test_offer_is_used_once(self, sandbox, ana):
        """A used offer cannot be used again."""
        offer = sandbox.sessionm.issue_offer(ana, name="Free coffee")
        sandbox.sessionm.redeem_offer(offer)

        with pytest.raises(ValueError, match="no longer"):
            sandbox.sessionm.redeem_offer(offer)
