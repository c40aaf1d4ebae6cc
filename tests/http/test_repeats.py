"""The retry table, one line a test: how many requests reached the server, and why."""

from __future__ import annotations

import socket
from datetime import UTC, datetime

import pytest
import requests

from sessionm_braze import (
    AuthenticationError,
    ConnectError,
    NotFoundError,
    OutcomeUnknownError,
    PayloadError,
    RateLimitError,
    RequestRejectedError,
    RequestTimeoutError,
    ResponseError,
    Schedule,
    ServerError,
    SessionMBrazeError,
    TransportError,
)


TO_ANA = {"recipients": [{"external_user_id": "ana"}]}
AT = Schedule(time=datetime(2031, 5, 2, 9, tzinfo=UTC))

READS = {
    "get_tags": ("core", lambda c: c.get_tags(user_id="u")),
    "get_customer": ("core", lambda c: c.get_customer(external_id="e")),
    "get_user_offers": ("connect", lambda c: c.get_user_offers("u")),
    "get_point_balances": ("connect", lambda c: c.get_point_balances("u")),
    "list_segments": ("braze", lambda c: list(c.list_segments())),
    "get_canvas": ("braze", lambda c: c.get_canvas("c")),
    "export_users": ("braze", lambda c: c.export_users(["u"])),
    "request GET": ("core", lambda c: c.request("GET", "/anything")),
    "request repeatable": (
        "braze",
        lambda c: c.request("POST", "/anything", json={}, repeatable=True),
    ),
}
REPEATABLE_WRITES = {
    "add_tags": ("core", lambda c: c.add_tags(["vip"], user_id="u", ttl=60)),
    "update schedule": (
        "braze",
        lambda c: c.update_campaign_schedule("c", "s", schedule=AT),
    ),
    "delete schedule": ("braze", lambda c: c.delete_canvas_schedule("c", "s")),
    "track attributes": (
        "braze",
        lambda c: c.track_users(attributes=[{"external_id": "u", "tier": "gold"}]),
    ),
}
SENDS = {
    "increment_tags": ("core", lambda c: c.increment_tags(["seen"], user_id="u")),
    "request POST on Connect": ("connect", lambda c: c.request("POST", "/anything")),
    "broadcast campaign": ("braze", lambda c: c.trigger_campaign("c", broadcast=True)),
    "broadcast Canvas": ("braze", lambda c: c.trigger_canvas("c", broadcast=True)),
    "schedule a broadcast": (
        "braze",
        lambda c: c.schedule_campaign("c", schedule=AT, broadcast=True),
    ),
}
DECLINABLE_SENDS = {
    "trigger_campaign": ("braze", lambda c: c.trigger_campaign("c", **TO_ANA)),
    "trigger_canvas": ("braze", lambda c: c.trigger_canvas("c", **TO_ANA)),
    "schedule_canvas": (
        "braze",
        lambda c: c.schedule_canvas("c", schedule=AT, **TO_ANA),
    ),
    "create_send_id": ("braze", lambda c: c.create_send_id("c")),
    "track an increment": (
        "braze",
        lambda c: c.track_users(attributes=[{"external_id": "u", "n": {"inc": 1}}]),
    ),
    "request POST on Braze": ("braze", lambda c: c.request("POST", "/x", json={})),
}


def _cut_before(server):
    server.cuts_before_reading = True


def _cut_after(server):
    server.behaviour = lambda handler: handler.reset()


def _slow(server):
    server.behaviour = lambda _: server.released.wait(5)


def _truncated(server):
    body = b'{"status": "ok", "message": "success"}'
    server.behaviour = lambda handler: handler.answer(200, body, cut_to=10)


def _answers(status, body=b""):
    return lambda server: server.says(status, body)


HTML = b"<html><body>Bad Gateway</body></html>"
SAYS_NO = {"message": "no", "status": "error", "errors": {"code": "x"}}

UNREADABLE = {
    "empty 200": _answers(200),
    "HTML 200": _answers(200, HTML),
    "half a JSON": _answers(201, b'{"status": "ok", "mess'),
    "array at top level": _answers(200, [1, 2]),
    "neither message nor status": _answers(200, {"hello": "world"}),
    "nested beyond reason": _answers(200, b"[" * 100_000),
    "broken gzip": lambda server: server.says(
        200, b"no gzip at all", {"Content-Encoding": "gzip"}
    ),
}
CUT = {
    "cut before reading": _cut_before,
    "cut after reading": _cut_after,
    "cut in the body": _truncated,
}
SERVER_FAULTS = {
    "HTML 502": _answers(502, HTML),
    "HTML 503": _answers(503, HTML),
    "JSON 504": _answers(504, SAYS_NO),
    "empty 500": _answers(500),
}
DECLINES = {str(status): _answers(status, SAYS_NO) for status in (500, 502, 503)}
REFUSALS = {
    "302": (_answers(302), ResponseError),
    "400": (_answers(400, SAYS_NO), RequestRejectedError),
    "401": (_answers(401, SAYS_NO), AuthenticationError),
    "403": (_answers(403, SAYS_NO), AuthenticationError),
    "404": (_answers(404, SAYS_NO), NotFoundError),
    "409": (_answers(409, HTML), RequestRejectedError),
    "413": (_answers(413, HTML), RequestRejectedError),
}


def _rows(calls, faults):
    for call, (client, make_call) in calls.items():
        for fault, break_server in faults.items():
            yield pytest.param(client, make_call, break_server, id=f"{call}, {fault}")


def _parametrize(calls, faults):
    return pytest.mark.parametrize(
        ("client", "call", "fault"), list(_rows(calls, faults))
    )


@pytest.fixture
def outcome(make, server, impatient):
    """Make the call on a broken server; return the error and the requests made."""

    def run(client, call, fault):
        fault(server)
        made = make(client, **(impatient if fault is _slow else {}))
        with pytest.raises(Exception) as info:  # noqa: PT011 - returned to the test
            call(made)
        attempts = info.value.meta.attempts
        server.wait_for(attempts)
        return type(info.value), len(server.reached), attempts

    return run


class TestReadsAndRepeatableWrites:
    @_parametrize(READS | REPEATABLE_WRITES, CUT)
    def test_repeat_after_a_cut_connection(self, client, call, fault, outcome):
        """A cut connection leads to the next request, up to three."""
        assert (TransportError, 3, 3) == outcome(client, call, fault)

    @_parametrize(READS | REPEATABLE_WRITES, {"slow": _slow})
    def test_repeat_after_a_timeout(self, client, call, fault, outcome):
        """No answer in time leads to the next request."""
        assert (RequestTimeoutError, 3, 3) == outcome(client, call, fault)

    @_parametrize(
        {k: v for k, v in READS.items() if not k.startswith("request")}
        | REPEATABLE_WRITES,
        UNREADABLE,
    )
    def test_repeat_after_an_unreadable_answer(self, client, call, fault, outcome):
        """A 2xx that cannot be read leads to the next request."""
        assert (PayloadError, 3, 3) == outcome(client, call, fault)

    @_parametrize(
        {k: v for k, v in READS.items() if k.startswith("request")},
        {
            key: UNREADABLE[key]
            for key in ("empty 200", "HTML 200", "half a JSON", "broken gzip")
        },
    )
    def test_repeat_a_request_without_json(self, client, call, fault, outcome):
        """`request` takes any JSON for an answer, and repeats after anything else."""
        assert (PayloadError, 3, 3) == outcome(client, call, fault)

    @_parametrize(READS | REPEATABLE_WRITES, SERVER_FAULTS | DECLINES)
    def test_repeat_after_any_5xx(self, client, call, fault, outcome):
        """Every server fault leads to the next request."""
        assert (ServerError, 3, 3) == outcome(client, call, fault)

    @_parametrize(READS | REPEATABLE_WRITES, {"408": _answers(408, SAYS_NO)})
    def test_repeat_after_408(self, client, call, fault, outcome):
        """A request timeout of the server's leads to the next request."""
        assert (RequestRejectedError, 3, 3) == outcome(client, call, fault)


class TestSends:
    @_parametrize(
        SENDS | DECLINABLE_SENDS,
        CUT | {"slow": _slow} | SERVER_FAULTS,
    )
    def test_never_repeat_what_may_be_done(self, client, call, fault, outcome):
        """One request only, and the outcome stays unknown."""
        assert (OutcomeUnknownError, 1, 1) == outcome(client, call, fault)

    @_parametrize(
        {
            k: v
            for k, v in (SENDS | DECLINABLE_SENDS).items()
            if not k.startswith("request")
        },
        UNREADABLE,
    )
    def test_never_repeat_after_an_unreadable_yes(self, client, call, fault, outcome):
        """A 2xx that cannot be read may be a yes."""
        assert (OutcomeUnknownError, 1, 1) == outcome(client, call, fault)

    @_parametrize(SENDS, DECLINES)
    def test_do_not_repeat_after_a_server_fault(self, client, call, fault, outcome):
        """SessionM's faults, and those after a broadcast, leave it open."""
        assert (OutcomeUnknownError, 1, 1) == outcome(client, call, fault)

    @_parametrize(DECLINABLE_SENDS, DECLINES)
    def test_repeat_what_braze_declined(self, client, call, fault, outcome):
        """Braze's own 500, 502 and 503 mean that nothing was sent."""
        assert (ServerError, 3, 3) == outcome(client, call, fault)

    @_parametrize(SENDS | DECLINABLE_SENDS, {"408": _answers(408, SAYS_NO)})
    def test_do_not_repeat_after_408(self, client, call, fault, outcome):
        """A 4xx is a no."""
        assert (RequestRejectedError, 1, 1) == outcome(client, call, fault)


ALL = READS | REPEATABLE_WRITES | SENDS | DECLINABLE_SENDS


class TestSegmentExport:
    @staticmethod
    def _export(client):
        return client.export_segment("s", fields_to_export=["external_id"])

    def test_does_not_repeat_after_429(self, outcome):
        """429 means that an export of the segment is running."""
        fault = _answers(429, SAYS_NO)

        assert (RateLimitError, 1, 1) == outcome("braze", self._export, fault)

    @pytest.mark.parametrize("fault", DECLINES)
    def test_repeats_what_braze_declined(self, fault, outcome):
        """Otherwise it is a send like others."""
        assert (ServerError, 3, 3) == outcome("braze", self._export, DECLINES[fault])

    @pytest.mark.parametrize("fault", CUT | SERVER_FAULTS | UNREADABLE)
    def test_never_repeats_what_may_have_begun(self, fault, outcome):
        """An export that may have begun is not begun again."""
        broken = (CUT | SERVER_FAULTS | UNREADABLE)[fault]

        assert (OutcomeUnknownError, 1, 1) == outcome("braze", self._export, broken)


class TestEveryCall:
    @pytest.mark.parametrize(("client", "call"), ALL.values(), ids=ALL)
    def test_repeats_after_429(self, client, call, outcome):
        """A rate limit means that nothing was done, for sends too."""
        assert (RateLimitError, 3, 3) == outcome(client, call, _answers(429, SAYS_NO))

    @pytest.mark.parametrize(("client", "call"), ALL.values(), ids=ALL)
    @pytest.mark.parametrize("refusal", REFUSALS)
    def test_does_not_repeat_after_a_refusal(self, client, call, refusal, outcome):
        """Refusals and redirects end the call with their own error."""
        fault, error = REFUSALS[refusal]

        assert (error, 1, 1) == outcome(client, call, fault)

    @pytest.mark.parametrize(("client", "call"), ALL.values(), ids=ALL)
    def test_repeats_without_a_connection(self, client, call, make, clock):
        """A refused connection wrote nothing, so even a send is tried again."""
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{taken.getsockname()[1]}"
            with pytest.raises(ConnectError) as info:
                call(make(client, url=url))

        assert 3 == info.value.meta.attempts
        assert 2 == len(clock.sleeps)

    @pytest.mark.parametrize("status", [200, 201, 202])
    def test_is_made_once_when_it_succeeds(self, status, make, server):
        """A success is one request, whatever its 2xx."""
        server.says(status, {"message": "queued", "dispatch_id": "d"})

        receipt = make("braze").trigger_campaign("c", **TO_ANA)

        assert ("d", status, 1) == (
            receipt.dispatch_id,
            receipt.meta.status_code,
            len(server.reached),
        )

    def test_succeeds_after_a_repeat(self, make, server):
        """A call that succeeds at last tells how many requests it took."""
        server.says_in_turn((503, {"message": "later"}), (201, {"message": "success"}))

        receipt = make("braze").trigger_campaign("c", **TO_ANA)

        assert (2, 2) == (receipt.meta.attempts, len(server.reached))

    @pytest.mark.parametrize(
        ("fault", "cause"),
        [
            (_cut_after, "ConnectionError: "),
            (_slow, "ReadTimeout: "),
            (_truncated, "ChunkedEncodingError: "),
            (UNREADABLE["broken gzip"], "ContentDecodingError: "),
        ],
    )
    def test_chains_a_stand_in_of_the_cause(
        self, fault, cause, *, make, server, impatient
    ):
        """What happened below is told by name, without the request and its secrets."""
        fault(server)
        with pytest.raises(SessionMBrazeError) as info:
            make("core", **impatient).get_tags(user_id="u")

        chained = info.value.__cause__
        assert "Cause" == type(chained).__name__
        assert str(chained).startswith(cause)
        assert not hasattr(chained, "request")
        assert chained.__cause__ is chained.__context__ is None

    def test_one_attempt_switches_repeating_off(self, make, server):
        """With attempts=1 nothing is repeated."""
        from sessionm_braze import RetryPolicy

        server.says(503)
        with pytest.raises(ServerError):
            make("core", retry=RetryPolicy(attempts=1)).get_tags(user_id="u")

        assert 1 == len(server.reached)


class TestHandshake:
    @pytest.mark.parametrize(("client", "call"), ALL.values(), ids=ALL)
    def test_failed_wrote_nothing(self, client, call, make, server, clock):
        """A host that cannot agree on TLS got no request, so all calls repeat."""
        with pytest.raises(ConnectError) as info:
            call(make(client, url=server.url.replace("http:", "https:")))

        assert 3 == info.value.meta.attempts
        assert [] == server.reached
        assert 2 == len(clock.sleeps)

    def test_that_takes_too_long_wrote_nothing(self, make):
        """A host that says nothing while TLS is agreed on got no request either."""
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            url = f"https://127.0.0.1:{silent.getsockname()[1]}"
            with pytest.raises(ConnectError):
                make("core", url=url, timeout=(0.1, 0.1)).increment_tags(
                    ["seen"], user_id="u"
                )

    def test_of_another_call_says_nothing(self, make, server):
        """A send made while another error is handled is judged by its own."""
        _cut_after(server)
        braze = make("braze")
        try:
            requests.get(server.url.replace("http:", "https:"), timeout=1)
        except requests.exceptions.SSLError:
            with pytest.raises(OutcomeUnknownError) as info:
                braze.trigger_campaign("c", **TO_ANA)

        assert 1 == info.value.meta.attempts == len(server.reached)
