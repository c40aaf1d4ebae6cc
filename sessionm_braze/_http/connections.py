"""Connections of a client: one pool for each process, at the client's own pace."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextvars import ContextVar
from http.cookiejar import DefaultCookiePolicy

import requests
import requests.adapters

from .settings import Settings


__all__ = ["Connections", "host_guard"]

_POOL = 32
"""Connections kept open to a host; more threads than that wait or open their own."""

host_guard: ContextVar[Callable[[str], None] | None] = ContextVar(
    "sessionm_braze_host_guard", default=None
)
"""Called with the host of each request; raises to forbid it.  Set by test kits."""


class Connections:
    """Gives out the session to send through, when a request may leave."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pace = Pace(settings)
        self._own: dict[int, requests.Session] = {}
        """The client's own session, by process: a fork must not share sockets."""

    def session(self, host: str) -> requests.Session:
        """Return the session for the next request to *host*, which may leave at once.

        Raises:
            Exception: Whatever a test kit raises to forbid the host.
        """
        guard = host_guard.get()
        if guard is not None:
            guard(host)
        self._pace.wait()
        if self._settings.http is not None:
            return self._settings.http
        process = os.getpid()
        return self._own.get(process) or self._own.setdefault(process, _new_session())

    def close(self) -> None:
        """Close this process's own session; the next request opens a new one."""
        session = self._own.pop(os.getpid(), None)
        if session is not None:
            session.close()

    def __getstate__(self) -> Settings:
        """Leave connections and locks behind: another process opens its own."""
        return self._settings

    def __setstate__(self, settings: Settings) -> None:
        Connections.__init__(self, settings)


class Pace:
    """Hands out the moments at which a request may leave."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._interval = 1 / (settings.requests_per_second or float("inf"))
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Sleep until the next request may leave."""
        if not self._interval:
            return
        with self._lock:
            now = self._settings.clock()
            moment = max(now, self._next)
            self._next = moment + self._interval
        if moment > now:
            self._settings.sleep(moment - now)


def _new_session() -> requests.Session:
    session = requests.Session()
    adapter = requests.adapters.HTTPAdapter(pool_maxsize=_POOL)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session
