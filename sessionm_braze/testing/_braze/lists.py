"""Lists and details of campaigns, Canvases and segments (Braze docs, export)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from .._calls import Answer, Call
from .._clock import iso
from .audiences import in_segment
from .refusals import RefusalError
from .state import BrazeState, Kind, Segment, Target
from .triggers import ID_FIELD


__all__ = [
    "list_segments",
    "list_targets",
    "segment_details",
    "segment_size",
    "target_details",
]

PAGE_SIZE = 100
MAX_SERIES_DAYS = 100


def _page(items: Iterable[Any], query: Mapping[str, str]) -> list[Any]:
    number = query.get("page", "0")
    if not number.isdecimal():
        raise RefusalError("page must be a number, 0 or more")
    backwards = query.get("sort_direction") == "desc"
    ordered = sorted(items, key=lambda item: item.created_at, reverse=backwards)
    start = int(number) * PAGE_SIZE
    return ordered[start : start + PAGE_SIZE]


def list_targets(
    state: BrazeState, call: Call, _now: float, /, *, kind: Kind
) -> Answer:
    """Answer `/campaigns/list` and `/canvas/list`.

    Raises:
        RefusalError: If the page or the date is unreadable.
    """
    shown = [
        target
        for (its_kind, _), target in state.targets.items()
        if its_kind == kind
        and (call.query.get("include_archived") == "true" or not target.archived)
    ]
    since = call.query.get("last_edit.time[gt]")
    if since is not None:
        border = _time(since)
        shown = [target for target in shown if target.updated_at > border]
    name = "campaigns" if kind == "campaign" else "canvases"
    items = [_list_entry(target) for target in _page(shown, call.query)]
    return Answer.of({"message": "success", name: items})


def _time(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RefusalError("last_edit.time is not ISO 8601") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _list_entry(target: Target) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": target.id,
        "name": target.name,
        "last_edited": iso(target.updated_at),
        "tags": list(target.tags),
    }
    return entry | {"is_api_campaign": False} if target.kind == "campaign" else entry


def target_details(
    state: BrazeState, call: Call, _now: float, /, *, kind: Kind
) -> Answer:
    """Answer `/campaigns/details` and `/canvas/details`.

    Raises:
        RefusalError: If the id is unknown; Braze says so with 400.
    """
    field = ID_FIELD[kind]
    target = state.targets.get((kind, call.query.get(field, "")))
    if target is None:
        name = "campaign" if kind == "campaign" else "Canvas"
        raise RefusalError(f"{field} must be a string of the {name} api identifier")
    return Answer.of({"message": "success", **_details(target)})


def _details(target: Target) -> dict[str, Any]:
    common = {
        "name": target.name,
        "description": target.description,
        "archived": target.archived,
        "draft": target.draft,
        "enabled": target.enabled,
        "has_post_launch_draft": False,
        "schedule_type": "api_triggered" if target.api_triggered else "time_based",
        "channels": list(target.channels),
        "tags": list(target.tags),
        "teams": [],
        "created_at": iso(target.created_at),
        "updated_at": iso(target.updated_at),
    }
    first, last = iso(target.first_sent), iso(target.last_sent)
    if target.kind == "campaign":
        sent = {"first_sent": first, "last_sent": last}
        return common | sent | {"messages": {}, "conversion_behaviors": []}
    entered = {"first_entry": first, "last_entry": last}
    return common | entered | {"variants": [], "steps": []}


def list_segments(state: BrazeState, call: Call, _now: float, /) -> Answer:
    """Answer `/segments/list`.

    Raises:
        RefusalError: If the page is unreadable.
    """
    shown = [segment for segment in state.segments.values() if not segment.archived]
    items = [
        {
            "id": segment.id,
            "name": segment.name,
            "analytics_tracking_enabled": True,
            "tags": list(segment.tags),
        }
        for segment in _page(shown, call.query)
    ]
    return Answer.of({"message": "success", "segments": items})


def segment_details(state: BrazeState, call: Call, _now: float, /) -> Answer:
    """Answer `/segments/details`.

    Raises:
        RefusalError: If the id is unknown.
    """
    segment = _segment(state, call.query)
    return Answer.of(
        {
            "message": "success",
            "name": segment.name,
            "description": _in_words(segment),
            "text_description": segment.description,
            "tags": list(segment.tags),
            "teams": [],
            "created_at": iso(segment.created_at),
            "updated_at": iso(segment.updated_at),
        }
    )


def _in_words(segment: Segment) -> str:
    """Return the filters of a segment as text, as the dashboard shows them."""
    if callable(segment.audience):
        return getattr(segment.audience, "__name__", "a function")
    return json.dumps(segment.audience) if segment.audience else ""


def segment_size(state: BrazeState, call: Call, now: float, /) -> Answer:
    """Answer `/segments/data_series`: today's size for every day asked.

    Raises:
        RefusalError: If the id or the length is not good.
    """
    segment = _segment(state, call.query)
    length = call.query.get("length", "")
    if not length.isdecimal() or not 1 <= int(length) <= MAX_SERIES_DAYS:
        raise RefusalError("length must be a number from 1 to 100")
    size = sum(in_segment(segment, profile, now) for profile in state.profiles.values())
    days: Sequence[float] = [
        now - 86_400 * back for back in reversed(range(int(length)))
    ]
    series = [{"time": iso(day), "size": size} for day in days]
    return Answer.of({"message": "success", "data": series})


def _segment(state: BrazeState, query: Mapping[str, str]) -> Segment:
    segment = state.segments.get(query.get("segment_id", ""))
    if segment is None:
        raise RefusalError("segment_id must be a string of the segment api identifier")
    return segment
