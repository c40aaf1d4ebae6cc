"""Texts to paste into the dashboards of Braze and SessionM.

They are those of the partner page, filled in and with its slips mended.  Each renders
with `sessionm_braze.Renderer`, so a message can be looked at before it is pasted.
Whatever an argument leaves out stays a placeholder, as on the page.

Values that Braze fills in are escaped by their place (``json_escape`` in JSON,
``url_param_escape`` in an address), which the page leaves out: a profile whose language
is ``en-US","user_id":"u-2`` would otherwise read the wallet of another customer.
Arguments are data: Liquid in them is refused, except where an output is asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Literal

import attrs

from ._checks import check_tags, check_ttl, items, text, whole
from ._http import base_url, basic_string, check_secret, path_segment
from .models import (
    AdvancedSettings,
    CampaignProperties,
    OfferProperties,
    PointAwardProperties,
)


__all__ = [
    "WebhookText",
    "advanced_settings",
    "tag_webhook",
    "trigger_properties_block",
    "wallet_block",
]

_USER_ID = "{{${user_id}}}"
_USER_PATHS = {
    "user_id": "users/{{${user_id} | url_param_escape}}",
    "external_id": "external/users/{{${user_id} | url_param_escape}}",
}
_BRACES = re.compile(r"\{\{|\}\}|\{%|%\}")
_PLACEHOLDER = re.compile(r"\{\{\s*\w+\s*\}\}", re.ASCII)
_OUTPUT = re.compile(
    r"\{\{(?!-)((?:\$\{[^{}]*\}|'[^'{}]*'|\"[^\"{}]*\"|[^{}'\"])*)(?<!-)\}\}"
)
_SAVED_NAME = re.compile(r"[\w-]+", re.ASCII)
"""What ``:save`` takes."""

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{2,8})*")
_NAMESPACES = {"campaign": "api_trigger_properties", "canvas": "context"}
_PROPERTY_NAMES = tuple(
    field.name
    for group in (OfferProperties, PointAwardProperties, CampaignProperties)
    for field in attrs.fields(group)
)


@attrs.frozen(kw_only=True, repr=False)
class WebhookText:
    """The fields of a webhook campaign in Braze; ``str`` shows them in one piece."""

    url: str
    """*Compose*, Webhook URL."""

    headers: Mapping[str, str] = attrs.field(hash=False)
    """*Settings*, Request Headers."""

    body: str
    """*Compose*, Request Body, as Raw Text."""

    method: str = "POST"
    """*Settings*, HTTP Method."""

    def __str__(self) -> str:
        headers = "\n".join(f"{key}: {value}" for key, value in self.headers.items())
        return f"{self.method} {self.url}\n{headers}\n\n{self.body}"

    def __repr__(self) -> str:
        return f"WebhookText({self.method}, {len(self.headers)} headers)"


def tag_webhook(
    tags: Iterable[str],
    *,
    ttl: int | timedelta | None,
    by: Literal["user_id", "external_id"] = "user_id",
    endpoint: str = "{{endpoint_core}}",
    api_key: str = "{{appkey_core}}",
    authorization: str = "Basic YOUR-ENCODED-KEY",
) -> WebhookText:
    """Write the webhook that tags the customers of a Braze segment in SessionM.

    Source: partner page, "Export to SessionM Tag endpoint".

    Args:
        tags: Names of the tags.
        ttl: Seconds the tags live, at least 1, or a timedelta; ``None`` counts counter
            tags up, which Braze may do twice when it repeats a webhook.
        by: What Braze's external id is to SessionM: its own ``user_id``, as the page
            has it, or an external id of the brand.
        endpoint: SessionM Core's base URL.
        api_key: Key of the digital property.
        authorization: The Basic string, as SessionM's staff gave it.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If no tag or a blank one is given, the ttl is below 1, *by* is
            another word, a text is blank or holds Liquid, or the endpoint, the key or
            the authorization is one that `SessionMCoreClient` refuses.

    Example:
        >>> from sessionm_braze.snippets import tag_webhook
        >>> webhook = tag_webhook(["spring_segment"], ttl=2592000)
        >>> webhook.url.removeprefix("{{endpoint_core}}/priv/v1/apps/{{appkey_core}}")
        '/users/{{${user_id} | url_param_escape}}/tags'
        >>> print(webhook.body)
        {
          "tags": [
            "spring_segment"
          ],
          "ttl": 2592000
        }
    """
    if by not in _USER_PATHS:
        raise ValueError(f'by must be "user_id" or "external_id", got {by!r}')
    names = [_data(tag, "tags") for tag in check_tags(tags)]
    body: dict[str, Any] = {"tags": names}
    if ttl is not None:
        body["ttl"] = check_ttl(ttl)
    key = api_key
    if not _is_placeholder(api_key):
        secret = check_secret(_data(api_key, "api_key"), "api_key")
        key = path_segment(secret.reveal(), "api_key")
    return WebhookText(
        url=f"{_endpoint(endpoint)}/priv/v1/apps/{key}/{_USER_PATHS[by]}/tags",
        headers={
            "Content-Type": "application/json",
            "Authorization": _authorization(authorization),
        },
        body=json.dumps(body, indent=2, ensure_ascii=False),
    )


def wallet_block(
    *,
    user_id: str = _USER_ID,
    culture: str | Mapping[str, str] = "en-US",
    default_culture: str = "en-US",
    take: int = 1000,
    save: str = "wallet",
    abort: str | None = "the wallet could not be read",
    endpoint: str = "{{endpoint_connect}}",
    retailer_id: str = "YOUR-RETAILER-ID",
    authorization: str = "Basic YOUR-ENCODED-KEY",
) -> str:
    """Write the Liquid that reads a customer's wallet while a message is sent.

    What follows it in the template can say
    ``{{wallet.payload.available_points}}`` or loop over
    ``wallet.payload.user_offers``.  A wallet that cannot be read aborts the message,
    so that nobody gets one with gaps.
    Source: partner page, "Call the SessionM Offer Wallet API".

    Args:
        user_id: SessionM's ``user_id`` as one output of Liquid.  Where Braze's external
            id is another one, name the attribute that holds it:
            ``{{custom_attribute.${sm_id}}}``.
        culture: Language tag of the offer texts, or one output:
            ``{{custom_attribute.${culture}}}``; or a mapping from Braze's bare language
            to such a tag, ``{"pt": "pt-BR"}``.
        default_culture: The tag for all languages that the mapping leaves out.
        take: Offers to ask for at most.
        save: Name of the variable.
        abort: What Braze's log says of an aborted message; ``None`` leaves the check
            of the status out, and the message is sent whatever comes.
        endpoint: SessionM Connect's base URL, without ``/offers``.
        retailer_id: GUID that names the brand.
        authorization: The Basic string, as SessionM's staff gave it.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If a text is blank, holds Liquid other than the one output that is
            asked for, or is one that `SessionMConnectClient` refuses, *take* is below
            1, *save* is not a name, a language or its tag is not one, or *abort* cannot
            be part of a tag.

    Example:
        >>> from sessionm_braze import Renderer
        >>> from sessionm_braze.rendering import CannedFetcher
        >>> from sessionm_braze.snippets import wallet_block
        >>> template = wallet_block(endpoint="https://connect.example") + (
        ...     "{{wallet.payload.available_points}} points"
        ... )
        >>> address = "https://connect.example/offers/api/2.0/offers/get_user_offers"
        >>> answers = {address: {"status": "ok", "payload": {"available_points": 100}}}
        >>> renderer = Renderer(fetcher=CannedFetcher(answers))
        >>> renderer.render(template, {"user_id": "u-1"}).text.strip()
        '100 points'
    """
    if not _SAVED_NAME.fullmatch(text(save, "save")):
        raise ValueError(
            "save must be a variable's name of ASCII letters, digits, _ and -, "
            f"got {save!r}"
        )
    choice = ""
    if isinstance(culture, Mapping):
        choice = _culture_choice(culture, default_culture, f"{save}_culture")
        culture = f"{{{{{save}_culture}}}}"
    body = (
        f'{{"retailer_id":{_in_json(retailer_id, "retailer_id")},'
        f'"user_id":{_in_json(user_id, "user_id")},'
        f'"skip":0,"take":{whole(take, "take", least=1)},'
        '"include_pending_extended_data":false,'
        f'"culture":{_in_json(culture, "culture")}}}'
    )
    base = _endpoint(endpoint).removesuffix("/offers")
    headers = json.dumps(
        {
            "Content-Type": "application/json",
            "Authorization": _authorization(authorization),
        },
        indent=2,
    )
    return (
        f"{choice}"
        "{% capture postbody %}\n"
        f"{body}\n"
        "{% endcapture %}\n\n"
        "{% connected_content\n"
        f"  {base}/offers/api/2.0/offers/get_user_offers\n"
        "  :method post\n"
        f"  :headers {headers}\n"
        "  :body {{postbody}}\n"
        f"  :save {save}\n"
        "%}\n"
        f"{_guard(save, abort)}"
    )


def _culture_choice(cultures: Mapping[str, str], default: str, name: str) -> str:
    """Return the tags that choose a culture by the customer's language."""
    lines = ["{% case {{${language}}} %}"]
    for language, culture in cultures.items():
        assigned = f"{{% assign {name} = '{_tag(culture)}' %}}"
        lines.append(f"  {{% when '{_tag(language)}' %}}{assigned}")
    lines.append(f"  {{% else %}}{{% assign {name} = '{_tag(default)}' %}}")
    return "\n".join([*lines, "{% endcase %}\n"])


def _tag(value: str) -> str:
    """Return *value*, which has to be a language tag."""
    if not _LANGUAGE_TAG.fullmatch(text(value, "culture")):
        raise ValueError(f"culture must be made of language tags, got {value!r}")
    return value


def _guard(name: str, reason: str | None) -> str:
    """Return the tags that end a message for which there is no answer."""
    if reason is None:
        return ""
    quote = '"' if "'" in text(reason, "abort") else "'"
    if quote in reason or _BRACES.search(reason):
        raise ValueError(f"abort must fit in a tag of Liquid, got {reason!r}")
    return (
        f"{{% if {name}.__http_status_code__ != 200 %}}\n"
        f"  {{% abort_message({quote}{reason}{quote}) %}}\n"
        "{% endif %}\n"
    )


def _data(value: str, field: str) -> str:
    """Return *value*, which must hold no Liquid."""
    if _BRACES.search(text(value, field)):
        raise ValueError(f"{field} must not hold Liquid, got {value!r}")
    return value


def _is_placeholder(value: object) -> bool:
    """Return whether *value* is a variable to be filled in, such as ``{{key}}``."""
    return isinstance(value, str) and _PLACEHOLDER.fullmatch(value) is not None


def _endpoint(value: str) -> str:
    """Return a base URL that a client takes, or a placeholder."""
    if _is_placeholder(value):
        return value
    return base_url(_data(value, "endpoint"), "endpoint")


def _authorization(value: str) -> str:
    """Return a Basic string that a client takes."""
    encoded = basic_string(value, "authorization").reveal()
    if _BRACES.search(encoded) and not _is_placeholder(encoded):
        raise ValueError("authorization must not hold Liquid (the value is not shown)")
    return f"Basic {encoded}"


def _in_json(value: str, field: str) -> str:
    """Return a text of JSON that holds *value*, or what one output prints, escaped."""
    if not _BRACES.search(text(value, field)):
        return json.dumps(value, ensure_ascii=False)
    output = _OUTPUT.fullmatch(value)
    if output is None or not output[1].strip():
        raise ValueError(
            f"{field} must be plain text or exactly one output such as "
            f"{_USER_ID}, got {value!r}"
        )
    inner = output[1].strip()
    if not re.search(r"\|\s*json_escape\Z", inner):
        inner = f"{inner} | json_escape"
    return f'"{{{{{inner}}}}}"'


def advanced_settings(
    *, campaign_id: str | None = None, canvas_id: str | None = None
) -> str:
    """Write the *Advanced Settings* of a SessionM campaign.

    Unlike the partner page's sample it names one target, and is valid JSON.

    Args:
        campaign_id: Braze's API identifier of the campaign to trigger, or
        canvas_id: that of the Canvas.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If not exactly one is given, or it is blank or holds Liquid.

    Example:
        >>> from sessionm_braze.snippets import advanced_settings
        >>> print(advanced_settings(campaign_id="campaign-id"))
        {
          "braze_campaign_id": "campaign-id"
        }
    """
    for field, value in (("campaign_id", campaign_id), ("canvas_id", canvas_id)):
        if value is not None:
            _data(value, field)
    return AdvancedSettings(
        braze_campaign_id=campaign_id, braze_canvas_id=canvas_id
    ).to_json()


def trigger_properties_block(
    names: Iterable[str] = _PROPERTY_NAMES,
    *,
    target: Literal["campaign", "canvas"] = "campaign",
) -> str:
    """Write Liquid that shows what a SessionM message brought along, a line each.

    A campaign reads ``api_trigger_properties``, a Canvas ``context``.  A line whose
    property did not come is left out.
    Source: partner page, "Create Braze campaign or Canvas".

    Args:
        names: Keys of the properties; default: all that `LoyaltyMessage` knows.
        target: Where the template stands.

    Raises:
        TypeError: If *names* is no list of text.
        ValueError: If a name is blank or holds braces, or *target* is another word.

    Example:
        >>> from sessionm_braze.snippets import trigger_properties_block
        >>> print(trigger_properties_block(["offer_title"], target="canvas"), end="")
        {% if context.${offer_title} %}offer_title: {{context.${offer_title}}}
        {% endif %}
    """
    if target not in _NAMESPACES:
        raise ValueError(f'target must be "campaign" or "canvas", got {target!r}')
    lines = []
    for name in items(names, "names", str):
        if re.search(r"[{}\n]", text(name, "names")):
            raise ValueError(f"names must not hold braces or line breaks, got {name!r}")
        variable = f"{_NAMESPACES[target]}.${{{name}}}"
        lines.append(f"{{% if {variable} %}}{name}: {{{{{variable}}}}}\n{{% endif %}}")
    return "".join(lines)
