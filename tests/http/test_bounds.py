"""Servers that never end: every attempt has a deadline, every answer a size."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import json
import logging
import re
import socket
import threading
import time
import tracemalloc
import zlib

import pytest
import requests
import requests.adapters
import responses

from sessionm_braze import (
    Hooks,
    OutcomeUnknownError,
    PayloadError,
    RequestTimeoutError,
    ResponseError,
    TransportError,
)


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
READ = pytest.param(lambda core: core.get_tags(user_id="u"), PayloadError, id="read")
SEND = pytest.param(
    lambda core: core.increment_tags(["seen"], user_id="u"),
    OutcomeUnknownError,
    id="send",
)


class RawServer:
    """Answers every request with bytes: first *head*, then *rest* again and again."""

    def __init__(self, head, rest=b"", pause=0.0):
        self.head, self.rest, self.pause = head, rest, pause
        self.reached = 0
        self.connections = []
        self.done = threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        with contextlib.suppress(OSError):
            while not self.done.is_set():
                connection, _ = self.socket.accept()
                self.connections.append(connection)
                threading.Thread(
                    target=self._serve, args=(connection,), daemon=True
                ).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError), connection:
            while self._read_request(connection):
                self.reached += 1
                connection.sendall(self.head)
                while self.rest and not self.done.wait(self.pause):
                    connection.sendall(self.rest)

    def _read_request(self, connection):
        data = b""
        while b"\r\n\r\n" not in data:
            received = connection.recv(65_536)
            if not received:
                return False
            data += received
        head, _, body = data.partition(b"\r\n\r\n")
        for line in head.lower().split(b"\r\n"):
            name, _, value = line.partition(b":")
            while name == b"content-length" and len(body) < int(value):
                body += connection.recv(65_536)
        return True

    def close(self):
        """Let go of everything."""
        self.done.set()
        self.socket.close()
        for connection in self.connections:
            connection.close()


@pytest.fixture
def raw():
    """Start raw servers, and end them after the test."""
    servers = []

    def start(*answer):
        servers.append(RawServer(*answer))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


DRIPS = {
    "status line": (b"HTTP/1.1 2", b"0"),
    "a header": (OK + b"X-A: ", b"a"),
    "headers": (OK, b"X-A: a\r\n"),
    "100 Continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": (OK + b"Content-Length: 9999\r\n\r\n", b" "),
    "body without end": (OK + b"\r\n", b" "),
    "gzip": (OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"")[:10]),
    "chunks": (CHUNKED, b"1\r\n \r\n"),
    "size of a chunk": (CHUNKED, b"0"),
    "extension of a chunk": (CHUNKED + b"1;", b"a"),
    "trailers": (CHUNKED + b"0\r\n", b"X-A: a\r\n"),
}


class TestDeadline:
    @pytest.mark.parametrize(("call", "error"), [READ, SEND])
    @pytest.mark.parametrize("drip", DRIPS.values(), ids=DRIPS)
    def test_ends_a_drip(self, drip, call, error, raw, make):
        """A byte now and then keeps no attempt alive, wherever in the answer."""
        server = raw(*drip, 0.02)
        began = time.monotonic()

        with pytest.raises(error, match=r"no whole answer within 0\.15 s \(deadline\)"):
            call(make("core", url=server.url, deadline=0.15))

        assert time.monotonic() - began < 2
        assert 1 == server.reached

    def test_counts_for_a_session_that_is_handed_in(self, raw, make):
        """Connections of another's session keep the deadline of the client."""
        server = raw(*DRIPS["a header"], 0.02)
        with requests.Session() as session, pytest.raises(PayloadError):
            make("core", url=server.url, deadline=0.15, http=session).get_tags(
                user_id="u"
            )

    def test_is_the_clients_alone(self, raw, make):
        """What else goes through a session that was handed in has no deadline."""
        server = raw(OK + b"Content-Length: 12\r\n\r\n", b"x", 0.03)
        with requests.Session() as session:
            client = make("core", url=server.url, deadline=0.1, http=session)
            with pytest.raises(PayloadError):
                client.get_tags(user_id="u")

            assert "x" * 12 == session.get(server.url, timeout=5).text

    def test_of_silence_is_a_timeout(self, raw, make):
        """An answer that did not begin is none, and a read is made again."""
        server = raw(b"")
        with pytest.raises(RequestTimeoutError):
            make("core", url=server.url, deadline=0.05).get_tags(user_id="u")

        assert 3 == server.reached

    def test_ends_the_writing(self, make):
        """A server that does not read keeps no attempt alive either."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            url = f"http://127.0.0.1:{server.getsockname()[1]}"
            began = time.monotonic()
            with pytest.raises(OutcomeUnknownError):
                make("braze", url=url, deadline=0.2).request(
                    "POST", "/x", json="x" * 20_000_000
                )

        assert time.monotonic() - began < 2


def bomb(size, *, pack=gzip.compress):
    """Return an answer of *size* zeros, packed."""
    packed = pack(b"0" * size)
    return b"Content-Length: %d\r\n\r\n%b" % (len(packed), packed)


def chunked(data):
    """Return *data* as one chunk."""
    return b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data)


FLOODS = {
    "body": (OK + b"\r\n", b" " * 65_536),
    "chunks": (CHUNKED, b"10000\r\n" + b" " * 65_536 + b"\r\n"),
    "small chunks": (CHUNKED, b"14\r\n" + b" " * 20 + b"\r\n"),
    "a chunk of no size": (CHUNKED + b"-1\r\n", b" " * 65_536),
    "trailers": (CHUNKED + b"0\r\n", (b"X-A: " + b"a" * 200 + b"\r\n") * 100),
    "100 Continue": (b"", b"HTTP/1.1 100 Continue\r\nX-A: %b\r\n\r\n" % (b"a" * 500)),
    "gzip": (OK + b"Content-Encoding: gzip\r\n" + bomb(50_000_000),),
    "x-gzip": (OK + b"Content-Encoding: X-GZIP\r\n" + bomb(50_000_000),),
    "deflate": (
        OK + b"Content-Encoding: deflate\r\n" + bomb(50_000_000, pack=zlib.compress),
    ),
    "gzip in chunks": (
        CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n")
        + chunked(gzip.compress(b"0" * 50_000_000)),
    ),
    "many times gzip": (
        OK
        + b"Content-Encoding: gzip\r\n\r\n"
        + b"".join(itertools.repeat(gzip.compress(b"0" * 50_000), 1000)),
    ),
}


class TestSize:
    @pytest.mark.parametrize(("call", "error"), [READ, SEND])
    @pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
    def test_ends_a_flood(self, flood, call, error, raw, make):
        """Neither bytes without end nor packed ones fill the memory."""
        server = raw(*flood)
        client = make("core", url=server.url, max_answer=100_000)
        tracemalloc.start()
        try:
            with pytest.raises(
                error, match=r"an answer of more than 100,000 bytes \(max_answer\)"
            ):
                call(client)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

        assert 1 == server.reached
        assert peak < 6_000_000

    def test_counts_what_is_unpacked(self, server, make, gzipped):
        """An answer of exactly the limit is read, one byte more is not."""
        body = {"status": "ok", "tags": [], "x": "y" * 5000}
        size = len(json.dumps(body))
        server.says(200, gzipped(body), {"Content-Encoding": "gzip"})

        assert 0 == len(make("core", max_answer=size).get_tags(user_id="u"))
        with pytest.raises(PayloadError) as info:
            make("core", max_answer=size - 1).get_tags(user_id="u")
        assert (f"an answer of more than {size - 1:,} bytes (max_answer) @ $",) == (
            info.value.problems
        )
        assert 200 == info.value.meta.status_code

    def test_counts_on_a_stand_in(self, make):
        """Answers that come over no connection have the same limit."""
        client = make("core", url="https://core.example", max_answer=1000)
        with responses.RequestsMock() as mock:
            mock.get(re.compile(""), body=b"x" * 1001)
            with pytest.raises(PayloadError, match="more than 1,000 bytes"):
                client.get_tags(user_id="u")

    @pytest.mark.parametrize("packed", ["br", "zstd", "gzip, gzip", "gzip,br", "x"])
    def test_no_decoder_that_was_not_asked_for(self, packed, server, make):
        """Only what was asked for is unpacked: other decoders may know no limit."""
        server.says(200, {"status": "ok"}, {"Content-Encoding": packed})
        with pytest.raises(PayloadError, match="content cannot be decoded"):
            make("core").get_tags(user_id="u")

        assert "gzip, deflate" == server.reached[0][2]["Accept-Encoding"]

    def test_a_redirect_of_a_session_handed_in(self, raw, make):
        """Its body is bounded too, and where it leads is nobody's to read."""
        head = b"HTTP/1.1 302 Found\r\nLocation: https://[broken\r\n"
        flood = raw(head + b"\r\n", b" " * 65_536)
        plain = raw(head + b"Content-Length: 0\r\n\r\n")
        with requests.Session() as session:
            settings = {"http": session, "max_answer": 1000}
            with pytest.raises(PayloadError, match="max_answer"):
                make("core", url=flood.url, **settings).get_tags(user_id="u")
            with pytest.raises(ResponseError, match=r"redirect to https://\[broken"):
                make("core", url=plain.url, **settings).get_tags(user_id="u")


class TestFraming:
    @pytest.mark.parametrize(
        "answer",
        [
            OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
            CHUNKED + b"-5\r\n{}\r\n",
            CHUNKED + b"zz\r\n{}\r\n",
            OK + b"Content-Type: multipart/x; boundary*=undefined''x\r\n\r\n{}",
            OK + b"X: " + b"x" * 70_000 + b"\r\n\r\n",
            OK + b"X: x\r\n" * 200 + b"\r\n",
            b"HTTP/1.1 abc\r\n\r\n",
            b"\x00\xff" * 40 + b"\r\n\r\n",
        ],
        ids=[
            "lengths",
            "negative",
            "no number",
            "codec",
            "line",
            "headers",
            "status",
            "noise",
        ],
    )
    def test_nonsense_is_no_reason_to_send_again(self, answer, raw, make):
        """Whatever the answer is, it is one: a send went out once."""
        server = raw(answer, b"", 0)
        with pytest.raises(OutcomeUnknownError):
            make("core", url=server.url, timeout=(5, 0.2)).increment_tags(
                ["seen"], user_id="u"
            )
        assert 1 == server.reached

        with pytest.raises((PayloadError, TransportError)):
            make("core", url=server.url, timeout=(5, 0.2)).get_tags(user_id="u")

    def test_connections_are_used_again(self, raw, make):
        """A whole answer leaves its connection for the next call."""
        body = b'{"status": "ok", "tags": []}'
        server = raw(OK + b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        client = make("core", url=server.url)
        for _ in range(3):
            client.get_tags(user_id="u")

        assert (3, 1) == (server.reached, len(server.connections))


class TestHandedInSession:
    def test_keeps_its_hooks(self, server, make):
        """What a session does with each answer it still does, body at hand."""
        server.says(302, b"moved", {"Location": "https://there.example/"})
        seen = []
        with requests.Session() as session:
            session.hooks["response"].append(
                lambda response, **_: seen.append(response.text)
            )
            with pytest.raises(ResponseError, match=r"redirect to https://there"):
                make("core", http=session).get_tags(user_id="u")
            session.hooks = {"response": lambda response, **_: seen.append(response)}
            with pytest.raises(ResponseError):
                make("core", http=session).get_tags(user_id="u")

        assert "moved" == seen[0]
        assert 2 == len(seen)

    def test_may_have_an_adapter_of_its_own(self, make):
        """An adapter that is none of requests' own is asked as it is."""

        class Adapter(requests.adapters.BaseAdapter):
            def send(self, request, **_):
                answer = requests.Response()
                answer.status_code = 200
                answer.request = request
                answer._content = b'{"status": "ok", "tags": ["vip"]}'
                return answer

            def close(self):
                """Nothing is open."""

        with requests.Session() as session:
            session.mount("https://", Adapter())
            client = make("core", url="https://core.example", http=session)

            assert ("vip",) == client.get_tags(user_id="u").names


@pytest.mark.parametrize("wrong", [0, -1, "5", None, True, float("inf"), float("nan")])
def test_a_deadline_is_checked(wrong, make):
    """A deadline that makes no sense is refused."""
    with pytest.raises(ValueError, match="deadline must be seconds above 0"):
        make("core", deadline=wrong)


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "5", None, True])
def test_a_size_is_checked(wrong, make):
    """A size that makes no sense is refused."""
    with pytest.raises((TypeError, ValueError), match="max_answer must be"):
        make("core", max_answer=wrong)


class TestHeaders:
    KEY = "core-key-0123456789"

    def test_that_echo_a_key_are_masked(self, server, make, caplog):
        """No error, no receipt, no hook and no log shows a key out of a header."""
        caplog.set_level(logging.DEBUG, "sessionm_braze")
        events = []
        client = make("core", hooks=Hooks(after_response=events.append))
        headers = {"X-Request-Id": f"r {self.KEY}", "Location": f"/{self.KEY}"}
        server.says(200, {"status": "ok"}, headers)
        answer = client.request("GET", "/x")
        server.says(302, b"", headers)
        with pytest.raises(ResponseError) as info:
            client.get_tags(user_id="u")

        assert "r ***" == answer.meta.request_id == info.value.meta.request_id
        assert ("r ***", "/***") == (
            answer.headers["x-request-id"],
            answer.headers["LOCATION"],
        )
        assert "redirect to /***, not followed (request id r ***)" in str(info.value)
        assert self.KEY not in f"{events} {caplog.text} {info.value.__dict__}"

    def test_of_an_answer_beyond_a_limit_are_masked(self, server, make):
        """The same where the body was not read."""
        server.says(200, b"x" * 2000, {"X-Request-Id": self.KEY})
        with pytest.raises(PayloadError) as info:
            make("core", max_answer=1000).get_tags(user_id="u")

        assert "***" == info.value.meta.request_id


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_numbers_are_finite(number, server, make):
    """What is no number of JSON, or of any machine, makes an answer unreadable."""
    body = f'{{"status": "ok", "payload": {{"user_offers": [], "x": {number}}}}}'
    server.says(200, body.encode())
    with pytest.raises(PayloadError, match="no JSON"):
        make("connect").get_user_offers("u")
