"""The control routes of the loopback front: state read and set over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from .._calls import Answer
from .._clock import iso
from .._dashboards.braze import Dashboard
from .._dashboards.sessionm import SessionMSide
from .._endpoints import Endpoints
from .._outbox import SentMessage
from .._seed import apply_seed
from .._services import Services


__all__ = ["CONTROL_ROUTES", "ControlDesk"]


@attrs.frozen
class ControlDesk:
    """Answers what comes in below the reserved prefix."""

    services: Services
    sessionm: SessionMSide
    dashboard: Dashboard
    endpoints: Endpoints
    """The addresses of the loopback front."""

    def answer(self, method: str, path: str, body: bytes, /) -> Answer:
        """Answer one control call; what it cannot do is 400 with the reason."""
        found = CONTROL_ROUTES.get((method, path.partition("?")[0].strip("/")))
        if found is None:
            known = [f"{verb} {place}" for verb, place in CONTROL_ROUTES]
            text = f"no control route {method} {path!r}; there are {', '.join(known)}"
            return Answer.of({"message": text}, status=404)
        try:
            return Answer.of(found[0](self, _json_object(body)))
        except (TypeError, ValueError, KeyError) as exc:
            return Answer.of({"message": str(exc)}, status=400)


def _json_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in *body*; nothing at all counts as an empty one."""
    value = json.loads(body or b"{}")
    if not isinstance(value, dict):
        raise ValueError("the body must be a JSON object")  # noqa: TRY004
    return value


def _about(desk: ControlDesk, _: Mapping[str, Any]) -> Any:
    return {
        **attrs.asdict(desk.endpoints),
        "environ": desk.services.credentials.environ(desk.endpoints),
        "now": iso(desk.services.clock()),
    }


def _state(desk: ControlDesk, _: Mapping[str, Any]) -> Any:
    side = desk.sessionm
    return {
        "customers": [
            {
                **attrs.asdict(customer),
                "tags": side.tags_of(customer),
                "offers": [attrs.asdict(offer) for offer in side.offers_of(customer)],
            }
            for customer in side.customers()
        ],
        "targets": [attrs.asdict(target) for target in desk.dashboard.targets()],
        "now": iso(desk.services.clock()),
    }


def _outbox(desk: ControlDesk, _: Mapping[str, Any]) -> Any:
    return {"messages": [_message(message) for message in desk.services.outbox]}


def _message(message: SentMessage) -> dict[str, Any]:
    return {
        "recipient": message.recipient,
        "text": message.text,
        "aborted": message.aborted,
        "abort_reason": message.abort_reason,
        "error": None if message.error is None else str(message.error),
        "response_status": message.response_status,
        "at": iso(message.at),
        "trigger": attrs.asdict(message.trigger),
    }


def _requests(desk: ControlDesk, _: Mapping[str, Any]) -> Any:
    return {"requests": [attrs.asdict(record) for record in desk.services.journal]}


def _seed(desk: ControlDesk, body: Mapping[str, Any]) -> Any:
    apply_seed(desk.sessionm, desk.dashboard, body)
    return _state(desk, {})


def _reset(desk: ControlDesk, _: Mapping[str, Any]) -> Any:
    desk.services.reset()
    return {"message": "success"}


def _advance(desk: ControlDesk, body: Mapping[str, Any]) -> Any:
    desk.services.clock.advance(**body)
    return {"now": iso(desk.services.clock())}


def _add_fault(desk: ControlDesk, body: Mapping[str, Any]) -> Any:
    return {"fault": str(desk.services.faults.add(**body))}


def _launch(desk: ControlDesk, body: Mapping[str, Any]) -> Any:
    sent = desk.dashboard.launch(str(body["id"]))
    return {"messages": [_message(message) for message in sent]}


def _fire(desk: ControlDesk, body: Mapping[str, Any]) -> Any:
    data = body.get("data", {})
    fired = desk.sessionm.fire(body["event"], body["customer"], **data)
    return {"fired": [{"status": f.status, "answer": f.answer} for f in fired]}


def _problems(desk: ControlDesk, _: Mapping[str, Any]) -> Any:
    return {"problems": desk.services.problems()}


_Function = Callable[[ControlDesk, Mapping[str, Any]], Any]

CONTROL_ROUTES: Mapping[tuple[str, str], tuple[_Function, str]] = {
    ("GET", ""): (_about, "base URLs, environment variables, the time"),
    ("GET", "state"): (_state, "customers with tags and offers, campaigns"),
    ("GET", "outbox"): (_outbox, "the rendered messages"),
    ("GET", "requests"): (_requests, "the requests so far, secrets masked"),
    ("GET", "problems"): (_problems, "what a strict sandbox would fail on"),
    ("POST", "seed"): (_seed, "add customers, campaigns and the rest"),
    ("POST", "reset"): (_reset, "forget everything but the time"),
    ("POST", "clock"): (_advance, "move the time: days, hours, minutes, seconds"),
    ("POST", "faults"): (_add_fault, "plan a fault: kind, service, path, call, …"),
    ("POST", "launch"): (_launch, "launch a campaign or webhook: id"),
    ("POST", "fire"): (_fire, "let an event happen: event, customer, data"),
}
"""Method and path below the prefix, the function, and what it does."""
