"""Triggering campaigns and Canvases (Braze docs, send messages)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import attrs

from .._calls import Answer
from .audiences import audience_problem, in_audience, in_target
from .recipients import Found, duplicates_removed, find, recipient_problem
from .refusals import RefusalError
from .state import BrazeState, Delivery, Kind, Target


__all__ = [
    "ID_FIELD",
    "Trigger",
    "accept",
    "check",
    "deliveries",
    "find_target",
    "mark_sent",
    "notice",
]

ID_FIELD: Mapping[Kind, str] = {"campaign": "campaign_id", "canvas": "canvas_id"}
PROPERTY_FIELDS: Mapping[Kind, tuple[str, ...]] = {
    "campaign": ("trigger_properties",),
    "canvas": ("canvas_entry_properties", "context"),
}
"""Fields that hold properties; where both are sent, the later one wins."""

MAX_RECIPIENTS = 50
MAX_PROPERTIES_BYTES = 50_000


@attrs.frozen(kw_only=True)
class Trigger:
    """A request that passed the checks."""

    target: Target
    body: Mapping[str, Any]
    recipients: tuple[Mapping[str, Any], ...] | None
    """The good ones, each once; ``None`` for a broadcast."""

    errors: tuple[str, ...] = ()
    """What is wrong with the others."""


def check(state: BrazeState, kind: Kind, body: Mapping[str, Any], /) -> Trigger:
    """Check a request to trigger or schedule.

    Raises:
        RefusalError: If Braze would refuse the whole of it.
    """
    target = find_target(state, kind, body)
    recipients = _check_reach(body)
    _check_properties(kind, body)
    if kind == "campaign":
        _check_campaign_only(state, body)
    judged = [
        (recipient, recipient_problem(recipient)) for recipient in recipients or ()
    ]
    problems = [problem for _, problem in judged if problem is not None]
    good = [recipient for recipient, problem in judged if problem is None]
    for recipient in good:
        _check_properties(kind, recipient)
    if recipients is not None and not good:
        raise RefusalError("No Recipients", errors=problems)
    return Trigger(
        target=target,
        body=body,
        recipients=None if recipients is None else tuple(duplicates_removed(good)),
        errors=tuple(problems),
    )


def find_target(state: BrazeState, kind: Kind, body: Mapping[str, Any], /) -> Target:
    """Return the campaign or Canvas that *body* names.

    Raises:
        RefusalError: If there is none; Braze says so with 400.
    """
    name = "campaign" if kind == "campaign" else "Canvas"
    wanted = body.get(ID_FIELD[kind])
    if not isinstance(wanted, str) or not wanted:
        text = f"{ID_FIELD[kind]} must be a string of the {name} api identifier"
        raise RefusalError(text)
    target = state.targets.get((kind, wanted))
    if target is None:
        raise RefusalError(f"Invalid {name} ID")
    if kind == "campaign" and (target.archived or target.draft or not target.enabled):
        raise RefusalError("The campaign is archived, paused or a draft")
    if not target.api_triggered:
        raise RefusalError(f"The {name} is not API-triggered")
    return target


def _check_reach(body: Mapping[str, Any]) -> list[Any] | None:
    """Return the recipients, or ``None`` if everybody in the audience is meant."""
    broadcast, recipients = body.get("broadcast", False), body.get("recipients")
    if not isinstance(broadcast, bool):
        raise RefusalError("broadcast must be a boolean")
    audience = body.get("audience")
    if audience is not None and (problem := audience_problem(audience)):
        raise RefusalError(problem)
    if broadcast:
        if recipients is not None:
            raise RefusalError("recipients cannot be given together with broadcast")
        return None
    if not isinstance(recipients, list) or not recipients:
        raise RefusalError("No Recipients")
    if len(recipients) > MAX_RECIPIENTS:
        raise RefusalError(
            "The max number of external_ids and aliases per request was exceeded"
        )
    return recipients


def _check_properties(kind: Kind, holder: Mapping[str, Any]) -> None:
    for name in PROPERTY_FIELDS[kind]:
        value = holder.get(name)
        if value is None:
            continue
        if not isinstance(value, dict):
            raise RefusalError(f"{name} must be an object")
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        if len(text.encode()) > MAX_PROPERTIES_BYTES:
            raise RefusalError(f"{name} is larger than 50 KB")


def _check_campaign_only(state: BrazeState, body: Mapping[str, Any]) -> None:
    send_id, attachments = body.get("send_id"), body.get("attachments")
    made = state.send_ids.get(body["campaign_id"], set())
    if send_id is not None and (not isinstance(send_id, str) or send_id not in made):
        raise RefusalError("Invalid send_id: create it with /sends/id/create first")
    if not attachments:
        return
    if body.get("broadcast"):
        raise RefusalError("attachments cannot be given together with broadcast")
    if not isinstance(attachments, list):
        raise RefusalError("attachments must be an array")
    for item in attachments:
        if (
            not isinstance(item, dict)
            or not item.get("file_name")
            or not item.get("url")
        ):
            raise RefusalError("an attachment needs a file_name and a url")


def accept(
    state: BrazeState, trigger: Trigger, /, extra: Mapping[str, Any] | None = None
) -> tuple[Answer, str, str | None]:
    """Return the answer to an accepted request, its dispatch id and its send id."""
    dispatch_id = state.ids.hex(32)
    body: dict[str, Any] = {
        "dispatch_id": dispatch_id,
        **(extra or {}),
        "message": "success",
    }
    send_id = trigger.body.get("send_id")
    if trigger.target.kind == "campaign" and trigger.recipients is None:
        send_id = send_id or state.ids.hex(24)
        body["send_id"] = send_id
    if trigger.errors:
        body["errors"] = list(trigger.errors)
    if (text := notice(trigger.target)) is not None:
        body = {"notice": text, **body}
    return Answer.of(body, status=201), dispatch_id, send_id


def notice(target: Target, /) -> str | None:
    """Return what Braze says of a Canvas that will not send, or ``None``."""
    if target.kind != "canvas":
        return None
    rest = "Messages will not be sent."
    if target.archived:
        return f"The Canvas is archived. {rest}"
    if target.draft or not target.enabled:
        return f"The Canvas is paused. {rest}"
    return None


def deliveries(
    state: BrazeState,
    trigger: Trigger,
    now: float,
    /,
    *,
    dispatch_id: str,
    source: Literal["api", "schedule", "launch"] = "api",
    **fields: Any,
) -> Iterator[Delivery]:
    """Iterate over the messages that *trigger* sends at *now*.

    A profile gets one only if the dashboard's audience and the request's let it in.
    """
    kind, target = trigger.target.kind, trigger.target
    shared: dict[str, Any] = {}
    for name in PROPERTY_FIELDS[kind]:
        shared |= trigger.body.get(name) or {}
    takes_files = kind == "campaign" and source == "api"
    files = tuple(trigger.body.get("attachments") or ()) if takes_files else ()
    for found in _addressees(state, trigger, now):
        admitted = in_audience(trigger.body.get("audience"), found.profile, now)
        if admitted and in_target(state, target, found.profile, now):
            yield Delivery(
                kind=kind,
                target_id=target.id,
                braze_id=found.profile.braze_id,
                dispatch_id=dispatch_id,
                source=source,
                at=now,
                properties={**shared, **found.properties},
                broadcast=trigger.recipients is None,
                attachments=files,
                **fields,
            )


def _addressees(state: BrazeState, trigger: Trigger, now: float) -> Iterator[Found]:
    if trigger.recipients is None:
        yield from (Found(profile, {}) for profile in list(state.profiles.values()))
        return
    for recipient in trigger.recipients:
        found = find(state, recipient, PROPERTY_FIELDS[trigger.target.kind], now)
        if found is not None:
            yield found


def mark_sent(target: Target, now: float, /) -> None:
    """Note on the dashboard that *target* has sent."""
    target.first_sent = target.first_sent or now
    target.last_sent = now
