"""What is repeated, what is not, and how long to wait before.

Reading the tables below is reading the policy.  Braze documents which answers mean
that nothing was sent; SessionM documents that a tag posted without a ttl counts up.
Neither has an idempotency key for these calls, so a call that may have been carried
out is never made again.
"""

from __future__ import annotations

import enum
import math
import random
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import attrs

from .._checks import closest_keywords, is_number, told
from ..exceptions import RateLimit


__all__ = ["CallKind", "Outcome", "RetryPolicy", "backoff", "rate_limit", "server_wait"]


class Outcome(enum.Enum):
    """How one request ended, as far as repeating is concerned."""

    OK = "answered"
    NO_CONNECTION = "no connection"
    TIMEOUT = "no answer in time"
    CUT = "connection cut"
    UNREADABLE = "unreadable answer"
    EXCEEDED = "answer beyond a limit"
    REQUEST_TIMEOUT = "HTTP 408"
    RATE_LIMITED = "HTTP 429"
    DECLINED = "the service failed and says that nothing was done"
    SERVER_FAULT = "the service failed"
    REFUSED = "refused"


_TRANSIENT = frozenset(Outcome) - {Outcome.OK, Outcome.REFUSED, Outcome.EXCEEDED}
_AMBIGUOUS = frozenset(
    {
        *(Outcome.TIMEOUT, Outcome.CUT, Outcome.UNREADABLE, Outcome.EXCEEDED),
        Outcome.SERVER_FAULT,
    }
)


class CallKind(NamedTuple):
    """A class of calls: after which outcomes it is repeated, and which stay unknown."""

    name: str
    repeated: frozenset[Outcome]
    unknown: frozenset[Outcome] = frozenset()


READ = CallKind("read", repeated=_TRANSIENT)

REPEATABLE_WRITE = CallKind("repeatable write", repeated=_TRANSIENT)

SEND = CallKind(
    "send",
    repeated=frozenset({Outcome.NO_CONNECTION, Outcome.RATE_LIMITED}),
    unknown=_AMBIGUOUS | {Outcome.DECLINED},
)

DECLINABLE_SEND = CallKind(
    "send",
    repeated=SEND.repeated | {Outcome.DECLINED},
    unknown=_AMBIGUOUS,
)
"""A send whose service says with a 500, 502 or 503 that nothing was done."""

SINGLE_RUN = CallKind(
    "send",
    repeated=DECLINABLE_SEND.repeated - {Outcome.RATE_LIMITED},
    unknown=_AMBIGUOUS,
)
"""A send for which 429 means that one is running (Braze's segment export)."""


def _seconds(_: object, attribute: attrs.Attribute[float], value: float) -> None:
    if not (is_number(value) and 0 <= value < math.inf):
        raise ValueError(
            f"RetryPolicy.{attribute.name} must be seconds of 0 or more, "
            f"got {told(value)}"
        )


@closest_keywords
@attrs.frozen
class RetryPolicy:
    """How often a call is repeated, and how long it waits before.

    Which calls are repeated at all, and after what, is not a setting: a send that
    may have been carried out is never repeated.
    """

    attempts: int = attrs.field(default=3)
    """Requests per call at most, the first included; 1 switches repeating off."""

    backoff: float = attrs.field(default=0.5, validator=_seconds)
    """Seconds of the first wait at most; each further one may be twice as long."""

    max_backoff: float = attrs.field(default=8.0, validator=_seconds)
    """Seconds that no such wait exceeds."""

    max_wait: float = attrs.field(default=60.0, validator=_seconds)
    """Seconds the service may ask for; a longer wait raises `RateLimitError`."""

    @attempts.validator
    def _check_attempts(self, _: object, value: int) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(
                f"RetryPolicy.attempts must be an int of 1 or more, got {told(value)}"
            )


def backoff(policy: RetryPolicy, attempt: int) -> float:
    """Return seconds to wait after request number *attempt*: full jitter."""
    longest = min(policy.max_backoff, policy.backoff * 2 ** min(attempt - 1, 60))
    return random.uniform(0, longest)  # noqa: S311 - spreads load, guards nothing


def server_wait(
    headers: Mapping[str, str], outcome: Outcome | None, now: float
) -> float | None:
    """Return the seconds the service asks to wait, or ``None`` if it does not say.

    ``Retry-After`` comes first.  ``X-RateLimit-Reset`` stands on every Braze answer
    and means a wait only on a 429; one in the past says nothing.
    """
    wait = _retry_after(headers.get("Retry-After", ""), now)
    if wait is None and outcome is Outcome.RATE_LIMITED:
        reset = _number(headers.get("X-RateLimit-Reset", ""))
        wait = None if reset is None else reset - now
    return wait if wait is not None and wait > 0 else None


def rate_limit(headers: Mapping[str, str]) -> RateLimit | None:
    """Return what the ``X-RateLimit-*`` *headers* say; empty ones say nothing."""
    limit, remaining, reset = (
        _number(headers.get(f"X-RateLimit-{name}", ""))
        for name in ("Limit", "Remaining", "Reset")
    )
    if limit is remaining is reset is None:
        return None
    return RateLimit(limit=_whole(limit), remaining=_whole(remaining), reset=reset)


def _retry_after(text: str, now: float) -> float | None:
    seconds = _number(text)
    if seconds is not None:
        return seconds
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.timestamp() - now


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
