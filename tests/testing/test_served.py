"""The loopback front: whom it lets in, and what it does with broken requests."""

from __future__ import annotations

import json
import select
import shutil
import socket
import subprocess
import time

import attrs
import pytest
import requests
from hypothesis import given, settings, strategies as st

from sessionm_braze import (
    AuthenticationError,
    BrazeClient,
    Recipient,
    SessionMConnectClient,
    SessionMCoreClient,
)
from sessionm_braze.testing import Endpoints, Sandbox
from sessionm_braze.testing._fronts import server as front
from sessionm_braze.testing._fronts.incoming import ServerLimits


SERVICES = ("core", "connect", "braze", "storage")
JSON = {"Content-Type": "application/json"}
LIMITS = ServerLimits(
    connections=8,
    head=2_000,
    body=1_000,
    seconds=0.2,
    idle_seconds=0.4,
    linger_seconds=0.2,
)
PATIENCE = 5
"""Seconds after which a test gives up; nothing takes as long."""


@pytest.fixture
def served(sandbox, monkeypatch):
    """Return the sandbox, served with limits that are soon reached."""
    monkeypatch.setattr(front, "LIMITS", LIMITS)
    sandbox.serve()
    return sandbox


@pytest.fixture
def port(served):
    """Return the port of Core."""
    return port_of(served)


def port_of(sandbox, service="core"):
    """Return the port of a service."""
    address = getattr(sandbox.serve(), service).removeprefix("http://")
    return int(address.partition("/")[0].rpartition(":")[2])


@attrs.frozen
class Reply:
    """What came back over a socket."""

    status: int
    head: str
    body: bytes

    @property
    def message(self):
        """What the sandbox says."""
        return json.loads(self.body)["message"]


@pytest.fixture(scope="module")
def open_sandbox():
    """Return a sandbox that serves all examples of a test."""
    with Sandbox(strict=False) as sandbox:
        sandbox.serve()
        yield sandbox


def connect(port):
    """Open a connection to a port."""
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def read(connection):
    """Return one answer, or ``None`` if the connection ended without one."""
    stream = connection.makefile("rb")
    line = stream.readline()
    if not line:
        return None
    head = line + b"".join(iter(stream.readline, b"\r\n"))
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    return Reply(int(line.split()[1]), head.decode().lower(), stream.read(length))


def send(port, data):
    """Send bytes on a connection of their own, and return the answer."""
    with connect(port) as connection:
        connection.sendall(data.replace(b"PORT", b"%d" % port))
        return read(connection)


def ask(port, *headers, line="GET /_sandbox/state HTTP/1.1", body=""):
    """Send a request that is written out, and return the answer."""
    text = "\r\n".join([line, *headers, "", body])
    return send(port, text.encode("latin-1"))


class TestHost:
    @pytest.mark.parametrize(
        "host", ["127.0.0.1:PORT", "localhost:PORT", "LocalHost:PORT", "[::1]:PORT"]
    )
    @pytest.mark.parametrize("version", ["1.0", "1.1"])
    def test_its_own_names_are_let_in(self, port, host, version):
        """The loopback address may be spelt in each of its ways."""
        line = f"GET /_sandbox/state HTTP/{version}"

        assert 200 == ask(port, f"Host: {host}", line=line).status

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
    def test_any_other_name_is_refused(self, port, host):
        """A name that was made to lead here (DNS rebinding) leads nowhere."""
        answer = ask(port, f"Host: {host}")

        assert 403 == answer.status
        assert f"call it as http://127.0.0.1:{port}" in answer.message

    @pytest.mark.parametrize("version", ["1.0", "1.1"])
    @pytest.mark.parametrize(
        "headers", [(), ("Host: 127.0.0.1:PORT", "Host: 127.0.0.1:PORT")]
    )
    def test_there_is_exactly_one(self, port, version, headers):
        """A request without a host, or with two, is broken."""
        answer = ask(port, *headers, line=f"GET / HTTP/{version}")

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
    def test_a_target_with_a_host_counts_too(self, port, target, status):
        """Where target and header both name a host, both must be the sandbox."""
        line = f"GET {target} HTTP/1.1"

        assert status == ask(port, "Host: 127.0.0.1:PORT", line=line).status
        assert 403 == ask(port, "Host: evil.example", line=line).status or status == 400

    @pytest.mark.parametrize("service", SERVICES)
    def test_nothing_of_a_refused_request_is_left(self, served, service):
        """It is no call: no fault meets it, and no journal or problem tells of it."""
        served.faults.add(kind="timeout")

        answer = ask(
            port_of(served, service), "Host: evil.example", line="GET /x HTTP/1.1"
        )

        assert 403 == answer.status
        assert [] == list(served.requests)
        assert ["planned"] == [text.partition(",")[0] for text in served.problems()]


class TestOrigin:
    @pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
    @pytest.mark.parametrize("service", SERVICES)
    def test_its_own_are_let_in(self, served, port, name, service):
        """A page of the sandbox, such as an answer in a browser, may ask."""
        origin = f"Origin: http://{name}:{port_of(served, service)}"

        assert 200 == ask(port, "Host: 127.0.0.1:PORT", origin).status

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
    def test_a_foreign_one_is_refused(self, port, origin, method):
        """No page of another site reads or changes anything, nor may it ask to."""
        answer = ask(
            port,
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
    def test_a_browser_says_so_without_an_origin_too(self, port, site, status):
        """An image, a script or a link of another site carries no origin."""
        answer = ask(port, "Host: 127.0.0.1:PORT", f"Sec-Fetch-Site: {site}")

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

    def test_reading_needs_no_content_type(self, port):
        """What has no body and changes nothing is asked for plainly."""
        assert 200 == ask(port, "Host: 127.0.0.1:PORT").status

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


HEAD = (
    b"POST /_sandbox/clock HTTP/1.1\r\n"
    b"Host: 127.0.0.1:PORT\r\n"
    b"Content-Type: application/json\r\n"
)
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


class TestBrokenRequests:
    @pytest.mark.parametrize(
        ("data", "status"),
        [
            *(
                (HEAD + b"Content-Length: %s\r\n\r\n{}" % text, 400)
                for text in (
                    b"-1",
                    b"+2",
                    b"2.0",
                    b"0x2",
                    b"two",
                    b"",
                    b"1_0",
                    b"2, 2",
                    b"2 2",
                    b"\xb2",
                    b"1e1",
                )
            ),
            *(
                (HEAD + b"Content-Length: %s\r\n\r\n{}" % text, 413)
                for text in (
                    b"1001",
                    b"99999999999999999999",
                    b"9" * 1500,
                )
            ),
            (HEAD + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400),
            (HEAD + b"Content-Length: 2\r\ncontent-length: 3\r\n\r\n{}", 400),
            (HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", 400),
            (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n", 400),
            (HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n", 400),
            (HEAD + b"Transfer-Encoding:\r\n\r\n", 400),
            (CHUNKED.replace(b"1.1", b"1.0") + b"0\r\n\r\n", 400),
            *(
                (CHUNKED + text, 400)
                for text in (
                    b"zz\r\n",
                    b"-1\r\n",
                    b"0x2\r\n{}\r\n0\r\n\r\n",
                    b"\r\n",
                    b"2 2\r\n",
                    b";a=b\r\n",
                    b"2\r\n{}}\r\n",
                    b"2\r\n{}0\r\n\r\n",
                    b"1" * 17 + b"\r\n",
                    b"2;" + b"x" * 2000,
                )
            ),
            (CHUNKED + b"3e9\r\n", 413),
            (CHUNKED + b"ffffffffffffffff\r\n", 413),
            (CHUNKED + b"64\r\n" + b" " * 100 + b"\r\n" + b"385\r\n", 413),
            (CHUNKED + b"0\r\n" + b"a: b\r\n" * 400, 431),
            (HEAD + b"a: b\r\n" * 400, 431),
            (HEAD + b"a: " + b"b" * 2000, 431),
            (b"GET /" + b"a" * 2000, 414),
            (b"\r\n" * 2000, 414),
            *(
                (b"GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n%s\r\n\r\n" % line, 400)
                for line in (
                    b"no colon",
                    b" folded: x",
                    b"\tfolded: x",
                    b"space : x",
                    b": x",
                    b"a: \0",
                    b"a: b\rc: d",
                    b"\xe4: x",
                    b"a\0: x",
                    b"a(b): x",
                )
            ),
            *(
                (line + b"\r\n\r\n", 400)
                for line in (
                    b"GET /",
                    b"GET",
                    b"GET  / HTTP/1.1",
                    b"GET / HTTP/1.1 x",
                    b"G(T / HTTP/1.1",
                    b"GET\t/\tHTTP/1.1",
                    b"GET /\0 HTTP/1.1",
                    b" GET / HTTP/1.1",
                    b"\x16\x03\x01\x02\0\x01",
                    b"\0",
                    b"{}",
                )
            ),
            *(
                (b"GET / %s\r\n\r\n" % version, 505)
                for version in (
                    b"HTTP/2.0",
                    b"HTTP/1.2",
                    b"http/1.1",
                    b"HTTP/1.10",
                    b"HTTP/0.9",
                )
            ),
        ],
    )
    def test_are_refused_with_the_reason(self, port, data, status):
        """The status says whose fault it is, one line says which, and it is the end."""
        with connect(port) as connection:
            connection.sendall(data.replace(b"PORT", b"%d" % port))
            answer = read(connection)
            after = connection.recv(1)

        assert status == answer.status
        assert "\n" not in answer.message
        assert "connection: close" in answer.head
        assert b"" == after

    @pytest.mark.parametrize(
        "data",
        [
            b"GET / HTT",
            HEAD,
            HEAD + b"Content-Length: 5\r\n\r\n{}",
            CHUNKED,
            CHUNKED + b"5",
            CHUNKED + b"5\r\n{}",
            CHUNKED + b"2\r\n{}",
            CHUNKED + b"2\r\n{}\r\n0\r\n",
        ],
    )
    def test_what_ends_too_soon_is_said_to(self, port, data):
        """A client that stops talking in the middle is not waited for."""
        with connect(port) as connection:
            connection.sendall(data.replace(b"PORT", b"%d" % port))
            connection.shutdown(socket.SHUT_WR)
            answer = read(connection)

        assert 400 == answer.status

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\r\n",
            b"GET / HTT",
            HEAD,
            HEAD + b"Content-Length: 5\r\n\r\n{}",
            CHUNKED,
            CHUNKED + b"5\r\n{}",
            CHUNKED + b"0\r\n",
        ],
    )
    def test_what_does_not_come_is_not_waited_for(self, served, port, data):
        """A client that sends nothing more is told, and its thread is free."""
        with connect(port) as connection:
            connection.sendall(data.replace(b"PORT", b"%d" % port))
            started = time.monotonic()
            answer = read(connection)
            took = time.monotonic() - started

        assert 408 == answer.status
        assert "within 0.2 seconds" in answer.message
        assert took < PATIENCE / 2
        assert_no_connection_is_held(served)

    @pytest.mark.parametrize(
        ("data", "drop"),
        [
            (b"", b"G"),
            (b"", b"\r\n"),
            (HEAD, b"x"),
            (HEAD, b"a: b\r\n"),
            (HEAD + b"Content-Length: 900\r\n\r\n", b" "),
            (CHUNKED, b"0"),
            (CHUNKED, b"1\r\n \r\n"),
            (CHUNKED + b"2;", b"x"),
            (CHUNKED + b"0\r\n", b"a: b\r\n"),
        ],
    )
    def test_a_drip_ends(self, served, port, data, drop):
        """However small and steady the pieces, a request has its time and no more."""
        with connect(port) as connection:
            connection.sendall(data.replace(b"PORT", b"%d" % port))
            answer = drip(connection, drop)

        assert 408 == answer.status
        assert_no_connection_is_held(served)

    def test_chunks_that_never_end_do(self, served, port):
        """A body that is sent as fast as can be is cut at its limit."""
        with connect(port) as connection:
            connection.sendall(CHUNKED.replace(b"PORT", b"%d" % port))
            answer = drip(connection, b"32\r\n" + b" " * 50 + b"\r\n", pause=0)

        assert 413 == answer.status
        assert_no_connection_is_held(served)

    def test_a_connection_does_not_rest_for_ever(self, served, port):
        """One that is kept after an answer is closed, without a word, when it idles."""
        with connect(port) as connection:
            text = f"GET /_sandbox/state HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
            connection.sendall(text.encode())
            answer = read(connection)
            after = connection.recv(1)

        assert (200, b"") == (answer.status, after)
        assert_no_connection_is_held(served)

    def test_an_answer_that_nobody_reads_ends(self, served, port):
        """A client that asks and never listens holds nobody up."""
        served.sessionm.add_customer(user_id="u-1", first_name="x" * 20_000_000)
        with connect(port) as connection:
            text = f"GET /_sandbox/state HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
            connection.sendall(text.encode())

            assert_no_connection_is_held(served)

    def test_connections_have_a_limit(self, served, port):
        """One too many is told so, on whatever port, and room is made in time."""
        taken = [connect(port_of(served, "braze")) for _ in range(LIMITS.connections)]
        while len(served._server._connections) < LIMITS.connections:
            time.sleep(0.001)
        with connect(port) as connection:
            answer = read(connection)
        for each in taken:
            each.close()

        assert 503 == answer.status
        assert "8 connections are open" in answer.message
        assert_no_connection_is_held(served)
        assert 200 == ask(port, "Host: 127.0.0.1:PORT").status

    def test_a_refused_client_can_send_all_and_then_read(self, port):
        """A client that sends its whole body before it reads finds the answer."""
        answer = requests.post(
            f"http://127.0.0.1:{port}/", data=b"x" * 3_000_000, timeout=PATIENCE
        )

        assert 413 == answer.status_code

    @pytest.mark.parametrize("limit", ["head", "body", "seconds", "connections"])
    def test_the_limits_leave_room_for_real_clients(self, limit):
        """What is refused in earnest is far from what a service takes."""
        least = {
            "head": 60_000,
            "body": 4_000_000 * 2,
            "seconds": 5,
            "connections": 128,
        }

        assert least[limit] <= getattr(ServerLimits(), limit)

    @settings(max_examples=60, deadline=None)
    @given(data=st.data())
    def test_whatever_comes_the_next_client_is_served(self, open_sandbox, data):
        """Any bytes are answered or cut, no thread dies of them, and none is kept."""
        whole = CHUNKED + b"2\r\n{}\r\n0\r\n\r\n"
        start, end = sorted(
            data.draw(st.tuples(*[st.integers(0, len(whole))] * 2), label="cut")
        )
        sent = whole[:start] + data.draw(st.binary(), label="put in") + whole[end:]
        port = port_of(open_sandbox)
        with connect(port) as connection:
            connection.sendall(sent.replace(b"PORT", b"%d" % port))
            connection.shutdown(socket.SHUT_WR)
            answer = read(connection)

        assert answer is None or answer.status in {
            *(200, 400, 401, 403, 404, 408, 413, 414, 415, 431, 505)
        }
        assert 200 == ask(port, "Host: 127.0.0.1:PORT").status
        problems = open_sandbox.problems()
        assert not [text for text in problems if "while answering" in text]


def drip(connection, drop, *, pause=0.02):
    """Send a piece again and again until there is an answer, and return it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if select.select([connection], [], [], pause)[0]:
            return read(connection)
        try:
            connection.sendall(drop)
        except OSError:
            return read(connection)
    raise AssertionError("no answer")


def assert_no_connection_is_held(sandbox):
    """Claim that all connections have ended, or end within a moment."""
    deadline = time.monotonic() + PATIENCE
    while sandbox._server._connections:
        assert time.monotonic() < deadline
        time.sleep(0.01)


class TestWholeRequests:
    def test_two_at_once_are_answered_in_order(self, port):
        """A client may send the next request before it has the answer."""
        host = f"Host: 127.0.0.1:{port}\r\n\r\n"
        lines = ("GET /_sandbox/state", "GET /_sandbox/nowhere")
        with connect(port) as connection:
            connection.sendall(
                "".join(f"{x} HTTP/1.1\r\n{host}" for x in lines).encode()
            )
            stream = connection.makefile("rb")
            statuses = []
            while len(statuses) < 2:
                line = stream.readline()
                assert line
                if b"HTTP/1.1 " in line:
                    statuses.append(line.partition(b"HTTP/1.1 ")[2][:3])

        assert [b"200", b"404"] == statuses

    @pytest.mark.parametrize(
        ("line", "header", "kept"),
        [
            ("GET / HTTP/1.1", "A: b", True),
            ("GET / HTTP/1.1", "Connection: close", False),
            ("GET / HTTP/1.0", "A: b", False),
        ],
    )
    def test_the_connection_is_kept_as_asked(self, port, line, header, kept):
        """HTTP/1.1 keeps it unless told otherwise, HTTP/1.0 does not."""
        answer = ask(port, "Host: 127.0.0.1:PORT", header, line=line)

        assert kept == ("connection: close" not in answer.head)

    def test_a_client_that_waits_for_leave_gets_it(self, port):
        """``Expect: 100-continue`` is answered before the body comes, as curl wants."""
        head = HEAD.replace(b"PORT", b"%d" % port) + b"Expect: 100-continue\r\n"
        with connect(port) as connection:
            connection.sendall(head + b"Content-Length: 11\r\n\r\n")
            leave = connection.recv(100)
            connection.sendall(b'{"hours":1}')
            answer = read(connection)

        assert b"HTTP/1.1 100 Continue\r\n\r\n" == leave
        assert (200, b'{"now":"2026-05-04T13:00:00Z"}') == (answer.status, answer.body)

    def test_a_client_that_is_refused_gets_no_leave(self, port):
        """The body of a request that is not let in is not asked for."""
        head = HEAD.replace(b"127.0.0.1:PORT", b"evil.example")

        answer = send(port, head + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n")

        assert 403 == answer.status

    @pytest.mark.parametrize(
        "chunks",
        [
            b'b\r\n{"hours":1}\r\n0\r\n\r\n',
            b'B;name="value"\r\n{"hours":1}\r\n000\r\n\r\n',
            b'5\r\n{"hou\r\n6\r\nrs":1}\r\n0\r\nTrailer: x\r\n\r\n',
        ],
    )
    def test_chunks_are_put_together(self, port, chunks):
        """Extensions and trailers are read over."""
        assert b'{"now":"2026-05-04T13:00:00Z"}' == send(port, CHUNKED + chunks).body

    def test_head_has_no_body(self, port):
        """HEAD gets the headers of the answer alone."""
        with connect(port) as connection:
            text = f"HEAD /x HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n"
            connection.sendall(text.encode())
            everything = b"".join(iter(lambda: connection.recv(1000), b""))

        assert everything.endswith(b"\r\n\r\n")

    def test_a_repeated_header_is_a_list(self, served, port):
        """Values of the same name are read one after the other."""
        ask(port, "Host: 127.0.0.1:PORT", "A: 1", "a: 2", line="GET /x HTTP/1.1")

        assert "1, 2" == served.requests[0].headers["a"]
