"""Connections of a client: one pool for each process, at the client's own pace."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests
import requests.adapters
import requests.utils

from .bounds import keep_bounds
from .credentials import is_loopback
from .settings import Settings, check_repeats


__all__ = ["Connections", "guard_hosts"]

_POOL_SIZE = 32
"""Connections kept open to a host; more threads than that wait or open their own."""

Guard = Callable[[str], Exception | None]
"""Returns why a host is forbidden, or None."""

_guards: list[Guard] = []


@contextmanager
def guard_hosts(guard: Guard) -> Iterator[None]:
    """Forbid hosts to all clients of this process, whatever thread they are called in.

    Of several guards one has to allow a host.  Set by test kits.
    """
    _guards.append(guard)
    try:
        yield
    finally:
        _guards.remove(guard)


def _check_host(host: str) -> None:
    refusals = [guard(host) for guard in tuple(_guards)]
    if refusals and None not in refusals:
        refusal = refusals[-1]
        assert refusal is not None  # noqa: S101 - no guard allows the host
        raise refusal


class Connections:
    """Gives out the session to send through, when a request may leave."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._paces: dict[int, Pace] = {}
        """The pace by process: a lock that a thread holds at a fork stays held."""

        self._own: dict[tuple[int, str], requests.Session] = {}
        """The client's own sessions, by process and origin: a fork must not share
        sockets, and each origin has its proxies."""

    def session(self, origin: str) -> requests.Session:
        """Return the session for the next request, which may leave at once.

        Args:
            origin: Scheme and host that the request goes to.

        Raises:
            Exception: Whatever a test kit raises to forbid the host.
        """
        _check_host(origin.partition("://")[2])
        process = os.getpid()
        pace = self._paces.get(process)
        (pace or self._paces.setdefault(process, Pace(self._settings))).wait()
        if self._settings.http is not None:
            check_repeats(self._settings.http)  # something may be mounted by now
            for adapter in self._settings.http.adapters.values():
                keep_bounds(adapter)
            return self._settings.http
        key = process, origin
        return self._own.get(key) or self._own.setdefault(key, _new_session(origin))

    def close(self) -> None:
        """Close this process's own sessions; the next request opens a new one."""
        for key in list(self._own):
            if key[0] == os.getpid():
                self._own.pop(key).close()

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


class _Session(requests.Session):
    """Sends what it is given, and looks for nothing of its own to add to it."""

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        return request.prepare()


def _new_session(origin: str) -> requests.Session:
    """Make a session that asks the environment once, not at each request.

    Proxies and certificates of the environment count, a proxy not for an address of
    this machine; a ``.netrc`` does not.
    """
    session = _Session()
    session.trust_env = False
    if not is_loopback(urlsplit(origin).hostname):
        session.proxies.update(requests.utils.get_environ_proxies(origin))
    session.verify = (
        os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
    )
    adapter = requests.adapters.HTTPAdapter(pool_maxsize=_POOL_SIZE)
    keep_bounds(adapter)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session
