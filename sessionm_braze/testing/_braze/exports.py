"""Exports of segments, and the storage that holds them (Braze docs, export)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ...rendering._walk import json_text
from .._calls import Answer, Call
from .audiences import in_segment
from .refusals import RefusalError, json_object
from .state import BrazeState, Export, Profile, Segment
from .users import show_profile


__all__ = ["cancel", "export_segment", "fetch_archive"]

USERS_PER_FILE = 5_000
ARCHIVE_KEPT_SECONDS = 4 * 3600


def export_segment(state: BrazeState, call: Call, now: float, /) -> Answer:
    """Answer `/users/export/segment`.

    Raises:
        RefusalError: If the segment is unknown, or its export is running (429).
    """
    body = json_object(call)
    segment = _asked_segment(state, body)
    if any(e.segment_id == segment.id and e.ready_at > now for e in state.exports):
        raise RefusalError("An export of this segment is already running", status=429)
    members = [p for p in state.profiles.values() if in_segment(segment, p, now)]
    export = Export(
        segment_id=segment.id,
        path=f"/{state.ids.hex(24)}.zip",
        ready_at=now + state.export_seconds,
        gone_at=now + state.export_seconds + ARCHIVE_KEPT_SECONDS,
        archive=_archive(members, body, now),
    )
    state.exports.append(export)
    answer = {
        "object_prefix": f"{state.ids.uuid()}-{int(now)}",
        "url": call.endpoints.storage + export.path,
        "message": "success",
    }
    return Answer.of(answer, status=201)


def _asked_segment(state: BrazeState, body: Mapping[str, Any]) -> Segment:
    segment = state.segments.get(str(body.get("segment_id")))
    if segment is None:
        raise RefusalError("Invalid Segment ID")
    if not _are_names(body.get("fields_to_export")):
        raise RefusalError("fields_to_export is required")
    if not _are_names(body.get("custom_attributes_to_export") or ["-"]):
        raise RefusalError("custom_attributes_to_export must hold names")
    return segment


def _are_names(value: Any) -> bool:
    is_list = isinstance(value, list) and bool(value)
    return is_list and all(isinstance(name, str) for name in value)


def _archive(members: list[Profile], body: Mapping[str, Any], now: float) -> bytes:
    """Return a zip of files with one JSON object a line."""
    moment = datetime.fromtimestamp(now, UTC)
    stamp = (moment.year, moment.month, moment.day, moment.hour, moment.minute, 0)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, part in enumerate(_parts(members), 1):
            lines = [json_text(_line(profile, body)) for profile in part]
            info = zipfile.ZipInfo(f"users-{number:03}.json", date_time=stamp)
            archive.writestr(info, "\n".join(lines) + "\n")
    return target.getvalue()


def _parts(members: list[Profile]) -> Iterator[list[Profile]]:
    for start in range(0, len(members), USERS_PER_FILE):
        yield members[start : start + USERS_PER_FILE]


def _line(profile: Profile, body: Mapping[str, Any]) -> dict[str, Any]:
    fields = body["fields_to_export"]
    shown = show_profile(profile, fields)
    names = body.get("custom_attributes_to_export") or []
    if names and "custom_attributes" not in fields:
        held = {name: profile.custom[name] for name in names if name in profile.custom}
        shown |= {"custom_attributes": held} if held else {}
    return shown


def cancel(state: BrazeState, call: Call, now: float, /) -> Answer:
    """Answer `/export/segment/cancel`.

    Raises:
        RefusalError: If the segment is unknown.
    """
    segment_id = str(json_object(call).get("segment_id"))
    if segment_id not in state.segments:
        raise RefusalError("Invalid Segment ID")
    state.exports = [
        e for e in state.exports if e.segment_id != segment_id or e.ready_at <= now
    ]
    return Answer.of({"message": "success"}, status=201)


def fetch_archive(state: BrazeState, call: Call, now: float, /) -> Answer:
    """Answer the storage's side: too early and too late look the same."""
    for export in state.exports:
        if export.path == call.path and export.ready_at <= now < export.gone_at:
            headers = {"Content-Type": "application/zip"}
            return Answer(status=200, headers=headers, body=export.archive)
    body = (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
    )
    return Answer(status=403, headers={"Content-Type": "application/xml"}, body=body)
