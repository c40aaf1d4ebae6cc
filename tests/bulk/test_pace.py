from bisect import bisect_left

import pytest

from sessionm_braze.bulk._pace import Pace


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        """Return the time."""
        return self.now

    def sleep(self, seconds):
        """Let time pass."""
        self.now += seconds


@pytest.mark.parametrize("rate", [0.5, 3, 50, 1000])
def test_no_second_sees_more_requests_than_asked(rate):
    """However often there is room, the moments of leaving keep the rate."""
    clock = Clock()
    pace = Pace(rate, clock=clock, sleep=clock.sleep)
    moments = []

    while len(moments) < 5 * rate + 3:
        for _ in range(pace.room(16)):
            pace.left()
            moments.append(clock.now)
        clock.now += 0.0007

    most = max(bisect_left(moments, start + 1) - at for at, start in enumerate(moments))
    assert most <= 1.06 * rate + 1
    elapsed = moments[-1] - moments[0]
    assert (len(moments) - 1) / elapsed >= 0.9 * rate


def test_without_a_rate_there_is_always_room():
    """Nothing waits where nothing was asked."""
    clock = Clock()
    pace = Pace(None, clock=clock, sleep=clock.sleep)

    assert 16 == pace.room(16)
    pace.left()
    assert 16 == pace.room(16)
    assert 1000 == clock.now


def test_a_pause_grows_and_does_not_shrink():
    """The longest wait that was asked for counts, and only the first is news."""
    clock = Clock()
    pace = Pace(None, clock=clock, sleep=clock.sleep)

    assert pace.pause(10)
    assert not pace.pause(30)
    assert not pace.pause(5)
    assert pace.paused
    pace.sit_out()

    assert 1030 == clock.now
    assert not pace.paused
