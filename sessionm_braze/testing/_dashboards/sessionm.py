"""SessionM's side: campaigns that send messages to Braze, events, own endpoints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal, overload

from ...models import AdvancedSettings
from .._calls import Answer, Call
from .._routing import RouteFunction, own_route
from .._sessionm.state import Rule
from .customers import SandboxCustomer
from .loyalty_messages import FiredMessage, Firing, MessageTemplate, build_trigger, post
from .wallets import Wallets


__all__ = ["SessionMSide"]


class SessionMSide(Wallets):
    """What happens inside SessionM, without an API: ``sandbox.sessionm``."""

    def add_campaign(
        self,
        *,
        advanced_settings: AdvancedSettings | Mapping[str, Any] | str,
        on: str,
        message: MessageTemplate | None = None,
        name: str | None = None,
        prefer: Literal["campaign", "canvas"] | None = None,
    ) -> str:
        """Add a SessionM campaign that has Braze send a message.

        Args:
            advanced_settings: Names the Braze campaign or Canvas; the text of the
                dashboard, its mapping, or an `AdvancedSettings`.
            on: The event it waits for.  SessionM itself fires ``offer_issued``,
                ``offer_redeemed`` and ``points_awarded``; everything else is fired
                with `fire`.
            message: What the template puts into the message: a `LoyaltyMessage` as a
                pattern, fields of one as a mapping, or a function that makes either
                of a `Firing`.  Without it the message holds all that the event
                brings.
            name: Its name.
            prefer: Which of two ids in *advanced_settings* counts.

        Returns:
            SessionM's id of the campaign.

        Raises:
            ValueError: If *advanced_settings* do not name one thing to trigger.
        """
        settings = advanced_settings
        if not isinstance(settings, AdvancedSettings):
            text = settings if isinstance(settings, str) else json.dumps(dict(settings))
            settings = AdvancedSettings.from_json(text, prefer=prefer)
        loyalty = self._services.loyalty
        rule = Rule(
            id=loyalty.ids.uuid(),
            name=name or f"SessionM campaign {len(loyalty.rules) + 1}",
            on=on,
            braze_campaign_id=settings.braze_campaign_id,
            braze_canvas_id=settings.braze_canvas_id,
            message=message,
        )
        loyalty.rules[rule.id] = rule
        return rule.id

    def remove_campaign(self, campaign_id: str, /) -> None:
        """Stop a SessionM campaign.

        Raises:
            ValueError: If there is none.
        """
        if self._services.loyalty.rules.pop(campaign_id, None) is None:
            raise ValueError(f"SessionM has no campaign {campaign_id!r}")

    def fire(
        self, event: str, customer: SandboxCustomer | str, /, **data: Any
    ) -> list[FiredMessage]:
        """Let *event* happen to *customer*; campaigns that wait for it send.

        Args:
            event: Name of the event.
            customer: Whom it happens to.
            **data: What the event carries; it travels with the message.

        Returns:
            What each campaign sent to Braze, and what Braze said.
        """
        known = self._shown(self._record(customer))
        return self._fire(Firing(event=event, customer=known, data=data))

    def _happened(
        self, event: str, customer: SandboxCustomer, /, **details: Any
    ) -> None:
        for fired in self._fire(Firing(event=event, customer=customer, **details)):
            if fired.status not in (None, 201):
                self._services.astray.append(
                    f"{event}: Braze answered {fired.status} to the message of "
                    f"SessionM campaign {fired.campaign_id}: {fired.answer}"
                )

    def _fire(self, firing: Firing) -> list[FiredMessage]:
        loyalty = self._services.loyalty
        rules = [rule for rule in loyalty.rules.values() if rule.on == firing.event]
        return [
            post(self._services, rule, build_trigger(rule, firing, self._clock.now))
            for rule in rules
        ]

    @overload
    def route(self, path: str, function: RouteFunction, /) -> None: ...
    @overload
    def route(self, method: str, path: str, function: RouteFunction, /) -> None: ...
    def route(self, *route: Any) -> None:
        """Add a route of Connect or Core that the sandbox has not, or another one.

        ``route(method, path, function)``, or ``route(path, function)`` for a POST.

        Args:
            *route: The HTTP method; the path, of Connect whole, such as
                ``/catalog/api/1.0/products/fetch``, of Core below the app, such as
                ``/users/{user_id}/progress``, where ``{name}`` stands for any one
                segment; and the function.  It takes the decoded body, or the query of
                a call without one, and the segments that the path names as keywords.
                What it returns becomes the payload of Connect's answer, or stands
                beside the ``status`` of Core's.  To answer anything else, return an
                `Answer`.

        Raises:
            TypeError: If an argument has the wrong type.
            ValueError: If the path does not begin with a slash.

        Example:
            >>> from sessionm_braze.testing import Sandbox
            >>> sandbox = Sandbox()
            >>> sandbox.sessionm.route(
            ...     "GET", "/users/{user_id}/level", lambda query, user_id: {"level": 3}
            ... )
            >>> sandbox.core.request("GET", "/users/u-1/level").data
            {'status': 'ok', 'level': 3}
        """
        method, path, function = ("POST", *route)[-3:]

        def answer(call: Call, result: Any) -> Answer:
            if call.service == "core" and isinstance(result, Mapping):
                return Answer.of({"status": "ok", **result})
            return Answer.of({"status": "ok", "payload": result})

        loyalty = self._services.loyalty
        loyalty.routes = (own_route(method, path, function, answer), *loyalty.routes)
