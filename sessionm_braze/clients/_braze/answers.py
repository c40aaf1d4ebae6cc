"""How Braze says yes and no, and what its limits are called in errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._http import Refusal, Service


__all__ = ["BROADCAST_LIMIT", "BUSY_EXPORT", "MAX_BYTES", "SEND_ID_LIMIT", "SERVICE"]

MAX_BYTES = 4_000_000
"""Size of a request that Braze takes (Braze docs, API limits: about 4 MB)."""

BROADCAST_LIMIT = (
    "by default Braze takes 250 broadcasts a minute, and 10 a minute for one audience"
)
SEND_ID_LIMIT = "by default Braze makes 100 send ids a day"
BUSY_EXPORT = (
    "an export of this segment may be running, which takes minutes: only one can"
)

_ACCEPTED_MESSAGES = frozenset({"success", "queued"})


def _refusal_in_success(body: Mapping[str, Any]) -> Refusal | None:
    """Check that a 2xx says ``success``: what it means otherwise is not documented."""
    message = body.get("message")
    if not isinstance(message, str):
        raise ValueError("required text missing: message")  # noqa: TRY004
    if message.lower() not in _ACCEPTED_MESSAGES:
        raise ValueError(f"neither success nor queued, but {message!r}: message")
    return None


def _explain(body: Mapping[str, Any]) -> Refusal:
    """Read ``message``, or ``error`` which Braze uses for JSON it cannot parse."""
    said = body.get("message", body.get("error"))
    errors = body.get("errors") or []
    return Refusal(
        said if isinstance(said, str) else "",
        errors=tuple(errors if isinstance(errors, list) else [errors]),
    )


SERVICE = Service(
    name="Braze",
    refusal_in_success=_refusal_in_success,
    explain=_explain,
    declines_with=frozenset({500, 502, 503}),
)
