"""Send a campaign or a Canvas later: make, change and delete schedules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ... import models
from ..._checks import text, told
from ..._http import REPEATABLE_WRITE
from .base import BrazeCalls


__all__ = ["ScheduleCalls"]


class ScheduleCalls(BrazeCalls):
    """Calls that make, change and delete schedules."""

    def schedule_campaign(
        self,
        campaign_id: str,
        *,
        schedule: models.Schedule,
        recipients: Iterable[models.Recipient | Mapping[str, Any]] = (),
        trigger_properties: Mapping[str, Any] | None = None,
        broadcast: bool = False,
        audience: models.Audience | Mapping[str, Any] | None = None,
        send_id: str | None = None,
    ) -> models.ScheduleReceipt:
        """Send an API-triggered campaign later.

        Source: Braze docs, ``POST /campaigns/trigger/schedule/create``.

        Args:
            campaign_id: Braze's API identifier of the campaign.
            schedule: When.
            recipients: At most 50, each once.
            trigger_properties: Values for all of them; at most 50,000 bytes as JSON.
            broadcast: Whether it goes to the whole segment of the campaign instead.
            audience: Narrows whom it reaches.
            send_id: Groups sends in analytics.

        Returns:
            What Braze said; keep its ``schedule_id`` to change or delete the schedule.

        Raises:
            TypeError: If an argument has the wrong type; nothing was sent.
            ValueError: If an argument breaks a rule of `CampaignTrigger`; nothing was
                sent.
            OutcomeUnknownError: If it may have been scheduled and nobody can tell.
            ResponseError: If Braze refused; nothing was scheduled.
            TransportError: If Braze was not reached; nothing was scheduled.

        Example:
            >>> from datetime import UTC, datetime
            >>> from sessionm_braze import BrazeClient, Schedule
            >>> braze = BrazeClient("US-03", api_key="your-key").dry_run()
            >>> receipt = braze.schedule_campaign(
            ...     "campaign-id",
            ...     schedule=Schedule(time=datetime(2031, 5, 2, 9, tzinfo=UTC)),
            ...     recipients=[{"external_user_id": "u-1"}],
            ... )
            >>> braze.requests[0].json["schedule"]
            {'time': '2031-05-02T09:00:00Z'}
        """
        trigger = models.CampaignTrigger(
            campaign_id=campaign_id,
            recipients=recipients,
            trigger_properties=trigger_properties,
            broadcast=broadcast,
            audience=audience,
            send_id=send_id,
        )
        return self._create("schedule_campaign", "/campaigns", trigger, schedule)

    def schedule_canvas(
        self,
        canvas_id: str,
        *,
        schedule: models.Schedule,
        recipients: Iterable[models.Recipient | Mapping[str, Any]] = (),
        context: Mapping[str, Any] | None = None,
        broadcast: bool = False,
        audience: models.Audience | Mapping[str, Any] | None = None,
    ) -> models.ScheduleReceipt:
        """Send an API-triggered Canvas later.

        Source: Braze docs, ``POST /canvas/trigger/schedule/create``.

        Args:
            canvas_id: Braze's API identifier of the Canvas.
            schedule: When.
            recipients: At most 50, each once.
            context: Values for all of them; at most 50,000 bytes as JSON.
            broadcast: Whether it goes to the whole segment of the Canvas instead.
            audience: Narrows whom it reaches.

        Returns:
            What Braze said; keep its ``schedule_id`` to change or delete the schedule.

        Raises:
            TypeError: If an argument has the wrong type; nothing was sent.
            ValueError: If an argument breaks a rule of `CanvasTrigger`; nothing was
                sent.
            OutcomeUnknownError: If it may have been scheduled and nobody can tell.
            ResponseError: If Braze refused; nothing was scheduled.
            TransportError: If Braze was not reached; nothing was scheduled.

        Example:
            >>> from datetime import datetime
            >>> from sessionm_braze import BrazeClient, Schedule
            >>> braze = BrazeClient("US-03", api_key="your-key").dry_run()
            >>> receipt = braze.schedule_canvas(
            ...     "canvas-id",
            ...     schedule=Schedule(time=datetime(2031, 5, 2, 9), in_local_time=True),
            ...     recipients=[{"external_user_id": "u-1"}],
            ... )
            >>> braze.requests[0].json["schedule"]
            {'time': '2031-05-02T09:00:00', 'in_local_time': True}
        """
        trigger = models.CanvasTrigger(
            canvas_id=canvas_id,
            recipients=recipients,
            context=context,
            broadcast=broadcast,
            audience=audience,
        )
        return self._create("schedule_canvas", "/canvas", trigger, schedule)

    def update_campaign_schedule(
        self, campaign_id: str, schedule_id: str, *, schedule: models.Schedule
    ) -> models.ScheduleReceipt:
        """Replace the schedule of a campaign; recipients and properties stay.

        Close to the time of sending Braze does what it can: the change may reach all
        users, some or none.  The call may be repeated.
        Source: Braze docs, ``POST /campaigns/trigger/schedule/update``.

        Args:
            campaign_id: Braze's API identifier of the campaign.
            schedule_id: From the receipt of `schedule_campaign`.
            schedule: The new time, all of it.

        Raises:
            TypeError: If an argument has the wrong type; nothing was sent.
            ValueError: If an identifier is blank; nothing was sent.
            ResponseError: If Braze refused.
            TransportError: If no answer came; the call is safe to repeat.

        Example:
            >>> from datetime import UTC, datetime
            >>> from sessionm_braze import BrazeClient, Schedule
            >>> braze = BrazeClient("US-03", api_key="your-key").dry_run()
            >>> braze.update_campaign_schedule(
            ...     "campaign-id",
            ...     "schedule-id",
            ...     schedule=Schedule(time=datetime(2031, 5, 3, 9, tzinfo=UTC)),
            ... ).state
            'accepted'
        """
        return self._change(
            "update_campaign_schedule",
            "/campaigns/trigger/schedule/update",
            {
                **_ids(campaign_id=campaign_id, schedule_id=schedule_id),
                "schedule": _written(schedule),
            },
        )

    def update_canvas_schedule(
        self, canvas_id: str, schedule_id: str, *, schedule: models.Schedule
    ) -> models.ScheduleReceipt:
        """Replace the schedule of a Canvas; recipients and context stay.

        Close to the time of sending Braze does what it can: the change may reach all
        users, some or none.  The call may be repeated.
        Source: Braze docs, ``POST /canvas/trigger/schedule/update``.

        Args:
            canvas_id: Braze's API identifier of the Canvas.
            schedule_id: From the receipt of `schedule_canvas`.
            schedule: The new time, all of it.

        Raises:
            TypeError: If an argument has the wrong type; nothing was sent.
            ValueError: If an identifier is blank; nothing was sent.
            ResponseError: If Braze refused.
            TransportError: If no answer came; the call is safe to repeat.

        Example:
            >>> from datetime import UTC, datetime
            >>> from sessionm_braze import BrazeClient, Schedule
            >>> braze = BrazeClient("US-03", api_key="your-key").dry_run()
            >>> braze.update_canvas_schedule(
            ...     "canvas-id",
            ...     "schedule-id",
            ...     schedule=Schedule(time=datetime(2031, 5, 3, 9, tzinfo=UTC)),
            ... ).state
            'accepted'
        """
        return self._change(
            "update_canvas_schedule",
            "/canvas/trigger/schedule/update",
            {
                **_ids(canvas_id=canvas_id, schedule_id=schedule_id),
                "schedule": _written(schedule),
            },
        )

    def delete_campaign_schedule(
        self, campaign_id: str, schedule_id: str
    ) -> models.ScheduleReceipt:
        """Delete the schedule of a campaign, so that it does not go out.

        Close to the time of sending Braze does what it can.  The call may be repeated;
        what Braze says when a schedule is deleted twice is not documented.
        Source: Braze docs, ``POST /campaigns/trigger/schedule/delete``.

        Args:
            campaign_id: Braze's API identifier of the campaign.
            schedule_id: From the receipt of `schedule_campaign`.

        Raises:
            TypeError: If an argument has the wrong type; nothing was sent.
            ValueError: If an identifier is blank; nothing was sent.
            ResponseError: If Braze refused.
            TransportError: If no answer came; the call is safe to repeat.

        Example:
            >>> from sessionm_braze import BrazeClient
            >>> braze = BrazeClient("US-03", api_key="your-key").dry_run()
            >>> braze.delete_campaign_schedule("campaign-id", "schedule-id").state
            'accepted'
        """
        return self._change(
            "delete_campaign_schedule",
            "/campaigns/trigger/schedule/delete",
            _ids(campaign_id=campaign_id, schedule_id=schedule_id),
        )

    def delete_canvas_schedule(
        self, canvas_id: str, schedule_id: str
    ) -> models.ScheduleReceipt:
        """Delete the schedule of a Canvas, so that nobody enters it.

        Close to the time of sending Braze does what it can.  The call may be repeated;
        what Braze says when a schedule is deleted twice is not documented.
        Source: Braze docs, ``POST /canvas/trigger/schedule/delete``.

        Args:
            canvas_id: Braze's API identifier of the Canvas.
            schedule_id: From the receipt of `schedule_canvas`.

        Raises:
            TypeError: If an argument has the wrong type; nothing was sent.
            ValueError: If an identifier is blank; nothing was sent.
            ResponseError: If Braze refused.
            TransportError: If no answer came; the call is safe to repeat.

        Example:
            >>> from sessionm_braze import BrazeClient
            >>> braze = BrazeClient("US-03", api_key="your-key").dry_run()
            >>> braze.delete_canvas_schedule("canvas-id", "schedule-id").state
            'accepted'
        """
        return self._change(
            "delete_canvas_schedule",
            "/canvas/trigger/schedule/delete",
            _ids(canvas_id=canvas_id, schedule_id=schedule_id),
        )

    def _create(
        self, name: str, room: str, trigger: models.Trigger, schedule: models.Schedule
    ) -> models.ScheduleReceipt:
        path = f"{room}/trigger/schedule/create"
        answer = self._post_trigger(name, path, trigger, schedule=_written(schedule))
        return self._read_receipt(models.ScheduleReceipt, answer, name)

    def _change(
        self, name: str, path: str, body: Mapping[str, Any]
    ) -> models.ScheduleReceipt:
        answer = self._post(name, path, body, kind=REPEATABLE_WRITE)
        return self._read(models.ScheduleReceipt, answer, name)


def _ids(**ids: str) -> dict[str, str]:
    return {key: text(value, key) for key, value in ids.items()}


def _written(schedule: object) -> dict[str, Any]:
    if not isinstance(schedule, models.Schedule):
        raise TypeError(f"schedule must be a Schedule, got {told(schedule)}")
    body: dict[str, Any] = models.dump(schedule)
    return body
