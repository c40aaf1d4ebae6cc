"""When a request may leave: the pace of the run, and the pauses a platform asks for."""

from __future__ import annotations

from collections.abc import Callable


__all__ = ["Pace"]

_CATCH_UP_SECONDS = 0.05
"""Seconds of delay that a run makes up for by sending faster."""


class Pace:
    """Spreads the requests of a run over time.

    Args:
        requests_per_second: Upper bound, or ``None``.
        clock: Seconds since the epoch.
        sleep: Waits for seconds.
    """

    def __init__(
        self,
        requests_per_second: float | None,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], object],
    ) -> None:
        self._interval = 1 / (requests_per_second or float("inf"))
        self._clock = clock
        self._sleep = sleep
        self._next = 0.0
        self._pause_ends = 0.0

    def room(self, wanted: int) -> int:
        """Return how many of *wanted* requests may leave now, waiting for the first."""
        if not self._interval or not wanted:
            return wanted
        now = self._clock()
        if self._next > now:
            self._sleep(self._next - now)
            now = self._clock()
        self._next = max(self._next, now - _CATCH_UP_SECONDS)
        return min(wanted, int((now - self._next) / self._interval) + 1)

    def left(self) -> None:
        """Note that a request leaves."""
        if self._interval:
            self._next = (
                max(self._next, self._clock() - _CATCH_UP_SECONDS) + self._interval
            )

    def pause(self, seconds: float) -> bool:
        """Hold everything back for *seconds*; tell whether it was not so already."""
        now = self._clock()
        new = self._pause_ends <= now
        self._pause_ends = max(self._pause_ends, now + seconds)
        return new

    @property
    def paused(self) -> bool:
        """Whether everything is held back."""
        return self._pause_ends > self._clock()

    def sit_out(self) -> None:
        """Wait for the end of the pause."""
        rest = self._pause_ends - self._clock()
        if rest > 0:
            self._sleep(rest)
