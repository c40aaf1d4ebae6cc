"""Rate limits, counted per clock-aligned window (Braze docs, API limits)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from .._calls import Answer, Call
from .refusals import refuse
from .state import BrazeState


__all__ = ["count", "headers_without_limit"]

_BROADCASTS = {
    "/campaigns/trigger/send",
    "/campaigns/trigger/schedule/create",
    "/canvas/trigger/send",
    "/canvas/trigger/schedule/create",
}
_OWN_BUCKET = {
    "/users/export/ids": "export_ids",
    "/sends/id/create": "send_ids",
    "/users/track": "track",
}


def headers_without_limit() -> dict[str, str]:
    """Return the rate-limit headers of a 401: there, but empty, as recorded."""
    return dict.fromkeys(_HEADERS, "")


_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


def count(
    state: BrazeState, call: Call, now: float, /
) -> tuple[Answer | None, dict[str, str]]:
    """Count *call*; return a 429 if it is one too many, and the headers to send.

    Of several limits the headers show the one with the fewest requests left.
    """
    shown: list[tuple[int, int, int]] = []
    over = False
    for bucket, kind in _buckets(call).items():
        limit = state.limits[kind]
        window = int(now // limit.seconds)
        last, used = state.used.get(bucket, (window, 0))
        used = used + 1 if last == window else 1
        state.used[bucket] = (window, used)
        over = over or used > limit.requests
        left = max(0, limit.requests - used)
        shown.append((left, limit.requests, (window + 1) * limit.seconds))
    left, requests, reset = min(shown)
    headers = dict(zip(_HEADERS, (str(requests), str(left), str(reset)), strict=True))
    return (refuse("Rate limit exceeded", status=429) if over else None), headers


def _buckets(call: Call) -> Mapping[str, str]:
    """Return the buckets that *call* counts in, each with the limit it has."""
    audience = _broadcast_audience(call) if call.path in _BROADCASTS else None
    if audience is not None:
        return {"broadcast": "broadcast", f"broadcast {audience}": "broadcast_audience"}
    kind = _OWN_BUCKET.get(call.path, "default")
    return {kind: kind}


def _broadcast_audience(call: Call) -> str | None:
    """Return what tells one audience of broadcasts from another, or ``None``."""
    try:
        body = call.json()
    except ValueError:
        return None
    if not isinstance(body, dict) or body.get("broadcast") is not True:
        return None
    target = body.get("campaign_id") or body.get("canvas_id")
    return json.dumps([target, body.get("audience")], sort_keys=True)
