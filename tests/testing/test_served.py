"""Whom the loopback front lets in: programs that mean it, and no web page."""

from __future__ import annotations

import json
import shutil
import subprocess

import attrs
import pytest
import requests

from sessionm_braze import (
    AuthenticationError,
    BrazeClient,
    Recipient,
    SessionMConnectClient,
    SessionMCoreClient,
)
from sessionm_braze.testing import Endpoints


SERVICES = ("core", "connect", "braze", "storage")
JSON = {"Content-Type": "application/json"}
PATIENCE = 5
"""Seconds after which a test gives up; nothing takes as long."""


class TestHost:
    @pytest.mark.parametrize(
        "host", ["127.0.0.1:PORT", "localhost:PORT", "LocalHost:PORT", "[::1]:PORT"]
    )
    @pytest.mark.parametrize("version", ["1.0", "1.1"])
    def test_its_own_names_are_let_in(self, wire, host, version):
        """The loopback address may be spelt in each of its ways."""
        line = f"GET /_sandbox/state HTTP/{version}"

        assert 200 == wire.ask(f"Host: {host}", line=line).status

    @pytest.mark.parametrize(
        "host",
        [
            "evil.example",
            "evil.example:PORT",
            "localhost",
            "127.0.0.1",
            "127.0.0.1:1",
            "127.0.0.1:PORT0",
            "127.0.0.1:PORT@evil.example",
            "evil.example@127.0.0.1:PORT",
            "127.0.0.1.evil.example:PORT",
            "localhost.evil.example:PORT",
            "localhost.:PORT",
            "0.0.0.0:PORT",
            "127.1:PORT",
            "http://127.0.0.1:PORT",
            "[::]:PORT",
            "[::1]",
            "",
        ],
    )
    def test_any_other_name_is_refused(self, wire, host):
        """A name that was made to lead here (DNS rebinding) leads nowhere."""
        answer = wire.ask(f"Host: {host}")

        assert 403 == answer.status
        assert f"call it as http://127.0.0.1:{wire.port}" in answer.message

    @pytest.mark.parametrize("version", ["1.0", "1.1"])
    @pytest.mark.parametrize(
        "headers", [(), ("Host: 127.0.0.1:PORT", "Host: 127.0.0.1:PORT")]
    )
    def test_there_is_exactly_one(self, wire, version, headers):
        """A request without a host, or with two, is broken."""
        answer = wire.ask(*headers, line=f"GET / HTTP/{version}")

        assert 400 == answer.status
        assert "send one Host header" in answer.message

    @pytest.mark.parametrize(
        ("target", "status"),
        [
            ("http://127.0.0.1:PORT/_sandbox/state", 200),
            ("HTTP://localhost:PORT/_sandbox/state", 200),
            ("http://evil.example/_sandbox/state", 403),
            ("http://evil.example:PORT/_sandbox/state", 403),
            ("http:///_sandbox/state", 403),
            ("https://127.0.0.1:PORT/_sandbox/state", 400),
            ("127.0.0.1:PORT", 400),
            ("*", 400),
            ("_sandbox/state", 400),
        ],
    )
    def test_a_target_with_a_host_counts_too(self, wire, target, status):
        """Where target and header both name a host, both must be the sandbox."""
        line = f"GET {target} HTTP/1.1"

        assert status == wire.ask("Host: 127.0.0.1:PORT", line=line).status
        assert 403 == wire.ask("Host: evil.example", line=line).status or status == 400

    @pytest.mark.parametrize("service", SERVICES)
    def test_nothing_of_a_refused_request_is_left(self, served, wire, service):
        """It is no call: no fault meets it, and no journal or problem tells of it."""
        served.faults.add(kind="timeout")

        answer = wire.to(service).ask("Host: evil.example", line="GET /x HTTP/1.1")

        assert 403 == answer.status
        assert [] == list(served.requests)
        assert ["planned"] == [text.partition(",")[0] for text in served.problems()]


class TestOrigin:
    @pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
    @pytest.mark.parametrize("service", SERVICES)
    def test_its_own_are_let_in(self, wire, name, service):
        """A page of the sandbox, such as an answer in a browser, may ask."""
        origin = f"Origin: http://{name}:{wire.to(service).port}"

        assert 200 == wire.ask("Host: 127.0.0.1:PORT", origin).status

    @pytest.mark.parametrize(
        "origin",
        [
            "null",
            "",
            "https://evil.example",
            "http://evil.example:PORT",
            "https://127.0.0.1:PORT",
            "http://127.0.0.1",
            "http://127.0.0.1:1",
            "http://127.0.0.1:PORT.evil.example",
            "http://127.0.0.1:PORT/",
            "http://127.0.0.1:PORT http://evil.example",
            "http://127.0.0.1:PORT\r\nOrigin: http://evil.example",
            "file://",
            "chrome-extension://x",
        ],
    )
    @pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "DELETE"])
    def test_a_foreign_one_is_refused(self, wire, origin, method):
        """No page of another site reads or changes anything, nor may it ask to."""
        answer = wire.ask(
            "Host: 127.0.0.1:PORT",
            "Content-Type: application/json",
            f"Origin: {origin}",
            line=f"{method} /_sandbox/reset HTTP/1.1",
        )

        assert 403 == answer.status
        assert "without the header Origin" in answer.message
        assert "access-control" not in answer.head

    @pytest.mark.parametrize(
        ("site", "status"),
        [("none", 200), ("same-origin", 200), ("same-site", 403), ("cross-site", 403)],
    )
    def test_a_browser_says_so_without_an_origin_too(self, wire, site, status):
        """An image, a script or a link of another site carries no origin."""
        answer = wire.ask("Host: 127.0.0.1:PORT", f"Sec-Fetch-Site: {site}")

        assert status == answer.status
        assert "access-control" not in answer.head

    @pytest.mark.parametrize("service", SERVICES)
    def test_no_service_takes_one(self, served, service):
        """The services are as closed to pages as the control routes."""
        url = getattr(served.serve(), service)

        answer = requests.post(
            url + "/users/track", headers={"Origin": "null"}, timeout=PATIENCE
        )

        assert 403 == answer.status_code
        assert [] == served.problems()


class TestControlCalls:
    @pytest.mark.parametrize(
        "kind",
        [
            None,
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "text/plain; application/json",
            "application/jsonx",
            "application/json, text/plain",
        ],
    )
    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "GET"])
    def test_what_a_form_can_send_is_refused(self, served, ana, kind, method):
        """A body that is not said to be JSON changes nothing, whatever the method."""
        url = served.serve().core + "/_sandbox/reset"

        answer = requests.request(
            method, url, data="{}", headers={"Content-Type": kind}, timeout=PATIENCE
        )

        assert 415 == answer.status_code
        assert "add the header Content-Type: application/json" in answer.text
        assert [ana] == list(served.sessionm.customers())

    def test_a_change_without_a_body_says_json_too(self, served, ana):
        """A bare POST is what a form can send, and a reset needs no body."""
        url = served.serve().core + "/_sandbox/reset"

        bare = requests.post(url, timeout=PATIENCE)
        before = list(served.sessionm.customers())
        right = requests.post(url, headers=JSON, timeout=PATIENCE)

        assert (415, [ana]) == (bare.status_code, before)
        assert (200, []) == (right.status_code, list(served.sessionm.customers()))

    def test_json_may_have_a_charset(self, served):
        """Parameters of the content type do not matter."""
        answer = requests.post(
            served.serve().core + "/_sandbox/clock",
            data=b'{"hours": 1}',
            headers={"Content-Type": "Application/JSON; charset=utf-8"},
            timeout=PATIENCE,
        )

        assert {"now": "2026-05-04T13:00:00Z"} == answer.json()

    def test_reading_needs_no_content_type(self, wire):
        """What has no body and changes nothing is asked for plainly."""
        assert 200 == wire.ask("Host: 127.0.0.1:PORT").status

    @pytest.mark.parametrize(
        ("route", "body", "told"),
        [
            ("seed", "[" * 100_000, "nested too deeply"),
            ("seed", "[1", "Expecting"),
            ("seed", "[1]", "must be a JSON object"),
            ("seed", '{"campaigns": [{"template": "{% if %}"}]}', "campaigns[0]: "),
            ("clock", '{"days": 1e308}', "a number is too large"),
            ("clock", f'{{"days": {10**30}}}', "a number is too large"),
            ("launch", "{}", "the field 'id' is missing"),
            ("fire", '{"event": "visit"}', "the field 'customer' is missing"),
            ("fire", '{"event": "visit", "customer": 1}', "must be a text, got 1"),
        ],
    )
    def test_mistakes_are_told_in_one_line(self, sandbox, route, body, told):
        """What cannot be done is refused with the reason, and is no fault of ours."""
        url = f"{sandbox.serve().core}/_sandbox/{route}"

        answer = requests.post(url, data=body, headers=JSON, timeout=PATIENCE)

        assert 400 == answer.status_code
        assert told in answer.json()["message"]
        assert "\n" not in answer.json()["message"]
        assert [] == sandbox.problems()

    def test_half_a_character_stays_readable(self, served):
        """A lone surrogate, as JSON can hold it, does not hide the rest."""
        served.sessionm.add_customer(user_id="\ud800")

        answer = requests.get(served.serve().core + "/_sandbox/state", timeout=PATIENCE)

        assert "\ud800" == answer.json()["customers"][0]["user_id"]


def clients(sandbox, urls, **settings):
    """Return clients of all three services on given URLs."""
    keys = sandbox.credentials
    return (
        SessionMCoreClient(
            urls.core,
            api_key=keys.core_api_key,
            api_secret=keys.core_api_secret,
            **settings,
        ),
        SessionMConnectClient(
            urls.connect,
            authorization=keys.connect_authorization,
            retailer_id=keys.retailer_id,
            **settings,
        ),
        BrazeClient(urls.braze, api_key=keys.braze_api_key, **settings),
    )


def use(core, connect, braze):
    """Make one call with each client."""
    core.add_tags(["vip"], user_id="u-1", ttl=60)
    connect.get_wallet("u-1")
    braze.trigger_campaign("c-1", recipients=[Recipient(external_user_id="u-1")])


TOKEN = "aB3-_~.cdefgh"


class TestToken:
    @pytest.fixture
    def guarded(self, sandbox):
        """Return the sandbox, served with a token, with a campaign to trigger."""
        sandbox.sessionm.add_customer(user_id="u-1", first_name="Ana")
        sandbox.dashboard.add_campaign("c-1", template="Hi {{${first_name}}}")
        sandbox.serve(token=TOKEN)
        return sandbox

    @pytest.fixture
    def bare(self, guarded):
        """Return the URLs without the token."""
        urls = attrs.asdict(guarded.serve())
        return Endpoints(**{k: v.removesuffix(f"/{TOKEN}") for k, v in urls.items()})

    def test_the_urls_hold_it(self, guarded):
        """The clients need nothing but the endpoints, or the environment."""
        use(*clients(guarded, guarded.serve()))
        use(
            SessionMCoreClient.from_env(guarded.environ),
            SessionMConnectClient.from_env(guarded.environ),
            BrazeClient.from_env(guarded.environ),
        )

        assert ["Hi Ana", "Hi Ana"] == [message.text for message in guarded.outbox]
        assert [] == guarded.problems()

    def test_a_header_is_as_good(self, guarded, bare):
        """A session with the header opens URLs without the token."""
        with requests.Session() as http:
            http.headers["X-Sandbox-Token"] = TOKEN
            use(*clients(guarded, bare, http=http))
            state = http.get(bare.core + "/_sandbox/state", timeout=PATIENCE)

        assert ["Hi Ana"] == [message.text for message in guarded.outbox]
        assert {"vip": {"ttl": 60}} == state.json()["customers"][0]["tags"]

    @pytest.mark.parametrize("service", SERVICES)
    @pytest.mark.parametrize("path", ["/users/track", "/_sandbox/state", "/", ""])
    @pytest.mark.parametrize(
        "given",
        ["", TOKEN[:-1], TOKEN + "x", TOKEN.lower(), "%61b3" + TOKEN[3:], f"x/{TOKEN}"],
    )
    def test_without_it_nothing_opens(self, guarded, bare, service, path, given):
        """No service and no control route lets in who does not know the whole token."""
        url = getattr(bare, service) + (given and f"/{given}") + path

        answer = requests.get(url, headers={"X-Sandbox-Token": given}, timeout=PATIENCE)

        assert 403 == answer.status_code
        assert "begin the path with it" in answer.json()["message"]
        assert TOKEN not in answer.text
        assert [] == list(guarded.requests)

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({}, 415),
            ({"Origin": "null", **JSON}, 403),
            ({"Host": "evil.example", **JSON}, 403),
        ],
    )
    def test_it_replaces_no_other_check(self, guarded, headers, status):
        """A page that has learnt the URL is refused as before."""
        url = guarded.serve().core + "/_sandbox/reset"

        answer = requests.post(url, data="{}", headers=headers, timeout=PATIENCE)

        assert status == answer.status_code
        assert 1 == len(list(guarded.sessionm.customers()))

    def test_the_clients_say_what_is_missing(self, guarded, bare):
        """A refused client raises the error of a wrong credential, with the reason."""
        with pytest.raises(AuthenticationError, match="this sandbox has a token"):
            use(*clients(guarded, bare))

    def test_the_archive_of_an_export_is_behind_it_too(self, guarded):
        """The URL that Braze gives for an export opens; the token is a part of it."""
        segment = guarded.dashboard.add_segment("s-1", members=["u-1"])
        _, _, braze = clients(guarded, guarded.serve())
        url = braze.export_segment(segment, fields_to_export=["external_id"]).url
        guarded.clock.advance(minutes=5)

        refused = requests.get(url.replace(f"/{TOKEN}", ""), timeout=PATIENCE)

        assert url.startswith(guarded.serve().storage)
        assert 403 == refused.status_code
        assert 200 == requests.get(url, timeout=PATIENCE).status_code

    def test_curl(self, guarded):
        """A line of curl takes the URL as it is."""
        if shutil.which("curl") is None:
            pytest.skip("needs curl")
        url = guarded.serve().core + "/_sandbox/clock"

        done = subprocess.run(
            [
                "curl",
                "-sd",
                '{"hours": 1}',
                "-H",
                "Content-Type: application/json",
                url,
            ],
            capture_output=True,
            check=True,
            timeout=PATIENCE,
        )

        assert {"now": "2026-05-04T13:00:00Z"} == json.loads(done.stdout)

    def test_the_sessions_of_this_process_know_the_urls(self, guarded):
        """Templates, sessions and patched requests find the services behind it."""
        with guarded.session() as http:
            use(*clients(guarded, guarded.serve(), http=http))
        with guarded.mock():
            use(*clients(guarded, guarded.serve()))

        assert ["Hi Ana", "Hi Ana"] == [message.text for message in guarded.outbox]

    def test_the_journal_masks_it(self, guarded, bare):
        """Neither in a path nor in a header does the token outlive the request."""
        urls = guarded.serve()
        for url, headers in (
            (urls.braze, {"Authorization": "Bearer another"}),
            (bare.braze, {"X-Sandbox-Token": TOKEN}),
        ):
            requests.get(url + "/campaigns/list", headers=headers, timeout=PATIENCE)
        seen = requests.get(urls.core + "/_sandbox/requests", timeout=PATIENCE)

        assert TOKEN not in seen.text
        assert ["/campaigns/list"] * 2 == [record.path for record in guarded.requests]

    @pytest.mark.parametrize(
        "token", ["", "a/b", "a b", "ä", "..", "a\nb", "a%20", "?"]
    )
    def test_one_that_fits_into_no_url_is_refused(self, sandbox, token):
        """It is told what a token is made of, and nothing is opened."""
        with pytest.raises(ValueError, match="letters, digits and any of"):
            sandbox.serve(token=token)

        assert sandbox.environ["BRAZE_ENDPOINT"].startswith("https://")

    def test_it_is_a_text(self, sandbox):
        """Anything else is refused with its type."""
        with pytest.raises(TypeError, match="token must be str, got bool"):
            sandbox.serve(token=True)

    def test_it_does_not_change_on_the_way(self, guarded):
        """A second call returns the same, and gives no other token."""
        assert guarded.serve() == guarded.serve(token=TOKEN)
        with pytest.raises(ValueError, match="without this token"):
            guarded.serve(token="another")

    def test_an_open_sandbox_is_not_taken_for_a_guarded_one(self, sandbox):
        """A token that comes too late is an error, not ignored."""
        sandbox.serve()

        with pytest.raises(ValueError, match="without this token"):
            sandbox.serve(token=TOKEN)
