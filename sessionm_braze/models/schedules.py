"""Schedules: when a trigger goes out that does not go out now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import attrs

from .._checks import aware, closest_keywords, flag, instant_text, told
from ._answers import Receipt, shared_fields_last
from ._codec import converter
from .triggers import receipt_state


__all__ = ["Schedule", "ScheduleReceipt"]


@closest_keywords
@attrs.frozen(kw_only=True)
class Schedule:
    """A moment for everyone, or a time of day in each user's own zone.

    Source: Braze docs, Schedule object.  How far ahead Braze schedules is not
    documented, so the server decides.

    Example:
        >>> from datetime import UTC, datetime
        >>> from sessionm_braze import Schedule
        >>> from sessionm_braze.models import dump
        >>> dump(Schedule(time=datetime(2031, 5, 2, 9, tzinfo=UTC)))
        {'time': '2031-05-02T09:00:00Z'}
        >>> dump(Schedule(time=datetime(2031, 5, 2, 9), in_local_time=True))
        {'time': '2031-05-02T09:00:00', 'in_local_time': True}

    Raises:
        TypeError: If a field has the wrong type.
        ValueError: If `time` is naive without a flag, aware with one, or both flags
            are set.
    """

    time: datetime = attrs.field()
    """An aware datetime for one moment; a naive one with either flag."""

    in_local_time: bool = False
    """Whether each user gets it when their own clock shows `time`."""

    at_optimal_time: bool = False
    """Whether each user gets it on that day, when Braze thinks best."""

    def __attrs_post_init__(self) -> None:
        local = flag(self.in_local_time, "Schedule.in_local_time")
        optimal = flag(self.at_optimal_time, "Schedule.at_optimal_time")
        if not isinstance(self.time, datetime):
            raise TypeError(f"Schedule.time must be a datetime, got {told(self.time)}")
        if local and optimal:
            raise ValueError(
                "Schedule takes one of in_local_time and at_optimal_time, got both"
            )
        if (local or optimal) == (self.time.tzinfo is not None):
            rule = (
                "a naive datetime with in_local_time or at_optimal_time: the zone is "
                "each user's own"
                if local or optimal
                else "a datetime with a time zone; for UTC add tzinfo=datetime.UTC"
            )
            raise ValueError(f"Schedule.time must be {rule}, got {told(self.time)}")
        if self.time.tzinfo is not None:
            aware(self.time, "Schedule.time")


@attrs.frozen(kw_only=True, field_transformer=shared_fields_last)
class ScheduleReceipt(Receipt):
    """Braze's word on a schedule that was made, changed or deleted."""

    message: str = ""
    """``success`` or ``queued``."""

    schedule_id: str | None = None
    """Names the schedule for updates and for deleting; given when it is made."""

    dispatch_id: str | None = None
    """Identifies the dispatch; given when the schedule is made."""

    errors: tuple[Any, ...] = ()
    """Problems of some recipients; the others get their message."""

    notice: str | None = None
    """Why nothing will be sent although the request was taken."""

    send_id: str | None = None

    @property
    def state(self) -> Literal["accepted", "accepted_with_errors", "not_sent"]:
        """``accepted``, ``accepted_with_errors``, or ``not_sent`` after a notice."""
        return receipt_state(self.notice, self.errors)


def _read(body: Any, _: Any) -> Schedule:
    if not isinstance(body, Mapping):
        raise TypeError(f"expected an object, got {type(body).__name__}")
    fields = dict(body)
    unknown = fields.keys() - {"time", "in_local_time", "at_optimal_time"}
    if unknown:
        raise ValueError(f"unknown fields {', '.join(sorted(map(str, unknown)))}")
    text = fields.get("time")
    if not isinstance(text, str):
        raise TypeError(f"expected a date-time as time, got {told(text)}")
    time = datetime.fromisoformat(text)
    local = fields.get("in_local_time") or fields.get("at_optimal_time")
    if time.tzinfo is None and not local:
        time = time.replace(tzinfo=UTC)
    return Schedule(**{**fields, "time": time})


def _write(schedule: Schedule) -> dict[str, Any]:
    time = schedule.time
    body: dict[str, Any] = {
        "time": instant_text(time, "time") if time.tzinfo else time.isoformat()
    }
    for name in ("in_local_time", "at_optimal_time"):
        if getattr(schedule, name):
            body[name] = True
    return body


converter.register_structure_hook(Schedule, _read)
converter.register_unstructure_hook(Schedule, _write)
