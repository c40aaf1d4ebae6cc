"""Send a campaign or a Canvas now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ... import models
from ..._checks import told
from .base import BrazeCalls


__all__ = ["TriggerCalls"]


class TriggerCalls(BrazeCalls):
    """Calls that send now."""

    def trigger_campaign(
        self,
        campaign_id: str,
        *,
        recipients: Iterable[models.Recipient | Mapping[str, Any]] = (),
        trigger_properties: Mapping[str, Any] | None = None,
        broadcast: bool = False,
        audience: models.Audience | Mapping[str, Any] | None = None,
        send_id: str | None = None,
        attachments: Iterable[models.Attachment] = (),
    ) -> models.TriggerReceipt:
        """Send an API-triggered campaign now (``POST /campaigns/trigger/send``).

        Args:
            campaign_id: Braze's API identifier of the campaign.
            recipients: At most 50, each once.
            trigger_properties: Values for all of them; at most 50,000 bytes as JSON.
            broadcast: Whether it goes to the whole segment of the campaign instead.
            audience: Narrows whom it reaches.
            send_id: Groups sends in analytics.
            attachments: Files for an e-mail.

        Returns:
            What Braze said; `TriggerReceipt.state` tells the three kinds of yes apart.

        Raises:
            TypeError: If an argument has the wrong type; nothing was sent.
            ValueError: If an argument breaks a rule of `CampaignTrigger`; nothing was
                sent.
            OutcomeUnknownError: If messages may have gone out and nobody can tell.
            ResponseError: If Braze refused; nothing was sent.
            TransportError: If Braze was not reached; nothing was sent.

        Example:
            >>> from sessionm_braze import BrazeClient
            >>> braze = BrazeClient("US-03", api_key="your-key").dry_run()
            >>> receipt = braze.trigger_campaign(
            ...     "campaign-id",
            ...     recipients=[{"external_user_id": "u-1"}],
            ...     trigger_properties={"offer_title": "Free coffee"},
            ... )
            >>> receipt.state
            'accepted'
        """
        return self.send(
            models.CampaignTrigger(
                campaign_id=campaign_id,
                recipients=recipients,
                trigger_properties=trigger_properties,
                broadcast=broadcast,
                audience=audience,
                send_id=send_id,
                attachments=attachments,
            )
        )

    def trigger_canvas(
        self,
        canvas_id: str,
        *,
        recipients: Iterable[models.Recipient | Mapping[str, Any]] = (),
        context: Mapping[str, Any] | None = None,
        broadcast: bool = False,
        audience: models.Audience | Mapping[str, Any] | None = None,
    ) -> models.TriggerReceipt:
        """Send an API-triggered Canvas now (``POST /canvas/trigger/send``).

        Args:
            canvas_id: Braze's API identifier of the Canvas.
            recipients: At most 50, each once.
            context: Values for all of them; at most 50,000 bytes as JSON.
            broadcast: Whether it goes to the whole segment of the Canvas instead.
            audience: Narrows whom it reaches.

        Returns:
            What Braze said.  A paused or archived Canvas answers with a ``notice``, and
            nothing is sent: `TriggerReceipt.state` is ``not_sent``.

        Raises:
            TypeError: If an argument has the wrong type; nothing was sent.
            ValueError: If an argument breaks a rule of `CanvasTrigger`; nothing was
                sent.
            OutcomeUnknownError: If messages may have gone out and nobody can tell.
            ResponseError: If Braze refused; nothing was sent.
            TransportError: If Braze was not reached; nothing was sent.

        Example:
            >>> from sessionm_braze import BrazeClient
            >>> braze = BrazeClient("US-03", api_key="your-key").dry_run()
            >>> receipt = braze.trigger_canvas(
            ...     "canvas-id",
            ...     recipients=[{"external_user_id": "u-1", "context": {"points": 5}}],
            ... )
            >>> braze.requests[0].json["recipients"]
            [{'external_user_id': 'u-1', 'context': {'points': 5}}]
        """
        return self.send(
            models.CanvasTrigger(
                canvas_id=canvas_id,
                recipients=recipients,
                context=context,
                broadcast=broadcast,
                audience=audience,
            )
        )

    def send(self, message: models.Trigger, /) -> models.TriggerReceipt:
        """Send a trigger that is ready made, as `LoyaltyMessage.to_trigger` makes them.

        Args:
            message: The campaign or Canvas, whom it goes to, and with what.

        Returns:
            What Braze said.

        Raises:
            TypeError: If *message* is no trigger; nothing was sent.
            ValueError: If the request is above 4 MB; nothing was sent.
            OutcomeUnknownError: If messages may have gone out and nobody can tell.
            ResponseError: If Braze refused; nothing was sent.
            TransportError: If Braze was not reached; nothing was sent.

        Example:
            >>> from sessionm_braze import BrazeClient, LoyaltyMessage
            >>> braze = BrazeClient("US-03", api_key="your-key").dry_run()
            >>> message = LoyaltyMessage(canvas_id="canvas-id", external_user_id="u-1")
            >>> braze.send(message.to_trigger()).state
            'accepted'
        """
        if isinstance(message, models.CampaignTrigger):
            name, path = "trigger_campaign", "/campaigns/trigger/send"
        elif isinstance(message, models.CanvasTrigger):
            name, path = "trigger_canvas", "/canvas/trigger/send"
        else:
            raise TypeError(
                f"send() takes a CampaignTrigger or CanvasTrigger, got {told(message)}"
            )
        answer = self._post_trigger(name, path, message)
        return self._read_receipt(models.TriggerReceipt, answer, name)
