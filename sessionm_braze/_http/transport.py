"""The one place that sends: connections, timeouts, repeats, and what came of it."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from http.cookiejar import DefaultCookiePolicy
from typing import Any, TypedDict
from urllib.parse import urlsplit

import attrs
import requests
import requests.adapters
import requests.auth

from .._display import Scrubber, Secret
from .._version import __version__
from ..exceptions import ResponseMeta
from .failures import Cause, classify, scrubbed
from .outcome import Attempt, error_for, read
from .policy import CallKind, Outcome, RetryPolicy, backoff, rate_limit, server_wait
from .service import Service


__all__ = ["Answer", "Call", "CallEvent", "ClientSettings", "Hooks", "Transport"]

_log = logging.getLogger("sessionm_braze")
_log.addHandler(logging.NullHandler())

_POOL = 32
"""Connections kept open to a host; more threads than that wait or open their own."""

host_guard: ContextVar[Callable[[str], None] | None] = ContextVar(
    "sessionm_braze_host_guard", default=None
)
"""Called with the host of each request; raises to forbid it.  Set by test kits."""


@attrs.frozen(kw_only=True)
class Call:
    """One call of a service, ready to be made any number of times."""

    name: str
    method: str
    path: str
    """Percent-encoded, below the base URL."""

    kind: CallKind
    target: str = ""
    """What the error says after the name; logs leave it out, it may name a person."""

    json: Any = None
    params: Mapping[str, Any] | None = None
    max_bytes: int | None = None
    """Size of the encoded body that the service accepts."""

    any_json: bool = False
    """Take every JSON value for an answer, and an empty 204."""

    limit: str = ""
    """What a 429 means for this call, for its error."""

    sample: Mapping[str, Any] = attrs.field(factory=dict)
    """What a dry run answers, beside the service's plain yes."""


@attrs.frozen(kw_only=True)
class Answer:
    """A success: the decoded body, and how the call went."""

    status_code: int
    headers: Mapping[str, str]
    data: Any
    meta: ResponseMeta


@attrs.frozen(kw_only=True)
class CallEvent:
    """What a hook is told.  Holds no body, and no secret: they are masked in *url*."""

    service: str
    """``Braze``, ``SessionM Core`` or ``SessionM Connect``."""

    call: str
    """Name of the client's method."""

    method: str
    url: str
    attempt: int
    """Number of this request within the call, from 1."""

    outcome: str | None = None
    """How the request ended, in words; ``None`` before it."""

    status_code: int | None = None
    request_id: str | None = None
    elapsed: float | None = None
    """Seconds since the call began."""

    wait: float | None = None
    """Seconds until the next request; given to `before_retry` only."""


Hook = Callable[[CallEvent], object]


@attrs.frozen
class Hooks:
    """Functions called around each request, for tracing and metrics.

    What a hook raises ends the call.
    """

    before_request: Hook | None = None
    after_response: Hook | None = None
    """Called when a request has ended, with or without an answer."""

    before_retry: Hook | None = None


class ClientSettings(TypedDict, total=False):
    """Keyword settings that all clients share."""

    timeout: float | tuple[float, float]
    """Seconds to connect and to wait for an answer; default ``(5, 30)``."""

    retry: RetryPolicy
    requests_per_second: float | None
    """Upper bound of the client's own pace, repeats included; default none."""

    hooks: Hooks
    http: requests.Session | None
    """A session to send through, for example with proxies or certificates of its
    own; default: one of the client's own.  A session that repeats by itself is not
    held back."""

    user_agent: str | None
    """What the app calls itself, such as ``"my-app/1.2"``; joins ``User-Agent``."""

    clock: Callable[[], float]
    """Seconds since the epoch; default ``time.time``."""

    sleep: Callable[[float], object]
    """Waits for seconds; default ``time.sleep``."""


def _check_timeout(_: object, __: object, value: object) -> None:
    parts = value if isinstance(value, tuple) else (value, value)
    numbers = all(
        isinstance(part, int | float) and not isinstance(part, bool) and part > 0
        for part in parts
    )
    if not numbers or len(parts) != 2:  # noqa: PLR2004 - a pair
        raise ValueError(
            "timeout must be seconds above 0, or a pair of them "
            f"(to connect, to wait for an answer), got {value!r}"
        )


def _check_pace(_: object, __: object, value: float | None) -> None:
    if value is None:
        return
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not value > 0:
        raise ValueError(
            f"requests_per_second must be a number above 0, or None, got {value!r}"
        )


def _check_user_agent(_: object, __: object, value: str | None) -> None:
    if value is None:
        return
    if not isinstance(value, str):
        raise TypeError(f"user_agent must be a string, got {value!r}")
    if not value.strip() or not value.isascii() or not value.isprintable():
        raise ValueError(f"user_agent must be printable ASCII, got {value!r}")


@attrs.frozen(kw_only=True)
class Settings:
    """`ClientSettings`, complete and checked."""

    timeout: float | tuple[float, float] = attrs.field(
        default=(5, 30), validator=_check_timeout
    )
    retry: RetryPolicy = attrs.field(
        factory=RetryPolicy, validator=attrs.validators.instance_of(RetryPolicy)
    )
    requests_per_second: float | None = attrs.field(default=None, validator=_check_pace)
    hooks: Hooks = attrs.field(
        factory=Hooks, validator=attrs.validators.instance_of(Hooks)
    )
    http: requests.Session | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(
            attrs.validators.instance_of(requests.Session)
        ),
    )
    user_agent: str | None = attrs.field(default=None, validator=_check_user_agent)
    clock: Callable[[], float] = attrs.field(default=time.time)
    sleep: Callable[[float], object] = attrs.field(default=time.sleep)


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


class Transport:
    """Sends the calls of one client.  Safe to share between threads."""

    def __init__(
        self,
        *,
        service: Service,
        base_url: str,
        authorization: requests.auth.AuthBase,
        secrets: Iterable[Secret],
        settings: Settings,
    ) -> None:
        self._service = service
        self._base_url = Secret(base_url)
        self._host = urlsplit(base_url).netloc
        self._authorization = authorization
        self._scrub = Scrubber(secrets)
        self._settings = settings
        self._user_agent = " ".join(filter(None, [_USER_AGENT, settings.user_agent]))
        self._pace = Pace(settings)
        self._sessions: dict[int, requests.Session] = {}
        """The client's own session, by process: a fork must not share sockets."""

    def call(self, call: Call, /) -> Answer:
        """Make *call*, repeated as its kind allows.

        Raises:
            ValueError: If its body is larger than the service accepts.
            SessionMBrazeError: If it does not succeed.
        """
        body = encode(call)
        started = self._settings.clock()
        number = 0
        while True:
            number += 1
            attempt = self._attempt(call, body, number, started)
            if attempt.outcome is Outcome.OK:
                return _answer(attempt)
            wait = self._wait_after(attempt, call, number)
            self._announce("before_retry", call, attempt, number, wait=wait)
            self._settings.sleep(wait)

    def shown(self, path: str = "") -> str:
        """Return the base URL with *path*, secrets masked."""
        return self._scrub.text(self._base_url.reveal() + path)

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        session = self._sessions.pop(os.getpid(), None)
        if session is not None:
            session.close()

    def _attempt(
        self, call: Call, body: bytes | None, number: int, started: float
    ) -> Attempt:
        self._pace.wait()
        self._announce("before_request", call, Attempt(), number)
        response, cause, outcome = self._send(call, body)
        if response is None:
            attempt = Attempt(outcome=outcome, cause=cause, problem=_problem(outcome))
        else:
            attempt = read(
                response, self._service, scrub=self._scrub, any_json=call.any_json
            )
        elapsed = max(0.0, self._settings.clock() - started)
        attempt = attrs.evolve(attempt, meta=_meta(attempt, number, elapsed))
        self._announce("after_response", call, attempt, number)
        _log.debug(
            "%s %s, request %d: %s (HTTP %s, request id %s)",
            *(self._service.name, call.name, number, attempt.outcome.value),
            *(attempt.meta.status_code, attempt.meta.request_id),
        )
        return attempt

    def _send(
        self, call: Call, body: bytes | None
    ) -> tuple[requests.Response | None, Cause | None, Outcome]:
        guard = host_guard.get()
        if guard is not None:
            guard(self._host)
        headers = {"User-Agent": self._user_agent, "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            response = self._session().request(
                call.method,
                self._base_url.reveal() + call.path,
                data=body,
                params=call.params,
                headers=headers,
                auth=self._authorization,
                timeout=self._settings.timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            return None, scrubbed(error, self._scrub), classify(error)
        return response, None, Outcome.OK

    def _session(self) -> requests.Session:
        """Return the session handed in, or one that belongs to this very process."""
        if self._settings.http is not None:
            return self._settings.http
        process = os.getpid()
        session = self._sessions.get(process)
        return session or self._sessions.setdefault(process, _new_session())

    def _wait_after(self, attempt: Attempt, call: Call, number: int) -> float:
        """Return seconds until the next request; raise if there is to be none."""
        policy = self._settings.retry
        now = self._settings.clock()
        asked = server_wait(attempt.headers, attempt.outcome, now)
        again = attempt.outcome in call.kind.repeated
        too_long = again and asked is not None and asked > policy.max_wait
        if not again or too_long or number >= policy.attempts:
            what = f"{self._service.name} {call.name} {call.target}".rstrip()
            error = error_for(
                attempt,
                what,
                call.kind,
                wait=asked,
                too_long=too_long,
                limit=call.limit,
            )
            raise error from attempt.cause
        return backoff(policy, number) if asked is None else asked

    def _announce(
        self,
        hook: str,
        call: Call,
        attempt: Attempt,
        number: int,
        *,
        wait: float | None = None,
    ) -> None:
        function = getattr(self._settings.hooks, hook)
        if function is None:
            return
        ended = hook != "before_request"
        function(
            CallEvent(
                service=self._service.name,
                call=call.name,
                method=call.method,
                url=self.shown(call.path),
                attempt=number,
                outcome=attempt.outcome.value if ended else None,
                status_code=attempt.meta.status_code,
                request_id=attempt.meta.request_id,
                elapsed=attempt.meta.elapsed if ended else None,
                wait=wait,
            )
        )

    def __getstate__(self) -> dict[str, Any]:
        """Leave connections and locks behind: another process opens its own."""
        return {**self.__dict__, "_sessions": {}, "_pace": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._pace = Pace(self._settings)


_USER_AGENT = f"sessionm-braze/{__version__}"


def _problem(outcome: Outcome) -> str:
    unreadable = outcome is Outcome.UNREADABLE
    return "content cannot be decoded @ $" if unreadable else ""


def _new_session() -> requests.Session:
    session = requests.Session()
    adapter = requests.adapters.HTTPAdapter(pool_maxsize=_POOL)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def encode(call: Call) -> bytes | None:
    """Return the body of *call* as bytes; raise `ValueError` if they are too many."""
    if call.json is None:
        return None
    text = json.dumps(
        call.json, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    body = text.encode()
    if call.max_bytes is not None and len(body) > call.max_bytes:
        raise ValueError(
            f"{call.name}: the request has {len(body):,} bytes; "
            f"at most {call.max_bytes:,} are accepted"
        )
    return body


def _meta(attempt: Attempt, number: int, elapsed: float) -> ResponseMeta:
    return ResponseMeta(
        status_code=attempt.status_code,
        request_id=attempt.headers.get("X-Request-Id") or None,
        rate_limit=rate_limit(attempt.headers),
        attempts=number,
        elapsed=elapsed,
    )


def _answer(attempt: Attempt) -> Answer:
    assert attempt.status_code is not None  # noqa: S101 - an answer came
    return Answer(
        status_code=attempt.status_code,
        headers=attempt.headers,
        data=attempt.data,
        meta=attempt.meta,
    )
