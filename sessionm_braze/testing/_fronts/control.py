"""The control routes of the loopback front: state read and set over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from .._clock import iso
from .._outbox import SentMessage
from .._wire import Answer


if TYPE_CHECKING:
    from .._sandbox import Sandbox


__all__ = ["CONTROL_ROUTES", "ControlDesk"]


class ControlDesk:
    """Answers what comes in below the reserved prefix.

    Args:
        sandbox: The sandbox it steers.
    """

    def __init__(self, sandbox: Sandbox, /) -> None:
        self._sandbox = sandbox

    def answer(self, method: str, path: str, body: bytes, /) -> Answer:
        """Answer one control call; what it cannot do is 400 with the reason."""
        found = CONTROL_ROUTES.get((method, path.partition("?")[0].strip("/")))
        if found is None:
            known = [f"{verb} {place}" for verb, place in CONTROL_ROUTES]
            text = f"no control route {method} {path!r}; there are {', '.join(known)}"
            return Answer.of({"message": text}, status=404)
        try:
            return Answer.of(found[0](self._sandbox, control_body(body)))
        except (TypeError, ValueError, KeyError) as exc:
            return Answer.of({"message": str(exc)}, status=400)


def control_body(body: bytes, /) -> dict[str, Any]:
    """Return the JSON object in *body*; nothing at all counts as an empty one.

    Raises:
        ValueError: If it is anything else.
    """
    value = json.loads(body or b"{}")
    if not isinstance(value, dict):
        raise ValueError("the body must be a JSON object")  # noqa: TRY004
    return value


def _about(sandbox: Sandbox, _: Mapping[str, Any]) -> Any:
    return {
        **attrs.asdict(sandbox.serve()),
        "environ": sandbox.environ,
        "now": iso(sandbox.clock()),
    }


def _state(sandbox: Sandbox, _: Mapping[str, Any]) -> Any:
    side = sandbox.sessionm
    return {
        "customers": [
            {
                **attrs.asdict(customer),
                "tags": side.tags_of(customer),
                "offers": [attrs.asdict(offer) for offer in side.offers_of(customer)],
            }
            for customer in side.customers()
        ],
        "targets": [attrs.asdict(target) for target in sandbox.dashboard.targets()],
        "now": iso(sandbox.clock()),
    }


def _outbox(sandbox: Sandbox, _: Mapping[str, Any]) -> Any:
    return {"messages": [show_message(message) for message in sandbox.outbox]}


def show_message(message: SentMessage, /) -> dict[str, Any]:
    """Return *message* as JSON data."""
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


def _requests(sandbox: Sandbox, _: Mapping[str, Any]) -> Any:
    return {"requests": [attrs.asdict(record) for record in sandbox.requests]}


def _seed(sandbox: Sandbox, body: Mapping[str, Any]) -> Any:
    sandbox.seed(body)
    return _state(sandbox, {})


def _reset(sandbox: Sandbox, _: Mapping[str, Any]) -> Any:
    sandbox.reset()
    return {"message": "success"}


def _advance(sandbox: Sandbox, body: Mapping[str, Any]) -> Any:
    sandbox.clock.advance(**body)
    return {"now": iso(sandbox.clock())}


def _add_fault(sandbox: Sandbox, body: Mapping[str, Any]) -> Any:
    return {"fault": str(sandbox.faults.add(**body))}


def _launch(sandbox: Sandbox, body: Mapping[str, Any]) -> Any:
    sent = sandbox.dashboard.launch(str(body["id"]))
    return {"messages": [show_message(message) for message in sent]}


def _fire(sandbox: Sandbox, body: Mapping[str, Any]) -> Any:
    data = body.get("data", {})
    fired = sandbox.sessionm.fire(body["event"], body["customer"], **data)
    return {"fired": [{"status": f.status, "answer": f.answer} for f in fired]}


def _problems(sandbox: Sandbox, _: Mapping[str, Any]) -> Any:
    return {"problems": sandbox.problems()}


_Function = Callable[["Sandbox", Mapping[str, Any]], Any]

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
