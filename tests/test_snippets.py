from __future__ import annotations

import json
from base64 import b64encode
from datetime import timedelta

import pytest

from sessionm_braze import AdvancedSettings, LoyaltyMessage, OfferProperties, Renderer
from sessionm_braze.rendering import CannedFetcher, inspect_template
from sessionm_braze.snippets import (
    advanced_settings,
    tag_webhook,
    trigger_properties_block,
    wallet_block,
)
from sessionm_braze.testing import Sandbox


ANY = "https://x.example/offers/api/2.0/offers/get_user_offers"


class TestTagWebhook:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"tags": ["{{${first_name}}}"]},
            {"tags": ["{% abort_message() %}"]},
            {"api_key": "../../users"},
            {"api_key": "key\r\n"},
            {"api_key": "{% if a %}"},
            {"endpoint": "https://x.example/?a=1"},
            {"authorization": "{{a}}{{b}}"},
        ],
    )
    def test_arguments_are_data(self, wrong):
        """Liquid, line breaks and other paths in an argument do not get into it."""
        arguments = {"tags": ["vip"], "ttl": 60, **wrong}
        try:
            webhook = tag_webhook(**arguments)
        except ValueError as error:
            assert next(iter(wrong)) in str(error)  # noqa: PT017 - or it is encoded
        else:
            assert "/apps/..%2F..%2Fusers/users/" in webhook.url

    def test_is_that_of_the_page(self):
        """URL, headers and body are those of the partner page."""
        webhook = tag_webhook(["spring_segment"], ttl=2_592_000)

        assert (
            "{{endpoint_core}}/priv/v1/apps/{{appkey_core}}"
            "/users/{{${user_id} | url_param_escape}}/tags" == webhook.url
        )
        assert {
            "Content-Type": "application/json",
            "Authorization": "Basic YOUR-ENCODED-KEY",
        } == webhook.headers
        assert {"tags": ["spring_segment"], "ttl": 2_592_000} == json.loads(
            webhook.body
        )
        assert "POST" == webhook.method

    @pytest.mark.parametrize("by", ["user_id", "external_id"])
    def test_puts_the_tag_on_every_customer_of_the_segment(self, by):
        """Launched in the sandbox, the webhook tags whom the segment holds."""
        with Sandbox(braze_external_id=by) as sandbox:
            ana, noa = (
                sandbox.sessionm.add_customer(
                    user_id=f"user-{name}", external_id=f"{name}/1 é"
                )
                for name in ("ana", "noa")
            )
            keys = sandbox.credentials
            pair = f"{keys.core_api_key}:{keys.core_api_secret}"
            webhook = tag_webhook(
                ["spring", "vip"],
                ttl=timedelta(days=30),
                by=by,
                authorization=f"Basic {b64encode(pair.encode()).decode()}",
            )
            campaign = sandbox.dashboard.add_webhook(
                url=webhook.url,
                headers=webhook.headers,
                body=webhook.body,
                method=webhook.method,
            )
            sandbox.dashboard.launch(campaign)

            for customer in (ana, noa):
                assert {"spring": {"ttl": 2_592_000}, "vip": {"ttl": 2_592_000}} == (
                    sandbox.sessionm.tags_of(customer)
                )

    def test_counts_without_a_ttl(self):
        """Without a ttl SessionM counts."""
        assert {"tags": ["seen"]} == json.loads(tag_webhook(["seen"], ttl=None).body)

    def test_is_filled_in(self):
        """Endpoint, key and credential take the place of the placeholders."""
        webhook = tag_webhook(
            ["vip"],
            ttl=60,
            endpoint="https://core.example/",
            api_key="app-key",
            authorization="Basic YWJj",
        )

        assert webhook.url.startswith("https://core.example/priv/v1/apps/app-key/")
        assert "Basic YWJj" in str(webhook)
        assert "YWJj" not in repr(webhook)
        assert "app-key" not in repr(webhook)

    @pytest.mark.parametrize(
        ("wrong", "error"),
        [
            ({"tags": []}, ValueError),
            ({"tags": "vip"}, TypeError),
            ({"ttl": 0}, ValueError),
            ({"by": "email"}, ValueError),
            ({"endpoint": " "}, ValueError),
            ({"authorization": 7}, TypeError),
        ],
    )
    def test_refuses_bad_input(self, wrong, error):
        """What SessionM would refuse is refused when the text is written."""
        arguments = {"tags": ["vip"], "ttl": 60, **wrong}
        with pytest.raises(error, match=f"{next(iter(wrong))} must"):
            tag_webhook(arguments.pop("tags"), **arguments)


class TestWalletBlock:
    def test_reads_the_wallet_in_the_sandbox(self):
        """A message with the block shows what the wallet holds."""
        with Sandbox() as sandbox:
            ana = sandbox.sessionm.add_customer(user_id="user-ana")
            sandbox.sessionm.issue_offer(ana, name="Free coffee")
            block = wallet_block(
                retailer_id="{{retailer_id}}",
                authorization=sandbox.credentials.connect_authorization,
            )
            sandbox.dashboard.add_campaign(
                "c-1",
                template=block
                + "{% for offer in wallet.payload.user_offers %}"
                + "{{offer.name}}{% endfor %}",
            )
            sandbox.braze.trigger_campaign(
                "c-1", recipients=[{"external_user_id": "user-ana"}]
            )

            assert "Free coffee" == sandbox.outbox[0].text.strip()

    @pytest.mark.parametrize(
        ("user_id", "value"),
        [
            ("{{${user_id}}}", "u-1"),
            ('{{custom_attribute.${sm_id} | default: "none"}}', "none"),
            ('a "quoted" id', 'a "quoted" id'),
        ],
    )
    def test_body_is_json_whatever_the_id(self, user_id, value):
        """Liquid stays Liquid, and other text is quoted."""
        asked = []

        def fetch(request):
            from sessionm_braze.rendering import ConnectedContentResponse

            asked.append(json.loads(request.body))
            return ConnectedContentResponse(json={"status": "ok"})

        block = wallet_block(
            user_id=user_id, endpoint="https://x.example/offers/", take=5, save="w"
        )
        Renderer(fetcher=fetch).render(block, {"user_id": "u-1"})

        assert {
            "retailer_id": "YOUR-RETAILER-ID",
            "user_id": value,
            "skip": 0,
            "take": 5,
            "include_pending_extended_data": False,
            "culture": "en-US",
        } == asked[0]
        assert "https://x.example/offers/api/2.0/offers/get_user_offers" in block

    @pytest.mark.parametrize(
        ("wrong", "error"),
        [
            ({"take": 0}, ValueError),
            ({"save": "my wallet"}, ValueError),
            ({"user_id": ""}, ValueError),
            ({"culture": 7}, TypeError),
            ({"culture": {"pt' %}": "pt-BR"}}, ValueError),
            ({"culture": {"pt": "Portuguese (Brazil)"}}, ValueError),
            ({"abort": 'it\'s "bad"'}, ValueError),
            ({"abort": "%}"}, ValueError),
        ],
    )
    def test_refuses_bad_input(self, wrong, error):
        """A block that cannot work is refused."""
        with pytest.raises(error, match=f"{next(iter(wrong))} must"):
            wallet_block(**wrong)

    @pytest.mark.parametrize(
        ("language", "name"),
        [("pt", "Café grátis"), ("en", "Free coffee"), (None, "Free coffee")],
    )
    def test_asks_in_the_language_of_the_customer(self, language, name):
        """A mapping turns Braze's language into the culture of the offer texts."""
        with Sandbox() as sandbox:
            ana = sandbox.sessionm.add_customer(user_id="user-ana", language=language)
            names = {"pt-BR": "Café grátis", "en-US": "Free coffee"}
            sandbox.sessionm.issue_offer(ana, name=names)
            block = wallet_block(
                retailer_id="{{retailer_id}}",
                culture={"pt": "pt-BR", "es": "es-PE"},
                authorization=sandbox.credentials.connect_authorization,
                save="offers_held",
            )
            show = "{{offers_held.payload.user_offers[0].name}}"
            sandbox.dashboard.add_campaign("c-1", template=block + show)
            sandbox.braze.trigger_campaign(
                "c-1", recipients=[{"external_user_id": "user-ana"}]
            )

            assert name == sandbox.outbox[0].text.strip()

    @pytest.mark.parametrize(
        "settings",
        [
            {"culture": "{{${language}}}"},
            {"culture": "{{ ${language} | downcase }}"},
            {"user_id": "{{custom_attribute.${sm_id}}}"},
            {"culture": "{{${language} | json_escape}}"},
        ],
    )
    def test_a_customer_reads_no_other_wallet(self, settings):
        """A profile that tries to end the text it is put into asks for nobody else."""
        asked = []

        def fetch(request):
            from sessionm_braze.rendering import ConnectedContentResponse

            asked.append(json.loads(request.body, object_pairs_hook=list))
            return ConnectedContentResponse(json={"status": "ok"})

        profile = {
            "user_id": "u-1",
            "language": 'en-US","user_id":"victim',
            "custom_attribute": {"sm_id": 'u-1","user_id":"victim'},
        }
        Renderer(fetcher=fetch).render(
            wallet_block(endpoint="https://x.example", **settings), profile
        )

        assert 1 == [name for name, _ in asked[0]].count("user_id")
        assert "victim" not in dict(asked[0]).values()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"user_id": "{{${user_id}}}{{${language}}}"},
            {"user_id": "{{}}"},
            {"culture": "{{  }}"},
            {"user_id": "{% if a %}{{${user_id}}}{% endif %}"},
            {"user_id": '{{${user_id}}}","user_id":"victim'},
            {"user_id": "{{- ${user_id} -}}"},
            {"culture": "{{ a }} and {{ b }}"},
            {"culture": "{{ 'x' | append: '}}' }}"},
            {"retailer_id": "{% connected_content https://evil.example %}"},
            {"endpoint": "https://x.example\r\nHost: evil.example"},
            {"endpoint": "https://x.example/{% connected_content https://e.example %}"},
            {"endpoint": "http://x.example"},
            {"authorization": "Basic QUJD\r\nX-Evil: 1"},
            {"authorization": "Basic {% if a %}"},
            {"save": "w %}{{x}}"},
            {"save": "żółw"},
            {"abort": "{% x"},
        ],
    )
    def test_arguments_are_data(self, wrong):
        """Liquid, line breaks and other addresses in an argument are refused."""
        with pytest.raises(ValueError, match=f"{next(iter(wrong))} must"):
            wallet_block(**wrong)

    @pytest.mark.parametrize("name", ["offers", "my-wallet", "w_2"])
    def test_saves_under_every_name_that_the_renderer_takes(self, name):
        """What ``:save`` takes, the block takes."""
        fetcher = CannedFetcher({ANY: {"status": "ok", "payload": {"n": 7}}})
        block = wallet_block(save=name, endpoint="https://x.example")

        text = Renderer(fetcher).render(block + f"{{{{{name}.payload.n}}}}").text

        assert "7" == text.strip()

    @pytest.mark.parametrize("reason", ["no wallet", "it's down", 'say "no"'])
    def test_aborts_without_a_wallet(self, reason):
        """A customer whom SessionM refuses gets no message with gaps."""
        with Sandbox(unknown_user="not_found") as sandbox:
            block = wallet_block(
                retailer_id="{{retailer_id}}",
                authorization=sandbox.credentials.connect_authorization,
                abort=reason,
            )
            variables = {**sandbox.dashboard.variables, "user_id": "nobody"}
            message = sandbox.renderer().render(block + "Hi", variables)

            assert (True, reason) == (message.aborted, message.abort_reason)

    def test_sends_whatever_comes_when_told(self):
        """Without the guard the message goes on."""
        with Sandbox() as sandbox:
            block = wallet_block(abort=None)
            variables = {**sandbox.dashboard.variables, "user_id": "nobody"}

            text = sandbox.renderer().render(block + "Hi", variables).text
            assert "Hi" == text.strip()

    def test_has_nothing_to_remark_upon(self):
        """The block, filled in, passes its own inspection."""
        block = wallet_block(
            culture={"pt": "pt-BR"},
            retailer_id="R-1",
            endpoint="https://connect.test",
            authorization="Basic cXVv",
        )
        report = inspect_template(
            block + "{{wallet.status}}", ignore=["literal-secret"]
        )

        assert () == report.findings

    def test_tells_what_is_to_be_filled_in(self):
        """As it is, it has errors for what stands in for the brand's own."""
        errors = inspect_template(wallet_block()).errors

        assert {"placeholder", "unset-variable"} == {each.code for each in errors}


class TestAdvancedSettings:
    @pytest.mark.parametrize("kind", ["campaign", "canvas"])
    def test_is_read_back(self, kind):
        """What is pasted names one target, and is JSON."""
        written = advanced_settings(**{f"{kind}_id": "id-1"})

        assert {f"braze_{kind}_id": "id-1"} == json.loads(written)
        assert "id-1" == getattr(
            AdvancedSettings.from_json(written), f"braze_{kind}_id"
        )

    @pytest.mark.parametrize("wrong", [{}, {"campaign_id": "a", "canvas_id": "b"}])
    def test_names_one_target(self, wrong):
        """Neither or both are refused."""
        with pytest.raises(ValueError, match="exactly one of braze_campaign_id"):
            advanced_settings(**wrong)

    def test_makes_a_sessionm_campaign_send(self):
        """A SessionM campaign with the text triggers the Braze campaign it names."""
        with Sandbox() as sandbox:
            ana = sandbox.sessionm.add_customer(user_id="user-ana")
            sandbox.dashboard.add_campaign(
                "c-1", template=trigger_properties_block(["offer_title"])
            )
            sandbox.sessionm.add_campaign(
                advanced_settings=advanced_settings(campaign_id="c-1"),
                on="offer_issued",
            )
            sandbox.sessionm.issue_offer(ana, name="Free coffee")

            assert ["offer_title: Free coffee\n"] == [m.text for m in sandbox.outbox]


class TestTriggerPropertiesBlock:
    @pytest.mark.parametrize("target", ["campaign", "canvas"])
    def test_shows_what_came(self, target):
        """Each property has a line, and one that did not come has none."""
        message = LoyaltyMessage(
            **{f"{target}_id": "t-1"},
            external_user_id="user-ana",
            offer=OfferProperties(offer_id="o-1", offer_title="Free coffee"),
        )
        with Sandbox() as sandbox:
            sandbox.sessionm.add_customer(user_id="user-ana")
            add = getattr(sandbox.dashboard, f"add_{target}")
            add("t-1", template=trigger_properties_block(target=target))
            sandbox.braze.send(message.to_trigger())

            assert "offer_id: o-1\noffer_title: Free coffee\n" == (
                sandbox.outbox[0].text
            )

    @pytest.mark.parametrize(
        ("wrong", "error"),
        [
            ({"names": "offer_id"}, TypeError),
            ({"names": [" "]}, ValueError),
            ({"names": ["a}} {{b"]}, ValueError),
            ({"target": "segment"}, ValueError),
        ],
    )
    def test_refuses_bad_input(self, wrong, error):
        """Names and target are checked."""
        with pytest.raises(error, match=f"{next(iter(wrong))} must"):
            trigger_properties_block(**wrong)
