"""The control routes of the loopback front: state read and set over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from ..._checks import told
from .._calls import Answer
from .._clock import iso
from .._dashboards.braze import Dashboard
from .._dashboards.sessionm import SessionMSide
from .._endpoints import Endpoints
from .._outbox import SentMessage
from .._seed import apply_seed
from .._services import Services


__all__ = ["CONTROL_PREFIX", "CONTROL_ROUTES", "ControlApi"]

CONTROL_PREFIX = "/_sandbox/"
"""Paths below it steer the sandbox itself, on every port."""


@attrs.frozen
class ControlApi:
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
        except KeyError as exc:
            return Answer.of({"message": f"the field {exc} is missing"}, status=400)
        except OverflowError as exc:
            return Answer.of({"message": f"a number is too large: {exc}"}, status=400)
        except (TypeError, ValueError) as exc:
            return Answer.of({"message": " ".join(str(exc).split())}, status=400)


def _json_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in *body*; nothing at all counts as an empty one."""
    try:
        value = json.loads(body or b"{}")
    except RecursionError:
        raise ValueError("the body is nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("the body must be a JSON object")  # noqa: TRY004
    return value


def _about(api: ControlApi, _: Mapping[str, Any]) -> Any:
    return {
        **attrs.asdict(api.endpoints),
        "environ": api.services.credentials.environ(api.endpoints),
        "now": iso(api.services.clock()),
    }


def _state(api: ControlApi, _: Mapping[str, Any]) -> Any:
    side = api.sessionm
    return {
        "customers": [
            {
                **attrs.asdict(customer),
                "tags": side.tags_of(customer),
                "offers": [attrs.asdict(offer) for offer in side.offers_of(customer)],
            }
            for customer in side.customers()
        ],
        "targets": [attrs.asdict(target) for target in api.dashboard.targets()],
        "now": iso(api.services.clock()),
    }


def _outbox(api: ControlApi, _: Mapping[str, Any]) -> Any:
    return {"messages": [_message(message) for message in api.services.outbox]}


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


def _requests(api: ControlApi, _: Mapping[str, Any]) -> Any:
    return {"requests": [attrs.asdict(record) for record in api.services.journal]}


def _seed(api: ControlApi, body: Mapping[str, Any]) -> Any:
    apply_seed(api.sessionm, api.dashboard, body)
    return _state(api, {})


def _reset(api: ControlApi, _: Mapping[str, Any]) -> Any:
    api.services.reset()
    return {"message": "success"}


def _advance(api: ControlApi, body: Mapping[str, Any]) -> Any:
    api.services.clock.advance(**body)
    return {"now": iso(api.services.clock())}


def _add_fault(api: ControlApi, body: Mapping[str, Any]) -> Any:
    return {"fault": str(api.services.faults.add(**body))}


def _launch(api: ControlApi, body: Mapping[str, Any]) -> Any:
    sent = api.dashboard.launch(str(body["id"]))
    return {"messages": [_message(message) for message in sent]}


def _fire(api: ControlApi, body: Mapping[str, Any]) -> Any:
    data = body.get("data", {})
    customer = body["customer"]
    if not isinstance(customer, str):
        raise TypeError(f"the field 'customer' must be a text, got {told(customer)}")
    fired = api.sessionm.fire(body["event"], customer, **data)
    return {"fired": [{"status": f.status, "answer": f.answer} for f in fired]}


def _problems(api: ControlApi, _: Mapping[str, Any]) -> Any:
    return {"problems": api.services.problems()}


_Function = Callable[[ControlApi, Mapping[str, Any]], Any]

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
