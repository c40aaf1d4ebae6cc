"""How a client is set up, checked when it is made; and what its hooks are told."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any, TypedDict

import attrs
import requests
from urllib3.util import Retry

from .._checks import closest_keywords, function, instance, is_number, told, whole
from .policy import RetryPolicy


__all__ = ["CallEvent", "ClientSettings", "Hooks", "Settings"]


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


def _check_hook(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is not None:
        function(value, f"Hooks.{attribute.name}")


@closest_keywords
@attrs.frozen
class Hooks:
    """Functions called around each request, for tracing and metrics.

    An exception of a hook is logged with its traceback and does not end the call: it
    would hide whether a send was accepted.
    """

    before_request: Hook | None = attrs.field(default=None, validator=_check_hook)
    after_response: Hook | None = attrs.field(default=None, validator=_check_hook)
    """Called when a request has ended, with or without an answer."""

    before_retry: Hook | None = attrs.field(default=None, validator=_check_hook)


class ClientSettings(TypedDict, total=False):
    """Keyword settings that all clients share."""

    timeout: float | tuple[float, float]
    """Seconds to connect and to wait for an answer; default ``(5, 30)``."""

    deadline: float
    """Seconds of one request in all, to the last byte of its answer, however it comes;
    default 120.  Looking a name up is the system's, and not counted."""

    max_answer: int
    """Bytes of an answer, unpacked; default 64 MB."""

    retry: RetryPolicy
    requests_per_second: float | None
    """Upper bound of the client's own pace, repeats included; default none."""

    hooks: Hooks
    http: requests.Session | None
    """A session to send through, for example with proxies or certificates of its
    own.  One whose adapter would repeat a POST is refused.  Connections that it
    opens from then on keep *deadline*; an adapter that is not the one of requests is
    bounded by *timeout* until the body begins.  Default: one of the
    client's own, which takes proxies and certificates from the environment as it is
    at the first request."""

    user_agent: str | None
    """What the app calls itself, such as ``"my-app/1.2"``; joins ``User-Agent``."""

    clock: Callable[[], float]
    """Seconds since the epoch; default ``time.time``."""

    sleep: Callable[[float], object]
    """Waits for seconds; default ``time.sleep``."""


def _check_timeout(_: object, __: object, value: object) -> None:
    parts = value if isinstance(value, tuple) else (value, value)
    numbers = all(is_number(part) and 0 < part < math.inf for part in parts)
    if not numbers or len(parts) != 2:  # noqa: PLR2004 - a pair
        raise ValueError(
            "timeout must be seconds above 0, or a pair of them "
            f"(to connect, to wait for an answer), got {told(value)}"
        )


def _check_deadline(_: object, __: object, value: object) -> None:
    if not (is_number(value) and 0 < value < math.inf):
        raise ValueError(f"deadline must be seconds above 0, got {told(value)}")


def _check_max_answer(_: object, __: object, value: object) -> None:
    whole(value, "max_answer", least=1)


def check_pace(_: object, __: object, value: float | None) -> None:
    """Make sure that *value* is a pace, or None (a validator of attrs)."""
    if value is not None and not (is_number(value) and value > 0):
        raise ValueError(
            f"requests_per_second must be a number above 0, or None, got {told(value)}"
        )


def _check_user_agent(_: object, __: object, value: str | None) -> None:
    if value is None:
        return
    if not isinstance(value, str):
        raise TypeError(f"user_agent must be a string, got {told(value)}")
    if not value.strip() or not value.isascii() or not value.isprintable():
        raise ValueError(f"user_agent must be printable ASCII, got {told(value)}")


def _check_function(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    function(value, attribute.name)


def _check_retry(_: object, __: object, value: object) -> None:
    instance(value, "retry", RetryPolicy, "RetryPolicy(attempts=5)")


def _check_hooks(_: object, __: object, value: object) -> None:
    instance(value, "hooks", Hooks, "Hooks(before_request=print)")


def _check_session(_: object, __: object, value: requests.Session | None) -> None:
    if value is not None:
        check_repeats(instance(value, "http", requests.Session, "requests.Session()"))


def check_repeats(session: requests.Session) -> None:
    """Refuse a session that would send a POST again by itself."""
    for prefix, adapter in session.adapters.items():
        retry = getattr(adapter, "max_retries", None)
        if not isinstance(retry, Retry) or retry.total == 0:
            continue
        methods = retry.allowed_methods
        if not methods or "POST" in {method.upper() for method in methods}:
            raise ValueError(
                f"http must not repeat a POST, as its adapter for {prefix!r} would:"
                " give its Retry allowed_methods={'GET'}, or leave repeats to retry="
            )


@attrs.frozen(kw_only=True)
class Settings:
    """`ClientSettings`, complete and checked."""

    timeout: float | tuple[float, float] = attrs.field(
        default=(5, 30), validator=_check_timeout
    )
    deadline: float = attrs.field(default=120, validator=_check_deadline)
    max_answer: int = attrs.field(default=64_000_000, validator=_check_max_answer)
    retry: RetryPolicy = attrs.field(factory=RetryPolicy, validator=_check_retry)
    requests_per_second: float | None = attrs.field(default=None, validator=check_pace)
    hooks: Hooks = attrs.field(factory=Hooks, validator=_check_hooks)
    http: requests.Session | None = attrs.field(default=None, validator=_check_session)
    user_agent: str | None = attrs.field(default=None, validator=_check_user_agent)
    clock: Callable[[], float] = attrs.field(
        default=time.time, validator=_check_function
    )
    sleep: Callable[[float], object] = attrs.field(
        default=time.sleep, validator=_check_function
    )
