"""The fetcher that really calls: against servers on loopback that misbehave."""

import contextlib
import socket
import threading
import time

import pytest

from sessionm_braze import _addresses as module
from sessionm_braze.exceptions import ConnectedContentError
from sessionm_braze.rendering import (
    ConnectedContentRequest,
    HttpFetcher,
    Renderer,
)


HOST = "127.0.0.1"


class Server:
    """Answers every connection with the same steps: bytes to send, or a function."""

    def __init__(self, *steps):
        self.steps = steps
        self.received = []
        self.done = threading.Event()
        self.socket = socket.create_server((HOST, 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.done.is_set():
            with contextlib.suppress(OSError):
                connection, _ = self.socket.accept()
                with connection:
                    self.received.append(_request(connection))
                    self._answer(connection)

    def _answer(self, connection):
        with contextlib.suppress(OSError):
            for step in self.steps:
                if callable(step):
                    step(self, connection)
                else:
                    connection.sendall(step)

    def close(self):
        """Let the thread end."""
        self.done.set()
        with contextlib.suppress(OSError):
            socket.create_connection((HOST, self.port), timeout=1).close()
        self.thread.join()
        self.socket.close()


def _request(connection):
    data = b""
    connection.settimeout(2)
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65_536)
        if not chunk:
            return data
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        ),
        0,
    )
    while len(body) < length:
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


@pytest.fixture
def serve():
    """Start servers, and end them after the test."""
    servers = []

    def start(*steps):
        servers.append(Server(*steps))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def answer(body, status="200 OK", extra=""):
    """Return the bytes of an answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    return head.encode() + body


def fetch(server, path="/", *, timeout=5, host=HOST, request=None, **settings):
    """Call *server* with a fetcher that may reach this machine."""
    settings = {"allow_private": True, "ports": (server.port,), **settings}
    fetcher = HttpFetcher(allow_hosts=[host], timeout=timeout, **settings)
    url = f"http://{host}:{server.port}{path}"
    return fetcher(ConnectedContentRequest(url=url, **(request or {})))


class TestAnswers:
    def test_a_get(self, serve):
        """Status, headers and body come back; the request is Braze's."""
        server = serve(answer(b'{"a": 1}', extra="Content-Type: application/json\r\n"))

        response = fetch(server, "/p ath?q=a b&é=1", request={"headers": {"X-A": "1"}})

        head = server.received[0].decode()
        assert (200, '{"a": 1}') == (response.status_code, response.body)
        assert "application/json" == response.headers["Content-Type"]
        assert head.startswith("GET /p%20ath?q=a%20b&%C3%A9=1 HTTP/1.1\r\n")
        assert "X-A: 1\r\n" in head
        assert "User-Agent: Braze Sender" in head

    def test_a_header_is_sent_once(self, serve):
        """The message's own header wins, in whatever case it is written."""
        server = serve(answer(b""))

        fetch(server, request={"headers": {"user-agent": "me", "ACCEPT-ENCODING": "x"}})

        lines = server.received[0].decode().lower().split("\r\n")
        assert 1 == sum(line.startswith("user-agent:") for line in lines)
        assert {"user-agent: me", "accept-encoding: x"} < set(lines)

    def test_a_post(self, serve):
        """The body travels as UTF-8."""
        server = serve(answer(b""))

        fetch(server, request={"method": "POST", "body": "a=é"})

        assert server.received[0].endswith("\r\n\r\na=é".encode())

    def test_chunks_and_charset(self, serve):
        """A chunked body in another charset is read."""
        head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain; charset=latin-1\r\n\r\n"  # noqa: E501
        server = serve(head.encode() + b"1\r\n\xe9\r\n2\r\nab\r\n0\r\n\r\n")

        assert "éab" == fetch(server).body

    @pytest.mark.parametrize(
        "charset",
        ["punycode", "idna", "undefined", "utf-7", "rot13", "hex", "unicode_escape",
         "raw_unicode_escape", "utf-8\0", "x" * 9000, "../os", "", '"', "mbcs"],
    )  # fmt: skip
    def test_a_server_chooses_no_codec(self, serve, charset):
        """A charset beyond the list is UTF-8, in the time that it takes."""
        kind = f"Content-Type: text/plain; charset={charset}\r\n"
        server = serve(answer("é".encode() + b"\xff-" + b"a" * 900_000, extra=kind))
        start = time.process_time()

        assert fetch(server, timeout=5).body.startswith("é\ufffd-aaa")
        assert time.process_time() - start < 2

    @pytest.mark.parametrize(
        ("charset", "body"),
        [("ISO-8859-1", b"\xe9"), ('"latin-1"', b"\xe9"), ("windows-1252", b"\xe9"),
         ("utf-16", b"\xff\xfe\xe9\0"), ("Shift_JIS", b"\xc3\xa9"),
         ("utf-8", b"\xc3\xa9")],
    )  # fmt: skip
    def test_a_charset_of_the_list(self, serve, charset, body):
        """Charsets that pages are written in are read."""
        kind = f"Content-Type: text/html;a=b; Charset = {charset}; x\r\n"

        assert ("ﾃｩ" if "JIS" in charset else "é") == fetch(
            serve(answer(body, extra=kind))
        ).body

    def test_a_redirect_is_not_followed(self, serve):
        """A redirect is an answer like any other."""
        server = serve(answer(b"", "302 Found", "Location: http://127.0.0.1:1/\r\n"))

        assert (302, 1) == (fetch(server).status_code, len(server.received))


class TestDeadline:
    @pytest.mark.parametrize(
        "first",
        [
            b"",
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
        ],
    )
    def test_a_server_that_drips_is_left(self, serve, first):
        """A byte now and then does not keep the call alive."""

        def drip(server, connection):
            while not server.done.wait(0.02):
                connection.sendall(b"X")

        server = serve(first, drip)
        start = time.monotonic()

        with pytest.raises(TimeoutError):
            fetch(server, timeout=0.1)

        assert time.monotonic() - start < 10

    def test_a_server_that_says_nothing_is_left(self, serve):
        """Silence ends with the deadline."""
        server = serve(lambda server, _: server.done.wait(2))

        with pytest.raises(TimeoutError):
            fetch(server, timeout=0.05)

    def test_a_look_up_that_hangs_is_left(self, serve, monkeypatch):
        """A name server that does not answer is part of the deadline."""
        stop = threading.Event()
        monkeypatch.setattr(module.socket, "getaddrinfo", lambda *_, **__: stop.wait(5))

        with pytest.raises(TimeoutError):
            fetch(serve(answer(b"")), host="slow.test", timeout=0.05)

        stop.set()


class TestSize:
    def test_a_body_without_end_is_cut_off(self, serve):
        """A server that sends for ever is left at the limit, not at the deadline."""

        def flood(server, connection):
            while not server.done.is_set():
                connection.sendall(b"x" * 65_536)

        server = serve(b"HTTP/1.1 200 OK\r\n\r\n", flood)

        with pytest.raises(ConnectionError, match="larger than"):
            fetch(server, timeout=5)

    def test_headers_without_end_are_cut_off(self, serve):
        """The same goes for headers."""

        def flood(server, connection):
            while not server.done.is_set():
                connection.sendall(b"X-A: " + b"x" * 60_000 + b"\r\n")

        server = serve(b"HTTP/1.1 200 OK\r\n", flood)

        with pytest.raises(ConnectionError):
            fetch(server, timeout=5)

    def test_the_limit_itself_is_allowed(self, serve):
        """A body of exactly the limit comes through."""
        assert 1_048_576 == len(fetch(serve(answer(b"x" * 1_048_576)), timeout=5).body)

    @pytest.mark.parametrize(
        "garbage",
        [
            *(b"not http at all\r\n\r\n", b"", b"HTTP/1.1 abc\r\n\r\n"),
            b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x;boundary*=idna''..\r\n\r\n",
        ],
    )
    def test_nonsense_is_no_answer(self, serve, garbage):
        """What is not HTTP counts as no connection."""
        with pytest.raises(ConnectionError):
            fetch(serve(garbage))

    def test_a_cut_body_is_no_answer(self, serve):
        """A body shorter than announced counts as no connection."""
        server = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort")

        with pytest.raises(ConnectionError):
            fetch(server)


class TestPermission:
    def test_hosts_have_to_be_named(self, serve):
        """Only the hosts given are called, and only exactly those."""
        server = serve(answer(b""))
        fetcher = HttpFetcher(allow_hosts=["api.shop.test"], allow_private=True)

        for host in (
            "127.0.0.1",
            "shop.test",
            "x.api.shop.test",
            "api.shop.test.evil.test",
        ):
            with pytest.raises(ConnectedContentError, match="not allowed"):
                fetcher(ConnectedContentRequest(url=f"http://{host}:{server.port}/"))

        assert [] == server.received

    def test_ports_have_to_be_brazes(self, serve):
        """Without a say, ports 80 and 443 are the only ones."""
        server = serve(answer(b""))

        with pytest.raises(ConnectedContentError, match="port"):
            fetch(server, ports=(80, 443))

    @pytest.mark.parametrize(
        "url",
        [
            *("http://joe:pw@127.0.0.1/", "http://127.0.0.1:99999/", "http:///x"),
            *("ftp://127.0.0.1/", "file://127.0.0.1/etc/passwd", "//127.0.0.1/"),
            *("gopher://127.0.0.1:80/x", "http://[broken/", "127.0.0.1"),
        ],
    )
    def test_odd_urls_are_refused(self, url):
        """User names, impossible ports and missing hosts are refused."""
        fetcher = HttpFetcher(allow_hosts=[HOST], allow_private=True)

        with pytest.raises(ConnectedContentError):
            fetcher(ConnectedContentRequest(url=url))

    @pytest.mark.parametrize(
        "headers",
        [{"X-A": "a\r\nX-B: b"}, {"X-A": "a\r\n b"}, {"X-A": "a\n\tb"}, {"X-A": "a\0"},
         {"X-A": "a\r"}, {"X A": "b"}, {"X:A": "b"}, {"": "b"}, {"X\r\nA": "b"},
         {"Host": "inside.test"}, {"HOST": "x"}, {"content-length": "0"},
         {"Transfer-Encoding": "chunked"}, {"Connection": "x"}, {"TE": "trailers"},
         {"Upgrade": "h2c"}, {"Expect": "100-continue"}, {"Trailer": "X"}],
    )  # fmt: skip
    def test_headers_cannot_be_smuggled(self, serve, headers):
        """Line ends in a header are refused, not sent."""
        server = serve(answer(b""))

        with pytest.raises(ConnectedContentError):
            fetch(server, request={"headers": headers})

    @pytest.mark.parametrize(
        "address",
        ["127.0.0.1", "10.0.0.7", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",  # noqa: E501
         "224.0.0.1", "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::a00:7", "2002:7f00:1::",  # noqa: E501
         "fec0::1", "192.88.99.1", "192.0.0.1", "192.0.0.9", "192.0.2.1", "198.51.100.1", "203.0.113.1",  # noqa: E501
         "198.18.0.1", "198.19.255.255", "240.0.0.1", "255.255.255.255", "fe80::1%eth0", "ff02::1", "::",  # noqa: E501
         "::7f00:1", "::ffff:0:7f00:1", "64:ff9b:1::1", "2001::1", "2001:2::1", "2001:db8::1", "3fff::1",  # noqa: E501
         "5f00::1", "100::1", "::ffff:192.88.99.1", "2002:c058:6301::1", "2a00::5efe:10.0.0.1", "::ffff:198.18.0.1",  # noqa: E501
         "2001:0:4136:e378:8000:63bf:f5ff:fff8"],
    )  # fmt: skip
    def test_private_addresses_are_told_apart(self, address):
        """Addresses of private networks are known in every spelling."""
        assert not module.is_public(address)

    @pytest.mark.parametrize(
        "address",
        [
            *("8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "2002:808:808::"),
            *("64:ff9b::8.8.8.8", "192.0.1.1", "198.17.255.255", "2a00:1450::1"),
        ],
    )
    def test_public_addresses_are_allowed(self, address):
        """Addresses of the open internet pass."""
        assert module.is_public(address)

    def test_a_name_that_leads_inside_is_refused(self, serve, monkeypatch):
        """A public name with a private address is not called."""
        server = serve(answer(b""))
        here = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (HOST, server.port))]
        monkeypatch.setattr(module.socket, "getaddrinfo", lambda *_, **__: here)

        with pytest.raises(ConnectedContentError, match="private"):
            fetch(server, host="public.test", allow_private=False)

        assert [] == server.received

    def test_the_address_connected_to_is_checked(self, serve, monkeypatch):
        """Where the connection really leads is checked, not what the name said."""
        server = serve(answer(b""))
        connect = socket.socket.connect
        outside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80))]
        monkeypatch.setattr(module.socket, "getaddrinfo", lambda *_, **__: outside)
        monkeypatch.setattr(
            module.socket.socket,
            "connect",
            lambda self, _: connect(self, (HOST, server.port)),
        )

        with pytest.raises(ConnectedContentError, match="private"):
            fetch(server, host="public.test", allow_private=False)

    def test_an_unknown_name_is_no_connection(self, serve, monkeypatch):
        """A name nobody knows counts as no connection."""

        def unknown(*_, **__):
            raise socket.gaierror(-2, "Name or service not known")

        monkeypatch.setattr(module.socket, "getaddrinfo", unknown)

        with pytest.raises(ConnectionError):
            fetch(serve(answer(b"")), host="nowhere.test")

    def test_a_closed_port_is_no_connection(self, serve):
        """A refused connection counts as no connection."""
        server = serve(answer(b""))
        server.close()

        with pytest.raises(ConnectionError):
            fetch(server)

    def test_hosts_are_names_and_ports_a_list(self):
        """What cannot be a host or a list of ports is told by name."""
        with pytest.raises(TypeError, match="allow_hosts: expected the name of a host"):
            HttpFetcher(allow_hosts=[1])
        with pytest.raises(TypeError, match="ports: expected a list of ports"):
            HttpFetcher(allow_hosts=["h.test"], ports=443)

    def test_hosts_are_a_list(self):
        """A bare string of hosts is a mistake."""
        with pytest.raises(TypeError, match="allow_hosts"):
            HttpFetcher(allow_hosts="api.shop.test")


class TestInARender:
    def test_an_answer_reaches_the_message(self, serve):
        """A renderer with the fetcher makes the call."""
        server = serve(answer(b'{"points": 5}'))
        fetcher = HttpFetcher(
            allow_hosts=[HOST], allow_private=True, ports=[server.port]
        )
        template = f"{{% connected_content http://{HOST}:{server.port}/ %}}{{{{connected.points}}}}"  # noqa: E501

        assert "5" == Renderer(fetcher).render(template).text

    def test_a_refusal_points_into_the_template(self):
        """A host that is not allowed is an error with line and column."""
        fetcher = HttpFetcher(allow_hosts=["api.shop.test"])

        with pytest.raises(ConnectedContentError) as info:
            Renderer(fetcher).render("\n{% connected_content https://evil.test/ %}")

        assert 2 == info.value.line
