"""Look before sending: segments, campaigns and Canvases, and send ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from ... import models
from ..._checks import aware, check_send_id, flag, text, told
from ..._http import DECLINABLE_SEND, READ, Answer, Call
from .._converter import read_entries
from .answers import SEND_ID_LIMIT
from .base import BrazeCalls


__all__ = ["ListingCalls"]

T = TypeVar("T")
SortDirection = Literal["asc", "desc"]

_PAGE_SIZE = 100
"""Entries of a full page (Braze docs); a shorter one is the last."""


class ListingCalls(BrazeCalls):
    """Calls that list and describe what is in the dashboard."""

    def list_segments(
        self, *, sort_direction: SortDirection = "asc"
    ) -> Iterator[models.SegmentSummary]:
        """Iterate over all segments that are not archived, page by page.

        Source: Braze docs, ``GET /segments/list``; 100 a page.

        Args:
            sort_direction: ``asc`` for the oldest first, or ``desc``.

        Raises:
            ValueError: If *sort_direction* is another word.
            PayloadError: If an answer does not have the shape of a list.
            SessionMBrazeError: If a call does not succeed otherwise.

        Example:
            >>> from sessionm_braze import BrazeClient
            >>> braze = BrazeClient("US-03", api_key="your-key").dry_run()
            >>> [segment.name for segment in braze.list_segments()]
            []
        """
        params = {"sort_direction": _direction(sort_direction)}
        return self._pages(
            "list_segments", "/segments/list", models.SegmentSummary, params
        )

    def get_segment(self, segment_id: str) -> models.Segment:
        """Read the details of a segment (Braze docs, ``GET /segments/details``).

        Args:
            segment_id: Braze's API identifier of the segment.

        Raises:
            TypeError: If *segment_id* is no string.
            ValueError: If *segment_id* is blank.
            RequestRejectedError: If Braze does not know the segment.
            SessionMBrazeError: If the call does not succeed otherwise.

        Example:
            >>> from sessionm_braze import BrazeClient
            >>> braze = BrazeClient("US-03", api_key="your-key").dry_run()
            >>> braze.get_segment("segment-id").tags
            ()
        """
        params = {"segment_id": text(segment_id, "segment_id")}
        answer = self._get("get_segment", "/segments/details", params)
        return self._read(models.Segment, answer, "get_segment")

    def list_campaigns(
        self,
        *,
        include_archived: bool = False,
        sort_direction: SortDirection = "asc",
        edited_after: datetime | None = None,
    ) -> Iterator[models.CampaignSummary]:
        """Iterate over all campaigns, page by page.

        Source: Braze docs, ``GET /campaigns/list``; 100 a page.

        Args:
            include_archived: Whether archived ones come too.
            sort_direction: ``asc`` for the oldest first, or ``desc``.
            edited_after: An aware datetime; only what was edited later comes.

        Raises:
            TypeError: If an argument has the wrong type.
            ValueError: If *sort_direction* is another word, or *edited_after* is naive.
            PayloadError: If an answer does not have the shape of a list.
            SessionMBrazeError: If a call does not succeed otherwise.

        Example:
            >>> from sessionm_braze import BrazeClient
            >>> braze = BrazeClient("US-03", api_key="your-key").dry_run()
            >>> [campaign.id for campaign in braze.list_campaigns()]
            []
        """
        params = _filters(include_archived, sort_direction, edited_after)
        return self._pages(
            "list_campaigns", "/campaigns/list", models.CampaignSummary, params
        )

    def get_campaign(
        self, campaign_id: str, *, post_launch_draft_version: bool = False
    ) -> models.Campaign:
        """Read the details of a campaign (Braze docs, ``GET /campaigns/details``).

        `Campaign.obstacles` tells why a trigger would not send.

        Args:
            campaign_id: Braze's API identifier of the campaign.
            post_launch_draft_version: Whether to read a draft made after the launch.

        Raises:
            TypeError: If an argument has the wrong type.
            ValueError: If *campaign_id* is blank.
            RequestRejectedError: If Braze does not know the campaign.
            SessionMBrazeError: If the call does not succeed otherwise.

        Example:
            >>> from sessionm_braze import BrazeClient
            >>> braze = BrazeClient("US-03", api_key="your-key").dry_run()
            >>> braze.get_campaign("campaign-id").obstacles
            ()
        """
        params = {
            "campaign_id": text(campaign_id, "campaign_id"),
            **_draft(post_launch_draft_version),
        }
        answer = self._get("get_campaign", "/campaigns/details", params)
        return self._read(models.Campaign, answer, "get_campaign")

    def list_canvases(
        self,
        *,
        include_archived: bool = False,
        sort_direction: SortDirection = "asc",
        edited_after: datetime | None = None,
    ) -> Iterator[models.CanvasSummary]:
        """Iterate over all Canvases, page by page.

        Source: Braze docs, ``GET /canvas/list``; 100 a page.

        Args:
            include_archived: Whether archived ones come too.
            sort_direction: ``asc`` for the oldest first, or ``desc``.
            edited_after: An aware datetime; only what was edited later comes.

        Raises:
            TypeError: If an argument has the wrong type.
            ValueError: If *sort_direction* is another word, or *edited_after* is naive.
            PayloadError: If an answer does not have the shape of a list.
            SessionMBrazeError: If a call does not succeed otherwise.

        Example:
            >>> from sessionm_braze import BrazeClient
            >>> braze = BrazeClient("US-03", api_key="your-key").dry_run()
            >>> [canvas.id for canvas in braze.list_canvases(sort_direction="desc")]
            []
        """
        params = _filters(include_archived, sort_direction, edited_after)
        return self._pages(
            "list_canvases", "/canvas/list", models.CanvasSummary, params
        )

    def get_canvas(
        self, canvas_id: str, *, post_launch_draft_version: bool = False
    ) -> models.Canvas:
        """Read the details of a Canvas (Braze docs, ``GET /canvas/details``).

        `Canvas.obstacles` tells why a trigger would not send.

        Args:
            canvas_id: Braze's API identifier of the Canvas.
            post_launch_draft_version: Whether to read a draft made after the launch.

        Raises:
            TypeError: If an argument has the wrong type.
            ValueError: If *canvas_id* is blank.
            RequestRejectedError: If Braze does not know the Canvas.
            SessionMBrazeError: If the call does not succeed otherwise.

        Example:
            >>> from sessionm_braze import BrazeClient
            >>> braze = BrazeClient("US-03", api_key="your-key").dry_run()
            >>> braze.get_canvas("canvas-id").obstacles
            ()
        """
        params = {
            "canvas_id": text(canvas_id, "canvas_id"),
            **_draft(post_launch_draft_version),
        }
        answer = self._get("get_canvas", "/canvas/details", params)
        return self._read(models.Canvas, answer, "get_canvas")

    def create_send_id(
        self, campaign_id: str, *, send_id: str | None = None
    ) -> models.SendIdReceipt:
        """Make a send id, which groups sends of a campaign in analytics.

        Braze makes 100 a day.  It protects from no repeat.
        Source: Braze docs, ``POST /sends/id/create``.

        Args:
            campaign_id: Braze's API identifier of the campaign.
            send_id: ASCII of at most 64 characters; default: Braze thinks of one.

        Raises:
            TypeError: If an argument has the wrong type; nothing was sent.
            ValueError: If an argument is blank, or *send_id* breaks its rule.
            OutcomeUnknownError: If it may have been made and nobody can tell.
            ResponseError: If Braze refused.
            TransportError: If Braze was not reached.

        Example:
            >>> from sessionm_braze import BrazeClient
            >>> braze = BrazeClient("US-03", api_key="your-key").dry_run()
            >>> _ = braze.create_send_id("campaign-id", send_id="spring-2031")
            >>> braze.requests[0].json
            {'campaign_id': 'campaign-id', 'send_id': 'spring-2031'}
        """
        body = {"campaign_id": text(campaign_id, "campaign_id")}
        if send_id is not None:
            body["send_id"] = check_send_id(text(send_id, "send_id"))
        answer = self._post(
            "create_send_id",
            "/sends/id/create",
            body,
            kind=DECLINABLE_SEND,
            limit=SEND_ID_LIMIT,
        )
        return self._read_receipt(models.SendIdReceipt, answer, "create_send_id")

    def _get(self, name: str, path: str, params: Mapping[str, Any]) -> Answer:
        return self._call(
            Call(
                name=name,
                method="GET",
                path=path,
                kind=READ,
                params=params,
                sample={"segments": [], "campaigns": [], "canvases": []},
            )
        )

    def _pages(
        self, name: str, path: str, cls: type[T], params: Mapping[str, Any]
    ) -> Iterator[T]:
        """Yield the entries of all pages; a page that is not full is the last.

        So is one like the page before: the server ignores the number.
        """
        key = name.removeprefix("list_")
        number, before = 0, None
        while True:
            answer = self._get(name, path, {"page": number, **params})
            entries = read_entries(
                cls,
                answer.data,
                meta=answer.meta,
                what=f"{self._service.name} {name}",
                key=key,
            )
            if entries == before:
                return
            yield from entries
            if len(entries) < _PAGE_SIZE:
                return
            number, before = number + 1, entries


def _filters(
    include_archived: bool,  # noqa: FBT001 - checked and named by the callers
    sort_direction: str,
    edited_after: datetime | None,
) -> dict[str, str]:
    params = {"sort_direction": _direction(sort_direction)}
    if flag(include_archived, "include_archived"):
        params["include_archived"] = "true"
    if edited_after is not None:
        moment = aware(edited_after, "edited_after").astimezone(UTC)
        params["last_edit.time[gt]"] = moment.strftime("%Y-%m-%dT%H:%M:%S")
    return params


def _direction(value: str) -> str:
    if value not in {"asc", "desc"}:
        raise ValueError(f'sort_direction must be "asc" or "desc", got {told(value)}')
    return value


def _draft(wanted: bool) -> dict[str, str]:  # noqa: FBT001 - named by the callers
    wish = flag(wanted, "post_launch_draft_version")
    return {"post_launch_draft_version": "true"} if wish else {}
