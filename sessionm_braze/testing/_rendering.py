"""What a template is rendered with, and a message rendered for its recipient."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, overload

from ..exceptions import TemplateError
from ..rendering import RenderedMessage, Renderer, profile_variables
from ._braze.state import BrazeState, Delivery, Profile, Target, Webhook, Workspace
from ._braze.users import show_profile
from ._credentials import Credentials
from ._endpoints import Endpoints
from ._fetcher import SandboxFetcher
from ._outbox import SentMessage, SentTrigger


__all__ = [
    "WebhookSender",
    "deliver",
    "endpoint_variables",
    "make_renderer",
    "variables_of",
]

WebhookSender = Callable[[str, str, Mapping[str, str], str], int | None]
"""Sends a webhook's request (method, URL, headers, body); returns the status."""


def deliver(
    state: BrazeState,
    delivery: Delivery,
    *,
    renderer: Renderer,
    variables: Mapping[str, Any],
    send: WebhookSender,
) -> SentMessage:
    """Render *delivery* and return what its recipient got."""
    target = state.targets[delivery.kind, delivery.target_id]
    profile = state.profiles[delivery.braze_id]
    values = {**variables, **_variables(profile, target, delivery)}
    try:
        if target.webhook is None:
            message, status = renderer.render(target.template, values), None
        else:
            message, status = _call_webhook(target.webhook, renderer, values, send)
    except TemplateError as exc:
        return _sent(profile, target, delivery, text="", aborted=False, error=exc)
    return _sent(
        profile,
        target,
        delivery,
        text=message.text,
        aborted=message.aborted,
        abort_reason=message.abort_reason or "",
        extras=message.extras,
        warnings=message.warnings,
        response_status=status,
    )


def _call_webhook(
    webhook: Webhook, renderer: Renderer, values: Mapping[str, Any], send: WebhookSender
) -> tuple[RenderedMessage, int | None]:
    """Render every part of the webhook and send it; an abort in any part stops it."""
    url = renderer.render(webhook.url, values)
    headers = {
        name: renderer.render(text, values) for name, text in webhook.headers.items()
    }
    body = renderer.render(webhook.body, values)
    for part in (url, *headers.values(), body):
        if part.aborted:
            return part, None
    texts = {name: part.text for name, part in headers.items()}
    return body, send(webhook.method, url.text.strip(), texts, body.text)


def _sent(
    profile: Profile, target: Target, delivery: Delivery, **fields: Any
) -> SentMessage:
    trigger = SentTrigger(
        kind=delivery.kind,
        id=target.id,
        name=target.name,
        source=delivery.source,
        dispatch_id=delivery.dispatch_id,
        properties=delivery.properties,
        broadcast=delivery.broadcast,
        send_id=delivery.send_id,
        schedule_id=delivery.schedule_id,
    )
    return SentMessage(
        recipient=profile.name,
        trigger=trigger,
        at=delivery.at,
        attachments=delivery.attachments,
        **fields,
    )


def variables_of(profile: Profile) -> dict[str, Any]:
    """Return what a template sees of *profile*: what it would see of its export."""
    return profile_variables(show_profile(profile, None))


def _variables(profile: Profile, target: Target, delivery: Delivery) -> dict[str, Any]:
    """Return what a template sees of *profile*, and of what it is sent for."""
    values = variables_of(profile)
    head = {"api_id": target.id, "name": target.name}
    if target.kind == "canvas":
        both = {
            "context": delivery.properties,
            "canvas_entry_properties": delivery.properties,
        }
        return values | both | {"canvas": head, "campaign": {"name": target.name}}
    campaign = head | {"dispatch_id": delivery.dispatch_id, "message_name": target.name}
    return values | {
        "campaign": campaign,
        "api_trigger_properties": delivery.properties,
    }


class DeductedCodes(Sequence[str]):
    """Promotion codes of which each can be taken once: taking the first spends it."""

    def __init__(self, workspace: Workspace, name: str, /) -> None:
        self._workspace = workspace
        self._name = name

    def _left(self) -> Sequence[str]:
        spent = self._workspace.spent_codes[self._name]
        return self._workspace.promotions[self._name][spent:]

    def __len__(self) -> int:
        return len(self._left())

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        found = self._left()[index]
        if index == 0:
            self._workspace.spent_codes[self._name] += 1
        return found


def make_renderer(
    workspace: Workspace,
    fetcher: SandboxFetcher,
    *,
    now: Callable[[], datetime],
    seed: int,
) -> Renderer:
    """Return a renderer that knows what *workspace* holds."""
    return Renderer(
        fetcher=fetcher,
        content_blocks=workspace.content_blocks,
        catalogs=workspace.catalogs,
        promotions={
            name: DeductedCodes(workspace, name) for name in workspace.promotions
        },
        credentials=workspace.credentials,
        now=now,
        random=random.Random(seed),  # noqa: S311 - repeatable on purpose
    )


def endpoint_variables(
    endpoints: Endpoints, credentials: Credentials
) -> dict[str, Any]:
    """Return the plain variables that the partner page's templates use."""
    return {
        "endpoint_core": endpoints.core,
        "endpoint_connect": endpoints.connect,
        "appkey_core": credentials.core_api_key,
        "apikey_core": credentials.core_api_key,
        "retailer_id": credentials.retailer_id,
    }
