"""The file of a segment export, fetched from a storage that misbehaves."""

from __future__ import annotations

import gzip
import io
import json
import logging
import socket
import time
import traceback
import zipfile

import pytest
import requests
import responses

from sessionm_braze import (
    PayloadError,
    RateLimitError,
    RequestRejectedError,
    RequestTimeoutError,
    ResponseError,
    RetryPolicy,
    SegmentExport,
    ServerError,
    TransportError,
    _addresses,
)


USERS = [{"external_id": f"u-{n}"} for n in range(3)]
DENIED = b"<Error><Code>AccessDenied</Code></Error>"


def _archive():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("users.json", "\n".join(map(json.dumps, USERS)))
    return target.getvalue()


@pytest.fixture
def read(make, server):
    """Read the export from the server's own address."""
    client = make("braze", url="http://127.0.0.1:9")
    url = f"{server.url}/Q1w2E3r4.zip?signature=planted-signature"

    def run(**more):
        return list(client.read_segment_export(url, **more))

    return run


def _in_turn(server, *answers):
    waiting = list(answers)

    def behave(handler):
        status, body = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        handler.answer(status, body)

    server.behaviour = behave


class TestFile:
    def test_is_read(self, read, server):
        """The archive is fetched once, and its profiles come out."""
        server.says(200, _archive())

        assert USERS == read()
        assert ["/Q1w2E3r4.zip?signature=planted-signature"] == [
            path for _, path, _, _ in server.reached
        ]

    def test_is_asked_for_without_the_key(self, read, server, tmp_path, monkeypatch):
        """Neither the Braze key nor a ``.netrc`` goes to the storage."""
        netrc = tmp_path / ".netrc"
        netrc.write_text("machine 127.0.0.1 login intruder password intruder\n")
        netrc.chmod(0o600)
        monkeypatch.setenv("NETRC", str(netrc))
        server.says(200, _archive())
        read()

        ((_, _, headers, _),) = server.reached
        assert "Authorization" not in headers
        assert "braze-key" not in repr(headers)

    def test_is_asked_for_without_a_session_credential(self, make, server):
        """What a session of the caller's would add stays away too."""
        server.says(200, _archive())
        session = requests.Session()
        session.auth = ("user", "password")
        session.headers["Authorization"] = "Bearer session-token"
        client = make("braze", http=session)
        list(client.read_segment_export(f"{server.url}/x.zip"))
        session.close()

        assert "Authorization" not in server.reached[0][2]

    def test_may_come_from_a_receipt(self, make, server):
        """The receipt of the export is enough."""
        server.says(200, _archive())
        export = SegmentExport(url=f"{server.url}/x.zip")

        assert USERS == list(make("braze").read_segment_export(export))


class TestWaiting:
    def test_asks_until_the_file_is_there(self, read, server, clock):
        """Denied means not yet; pauses grow from five to sixty seconds."""
        _in_turn(server, *[(403, DENIED)] * 6, (404, b""), (200, _archive()))

        assert USERS == read(wait=3600)
        assert [5, 10, 20, 40, 60, 60, 60] == clock.sleeps

    def test_has_a_deadline(self, read, server, clock):
        """At the deadline the file is asked for once more, then it is enough."""
        server.says(403, DENIED)
        with pytest.raises(RequestTimeoutError, match="no file within 30 s") as info:
            read(wait=30)

        assert [5, 10, 15] == clock.sleeps
        assert (4, 403, 30) == (
            info.value.meta.attempts,
            info.value.meta.status_code,
            info.value.meta.elapsed,
        )
        assert "deletes it after about 4 hours" in str(info.value)
        assert isinstance(info.value, TimeoutError)

    def test_may_be_no_time_at_all(self, read, server, clock):
        """Without patience the file is asked for once."""
        server.says(403, DENIED)
        with pytest.raises(RequestTimeoutError):
            read(wait=0)

        assert ([], 1) == (clock.sleeps, len(server.reached))


class TestTrouble:
    @pytest.mark.parametrize(
        ("fault", "error"),
        [
            (lambda h: h.reset(), TransportError),
            (lambda h: h.answer(200, _archive(), cut_to=20), TransportError),
            (lambda h: h.answer(503, b""), ServerError),
            (lambda h: h.answer(429, b""), RateLimitError),
        ],
        ids=["reset", "cut file", "503", "429"],
    )
    def test_is_met_three_times(self, fault, error, read, server):
        """A storage in trouble is asked as often as the policy says."""
        server.behaviour = fault
        with pytest.raises(error) as info:
            read(wait=0)

        assert 3 == len(server.reached) == info.value.meta.attempts

    def test_is_outlasted(self, read, server, clock):
        """As long as there is patience, trouble is waited out."""
        waiting = [(503, b"")] * 5 + [(403, DENIED), (200, _archive())]
        _in_turn(server, *waiting)

        assert USERS == read(wait=600)
        assert [5, 10, 20, 40] == clock.sleeps[2:]

    def test_ends_with_the_patience(self, read, server, clock):
        """Trouble until the deadline is told as what it was."""
        server.says(503, b"")
        with pytest.raises(ServerError, match=r"HTTP 503 from 127\.0\.0\.1") as info:
            read(wait=30)

        assert pytest.approx(30) == info.value.meta.elapsed
        assert pytest.approx(30) == sum(clock.sleeps)

    def test_passes(self, read, server):
        """A file that was cut is fetched again from its beginning."""
        waiting = [20, 30, None]
        server.behaviour = lambda handler: handler.answer(
            200, _archive(), cut_to=waiting.pop(0)
        )

        assert USERS == read(wait=0)

    def test_leaves_nothing_of_what_was_cut(self, read, server):
        """A shorter file replaces all of a longer one that was cut."""
        long = b'{"external_id": "old"}\n' * 40_000  # several chunks of 256 KB
        waiting = [(long, len(long) - 1), (b'{"external_id": "new"}\n', None)]

        def behave(handler):
            body, end = waiting.pop(0)
            handler.answer(200, body, cut_to=end)

        server.behaviour = behave

        assert [{"external_id": "new"}] == read(wait=0)

    @pytest.mark.parametrize(
        ("status", "error"),
        [
            (400, RequestRejectedError),
            (410, RequestRejectedError),
            (206, ResponseError),
        ],
    )
    def test_that_will_not_pass(self, status, error, read, server):
        """Another answer is no file and never will be."""
        server.says(status, b"x")
        with pytest.raises(error, match=f"HTTP {status} from 127.0.0.1"):
            read(wait=3600)

        assert 1 == len(server.reached)

    def test_an_error_page_is_no_archive(self, read, server):
        """A page under 200 is refused by its content."""
        server.says(200, b"<html>")
        with pytest.raises(PayloadError, match=r"no JSON @ 127.0.0.1:"):
            read()


class TestRedirects:
    def test_are_followed_to_loopback_or_https(self, read, server):
        """Storages move files; each address is checked as the first was."""

        def behave(handler):
            if handler.path.startswith("/moved"):
                handler.answer(200, _archive())
            else:
                handler.answer(307, b"", {"Location": "/moved.zip"})

        server.behaviour = behave

        assert USERS == read()

    @pytest.mark.parametrize(
        "target",
        [
            "http://storage.example/x",
            "ftp://x/y",
            "https:///x",
            "https://[broken/x",
            "https://user:word@storage.example/x",
        ],
    )
    def test_are_not_followed_anywhere_else(self, target, read, server):
        """Plain http is no place for a file of customers."""
        server.says(302, b"", {"Location": target})
        with pytest.raises(ResponseError, match=r"HTTP 302, a redirect to what is no"):
            read()

        assert 1 == len(server.reached)

    def test_end(self, read, server):
        """A ring of redirects is left."""
        server.says(302, b"", {"Location": "/again"})
        with pytest.raises(ResponseError, match="more than 5 redirects"):
            read()

        assert 6 == len(server.reached)


PRIVATE = [
    "https://127.0.0.1/x",
    "https://localhost/x",
    "http://127.0.0.1:9/x",
    "https://127.1/x",
    "https://10.0.0.7/x",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/x",
    "https://[::ffff:10.0.0.7]/x",
    "https://inside.example/x",
]


class TestPrivateAddresses:
    @pytest.fixture
    def names(self, monkeypatch):
        """Names that the test gives an address; addresses stay what they are."""
        known = {"exports.example": "93.184.216.34", "inside.example": "10.0.0.7"}
        look_up = socket.getaddrinfo

        def looked_up(host, *args, **more):
            if known.get(host, host) is None:
                raise socket.gaierror(-2, "Name or service not known")
            return look_up(known.get(host, host), *args, **more)

        monkeypatch.setattr(_addresses.socket, "getaddrinfo", looked_up)
        return known

    @pytest.mark.usefixtures("names")
    @pytest.mark.parametrize("target", PRIVATE)
    def test_are_not_led_to(self, target, make):
        """A storage on the open internet leads nobody into a private network."""
        client = make("braze", url="https://braze.example")
        with responses.RequestsMock() as mock:
            mock.get(
                "https://exports.example/x", status=302, headers={"Location": target}
            )
            with pytest.raises(ResponseError, match="a redirect to a private address"):
                list(client.read_segment_export("https://exports.example/x"))

            assert 1 == len(mock.calls)

    @pytest.mark.usefixtures("names")
    def test_may_lead_to_others(self, make):
        """Whoever began in a private network may go on in it."""
        client = make("braze", url="https://braze.example")
        with responses.RequestsMock() as mock:
            mock.get(
                "https://inside.example/x", status=302, headers={"Location": PRIVATE[4]}
            )
            mock.get(PRIVATE[4], body=_archive())

            assert USERS == list(client.read_segment_export("https://inside.example/x"))

    def test_are_no_names_that_cannot_be_looked_up(self, make, names):
        """Behind a proxy names are not known here: whoever connects says so."""
        names["elsewhere.example"] = None
        client = make("braze", url="https://braze.example")
        with responses.RequestsMock() as mock:
            moved = {"Location": "https://elsewhere.example/x"}
            mock.get("https://exports.example/x", status=302, headers=moved)
            mock.get("https://elsewhere.example/x", body=_archive())

            assert USERS == list(
                client.read_segment_export("https://exports.example/x")
            )


class TestBounds:
    def test_of_size(self, read, server):
        """A file of the limit is read; a larger one is left, and not asked again."""
        server.says(200, _archive())
        size = len(_archive())

        assert USERS == read(max_size=size)
        with pytest.raises(PayloadError, match=r"more than \d+ bytes \(max_size\)"):
            read(max_size=size - 1)
        assert 2 == len(server.reached)

    def test_of_size_hold_for_what_is_packed(self, read, server):
        """A file that the storage packs once more counts as it is written."""
        bomb = gzip.compress(b"\n" * 20_000_000)
        server.says(200, bomb, {"Content-Encoding": "gzip"})
        with pytest.raises(PayloadError, match="max_size"):
            read(max_size=100_000)

    def test_of_time(self, read, server):
        """A byte now and then ends with the deadline, and is not asked for again."""

        def drip(handler):
            handler.answer(200, b"x" * 9999, cut_to=1)
            while not server.released.wait(0.02):
                handler.wfile.write(b"x")
                handler.wfile.flush()

        server.behaviour = drip
        began = time.monotonic()
        with pytest.raises(PayloadError) as info:
            read(deadline=0.15)
        server.released.set()

        assert time.monotonic() - began < 2
        assert 1 == len(server.reached)
        assert (
            "no whole answer within 0.15 s (deadline) @ 127.0.0.1"
            in (info.value.problems[0])
        )

    def test_of_time_is_all_there_is(self, make, server):
        """Whoever is silent is asked again only while there is time."""
        server.behaviour = lambda _: server.released.wait(2)
        client = make("braze", timeout=(5, 0.06), retry=RetryPolicy(attempts=9))
        with pytest.raises((PayloadError, TransportError)):
            list(client.read_segment_export(f"{server.url}/x.zip", deadline=0.15))

        assert len(server.reached) <= 3


class TestAddress:
    @pytest.mark.parametrize(
        "fault",
        [
            lambda h: h.reset(),
            lambda h: h.answer(403, DENIED),
            lambda h: h.answer(500, b"/Q1w2E3r4.zip"),
            lambda h: h.answer(200, b"no archive"),
        ],
    )
    def test_is_shown_by_nothing(self, fault, make, server, caplog):
        """Whoever has the address can read the file, so no error or log shows it."""
        caplog.set_level(logging.DEBUG)
        server.behaviour = fault
        client = make("braze", retry=RetryPolicy(attempts=2))
        url = f"{server.url}/Q1w2E3r4.zip?signature=planted-signature"
        with pytest.raises(Exception) as info:  # noqa: PT011 - whatever it is
            list(client.read_segment_export(url, wait=0))

        shown = "".join(traceback.format_exception(info.value)) + caplog.text
        assert "planted-signature" not in shown
        assert "Q1w2E3r4" not in shown
        assert "GET /***" in caplog.text or isinstance(info.value, TransportError)
