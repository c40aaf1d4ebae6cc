"""Sending now, and the ids that group sends (Braze docs, send messages)."""

from __future__ import annotations

from .._calls import Answer, Call
from .refusals import RefusalError, json_object
from .state import BrazeState, Kind
from .triggers import accept, check, deliveries, find_target, mark_sent, notice


__all__ = ["create_send_id", "send"]

MAX_SEND_ID_LENGTH = 64


def send(state: BrazeState, call: Call, now: float, /, *, kind: Kind) -> Answer:
    """Answer `/campaigns/trigger/send` and `/canvas/trigger/send`.

    Raises:
        RefusalError: If Braze would refuse the whole request.
    """
    trigger = check(state, kind, json_object(call))
    answer, dispatch_id, send_id = accept(state, trigger)
    if notice(trigger.target) is not None:
        return answer
    outgoing = deliveries(state, trigger, now, dispatch_id=dispatch_id, send_id=send_id)
    before = len(state.outgoing)
    state.outgoing.extend(outgoing)
    if len(state.outgoing) > before:
        mark_sent(trigger.target, now)
    return answer


def create_send_id(state: BrazeState, call: Call, _now: float, /) -> Answer:
    """Answer `/sends/id/create`.

    Raises:
        RefusalError: If the campaign is unknown, or the id no good.
    """
    body = json_object(call)
    target = find_target(state, "campaign", body)
    send_id = body.get("send_id") or state.ids.hex(24)
    if not isinstance(send_id, str) or not send_id.isascii():
        raise RefusalError("send_id must be ASCII")
    if len(send_id) > MAX_SEND_ID_LENGTH:
        raise RefusalError("send_id must have 64 characters at most")
    state.send_ids.setdefault(target.id, set()).add(send_id)
    return Answer.of({"message": "success", "send_id": send_id}, status=201)
