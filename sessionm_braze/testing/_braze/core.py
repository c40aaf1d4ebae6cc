"""The Braze REST service: from a call to its answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from .._calls import Answer, Call
from .._routing import Handler, Route, Router
from . import exports, lists, schedules, sends, users
from .elsewhere import is_brazes
from .limits import count, headers_without_limit
from .refusals import RefusalError, refuse
from .state import BrazeState


__all__ = ["ROUTER", "find", "missing", "respond"]

MAX_BODY_BYTES = 4_000_000


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
    found = find(state, call)
    if found is None:
        gap = missing(call)
        return refuse(gap or "Not Found", status=501 if gap else 404)
    wants_body = call.method == "POST" or (call.body and call.method != "GET")
    if wants_body and (problem := _body_problem(call)) is not None:
        return problem
    handler, named = found
    try:
        return handler(state, call, named, now)
    except RefusalError as refusal:
        return refusal.answer


def find(
    state: BrazeState, call: Call, /
) -> tuple[Handler[BrazeState], dict[str, str]] | None:
    """Return what answers *call*: a route of one's own comes first."""
    return Router(state.routes).find(call) or ROUTER.find(call)


def missing(call: Call, /) -> str | None:
    """Say how to add what *call* asks for, if Braze has it and the sandbox has not."""
    if not is_brazes(call):
        return None
    return (
        f"Braze has {call.method} {call.path}, and the sandbox has not; add it with "
        f'sandbox.dashboard.route("{call.method}", "{call.path}", function)'
    )


def _body_problem(call: Call) -> Answer | None:
    kind = call.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/json":
        return refuse("Unsupported Media Type", status=415)
    if len(call.body) > MAX_BODY_BYTES:
        return refuse("Request Entity Too Large", status=413)
    try:
        call.json()
    except ValueError:
        return Answer.of({"error": "The request body is not valid JSON"}, status=400)
    return None


def _route(
    verb: str,
    path: str,
    operation: Callable[[BrazeState, Call, float], Answer],
    summary: str,
) -> Route[BrazeState]:
    """Return a route whose path names nothing."""
    return Route(
        verb, path, lambda state, call, _, now: operation(state, call, now), summary
    )


def _both(
    verb: str, path: str, operation: Callable[..., Answer], summary: str
) -> tuple[Route[BrazeState], ...]:
    """Return the routes of a call that campaigns and Canvases both have."""
    campaign, canvas = (
        partial(operation, kind="campaign"),
        partial(operation, kind="canvas"),
    )
    return (
        _route(verb, f"/campaigns{path}", campaign, summary),
        _route(verb, f"/canvas{path}", canvas, summary),
    )


ROUTER = Router(
    (
        *_both("POST", "/trigger/send", sends.send, "send now"),
        *_both("POST", "/trigger/schedule/create", schedules.create, "send later"),
        *_both("POST", "/trigger/schedule/update", schedules.update, "move a send"),
        *_both("POST", "/trigger/schedule/delete", schedules.delete, "call a send off"),
        *_both("GET", "/list", lists.list_targets, "list, 100 a page"),
        *_both("GET", "/details", lists.target_details, "show details"),
        _route("POST", "/sends/id/create", sends.create_send_id, "create a send id"),
        _route("GET", "/segments/list", lists.list_segments, "list, 100 a page"),
        _route("GET", "/segments/details", lists.segment_details, "show a segment"),
        _route("GET", "/segments/data_series", lists.segment_size, "show its size"),
        _route("POST", "/users/track", users.track, "write attributes and events"),
        _route("POST", "/users/export/ids", users.export_ids, "read profiles by id"),
        _route(
            "POST", "/users/export/segment", exports.export_segment, "export a segment"
        ),
        _route("POST", "/export/segment/cancel", exports.cancel, "stop an export"),
    )
)
