"""How SessionM says yes and no, on Core and on Connect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._http import Refusal
from ..exceptions import (
    AuthenticationError,
    NotFoundError,
    RequestRejectedError,
    ResponseError,
    ServerError,
)


__all__ = ["explain", "refusal_in_success"]

_FAMILIES: Mapping[str, type[ResponseError]] = {
    "internal_server_error": ServerError,
    "https_only": RequestRejectedError,
    "invalid_auth_token": AuthenticationError,
    "invalid_api_key": AuthenticationError,
    "access_denied": AuthenticationError,
    "user_not_found": NotFoundError,
    "requires_registered_user": NotFoundError,
    "not_found": NotFoundError,
    "not_available": NotFoundError,
    "missing_data": RequestRejectedError,
    "validation": RequestRejectedError,
    "argument_error": RequestRejectedError,
}
"""Error classes by SessionM's generic codes (SessionM docs, statuses and errors)."""


def refusal_in_success(body: Mapping[str, Any]) -> Refusal | None:
    """Read the body of a 2xx: SessionM can refuse with HTTP 200.

    Raises:
        ValueError: If it has no ``status``, so that it is no answer of SessionM.
    """
    status = body.get("status")
    if not isinstance(status, str):
        raise ValueError("required text missing: status")  # noqa: TRY004
    return None if status.lower() == "ok" else explain(body)


def explain(body: Mapping[str, Any]) -> Refusal:
    """Read ``errors``, which SessionM documents, or ``error``, which others assume."""
    said = _without_traces(body.get("errors") or body.get("error"))
    code = _first_text(said, "code")
    message = _first_text(said, "message", "error", "code")
    if isinstance(said, str):
        code = code or said
    return Refusal(
        "" if message == code else message or "",
        code=code,
        errors=tuple(said) if isinstance(said, list) else (said,) if said else (),
        family=_FAMILIES.get((code or "").lower()),
    )


def _without_traces(said: Any) -> Any:
    """Return *said* without what tells of SessionM's own code."""
    if isinstance(said, list):
        return [_without_traces(each) for each in said]
    if isinstance(said, Mapping):
        return {key: said[key] for key in said if key != "stack_trace"}
    return said


def _first_text(said: Any, *keys: str) -> str | None:
    if isinstance(said, list) and said:
        said = said[0]
    if isinstance(said, str):
        return said if "message" in keys else None
    if not isinstance(said, Mapping):
        return None
    return next((said[key] for key in keys if isinstance(said.get(key), str)), None)
