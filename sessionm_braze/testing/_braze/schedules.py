"""Scheduled triggers, and when they are due (Braze docs, schedule messages)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .._calls import Answer, Call
from .refusals import RefusalError, json_object
from .state import BrazeState, Delivery, Kind, Profile, Scheduled
from .triggers import (
    accept,
    check,
    deliveries,
    find_target,
    mark_sent,
    notice,
)


__all__ = ["create", "delete", "fire", "next_due", "update"]

FIRST_YEAR, LAST_YEAR = 1970, 9000

OPTIMAL_HOUR = 12
"""Hour of the day that stands for a user's best time."""


def create(state: BrazeState, call: Call, now: float, /, *, kind: Kind) -> Answer:
    """Put a send on the calendar.

    Raises:
        RefusalError: If Braze would refuse it.
    """
    body = json_object(call)
    trigger = check(state, kind, body)
    _check_schedule(body.get("schedule"), now)
    schedule_id = state.ids.uuid()
    answer, dispatch_id, _ = accept(state, trigger, {"schedule_id": schedule_id})
    state.schedules[schedule_id] = Scheduled(
        id=schedule_id,
        kind=kind,
        target_id=trigger.target.id,
        dispatch_id=dispatch_id,
        body=body,
        schedule=body["schedule"],
    )
    return answer


def update(state: BrazeState, call: Call, now: float, /, *, kind: Kind) -> Answer:
    """Replace the whole schedule of a send.

    Raises:
        RefusalError: If it does not exist, or the new schedule is no schedule.
    """
    body = json_object(call)
    scheduled = _find(state, kind, body)
    _check_schedule(body.get("schedule"), now)
    scheduled.schedule = body["schedule"]
    return Answer.of({"message": "success"}, status=201)


def delete(state: BrazeState, call: Call, _now: float, /, *, kind: Kind) -> Answer:
    """Take a send off the calendar.

    Raises:
        RefusalError: If it does not exist.
    """
    del state.schedules[_find(state, kind, json_object(call)).id]
    return Answer.of({"message": "success"}, status=201)


def _find(state: BrazeState, kind: Kind, body: Mapping[str, Any]) -> Scheduled:
    target = find_target(state, kind, body)
    scheduled = state.schedules.get(str(body.get("schedule_id")))
    if scheduled is None or (scheduled.kind, scheduled.target_id) != (kind, target.id):
        raise RefusalError("Invalid schedule_id")
    return scheduled


def _check_schedule(schedule: Any, now: float) -> None:
    if not isinstance(schedule, dict) or not isinstance(schedule.get("time"), str):
        raise RefusalError("schedule must be an object with a time")
    try:
        moment = datetime.fromisoformat(schedule["time"])
    except ValueError:
        raise RefusalError("schedule: time is not ISO 8601") from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise RefusalError("schedule: time is out of range")
    flags = [
        name for name in ("in_local_time", "at_optimal_time") if schedule.get(name)
    ]
    if len(flags) > 1:
        raise RefusalError(
            "schedule: in_local_time and at_optimal_time exclude each other"
        )
    if flags and moment.tzinfo is not None:
        raise RefusalError(f"schedule: with {flags[0]} the time has no zone")
    if flags == ["in_local_time"] and moment.replace(tzinfo=UTC).timestamp() <= now:
        raise RefusalError("schedule: the local time has passed")


def next_due(state: BrazeState, /) -> float | None:
    """Return when the next scheduled send is due, or ``None``."""
    moments = (
        _due(scheduled.schedule, zone)
        for scheduled in state.schedules.values()
        for zone in _open_zones(state, scheduled)
    )
    return min(moments, default=None)


def fire(state: BrazeState, now: float, /) -> None:
    """Send what is due at *now*; what has been sent to all leaves the calendar."""
    for scheduled in list(state.schedules.values()):
        zones = {
            zone
            for zone in _open_zones(state, scheduled)
            if _due(scheduled.schedule, zone) <= now
        }
        if not zones:
            continue
        state.outgoing.extend(_deliveries_in(state, scheduled, zones, now))
        scheduled.served |= zones
        if not _open_zones(state, scheduled):
            del state.schedules[scheduled.id]


def _open_zones(state: BrazeState, scheduled: Scheduled) -> set[str]:
    """Return the time zones whose users are still to be served."""
    zones = {"UTC"}
    if _by_zone(scheduled):
        zones |= {_zone_of(profile) for profile in state.profiles.values()}
    return zones - scheduled.served


def _by_zone(scheduled: Scheduled) -> bool:
    schedule = scheduled.schedule
    return bool(schedule.get("in_local_time") or schedule.get("at_optimal_time"))


def _zone_of(profile: Profile) -> str:
    return str(profile.attributes.get("time_zone", "UTC"))


def _due(schedule: Mapping[str, Any], zone_name: str) -> float:
    moment = datetime.fromisoformat(schedule["time"])
    if schedule.get("at_optimal_time"):
        moment = moment.replace(hour=OPTIMAL_HOUR, minute=0, second=0, microsecond=0)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(zone_name))
    return moment.timestamp()


def _zone(name: str) -> ZoneInfo:
    """Return the zone *name*; an unknown one is taken for the company's, UTC."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _deliveries_in(
    state: BrazeState, scheduled: Scheduled, zones: set[str], now: float
) -> Iterator[Delivery]:
    try:
        trigger = check(state, scheduled.kind, scheduled.body)
    except RefusalError:  # paused or taken away since: nothing goes out
        return
    if notice(trigger.target) is not None:
        return
    for delivery in deliveries(
        state,
        trigger,
        now,
        dispatch_id=scheduled.dispatch_id,
        source="schedule",
        schedule_id=scheduled.id,
        send_id=scheduled.body.get("send_id"),
    ):
        profile = state.profiles[delivery.braze_id]
        if not _by_zone(scheduled) or _zone_of(profile) in zones:
            mark_sent(trigger.target, now)
            yield delivery
