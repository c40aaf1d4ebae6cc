"""What the loopback front does with requests that are broken, too large or too slow."""

from __future__ import annotations

import socket
import time

import pytest
import requests
from hypothesis import given, settings, strategies as st

from sessionm_braze.testing._fronts.incoming import ServerLimits


PATIENCE = 5
"""Seconds after which a test gives up; nothing takes as long."""

HEAD = (
    b"POST /_sandbox/clock HTTP/1.1\r\n"
    b"Host: 127.0.0.1:PORT\r\n"
    b"Content-Type: application/json\r\n"
)
GET = b"GET /_sandbox/state HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n"
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
    def test_are_refused_with_the_reason(self, wire, data, status):
        """The status says whose fault it is, one line says which, and it is the end."""
        with wire.begin(data) as connection:
            answer = wire.read(connection)
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
    def test_what_ends_too_soon_is_said_to(self, wire, data):
        """A client that stops talking in the middle is not waited for."""
        with wire.begin(data) as connection:
            connection.shutdown(socket.SHUT_WR)
            answer = wire.read(connection)

        assert 400 == answer.status

    def test_chunks_that_never_end_do(self, wire):
        """A body that is sent as fast as can be is cut at its limit."""
        with wire.begin(CHUNKED) as connection:
            answer = wire.drip(connection, b"32\r\n" + b" " * 50 + b"\r\n", pause=0)

        assert 413 == answer.status
        wire.assert_no_connection_is_held()

    def test_connections_have_a_limit(self, served, wire):
        """One too many is told so, on whatever port, and room is made in time."""
        taken = [wire.to("braze").begin(b"") for _ in range(8)]
        while len(served._server._connections) < 8:
            time.sleep(0.001)
        answer = wire.send(b"")
        for each in taken:
            each.close()

        assert 503 == answer.status
        assert "8 connections are open" in answer.message
        wire.assert_no_connection_is_held()
        assert 200 == wire.ask("Host: 127.0.0.1:PORT").status

    def test_a_refused_client_can_send_all_and_then_read(self, wire):
        """A client that sends its whole body before it reads finds the answer."""
        answer = requests.post(
            f"http://127.0.0.1:{wire.port}/", data=b"x" * 3_000_000, timeout=PATIENCE
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
    def test_whatever_comes_the_next_client_is_served(self, open_wire, data):
        """Any bytes are answered or cut, no thread dies of them, and none is kept."""
        whole = CHUNKED + b"2\r\n{}\r\n0\r\n\r\n"
        start, end = sorted(
            data.draw(st.tuples(*[st.integers(0, len(whole))] * 2), label="cut")
        )
        sent = whole[:start] + data.draw(st.binary(), label="put in") + whole[end:]
        with open_wire.begin(sent) as connection:
            connection.shutdown(socket.SHUT_WR)
            answer = open_wire.read(connection)

        assert answer is None or answer.status in {
            *(200, 400, 401, 403, 404, 408, 413, 414, 415, 431, 505)
        }
        assert 200 == open_wire.ask("Host: 127.0.0.1:PORT").status
        problems = open_wire.sandbox.problems()
        assert not [text for text in problems if "while answering" in text]


class TestSlowRequests:
    @pytest.fixture
    def limits(self):
        """Return limits of time that are soon reached."""
        return ServerLimits(seconds=0.2, idle_seconds=0.4, linger_seconds=0.2)

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
    def test_what_does_not_come_is_not_waited_for(self, wire, data):
        """A client that sends nothing more is told, and its thread is free."""
        with wire.begin(data) as connection:
            started = time.monotonic()
            answer = wire.read(connection)
            took = time.monotonic() - started

        assert 408 == answer.status
        assert "within 0.2 seconds" in answer.message
        assert took < PATIENCE / 2
        wire.assert_no_connection_is_held()

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
    def test_a_drip_ends(self, wire, data, drop):
        """However small and steady the pieces, a request has its time and no more."""
        with wire.begin(data) as connection:
            answer = wire.drip(connection, drop)

        assert 408 == answer.status
        wire.assert_no_connection_is_held()

    def test_a_connection_does_not_rest_for_ever(self, wire):
        """One that is kept after an answer is closed, without a word, when it idles."""
        with wire.begin(GET) as connection:
            answer = wire.read(connection)
            after = connection.recv(1)

        assert (200, b"") == (answer.status, after)
        wire.assert_no_connection_is_held()

    def test_an_answer_that_nobody_reads_ends(self, served, wire):
        """A client that asks and never listens holds nobody up."""
        served.sessionm.add_customer(user_id="x" * 20_000_000)
        with wire.begin(GET):
            wire.assert_no_connection_is_held()


class TestWholeRequests:
    def test_two_at_once_are_answered_in_order(self, wire):
        """A client may send the next request before it has the answer."""
        with wire.begin(GET + GET.replace(b"state", b"nowhere")) as connection:
            stream = connection.makefile("rb")
            first, second = wire.read_from(stream), wire.read_from(stream)

        assert (200, 404) == (first.status, second.status)

    @pytest.mark.parametrize(
        ("line", "header", "kept"),
        [
            ("GET / HTTP/1.1", "A: b", True),
            ("GET / HTTP/1.1", "Connection: close", False),
            ("GET / HTTP/1.0", "A: b", False),
        ],
    )
    def test_the_connection_is_kept_as_asked(self, wire, line, header, kept):
        """HTTP/1.1 keeps it unless told otherwise, HTTP/1.0 does not."""
        answer = wire.ask("Host: 127.0.0.1:PORT", header, line=line)

        assert kept == ("connection: close" not in answer.head)

    def test_a_client_that_waits_for_leave_gets_it(self, wire):
        """``Expect: 100-continue`` is answered before the body comes, as curl wants."""
        head = HEAD + b"Expect: 100-continue\r\nContent-Length: 11\r\n\r\n"
        with wire.begin(head) as connection:
            leave = connection.recv(100)
            connection.sendall(b'{"hours":1}')
            answer = wire.read(connection)

        assert b"HTTP/1.1 100 Continue\r\n\r\n" == leave
        assert (200, b'{"now":"2026-05-04T13:00:00Z"}') == (answer.status, answer.body)

    def test_a_client_that_is_refused_gets_no_leave(self, wire):
        """The body of a request that is not let in is not asked for."""
        head = HEAD.replace(b"127.0.0.1:PORT", b"evil.example")

        answer = wire.send(head + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n")

        assert 403 == answer.status

    @pytest.mark.parametrize(
        "chunks",
        [
            b'b\r\n{"hours":1}\r\n0\r\n\r\n',
            b'B;name="value"\r\n{"hours":1}\r\n000\r\n\r\n',
            b'5\r\n{"hou\r\n6\r\nrs":1}\r\n0\r\nTrailer: x\r\n\r\n',
        ],
    )
    def test_chunks_are_put_together(self, wire, chunks):
        """Extensions and trailers are read over."""
        assert b'{"now":"2026-05-04T13:00:00Z"}' == wire.send(CHUNKED + chunks).body

    def test_head_has_no_body(self, wire):
        """HEAD gets the headers of the answer alone."""
        with wire.begin(
            b"HEAD /x HTTP/1.0\r\nHost: 127.0.0.1:PORT\r\n\r\n"
        ) as connection:
            everything = b"".join(iter(lambda: connection.recv(1000), b""))

        assert everything.endswith(b"\r\n\r\n")

    def test_a_repeated_header_is_a_list(self, served, wire):
        """Values of the same name are read one after the other."""
        wire.ask("Host: 127.0.0.1:PORT", "A: 1", "a: 2", line="GET /x HTTP/1.1")

        assert "1, 2" == served.requests[0].headers["a"]
