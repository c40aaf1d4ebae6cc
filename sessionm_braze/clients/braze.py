"""BrazeClient: trigger a campaign or a Canvas."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal, Unpack

from .._display import Secret
from .._http import (
    DECLINABLE_SEND,
    SEND,
    AuthorizationHeader,
    Call,
    CallKind,
    ClientSettings,
    Refusal,
    Service,
    base_url,
    check_secret,
)
from ..models import (
    Attachment,
    Audience,
    CampaignTrigger,
    CanvasTrigger,
    Recipient,
    TriggerReceipt,
    dump,
)
from ._client import ServiceClient


__all__ = ["INSTANCES", "BrazeClient"]

CAMPAIGN_SEND = "/campaigns/trigger/send"
CANVAS_SEND = "/canvas/trigger/send"

MAX_BYTES = 4_000_000
"""Size of a request that Braze takes (Braze docs, API limits: about 4 MB)."""

INSTANCES: dict[str, str] = {
    **{f"US-0{number}": f"rest.iad-0{number}.braze.com" for number in range(1, 9)},
    "US-10": "rest.us-10.braze.com",
    "EU-01": "rest.fra-01.braze.eu",
    "EU-02": "rest.fra-02.braze.eu",
    "AU-01": "rest.au-01.braze.com",
    "ID-01": "rest.id-01.braze.com",
    "JP-01": "rest.jp-01.braze.com",
    "KR-01": "rest.kr-01.braze.com",
}
"""REST hosts by instance (Braze docs, API basics); add to it what is newer."""

_ACCEPTED = frozenset({"success", "queued"})
_NOT_REST = re.compile(r"(sdk|dashboard)[.\-].*\.braze\.(com|eu)")

CanvasPropertyKey = Literal["context", "canvas_entry_properties"]


class BrazeClient(ServiceClient):
    """Braze's REST API, as far as the integration with SessionM needs it.

    Args:
        endpoint: The instance (``"US-03"``), a host, or a URL.  There is no default:
            a key used on a wrong instance looks like a wrong key.
        api_key: REST API key with the permissions ``campaigns.trigger.send`` and
            ``canvas.trigger.send``, which the partner page calls ``trigger_send``.
        canvas_property_key: Key under which a Canvas gets its properties;
            ``canvas_entry_properties`` is the former name, for older workspaces.
        **settings: See `ClientSettings`.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If the instance is unknown, the endpoint is no https URL, or the
            key cannot stand in a header.
    """

    _environment: ClassVar[Mapping[str, str]] = {
        "endpoint": "BRAZE_ENDPOINT",
        "api_key": "BRAZE_API_KEY",
    }
    _send_kind: ClassVar[CallKind] = DECLINABLE_SEND

    def __init__(
        self,
        endpoint: str,
        *,
        api_key: str,
        canvas_property_key: CanvasPropertyKey = "context",
        **settings: Unpack[ClientSettings],
    ) -> None:
        if canvas_property_key not in {"context", "canvas_entry_properties"}:
            raise ValueError(
                'canvas_property_key must be "context" or "canvas_entry_properties", '
                f"got {canvas_property_key!r}"
            )
        key = check_secret(api_key, "api_key")
        self._canvas_property_key = canvas_property_key
        super().__init__(
            _endpoint(endpoint),
            authorization=AuthorizationHeader(Secret(f"Bearer {key.reveal()}")),
            secrets=(key,),
            settings=settings,
        )

    def trigger_campaign(
        self,
        campaign_id: str,
        *,
        recipients: Iterable[Recipient | Mapping[str, Any]] = (),
        trigger_properties: Mapping[str, Any] | None = None,
        broadcast: bool = False,
        audience: Audience | Mapping[str, Any] | None = None,
        send_id: str | None = None,
        attachments: Iterable[Attachment] = (),
    ) -> TriggerReceipt:
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
        """
        return self.send(
            CampaignTrigger(
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
        recipients: Iterable[Recipient | Mapping[str, Any]] = (),
        context: Mapping[str, Any] | None = None,
        broadcast: bool = False,
        audience: Audience | Mapping[str, Any] | None = None,
    ) -> TriggerReceipt:
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
        """
        return self.send(
            CanvasTrigger(
                canvas_id=canvas_id,
                recipients=recipients,
                context=context,
                broadcast=broadcast,
                audience=audience,
            )
        )

    def send(self, message: CampaignTrigger | CanvasTrigger, /) -> TriggerReceipt:
        """Send a trigger that is ready made, such as `LoyaltyMessage.to_trigger` gives.

        Raises:
            TypeError: If *message* is no trigger; nothing was sent.
            ValueError: If the request is above 4 MB; nothing was sent.
            OutcomeUnknownError: If messages may have gone out and nobody can tell.
            ResponseError: If Braze refused; nothing was sent.
            TransportError: If Braze was not reached; nothing was sent.
        """
        name, path = _route(message)
        answer = self._call(
            Call(
                name=name,
                method="POST",
                path=path,
                kind=SEND if message.broadcast else DECLINABLE_SEND,
                json=self._body(message),
                max_bytes=MAX_BYTES,
            )
        )
        return self._read_receipt(TriggerReceipt, answer, name)

    def _body(self, message: CampaignTrigger | CanvasTrigger) -> dict[str, Any]:
        body: dict[str, Any] = dump(message)
        for part in (body, *body.get("recipients", ())):
            if "context" in part:
                part[self._canvas_property_key] = part.pop("context")
        return body


def _route(message: object) -> tuple[str, str]:
    if isinstance(message, CampaignTrigger):
        return "trigger_campaign", CAMPAIGN_SEND
    if isinstance(message, CanvasTrigger):
        return "trigger_canvas", CANVAS_SEND
    raise TypeError(f"send() takes a CampaignTrigger or CanvasTrigger, got {message!r}")


def _endpoint(endpoint: str) -> str:
    if not isinstance(endpoint, str):
        return base_url(endpoint)
    host = INSTANCES.get(endpoint.strip().upper())
    if host is not None:
        return f"https://{host}"
    bare = endpoint.strip()
    if not re.search(r"[.:]", bare) and bare != "localhost":
        raise ValueError(
            f"endpoint must be a Braze instance ({', '.join(INSTANCES)}), a host or a "
            f"URL, got {endpoint!r}"
        )
    url = base_url(endpoint)
    if _NOT_REST.fullmatch(url.partition("://")[2].lower()):
        raise ValueError(
            f"endpoint must be a REST host such as rest.iad-01.braze.com, got "
            f"{endpoint!r}"
        )
    return url


def _refusal_in_success(body: Mapping[str, Any]) -> Refusal | None:
    """Braze says ``success``; a 2xx that says anything else is no success."""
    message = body.get("message")
    if not isinstance(message, str):
        raise ValueError("required text missing: message")  # noqa: TRY004
    if message.lower() in _ACCEPTED:
        return None
    return _explain(body)


def _explain(body: Mapping[str, Any]) -> Refusal:
    """Read ``message``, or ``error`` which Braze uses for JSON it cannot parse."""
    said = body.get("message", body.get("error"))
    errors = body.get("errors") or []
    return Refusal(
        said if isinstance(said, str) else "",
        errors=tuple(errors if isinstance(errors, list) else [errors]),
    )


BrazeClient._service = Service(  # noqa: SLF001 - defined after what it is made of
    name="Braze",
    refusal_in_success=_refusal_in_success,
    explain=_explain,
    declines_with=frozenset({500, 502, 503}),
)
