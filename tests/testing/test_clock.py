"""The sandbox's time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sessionm_braze.testing import Sandbox, SandboxClock


START = datetime(2030, 1, 1, tzinfo=UTC)


def test_stands_still():
    """Nothing moves it but a test."""
    clock = SandboxClock(START)

    assert [START, START] == [clock.now, clock.now]
    assert START.timestamp() == clock()


def test_advances():
    """All units add up."""
    clock = SandboxClock(START)

    now = clock.advance(days=1, hours=2, minutes=3, seconds=4)

    assert START + timedelta(days=1, hours=2, minutes=3, seconds=4) == now == clock.now


def test_sleep_takes_no_time():
    """A client's wait moves the sandbox's time only."""
    clock = SandboxClock(START)

    clock.sleep(3600)

    assert START + timedelta(hours=1) == clock.now


def test_does_not_go_back():
    """Time goes forward."""
    with pytest.raises(ValueError, match="only goes forward"):
        SandboxClock(START).advance(seconds=-1)


def test_needs_a_zone():
    """A start without a zone is refused."""
    with pytest.raises(ValueError, match="start must be a datetime with a time zone"):
        SandboxClock(datetime(2030, 1, 1))  # noqa: DTZ001 - that is the point


def test_may_tick():
    """A ticking clock goes on by itself, from where it was put."""
    clock = SandboxClock(START, ticking=True)
    clock.advance(days=1)

    first, second = clock(), clock()

    assert START.timestamp() + 86_400 <= first <= second


def test_ticking_sandbox_fires_on_the_next_call():
    """What became due while the clock ticked happens before a call is answered."""
    start = datetime.now(UTC)
    with Sandbox(start=start, ticking=True, strict=False) as sandbox:
        sandbox.sessionm.add_customer(user_id="u-1")
        sandbox.dashboard.add_campaign("c-1", template="Hi")
        body = {
            "campaign_id": "c-1",
            "recipients": [{"external_user_id": "u-1"}],
            "schedule": {"time": start.isoformat()},
        }

        sandbox.braze.request("POST", "/campaigns/trigger/schedule/create", json=body)
        sandbox.braze.request("GET", "/campaigns/list")

        sandbox.outbox.assert_sent_once("u-1")


@pytest.mark.parametrize("days", [10**7, 10**12, -1])
def test_stays_where_it_is_when_it_cannot_go(days):
    """A step beyond all dates, or back, changes nothing."""
    clock = SandboxClock(START)
    with pytest.raises(ValueError, match=r"the clock (only )?goes"):
        clock.advance(days=days)

    assert clock.now == START


@pytest.mark.parametrize("rest", [1e-7, 4.8e-7, 0.1234567])
def test_sleeps_to_the_very_end(rest):
    """Who waits until a moment has come never waits for ever."""
    clock = SandboxClock(START)
    end = clock() + rest

    clock.sleep(end - clock())

    assert clock() >= end
