"""How clients are set up: endpoints, credentials, the environment."""

from __future__ import annotations

import inspect
import pydoc

import pytest

from sessionm_braze import BrazeClient, SessionMConnectClient, SessionMCoreClient
from sessionm_braze.clients.braze import INSTANCES


def _braze(endpoint, **settings):
    return BrazeClient(endpoint, api_key="k", **settings)


class TestEndpoint:
    @pytest.mark.parametrize(
        ("given", "url"),
        [
            ("US-03", "https://rest.iad-03.braze.com"),
            (" us-03 ", "https://rest.iad-03.braze.com"),
            ("US-10", "https://rest.us-10.braze.com"),
            ("EU-01", "https://rest.fra-01.braze.eu"),
            ("rest.new-01.braze.com", "https://rest.new-01.braze.com"),
            ("https://rest.iad-01.braze.com/", "https://rest.iad-01.braze.com"),
            ("https://gateway.example/braze//", "https://gateway.example/braze"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://127.0.0.1:8080/x/", "http://127.0.0.1:8080/x"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ],
    )
    def test_is_an_instance_a_host_or_a_url(self, given, url, settings):
        """Instances by name, hosts and URLs; a path prefix is kept."""
        assert f"BrazeClient({url!r})" == repr(_braze(given, **settings))

    def test_all_instances_are_known(self):
        """Braze's fifteen instances, each with a host of its own."""
        assert 15 == len(INSTANCES) == len(set(INSTANCES.values()))
        assert "US-09" not in INSTANCES

    @pytest.mark.parametrize(
        ("wrong", "rule"),
        [
            ("US-09", "must be a Braze instance .*US-09"),
            ("somewhere", "must be a Braze instance"),
            ("", "must be a Braze instance"),
            ("ftp://rest.iad-01.braze.com", "must be an https URL .*ftp://"),
            ("http://rest.iad-01.braze.com", "must be an https URL"),
            ("http://10.0.0.1", "loopback"),
            ("https://", "must name a host|must be an https URL"),
            ("https://rest.iad-01.braze.com?x=1", "without user, query"),
            ("https://rest.iad-01.braze.com#x", "without user, query"),
            ("https://ho\nst.example", "without blanks or line breaks"),
            ("https://ho st.example", "without blanks or line breaks"),
            ("https://host.example:99999", "must be a URL"),
            ("https://[::1", "must be a URL"),
            ("https://-bad.example", "must name a host"),
            ("sdk.iad-01.braze.com", "REST host"),
            ("dashboard-01.braze.com", "REST host"),
        ],
    )
    def test_refuses_anything_else(self, wrong, rule):
        """An endpoint that cannot work names the field, the value and the rule."""
        with pytest.raises(ValueError, match=f"endpoint .*({rule})"):
            _braze(wrong)

    @pytest.mark.parametrize("wrong", [None, 3, b"US-03"])
    def test_refuses_other_types(self, wrong):
        """An endpoint is text."""
        with pytest.raises(TypeError, match="endpoint must be a string"):
            _braze(wrong)

    @pytest.mark.parametrize("suffix", ["", "/", "/offers", "/offers/"])
    def test_of_connect_with_and_without_offers(self, suffix, wire, settings):
        """The service prefix stands in the URL once, however it is given."""
        wire.answer = {"status": "ok", "payload": {"user_offers": []}}
        client = SessionMConnectClient(
            f"https://connect.example/t{suffix}",
            authorization="abc",
            retailer_id="r",
            **settings,
        )
        client.get_user_offers("u")

        assert ["/t/offers/api/2.0/offers/get_user_offers"] == wire.paths

    def test_of_core_keeps_a_prefix(self, wire, settings):
        """A path prefix stands before SessionM's own path."""
        client = SessionMCoreClient(
            "https://gw.example/core/", api_key="a/b", api_secret="s", **settings
        )
        client.get_tags(user_id="u")

        assert ["/core/priv/v1/apps/a%2Fb/users/u/tags"] == wire.paths


class TestCredentials:
    @pytest.mark.parametrize(
        "given",
        ["Basic Zm9vOmJhcg==", "basic  Zm9vOmJhcg==", "Zm9vOmJhcg==", ("foo", "bar")],
    )
    def test_of_connect_come_in_three_forms(self, given, wire, settings):
        """The Basic string with or without its word, or the pair behind it."""
        wire.answer = {"status": "ok", "payload": {"user_offers": []}}
        client = SessionMConnectClient(
            "connect.example", authorization=given, retailer_id="r", **settings
        )
        client.get_user_offers("u")

        assert "Basic Zm9vOmJhcg==" == wire.requests[0].headers["Authorization"]

    def test_of_connect_are_never_decoded(self, wire, settings):
        """The bare string is sent as it is, even if it is no base64."""
        wire.answer = {"status": "ok", "payload": {"user_offers": []}}
        client = SessionMConnectClient(
            "connect.example", authorization="!not-base64!", retailer_id="r", **settings
        )
        client.get_user_offers("u")

        assert "Basic !not-base64!" == wire.requests[0].headers["Authorization"]

    def test_of_core_may_be_ready_made(self, wire, settings):
        """A Basic string stands in for the secret."""
        client = SessionMCoreClient(
            "core.example", api_key="k", authorization="Basic azpz", **settings
        )
        client.get_tags(user_id="u")

        assert "Basic azpz" == wire.requests[0].headers["Authorization"]

    @pytest.mark.parametrize("both", [{}, {"api_secret": "s", "authorization": "b"}])
    def test_of_core_are_one_of_two(self, both):
        """Secret and Basic string: exactly one, and neither is shown."""
        with pytest.raises(
            ValueError, match="exactly one of api_secret, authorization"
        ):
            SessionMCoreClient("core.example", api_key="k", **both)

    @pytest.mark.parametrize("wrong", ["", "two words", "line\nbreak", "ümlaut"])
    def test_must_fit_a_header(self, wrong):
        """A key that no header can carry is refused when the client is made."""
        with pytest.raises(ValueError, match="api_key must"):
            BrazeClient("US-01", api_key=wrong)

    @pytest.mark.parametrize("wrong", [None, 3, b"key"])
    def test_are_text(self, wrong):
        """A key is text."""
        with pytest.raises(TypeError, match="api_key must be a string, got"):
            BrazeClient("US-01", api_key=wrong)

    @pytest.mark.parametrize("wrong", [("a",), ("a", "b", "c"), ("", "b"), ("a", "")])
    def test_pair_is_a_pair(self, wrong):
        """A pair has two parts, none empty."""
        with pytest.raises(ValueError, match="authorization"):
            SessionMConnectClient("c.example", authorization=wrong, retailer_id="r")

    @pytest.mark.parametrize("wrong", ["", "  "])
    def test_retailer_is_not_blank(self, wrong):
        """The retailer id is required."""
        with pytest.raises(ValueError, match="retailer_id must not be blank"):
            SessionMConnectClient("c.example", authorization="a", retailer_id=wrong)

    def test_canvas_property_key_is_one_of_two(self):
        """A Canvas takes its properties under one of two keys."""
        with pytest.raises(ValueError, match=r"canvas_property_key must be .*'ctx'"):
            _braze("US-01", canvas_property_key="ctx")


ENVIRONMENT = {
    "BRAZE_ENDPOINT": "EU-02",
    "BRAZE_API_KEY": "braze-key",
    "SESSIONM_CORE_ENDPOINT": "core.example",
    "SESSIONM_CORE_API_KEY": "core-key",
    "SESSIONM_CORE_API_SECRET": "core-secret",
    "SESSIONM_CONNECT_ENDPOINT": "connect.example",
    "SESSIONM_CONNECT_AUTHORIZATION": "Zm9vOmJhcg==",
    "SESSIONM_CONNECT_RETAILER_ID": "retailer-1",
}
CLIENTS = [BrazeClient, SessionMCoreClient, SessionMConnectClient]


class TestFromEnv:
    @pytest.mark.parametrize("client", CLIENTS)
    def test_takes_a_mapping(self, client, settings, wire):
        """Clients are made from any mapping, with settings beside it."""
        made = client.from_env(ENVIRONMENT, **settings)
        made.request("GET", "/x")

        assert 1 == len(wire.requests)

    @pytest.mark.parametrize("client", CLIENTS)
    def test_reads_the_environment(self, client, monkeypatch):
        """Without a mapping the process's environment counts."""
        for name, value in ENVIRONMENT.items():
            monkeypatch.setenv(name, value)

        assert isinstance(client.from_env(), client)

    @pytest.mark.parametrize("client", CLIENTS)
    def test_help_does_not_show_the_environment(self, client, monkeypatch):
        """Help and signatures say nothing about the variables of this process."""
        monkeypatch.setenv("BRAZE_API_KEY", "planted-secret")

        assert "planted-secret" not in pydoc.render_doc(client)
        assert "planted-secret" not in str(inspect.signature(client.from_env))

    @pytest.mark.parametrize(
        ("client", "missing"),
        [
            (BrazeClient, "BRAZE_ENDPOINT"),
            (BrazeClient, "BRAZE_API_KEY"),
            (SessionMCoreClient, "SESSIONM_CORE_ENDPOINT"),
            (SessionMCoreClient, "SESSIONM_CORE_API_KEY"),
            (SessionMCoreClient, "SESSIONM_CORE_API_SECRET"),
            (SessionMConnectClient, "SESSIONM_CONNECT_AUTHORIZATION"),
            (SessionMConnectClient, "SESSIONM_CONNECT_RETAILER_ID"),
        ],
    )
    @pytest.mark.parametrize("blank", [None, "", " "])
    def test_names_what_is_missing(self, client, missing, blank):
        """A missing or blank variable is named."""
        environ = {**ENVIRONMENT, missing: blank}
        if blank is None:
            del environ[missing]
        with pytest.raises(ValueError, match=rf"{client.__name__}.*{missing}"):
            client.from_env(environ)

    def test_names_all_that_is_missing(self):
        """Everything missing is named at once."""
        with pytest.raises(ValueError, match="BRAZE_ENDPOINT and BRAZE_API_KEY"):
            BrazeClient.from_env({})

    def test_of_core_takes_a_basic_string(self, settings, wire):
        """The Basic string may stand instead of the secret."""
        environ = {**ENVIRONMENT, "SESSIONM_CORE_AUTHORIZATION": "Basic azpz"}
        del environ["SESSIONM_CORE_API_SECRET"]
        SessionMCoreClient.from_env(environ, **settings).get_tags(user_id="u")

        assert "Basic azpz" == wire.requests[0].headers["Authorization"]

    def test_passes_keywords_of_one_client(self, settings):
        """Settings of one client only go through as well."""
        client = BrazeClient.from_env(
            ENVIRONMENT, canvas_property_key="canvas_entry_properties", **settings
        )

        assert "canvas_entry_properties" == client._canvas_property_key


class TestRequest:
    @pytest.mark.parametrize(
        "wrong", ["x", "//host/x", "", "/a/../b", "/./a", "/a/%2E%2e/b", "/a#b"]
    )
    def test_path_stays_below_the_base(self, wrong, braze, wire):
        """A path cannot leave the client's base."""
        with pytest.raises(ValueError, match="path must"):
            braze.request("GET", wrong)

        assert [] == wire.requests

    def test_path_is_text(self, braze):
        """A path is text."""
        with pytest.raises(TypeError, match="path must be a string, got 7"):
            braze.request("GET", 7)

    @pytest.mark.parametrize(
        ("wrong", "error"),
        [
            ({"a": float("nan")}, ValueError),
            ({"a": {1, 2}}, TypeError),
            ({1: 2}, TypeError),
            ({"a": "\ud800"}, ValueError),
        ],
    )
    def test_json_is_json(self, wrong, error, braze, wire):
        """What JSON cannot hold is refused with its place."""
        with pytest.raises(error, match=r"json(\.a)? must"):
            braze.request("POST", "/x", json=wrong)

        assert [] == wire.requests

    @pytest.mark.parametrize(("wrong", "error"), [("", ValueError), (3, TypeError)])
    def test_method_is_text(self, wrong, error, braze, connect):
        """The method is a word."""
        for client in (braze, connect):
            with pytest.raises(error, match="method must"):
                client.request(wrong, "/x")

    @pytest.mark.parametrize("wrong", ["no", 1])
    def test_repeatable_is_a_flag(self, wrong, braze, wire):
        """What decides whether a send is repeated is never guessed from a word."""
        with pytest.raises(TypeError, match="repeatable must be True or False"):
            braze.request("POST", "/x", repeatable=wrong)

        assert [] == wire.requests

    def test_of_core_is_below_the_app(self, core, wire):
        """Core paths are relative to the app."""
        core.request("put", "/users/u", json={"user": {"locale": "pt"}})

        assert ["/priv/v1/apps/core-key/users/u"] == wire.paths
        assert ("PUT", {"user": {"locale": "pt"}}) == (
            wire.requests[0].method,
            wire.body,
        )

    def test_of_connect_adds_the_retailer(self, connect, wire):
        """Connect wants the retailer in every body; the caller's is left alone."""
        body = {"user_id": "u"}
        connect.request("POST", "/incentives/api/1.0/x", json=body)

        assert {"retailer_id": "retailer-1", "user_id": "u"} == wire.body
        assert {"user_id": "u"} == body

    def test_of_connect_keeps_another_retailer(self, connect, wire):
        """A body that names a retailer keeps its own."""
        connect.request("POST", "/x", json={"retailer_id": "other"})

        assert {"retailer_id": "other"} == wire.body
