"""The Braze REST service: from a call to its answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from .._routing import Handler, Route, Router
from .._wire import Answer, Call
from . import exports, lists, schedules, users
from .limits import count, headers_without_limit
from .refusals import RefusalError, refuse
from .state import BrazeState, Kind
from .triggers import (
    MAX_SEND_ID,
    accept,
    check,
    deliveries,
    find_target,
    mark_sent,
    notice,
)


__all__ = ["ROUTER", "respond"]

MAX_BODY = 4_000_000


def respond(state: BrazeState, call: Call, now: float, /) -> Answer:
    """Answer one call to the Braze REST API."""
    request_id = {"X-Request-Id": state.ids.uuid()}
    refused = _unauthorized(state, call)
    if refused is not None:
        return refused.adding({**headers_without_limit(), **request_id})
    limited, limit_headers = count(state, call, now)
    answer = limited if limited is not None else _answer(state, call, now)
    return answer.adding({**limit_headers, **request_id})


def _unauthorized(state: BrazeState, call: Call) -> Answer | None:
    scheme, _, key = call.headers.get("authorization", "").partition(" ")
    if scheme == "Bearer" and key == state.credentials.braze_api_key:
        return None
    if not key:
        return refuse("Error authenticating credentials", status=401)
    return refuse(f"Invalid API key: {key}", status=401)


def _answer(state: BrazeState, call: Call, now: float) -> Answer:
    if call.path != "/" and call.path.endswith("/"):
        return refuse("Access Denied", status=403)
    found = ROUTER.find(call)
    if found is None:
        return refuse("Not Found", status=404)
    if call.method == "POST" and (problem := _body_problem(call)) is not None:
        return problem
    handler, named = found
    try:
        return handler(state, call, named, now)
    except RefusalError as refusal:
        return refusal.answer


def _body_problem(call: Call) -> Answer | None:
    if (
        call.headers.get("content-type", "").partition(";")[0].strip()
        != "application/json"
    ):
        return refuse("Unsupported Media Type", status=415)
    if len(call.body) > MAX_BODY:
        return refuse("Request Entity Too Large", status=413)
    try:
        call.json()
    except ValueError:
        return Answer.of({"error": "The request body is not valid JSON"}, status=400)
    return None


def _trigger(
    state: BrazeState, call: Call, _named: Mapping[str, str], now: float, *, kind: Kind
) -> Answer:
    trigger = check(state, kind, call.json())
    answer, dispatch_id, send_id = accept(state, trigger)
    if notice(trigger.target) is None:
        sent = list(
            deliveries(state, trigger, now, dispatch_id=dispatch_id, send_id=send_id)
        )
        state.outgoing.extend(sent)
        if sent:
            mark_sent(trigger.target, now)
    return answer


def _schedule(
    state: BrazeState, call: Call, _named: Mapping[str, str], now: float, *, kind: Kind
) -> Answer:
    return schedules.create(state, kind, call.json(), now)


def _reschedule(
    state: BrazeState, call: Call, _named: Mapping[str, str], now: float, *, kind: Kind
) -> Answer:
    return schedules.update(state, kind, call.json(), now)


def _unschedule(
    state: BrazeState, call: Call, _named: Mapping[str, str], _now: float, *, kind: Kind
) -> Answer:
    return schedules.delete(state, kind, call.json())


def _create_send_id(
    state: BrazeState, call: Call, _named: Mapping[str, str], _now: float
) -> Answer:
    body: Any = call.json()
    if not isinstance(body, dict):
        raise RefusalError("The body must be a JSON object")
    target = find_target(state, "campaign", body)
    send_id = body.get("send_id") or state.ids.hex(24)
    if (
        not isinstance(send_id, str)
        or not send_id.isascii()
        or len(send_id) > MAX_SEND_ID
    ):
        raise RefusalError("send_id must be ASCII, 64 characters at most")
    state.send_ids.setdefault(target.id, set()).add(send_id)
    return Answer.of({"message": "success", "send_id": send_id}, status=201)


def _without_path(function: Any) -> Handler[BrazeState]:
    """Adapt a function of state, call and time, or of fewer of them."""
    return lambda state, call, _named, now: function(state, call, now)


def _both(
    verb: str, path: str, handler: Any, summary: str
) -> tuple[Route[BrazeState], ...]:
    """Return the routes of a call that campaigns and Canvases both have."""
    return (
        Route(verb, f"/campaigns{path}", partial(handler, kind="campaign"), summary),
        Route(verb, f"/canvas{path}", partial(handler, kind="canvas"), summary),
    )


def _list(
    state: BrazeState, call: Call, _named: Mapping[str, str], _now: float, *, kind: Kind
) -> Answer:
    return lists.list_targets(state, call, kind)


def _details(
    state: BrazeState, call: Call, _named: Mapping[str, str], _now: float, *, kind: Kind
) -> Answer:
    return lists.target_details(state, call, kind)


_ROUTES: tuple[Route[BrazeState], ...] = (
    *_both("POST", "/trigger/send", _trigger, "send now"),
    *_both("POST", "/trigger/schedule/create", _schedule, "send later"),
    *_both("POST", "/trigger/schedule/update", _reschedule, "move a scheduled send"),
    *_both(
        "POST", "/trigger/schedule/delete", _unschedule, "call a scheduled send off"
    ),
    *_both("GET", "/list", _list, "list, 100 a page"),
    *_both("GET", "/details", _details, "show details"),
    Route("POST", "/sends/id/create", _create_send_id, "create a send id"),
    Route(
        "GET",
        "/segments/list",
        _without_path(lambda state, call, _now: lists.list_segments(state, call)),
        "list segments, 100 a page",
    ),
    Route(
        "GET",
        "/segments/details",
        _without_path(lambda state, call, _now: lists.segment_details(state, call)),
        "show a segment",
    ),
    Route(
        "GET",
        "/segments/data_series",
        _without_path(lists.segment_size),
        "show the size of a segment",
    ),
    Route(
        "POST",
        "/users/track",
        _without_path(lambda state, call, now: users.track(state, call.json(), now)),
        "write attributes, events, purchases",
    ),
    Route(
        "POST",
        "/users/export/ids",
        _without_path(lambda state, call, _now: users.export_ids(state, call.json())),
        "read profiles by id",
    ),
    Route(
        "POST",
        "/users/export/segment",
        _without_path(
            lambda state, call, now: exports.export_segment(
                state, call, call.json(), now
            )
        ),
        "start the export of a segment",
    ),
    Route(
        "POST",
        "/export/segment/cancel",
        _without_path(lambda state, call, now: exports.cancel(state, call.json(), now)),
        "stop the export of a segment",
    ),
)

ROUTER = Router(_ROUTES)
