"""The sandbox's own time: it stands still until somebody moves it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from .._checks import aware


__all__ = ["SandboxClock", "iso"]


class SandboxClock:
    """A clock that moves only when told; calling it gives epoch seconds.

    What becomes due on the way (a schedule, an expiring tag) happens at its own
    time, before `advance` returns.

    Args:
        start: The time it shows at first.
        ticking: Whether it also goes on by itself, as real time does.
    """

    def __init__(self, start: datetime, /, *, ticking: bool = False) -> None:
        self._lock = threading.RLock()
        self._seconds = aware(start, "start").timestamp()
        self._ticked = time.monotonic()
        self._ticking = ticking
        self._next_due: Callable[[], float | None] | None = None
        self._fire: Callable[[], None] | None = None

    def __call__(self) -> float:
        """Return the time as seconds since the epoch."""
        if self._ticking:
            return self._seconds + time.monotonic() - self._ticked
        return self._seconds

    @property
    def now(self) -> datetime:
        """The time as an aware `~datetime.datetime` in UTC."""
        return datetime.fromtimestamp(self(), UTC)

    def advance(
        self,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
    ) -> datetime:
        """Move the time forward and let everything happen that becomes due.

        Args:
            days: Days to add.
            hours: Hours to add.
            minutes: Minutes to add.
            seconds: Seconds to add.

        Returns:
            The new time.

        Raises:
            ValueError: If the sum is negative, or leads beyond the year 9999.
        """
        try:
            step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
            _ = self.now + step
        except OverflowError:
            raise ValueError(
                "a number is too large: the clock goes no further than the year 9999"
            ) from None
        if step < timedelta():
            raise ValueError(f"the clock only goes forward, not by {step!r}")
        with self._lock:
            self._move_to(self() + step.total_seconds())
        return self.now

    def sleep(self, seconds: float, /) -> None:
        """Stand in for `time.sleep`: the wait costs sandbox time only."""
        end = self() + seconds
        self.advance(seconds=seconds)
        with self._lock:
            self._move_to(end)  # to the last bit, or a wait for it would never end

    def set(self, seconds: float, /) -> None:
        """Put the clock to *seconds* since the epoch; nothing fires."""
        with self._lock:
            self._show(seconds)

    def connect(
        self, next_due: Callable[[], float | None], fire: Callable[[], None], /
    ) -> None:
        """Name who knows what is due next, and who does it."""
        self._next_due, self._fire = next_due, fire

    def catch_up(self) -> None:
        """Let everything happen that has become due while the clock ticked.

        Passed over while another thread moves the time, which does it anyway.
        """
        if self._ticking and self._lock.acquire(blocking=False):
            try:
                self._move_to(self())
            finally:
                self._lock.release()

    def _show(self, seconds: float) -> None:
        self._seconds, self._ticked = seconds, time.monotonic()

    def _move_to(self, target: float) -> None:
        while self._next_due is not None and self._fire is not None:
            due = self._next_due()
            if due is None or due > target:
                break
            self._show(max(self._seconds, due))
            self._fire()
        self._show(max(self._seconds, target))


def iso(seconds: float | None, /) -> str | None:
    """Return epoch *seconds* as ISO 8601 text in UTC, with whole seconds if it can."""
    if seconds is None:
        return None
    moment = datetime.fromtimestamp(seconds, UTC)
    spec = "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=spec).replace("+00:00", "Z")
