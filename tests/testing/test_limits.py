"""Braze's rate limits, counted on the sandbox's clock."""

from __future__ import annotations

import pytest

from sessionm_braze.exceptions import RateLimitError
from sessionm_braze.testing import Limit


SEND = "/campaigns/trigger/send"


def test_limit_of_the_hour(front):
    """One call too many is 429; the next clock hour starts anew."""
    front.sandbox.limits["default"] = Limit(2, 3600)

    calls = [front.braze("GET", "/campaigns/list") for _ in range(3)]
    front.sandbox.clock.advance(hours=1)
    after = front.braze("GET", "/campaigns/list")

    assert [200, 200, 429, 200] == [answer.status_code for answer in [*calls, after]]
    assert ["1", "0", "0"] == [a.headers["X-RateLimit-Remaining"] for a in calls]
    reset = float(calls[2].headers["X-RateLimit-Reset"])
    assert reset == front.sandbox.clock()


def test_hours_are_those_of_the_clock(front):
    """The window ends with the hour, not an hour after the first call."""
    front.sandbox.clock.advance(minutes=59)

    answer = front.braze("GET", "/campaigns/list")

    left = float(answer.headers["X-RateLimit-Reset"]) - front.sandbox.clock()
    assert 60 == left


def test_broadcasts_of_one_audience(front):
    """An eleventh broadcast to the same audience in a minute is one too many."""
    front.sandbox.dashboard.add_campaign("c-1", template="x")
    front.sandbox.dashboard.add_campaign("c-2", template="x")

    same = [
        front.braze("POST", SEND, json={"campaign_id": "c-1", "broadcast": True})
        for _ in range(11)
    ]
    other = front.braze("POST", SEND, json={"campaign_id": "c-2", "broadcast": True})

    assert [201] * 10 + [429] == [answer.status_code for answer in same]
    assert 201 == other.status_code


def test_named_recipients_do_not_count_as_broadcasts(front):
    """Sends to named people are part of the hourly limit alone."""
    front.sandbox.limits["broadcast"] = Limit(0, 60)
    front.sandbox.dashboard.add_campaign("c-1", template="x")
    body = {"campaign_id": "c-1", "recipients": [{"external_user_id": "x"}]}

    assert 201 == front.braze("POST", SEND, json=body).status_code


def test_send_that_was_limited_sends_nothing(front, ana):
    """A 429 means that nothing was done."""
    front.sandbox.limits["default"] = Limit(0, 3600)
    front.sandbox.dashboard.add_campaign("c-1", template="x")
    body = {"campaign_id": "c-1", "recipients": [{"external_user_id": ana.user_id}]}

    answer = front.braze("POST", SEND, json=body)

    assert 429 == answer.status_code
    front.sandbox.outbox.assert_nothing_sent()


def test_client_waits_on_the_sandbox_clock(front):
    """A short wait costs sandbox time, no real time; the call then succeeds."""
    front.sandbox.limits["default"] = Limit(1, 10)
    braze = front.braze_client()
    before = front.sandbox.clock()

    for _ in range(2):
        braze.request("GET", "/campaigns/list")

    assert 0 < front.sandbox.clock() - before <= 10


def test_client_refuses_to_wait_for_long(front):
    """A wait above the client's bound is an error that names it."""
    front.sandbox.limits["default"] = Limit(0, 3600)

    with pytest.raises(RateLimitError) as info:
        front.braze_client().request("GET", "/campaigns/list")

    assert 3600 == info.value.retry_after
