"""Braze's dashboard: campaigns, Canvases, webhooks, and what templates may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Unpack

import attrs

from .._braze.audiences import in_target
from .._braze.state import Delivery, Kind, Target, Webhook
from .._braze.triggers import mark_sent
from .._calls import Answer, Call
from .._outbox import SentMessage
from .._routing import RouteFunction, own_route
from .._services import Services
from .segments import AnyAudience, Segments, checked
from .settings import TargetSettings
from .workspace import WorkspaceContent


__all__ = ["Dashboard", "DashboardTarget"]


@attrs.frozen
class DashboardTarget:
    """A campaign or Canvas, as tests hold it."""

    kind: Kind
    """``campaign`` or ``canvas``."""

    id: str
    """The API identifier."""

    name: str
    """The name in the dashboard."""


class Dashboard(Segments, WorkspaceContent):
    """What is clicked together in Braze: ``sandbox.dashboard``."""

    def __init__(
        self, services: Services, check_template: Callable[[str], object], /
    ) -> None:
        super().__init__(services)
        self._check_template = check_template

    def add_campaign(
        self,
        campaign_id: str | None = None,
        *,
        template: str,
        name: str | None = None,
        segment: str | None = None,
        audience: AnyAudience | None = None,
        **settings: Unpack[TargetSettings],
    ) -> DashboardTarget:
        """Add an API-triggered campaign, launched.

        Args:
            campaign_id: Its API identifier; made up if absent.
            template: Its message, in Liquid.
            name: Its name.
            segment: The segment it is aimed at; default everybody.
            audience: A further filter: a Connected Audience or a function of a profile.
            **settings: ``enabled``, ``draft``, ``archived``, ``channels``, ``tags``,
                ``description``, ``api_triggered``.

        Returns:
            The campaign.

        Raises:
            TemplateSyntaxError: If the template does not parse.
            ValueError: If the id is taken, or the audience is no audience.
        """
        return self._add(
            "campaign",
            campaign_id,
            template=template,
            name=name,
            segment=segment,
            audience=audience,
            **settings,
        )

    def add_canvas(
        self,
        canvas_id: str | None = None,
        *,
        template: str,
        name: str | None = None,
        segment: str | None = None,
        audience: AnyAudience | None = None,
        **settings: Unpack[TargetSettings],
    ) -> DashboardTarget:
        """Add an API-triggered Canvas with one message, launched.

        Args:
            canvas_id: Its API identifier; made up if absent.
            template: Its message, in Liquid.
            name: Its name.
            segment: The segment it is aimed at; default everybody.
            audience: A further filter: a Connected Audience or a function of a profile.
            **settings: As for `add_campaign`.

        Returns:
            The Canvas.

        Raises:
            TemplateSyntaxError: If the template does not parse.
            ValueError: If the id is taken, or the audience is no audience.
        """
        return self._add(
            "canvas",
            canvas_id,
            template=template,
            name=name,
            segment=segment,
            audience=audience,
            **settings,
        )

    def add_webhook(
        self,
        campaign_id: str | None = None,
        *,
        url: str,
        body: str = "",
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
        name: str | None = None,
        segment: str | None = None,
        audience: AnyAudience | None = None,
        **settings: Unpack[TargetSettings],
    ) -> DashboardTarget:
        """Add a webhook campaign; `launch` lets it make its requests.

        Args:
            campaign_id: Its API identifier; made up if absent.
            url: Where it goes, in Liquid.
            body: What it sends, in Liquid.
            headers: Its headers; the values in Liquid.
            method: The HTTP method.
            name: Its name.
            segment: The segment it is aimed at; default everybody.
            audience: A further filter: a Connected Audience or a function of a profile.
            **settings: As for `add_campaign`.

        Returns:
            The campaign.

        Raises:
            TemplateSyntaxError: If a template does not parse.
            ValueError: If the id is taken, or the audience is no audience.
        """
        webhook = Webhook(
            url=url, method=method.upper(), headers=dict(headers or {}), body=body
        )
        for text in (url, *webhook.headers.values()):
            self._check_template(text)
        settings.setdefault("channels", ("webhook",))
        return self._add(
            "campaign",
            campaign_id,
            template=body,
            name=name,
            segment=segment,
            audience=audience,
            webhook=webhook,
            **settings,
        )

    def _add(
        self,
        kind: Kind,
        target_id: str | None,
        *,
        template: str,
        name: str | None,
        segment: str | None,
        audience: AnyAudience | None,
        webhook: Webhook | None = None,
        **settings: Unpack[TargetSettings],
    ) -> DashboardTarget:
        self._check_template(template)
        filters = checked(audience)
        braze, now = self._services.braze, self._services.clock()
        target_id = target_id or braze.ids.uuid()
        if (kind, target_id) in braze.targets:
            raise ValueError(f"{kind} {target_id!r} is there already")
        target = Target(
            kind=kind,
            id=target_id,
            name=name or f"{kind.capitalize()} {len(braze.targets) + 1}",
            template=template,
            created_at=now,
            updated_at=now,
            audience=filters,
            segment_id=self._segment_id(segment),
            webhook=webhook,
            **settings,
        )
        braze.targets[kind, target_id] = target
        return _shown(target)

    def change(
        self, target: DashboardTarget | str, /, **settings: Any
    ) -> DashboardTarget:
        """Change a campaign or Canvas: pause it, archive it, rewrite its template.

        Args:
            target: Which one.
            **settings: New values, such as ``enabled=False``.

        Returns:
            It, as it is now.

        Raises:
            ValueError: If there is no such campaign or Canvas.
            TypeError: If it has no such setting.
        """
        held = self._target(target)
        if "template" in settings:
            self._check_template(settings["template"])
        fresh = attrs.evolve(held, **settings, updated_at=self._services.clock())
        self._services.braze.targets[held.kind, held.id] = fresh
        return _shown(fresh)

    def route(self, method: str, path: str, function: RouteFunction, /) -> None:
        """Add a route that the sandbox has not, or put another one in its place.

        Args:
            method: The HTTP method.
            path: The path; ``{name}`` stands for any one segment.
            function: Takes the decoded body, or the query of a call without one, and
                the segments that *path* names as keywords.  What it returns becomes
                the body of the answer, with ``"message": "success"``, under 201 for a
                POST and 200 for the rest.  To answer anything else, return an `Answer`.

        Raises:
            TypeError: If an argument has the wrong type.
            ValueError: If *path* does not begin with a slash.

        Example:
            >>> from sessionm_braze.testing import Sandbox
            >>> sandbox = Sandbox()
            >>> sandbox.dashboard.route(
            ...     "GET",
            ...     "/catalogs/{catalog}/items",
            ...     lambda query, catalog: {"items": [{"id": f"{catalog}-1"}]},
            ... )
            >>> sandbox.braze.request("GET", "/catalogs/offers/items").data
            {'message': 'success', 'items': [{'id': 'offers-1'}]}
        """

        def answer(call: Call, result: Any) -> Answer:
            known = isinstance(result, Mapping)
            body = {"message": "success", **result} if known else result
            return Answer.of(body, status=201 if call.method == "POST" else 200)

        braze = self._services.braze
        braze.routes = (own_route(method, path, function, answer), *braze.routes)

    def targets(self) -> list[DashboardTarget]:
        """Return all campaigns and Canvases, in the order they were added."""
        return [_shown(target) for target in self._services.braze.targets.values()]

    def _target(self, target: DashboardTarget | str) -> Target:
        wanted = target if isinstance(target, str) else target.id
        for held in self._services.braze.targets.values():
            if held.id == wanted:
                return held
        raise ValueError(f"Braze has no campaign or Canvas {wanted!r}")

    def launch(self, target: DashboardTarget | str, /) -> list[SentMessage]:
        """Send a campaign, Canvas or webhook to everybody it is aimed at, now.

        Returns:
            The messages; for a webhook, the requests it made.

        Raises:
            ValueError: If there is none, or it is paused, archived or a draft.
        """
        held, now = self._target(target), self._services.clock()
        if held.archived or held.draft or not held.enabled:
            raise ValueError(f"{held.kind} {held.id!r} is paused, archived or a draft")
        braze, dispatch_id = self._services.braze, self._services.braze.ids.hex(32)
        outgoing = [
            Delivery(
                kind=held.kind,
                target_id=held.id,
                braze_id=profile.braze_id,
                dispatch_id=dispatch_id,
                source="launch",
                at=now,
            )
            for profile in list(braze.profiles.values())
            if in_target(braze, held, profile, now)
        ]
        if outgoing:
            mark_sent(held, now)
        before = len(self._services.outbox)
        self._services.deliver(outgoing)
        return [
            message
            for message in list(self._services.outbox)[before:]
            if message.trigger.dispatch_id == dispatch_id
        ]


def _shown(target: Target) -> DashboardTarget:
    return DashboardTarget(target.kind, target.id, target.name)
