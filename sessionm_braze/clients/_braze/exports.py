"""Export a segment, and read the export: a million profiles in constant memory."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from ... import models
from ..._checks import items, text, told, whole
from ..._http import SINGLE_RUN, check_storage_url
from .answers import BUSY_EXPORT
from .base import BrazeCalls
from .export_files import read_archive, read_path


__all__ = ["ExportCalls"]

MAX_CUSTOM_ATTRIBUTES = 500
"""Names of custom attributes that Braze takes in one export."""

HOUR = 3600.0
MAX_SIZE = 20_000_000_000


class ExportCalls(BrazeCalls):
    """Calls that export segments."""

    def export_segment(
        self,
        segment_id: str,
        *,
        fields_to_export: Iterable[str],
        custom_attributes_to_export: Iterable[str] = (),
        callback_endpoint: str | None = None,
        output_format: Literal["zip", "gzip"] | None = None,
    ) -> models.SegmentExport:
        """Start the export of a segment (Braze docs, ``POST /users/export/segment``).

        Braze writes the file in the background; tens of millions of users may take an
        hour or more.  It runs one export of a segment at a time: a second start is
        refused with `RateLimitError`, and is not repeated.

        Args:
            segment_id: Braze's API identifier of the segment.
            fields_to_export: What to export of each user, at least one field;
                ``external_id`` is enough to tag them.
            custom_attributes_to_export: At most 500 names; Braze passes them over if
                ``custom_attributes`` is among the fields.
            callback_endpoint: URL that Braze calls when the file is there.
            output_format: How files in the company's own storage are packed.

        Returns:
            Where the file will be; give it to `read_segment_export`.

        Raises:
            TypeError: If an argument has the wrong type; nothing was sent.
            ValueError: If *segment_id* is blank, no field is given, or too many names.
            OutcomeUnknownError: If it may have begun and nobody can tell.
            RateLimitError: If an export of this segment is running.
            ResponseError: If Braze refused otherwise.
            TransportError: If Braze was not reached; nothing has begun.

        Example:
            >>> from sessionm_braze import BrazeClient
            >>> braze = BrazeClient("US-03", api_key="your-key").dry_run()
            >>> _ = braze.export_segment("s-1", fields_to_export=["external_id"])
            >>> braze.requests[0].json
            {'segment_id': 's-1', 'fields_to_export': ['external_id']}
        """
        body: dict[str, Any] = {"segment_id": text(segment_id, "segment_id")}
        fields = items(fields_to_export, "fields_to_export", str)
        if not fields:
            raise ValueError("fields_to_export must hold at least one name, got none")
        body["fields_to_export"] = list(fields)
        names = items(custom_attributes_to_export, "custom_attributes_to_export", str)
        if len(names) > MAX_CUSTOM_ATTRIBUTES:
            raise ValueError(
                "custom_attributes_to_export must hold at most "
                f"{MAX_CUSTOM_ATTRIBUTES} names, got {len(names)}"
            )
        if names:
            body["custom_attributes_to_export"] = list(names)
        if callback_endpoint is not None:
            body["callback_endpoint"] = text(callback_endpoint, "callback_endpoint")
        if output_format is not None:
            if output_format not in {"zip", "gzip"}:
                raise ValueError(
                    f'output_format must be "zip" or "gzip", got {told(output_format)}'
                )
            body["output_format"] = output_format
        answer = self._post(
            "export_segment",
            "/users/export/segment",
            body,
            kind=SINGLE_RUN,
            limit=BUSY_EXPORT,
            sample={"url": "https://storage.invalid/dry-run.zip"},
        )
        return self._read_receipt(models.SegmentExport, answer, "export_segment")

    def read_segment_export(
        self,
        source: str | os.PathLike[str] | models.SegmentExport,
        *,
        wait: float | timedelta = HOUR,
        deadline: float | timedelta = HOUR,
        max_size: int = MAX_SIZE,
    ) -> Iterator[dict[str, Any]]:
        """Iterate over the profiles of a segment export.

        The file of an export that is under way is waited for: no call tells when it is
        there, so its address is asked, with growing pauses from 5 to 60 seconds.  The
        Braze key is not sent there, and a redirect to a private address is followed
        only from another.  The archive is written to a temporary file and
        read from it line by line; it may be a zip with any number of files, a gzip
        file, or plain.  Nothing is unpacked.

        Args:
            source: What `export_segment` gave, its URL, or the path of a file or a
                folder of files fetched from the company's own storage.
            wait: Seconds, or a timedelta, to wait for the file at most.
            deadline: Seconds, or a timedelta, that asking for the file and fetching it
                may take in all, the pauses between not counted.
            max_size: Bytes of the file that is fetched.

        Yields:
            Each profile as Braze wrote it.  A field that is not there is empty, and
            some users have no ``external_id``.

        Raises:
            TypeError: If an argument has the wrong type.
            ValueError: If *wait* is below 0, *deadline* or *max_size* not above, the
                URL is no https URL, or the export went to the company's own storage.
            FileNotFoundError: If there is no such path.
            RequestTimeoutError: If the file was not there in time; or it is gone,
                Braze deletes it after about 4 hours.
            PayloadError: If the archive is broken, a line is no JSON object, or the
                file is beyond *deadline* or *max_size*.
            SessionMBrazeError: If the file cannot be had otherwise.

        Example:
            >>> import pathlib, tempfile
            >>> from sessionm_braze import BrazeClient
            >>> braze = BrazeClient("US-03", api_key="your-key")
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     path = pathlib.Path(folder, "users.json")
            ...     _ = path.write_text('{"external_id": "u-1"}')
            ...     [user["external_id"] for user in braze.read_segment_export(path)]
            ['u-1']
        """
        bounds: dict[str, Any] = {
            "patience": _seconds(wait, "wait"),
            "deadline": _seconds(deadline, "deadline"),
            "max_size": whole(max_size, "max_size", least=1),
        }
        if not bounds["deadline"]:
            raise ValueError(f"deadline must be above 0, got {told(deadline)}")
        if isinstance(source, models.SegmentExport):
            if source.url is None:
                raise ValueError(
                    "this export went to the company's own storage, under "
                    f"{source.object_prefix}: fetch its files and give their folder"
                )
            source = source.url
        if not isinstance(source, str | os.PathLike):
            raise TypeError(
                f"source must be a path, a URL or a SegmentExport, got {told(source)}"
            )
        if isinstance(source, str) and "://" in source:
            return self._download(check_storage_url(source), bounds)
        return read_path(Path(source))

    def _download(
        self, url: str, bounds: Mapping[str, Any]
    ) -> Iterator[dict[str, Any]]:
        with tempfile.TemporaryFile(prefix="segment-export-") as file:
            self._transport.fetch(url, file, **bounds)
            yield from read_archive(file, urlsplit(url).netloc)


def _seconds(value: object, field: str) -> float:
    if isinstance(value, timedelta):
        value = value.total_seconds()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{field} must be seconds or a timedelta, got {told(value)}")
    if not value >= 0:
        raise ValueError(f"{field} must be 0 or more, got {told(value)}")
    return float(value)
