"""SessionM Core: customers and tags (SessionM docs, Core APIs)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .._calls import Answer, Call
from .._routing import Handler, Route, Router
from .profiles import apply_fields, show_user
from .state import CustomerRecord, LoyaltyState, TagRecord


__all__ = ["ROUTER", "find", "put_tags", "respond", "show_tag"]


def respond(state: LoyaltyState, call: Call, now: float, /) -> Answer:
    """Answer one call to SessionM Core."""
    if call.headers.get("authorization") != state.credentials.core_authorization:
        return _failure("access_denied", status=401)
    found = find(state, call)
    if found is None:
        return _failure("not_found", status=404)
    handler, named = found
    if (
        named.pop("api_key", state.credentials.core_api_key)
        != state.credentials.core_api_key
    ):
        return _failure("invalid_api_key", status=401)
    try:
        return handler(state, call, named, now)
    except _UnknownCustomerError:
        return _failure("user_not_found", status=404)


def find(
    state: LoyaltyState, call: Call, /
) -> tuple[Handler[LoyaltyState], dict[str, str]] | None:
    """Return what answers *call*: a route of one's own comes first.

    One's own are named by their path below the app, or by the whole path.
    """
    own = state.routes
    below = (attrs.evolve(each, pattern=f"{_APP}{each.pattern}") for each in own)
    return Router((*below, *own)).find(call) or ROUTER.find(call)


def _failure(code: str, message: str | None = None, /, *, status: int = 200) -> Answer:
    """Return Core's error envelope; refusals of the content come with HTTP 200."""
    errors = {"code": code} if message is None else {"code": code, "message": message}
    return Answer.of({"status": "error", "errors": errors}, status=status)


class _UnknownCustomerError(Exception):
    """The path names a customer that SessionM does not have."""


def _customer(state: LoyaltyState, named: Mapping[str, str]) -> CustomerRecord:
    if "user_id" in named:
        customer = state.by_user_id(named["user_id"])
    else:
        customer = state.by_external_id(named["external_id"])
    if customer is None:
        raise _UnknownCustomerError
    return customer


def _body(call: Call) -> dict[str, Any] | None:
    try:
        body = call.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _post_tags(
    state: LoyaltyState, call: Call, named: Mapping[str, str], now: float
) -> Answer:
    customer = _customer(state, named)
    body = _body(call)
    if body is None:
        return _failure("argument_error", "the body is not a JSON object")
    problem = _tag_problem(body)
    if problem is not None:
        return _failure(*problem)
    put_tags(customer, body["tags"], body.get("ttl"), now)
    return _show_tags(customer, now)


def _tag_problem(body: Mapping[str, Any]) -> tuple[str, str] | None:
    tags, ttl = body.get("tags"), body.get("ttl")
    if not tags:
        return "missing_data", "tags is required"
    if not isinstance(tags, list) or not all(
        isinstance(t, str) and t.strip() for t in tags
    ):
        return "argument_error", "tags must be an array of names"
    if ttl is not None and (type(ttl) is not int or ttl < 1):
        return "argument_error", "ttl must be a number of seconds, at least 1"
    return None


def put_tags(
    customer: CustomerRecord, names: list[str], ttl: int | None, now: float, /
) -> None:
    """Put tags on *customer*: expiring ones with a *ttl*, else counted up by one.

    A name posted the other way than before changes its kind.
    """
    live = customer.live_tags(now)
    for name in dict.fromkeys(names):
        if ttl is not None:
            live[name] = TagRecord(expires_at=now + ttl)
        else:
            before = live.get(name, TagRecord()).count or 0
            live[name] = TagRecord(count=before + 1)
    customer.tags = live


def _show_tags(customer: CustomerRecord, now: float) -> Answer:
    shown = {name: show_tag(tag, now) for name, tag in customer.live_tags(now).items()}
    return Answer.of({"status": "ok", "tags": shown})


def show_tag(tag: TagRecord, now: float, /) -> dict[str, int]:
    """Return a tag as the answers show it: its count, or the seconds it has left."""
    if tag.expires_at is not None:
        return {"ttl": max(1, round(tag.expires_at - now))}
    return {"count": tag.count or 0}


def _get_tags(
    state: LoyaltyState, _call: Call, named: Mapping[str, str], now: float
) -> Answer:
    return _show_tags(_customer(state, named), now)


def _get_user(
    state: LoyaltyState, call: Call, named: Mapping[str, str], _now: float
) -> Answer:
    customer = _customer(state, named)
    return Answer.of({"status": "ok", "user": show_user(customer, call.query)})


def _put_user(
    state: LoyaltyState, call: Call, named: Mapping[str, str], now: float
) -> Answer:
    return _write_user(state, _customer(state, named), call, now)


def _create_user(
    state: LoyaltyState, call: Call, _named: Mapping[str, str], now: float
) -> Answer:
    customer = CustomerRecord(user_id=state.ids.uuid(), created_at=now, updated_at=now)
    answer = _write_user(state, customer, call, now)
    if answer.json()["status"] == "ok":
        state.add(customer)
    return answer


def _write_user(
    state: LoyaltyState, customer: CustomerRecord, call: Call, now: float
) -> Answer:
    fields = (_body(call) or {}).get("user")
    if not isinstance(fields, dict):
        return _failure("missing_data", "user is required")
    try:
        apply_fields(state, customer, fields)
    except ValueError as exc:
        return _failure("validation", str(exc))
    customer.updated_at = now
    return Answer.of({"status": "ok", "user": show_user(customer, call.query)})


_APP = "/priv/v1/apps/{api_key}"
_USER = f"{_APP}/users/{{user_id}}"
_EXTERNAL = f"{_APP}/external/users/{{external_id}}"

_ROUTES: tuple[Route[LoyaltyState], ...] = (
    Route(
        "POST", f"{_USER}/tags", _post_tags, "put expiring tags, or count counter tags"
    ),
    Route("POST", f"{_EXTERNAL}/tags", _post_tags, "the same, by external id"),
    Route("GET", f"{_USER}/tags", _get_tags, "read tags"),
    Route("GET", f"{_EXTERNAL}/tags", _get_tags, "read tags, by external id"),
    Route("POST", f"{_APP}/users", _create_user, "create a customer"),
    Route("GET", _USER, _get_user, "read a customer"),
    Route("GET", _EXTERNAL, _get_user, "read a customer, by external id"),
    Route("PUT", _USER, _put_user, "change a customer"),
    Route("PUT", _EXTERNAL, _put_user, "change a customer, by external id"),
)

ROUTER = Router(_ROUTES)
